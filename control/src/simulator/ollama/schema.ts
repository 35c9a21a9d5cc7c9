// What requests to Ollama may hold: https://docs.ollama.com/api. Ollama itself leaves unknown fields alone; they are
// refused here, as Go's strict decoder would, so that nothing of another dialect slips through.
import { z } from "zod";

const text = z.string();
const object = z.record(text, z.unknown());
const keepAlive = z.union([text, z.number()]).optional();

const integers = ["num_keep", "seed", "num_predict", "top_k", "repeat_last_n", "num_ctx", "num_batch", "num_gpu"];
const numbers = [
  "top_p",
  "min_p",
  "typical_p",
  "temperature",
  "repeat_penalty",
  "presence_penalty",
  "frequency_penalty",
];
const more = ["main_gpu", "num_thread"];

const options = z.strictObject({
  ...Object.fromEntries([...integers, ...more].map((name) => [name, z.number().int().optional()])),
  ...Object.fromEntries(
    [...numbers, "tfs_z", "mirostat_tau", "mirostat_eta"].map((name) => [name, z.number().optional()]),
  ),
  mirostat: z.number().int().optional(),
  stop: z.array(text).optional(),
  use_mmap: z.boolean().optional(),
  numa: z.boolean().optional(),
});

const toolCall = z.strictObject({
  id: text.optional(),
  function: z.strictObject({ index: z.number().int().optional(), name: text, arguments: object }),
});

const message = z.strictObject({
  role: text,
  content: text.optional(),
  thinking: text.optional(),
  images: z.array(text).optional(),
  tool_calls: z.array(toolCall).optional(),
  tool_name: text.optional(),
  tool_call_id: text.optional(),
});

const tool = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({ name: text, description: text.optional(), parameters: object.optional() }),
});

export const chatSchema = z.strictObject({
  model: text.min(1),
  messages: z.array(message).optional(),
  stream: z.boolean().nullish(),
  format: z.union([z.enum(["json", ""]), object]).optional(),
  keep_alive: keepAlive,
  tools: z.array(tool).optional(),
  options: options.optional(),
  think: z.union([z.boolean(), z.enum(["low", "medium", "high", "max"])]).optional(),
  truncate: z.boolean().optional(),
  shift: z.boolean().optional(),
  logprobs: z.boolean().optional(),
  top_logprobs: z.number().int().min(0).max(20).optional(),
});

export const embedSchema = z.strictObject({
  model: text.min(1),
  input: z.union([text, z.array(text)]).optional(),
  truncate: z.boolean().optional(),
  dimensions: z.number().int().min(1).optional(),
  keep_alive: keepAlive,
  options: options.optional(),
});
