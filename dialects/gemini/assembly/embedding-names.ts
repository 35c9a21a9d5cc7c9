// Member names of Gemini's embeddings, and its task types.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { EmbeddingTask } from "../../hub/assembly/embedding";

export const CONFIG = Slice.of("embedContentConfig");
export const EMBEDDING = Slice.of("embedding");
export const EMBEDDINGS = Slice.of("embeddings");
export const OUTPUT_DIMENSIONALITY = Slice.of("outputDimensionality");
export const PARTS = Slice.of("parts");
export const PROMPT_TOKEN_COUNT = Slice.of("promptTokenCount");
export const REQUESTS = Slice.of("requests");
export const TASK_TYPE = Slice.of("taskType");
export const TITLE = Slice.of("title");
export const USAGE_METADATA = Slice.of("usageMetadata");
export const VALUES = Slice.of("values");
export const MODELS_PREFIX = Slice.of("models/");

// In the order of EmbeddingTask. https://ai.google.dev/api/embeddings#v1beta.TaskType
const TASKS: StaticArray<Slice> = [
  Slice.of("TASK_TYPE_UNSPECIFIED"),
  Slice.of("RETRIEVAL_QUERY"),
  Slice.of("RETRIEVAL_DOCUMENT"),
  Slice.of("SEMANTIC_SIMILARITY"),
  Slice.of("CLASSIFICATION"),
  Slice.of("CLUSTERING"),
  Slice.of("QUESTION_ANSWERING"),
  Slice.of("FACT_VERIFICATION"),
  Slice.of("CODE_RETRIEVAL_QUERY"),
];

/** The task that a task type names. */
export function decodeTask(type: Slice): EmbeddingTask {
  for (let i = 0; i < TASKS.length; ++i) if (TASKS[i].equals(type)) return <EmbeddingTask>i;
  return EmbeddingTask.Unset;
}

/** The task type for a task. */
export function encodeTask(task: EmbeddingTask): Slice {
  return <i32>task < TASKS.length ? TASKS[task] : TASKS[0];
}
