// Damage to documents that are JSON: something is gone, is something else, or stands where something else should.
import type { Random } from "../../sdk/test/random.ts";

const strange: unknown[] = [
  ...[null, true, 0, -1, 1e21, "", "x", "..", "{{", "${A}", "\u0000", [], {}, [null], [{}]],
  { $ref: "#/components/schemas/absent" },
  { $ref: "#/paths" },
  { $ref: "#" },
  { $ref: "https://elsewhere.test/x.yaml" },
  { allOf: [{ $ref: "#/components/schemas/Pet" }, null] },
  { oneOf: [] },
  { type: ["string", "null", 5] },
  { type: "object", properties: null, required: "id" },
  { in: "path", name: "constructor", schema: { type: "string" } },
  "#/components/schemas/Pet",
  "__proto__",
  "x".repeat(5000),
];

interface Place {
  holder: Record<string, unknown> | unknown[];
  key: string;
}

function placesOf(value: unknown, all: Place[] = []): Place[] {
  if (typeof value !== "object" || value === null) return all;
  for (const [key, inner] of Object.entries(value)) {
    all.push({ holder: value as Place["holder"], key });
    placesOf(inner, all);
  }
  return all;
}

/** A copy with one to four changes. */
export function damagedDocument(document: object, random: Random): object {
  const copy = structuredClone(document);
  for (let steps = 1 + random.below(4); steps > 0; steps--) {
    const places = placesOf(copy);
    if (places.length === 0) return copy;
    change(random.of(places), random.of(places), random);
  }
  return copy;
}

function change({ holder, key }: Place, other: Place, random: Random): void {
  const all = holder as Record<string, unknown>;
  const value = structuredClone((other.holder as Record<string, unknown>)[other.key]);
  switch (random.below(4)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete all[key];
      return;
    case 1:
      all[key] = value;
      return;
    case 2:
      if (!Array.isArray(holder)) all[other.key] = structuredClone(all[key]);
      return;
    default:
      all[key] = structuredClone(random.of(strange));
  }
}
