// Embeddings: vectors that depend on nothing but the text.
import { createHash } from "node:crypto";

/** A unit vector, always the same for the same text. */
export function vectorOf(text: string, dimensions: number): Float32Array {
  const seed = createHash("sha256").update(text).digest();
  const vector = new Float32Array(dimensions);
  let state = seed.readUInt32LE(0) || 1;
  for (let i = 0; i < dimensions; i++) {
    // xorshift32: any generator with a seed will do here.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    vector[i] = state / 2 ** 31;
  }
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

/** OpenAI's base64 form is the little-endian float32 bytes. */
export function encodeVector(vector: Float32Array, format: unknown): string | number[] {
  if (format !== "base64") return [...vector];
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString("base64");
}
