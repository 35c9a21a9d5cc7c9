// Images and audio, multipart bodies included: https://platform.openai.com/docs/api-reference (images, audio).
import { deflateSync, crc32 } from "node:zlib";
import { jsonAnswer, streamAnswer, wholeAnswer, type Answer, type Json } from "../answer.ts";
import { namedEvents } from "../framing.ts";
import { simulatedModel } from "../generate.ts";
import { countTokens, splitWords } from "../tokens.ts";
import { errorAnswer, missingParameter, type OpenaiRequest } from "./errors.ts";

const imagesMax = 10;

export function answerImages({ json }: OpenaiRequest): Answer {
  if (typeof json["prompt"] !== "string") return missingParameter("prompt");
  return images(json);
}

/** Edits and variations come as multipart forms with the image in them. */
export async function answerImageEdits(request: OpenaiRequest): Promise<Answer> {
  const form = await readForm(request);
  if (!form) return notMultipart();
  const files = [...form.keys()].filter((name) => /^image(\[\])?$/.test(name));
  if (files.length === 0) return missingParameter("image");
  if (request.surface === "images/edits" && !form.get("prompt")) return missingParameter("prompt");
  return images(Object.fromEntries(form.entries()));
}

function images(fields: Json): Answer {
  const count = Math.min(Number(fields["n"] ?? 1) || 1, imagesMax);
  const png = simulatedPng().toString("base64");
  const prompt = String(fields["prompt"] ?? "the given image");
  const image =
    fields["response_format"] === "b64_json" || String(fields["model"]).startsWith("gpt-image")
      ? { b64_json: png }
      : { url: `data:image/png;base64,${png}` };
  const input = countTokens(prompt);
  return jsonAnswer({
    created: Math.floor(Date.now() / 1000),
    data: Array.from({ length: count }, () => ({ ...image, revised_prompt: `Simulated image of: ${prompt}` })),
    usage: { input_tokens: input, output_tokens: count, total_tokens: input + count },
  });
}

/** One grey pixel with a text chunk that says what it is. */
function simulatedPng(): Buffer {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const chunks: [string, Buffer][] = [
    ["IHDR", header],
    ["tEXt", Buffer.from("Comment\0simulated", "latin1")],
    ["IDAT", deflateSync(Buffer.from([0, 128]))],
    ["IEND", Buffer.alloc(0)],
  ];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...chunks.map(pngChunk)]);
}

function pngChunk([type, data]: [string, Buffer]): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

const speechTypes: Record<string, string> = { mp3: "audio/mpeg", wav: "audio/wav", pcm: "audio/pcm" };

export function answerSpeech({ json }: OpenaiRequest): Answer {
  if (typeof json["input"] !== "string" || json["input"] === "") return missingParameter("input");
  const format = String(json["response_format"] ?? "mp3");
  const type = speechTypes[format];
  if (!type) return errorAnswer(400, `The simulated provider makes mp3, wav and pcm, not ${format}.`, "invalid_value");
  const audio = silence(format);
  if (json["stream_format"] !== "sse") return wholeAnswer(type, audio);
  const tokens = countTokens(json["input"]);
  const usage = { input_tokens: tokens, output_tokens: 1, total_tokens: tokens + 1 };
  return streamAnswer(namedEvents, [
    { type: "speech.audio.delta", audio: audio.toString("base64") },
    { type: "speech.audio.done", usage },
  ]);
}

/** About 0.1 s of silence. */
function silence(format: string): Buffer {
  const samples = Buffer.alloc(4800);
  if (format === "pcm") return samples;
  if (format === "wav") return Buffer.concat([wavHeader(samples.length), samples]);
  // An MPEG-1 layer III frame of 128 kbit/s at 44.1 kHz whose side information is all zero decodes to silence.
  const frame = Buffer.alloc(417);
  frame.set([0xff, 0xfb, 0x90, 0x64]);
  return Buffer.concat([frame, frame, frame, frame]);
}

/** 24 kHz, mono, 16 bit. */
function wavHeader(dataBytes: number): Buffer {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(24_000, 24);
  header.writeUInt32LE(48_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/** Transcriptions and translations. */
export async function answerTranscription(request: OpenaiRequest): Promise<Answer> {
  const form = await readForm(request);
  if (!form) return notMultipart();
  const file = form.get("file");
  if (!(file instanceof File)) return missingParameter("file");
  if (!form.get("model")) return missingParameter("model");
  const text = `This is a simulated transcript of ${file.name} (${file.size} bytes) by ${String(form.get("model"))}.`;
  const usage = { type: "tokens", input_tokens: countTokens(text), output_tokens: splitWords(text).length };
  if (form.get("stream") === "true") return transcriptStream(text, usage);
  return transcript(text, usage, String(form.get("response_format") ?? "json"));
}

function transcript(text: string, usage: Json, format: string): Answer {
  const cue = "00:00:00,000 --> 00:00:01,000";
  switch (format) {
    case "text":
      return wholeAnswer("text/plain; charset=utf-8", `${text}\n`);
    case "srt":
      return wholeAnswer("text/plain; charset=utf-8", `1\n${cue}\n${text}\n\n`);
    case "vtt":
      return wholeAnswer("text/vtt; charset=utf-8", `WEBVTT\n\n${cue.replaceAll(",", ".")}\n${text}\n\n`);
    case "verbose_json":
      return jsonAnswer({ task: "transcribe", language: "english", duration: 1, text, segments: [], usage });
    default:
      return jsonAnswer({ text, usage, model: simulatedModel("") });
  }
}

function transcriptStream(text: string, usage: Json): Answer {
  const deltas = splitWords(text).map((delta) => ({ type: "transcript.text.delta", delta }));
  return streamAnswer(namedEvents, [...deltas, { type: "transcript.text.done", text, usage }]);
}

async function readForm(request: OpenaiRequest): Promise<FormData | null> {
  if (!request.contentType.startsWith("multipart/form-data")) return null;
  const response = new Response(new Uint8Array(request.body), { headers: { "content-type": request.contentType } });
  return response.formData().catch(() => null);
}

function notMultipart(): Answer {
  return errorAnswer(400, "Could not parse the body as multipart/form-data.", "invalid_content_type");
}
