// Which members of a request and of an answer are what was asked and what was answered, in all APIs. Anything else in
// them is a setting, or has its place in the ledger already.
import { Slice } from "@weir/sdk/assembly";
import { CHOICES, CONTENT, DATA, ERROR, MESSAGE, MESSAGES, SYSTEM, TEXT } from "@weir/dialects/hub/assembly/names";

/** Of a request. */
export const promptNames: StaticArray<Slice> = [
  MESSAGES,
  SYSTEM,
  // OpenAI's other surfaces.
  Slice.of("input"),
  Slice.of("instructions"),
  Slice.of("prompt"),
  Slice.of("suffix"),
  Slice.of("query"),
  Slice.of("documents"),
  // Gemini's.
  Slice.of("contents"),
  Slice.of("systemInstruction"),
  Slice.of("system_instruction"),
  CONTENT,
  Slice.of("requests"),
];

/** Of an answer. */
export const answerNames: StaticArray<Slice> = [
  CHOICES,
  CONTENT,
  Slice.of("candidates"),
  Slice.of("output"),
  Slice.of("results"),
  DATA,
  TEXT,
  MESSAGE,
  ERROR,
];
