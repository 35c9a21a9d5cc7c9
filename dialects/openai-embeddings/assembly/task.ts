// What the vectors are for. OpenAI's own models do not ask; compatible servers do, in `input_type`.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { EmbeddingTask } from "../../hub/assembly/embedding";

// Cohere: search_query, search_document, classification, clustering. Voyage: query, document. NVIDIA: query, passage.
const WORDS: StaticArray<Slice> = [
  Slice.of("query"),
  Slice.of("search_query"),
  Slice.of("document"),
  Slice.of("search_document"),
  Slice.of("passage"),
  Slice.of("classification"),
  Slice.of("clustering"),
];
const TASKS: StaticArray<EmbeddingTask> = [
  EmbeddingTask.Query,
  EmbeddingTask.Query,
  EmbeddingTask.Document,
  EmbeddingTask.Document,
  EmbeddingTask.Document,
  EmbeddingTask.Classification,
  EmbeddingTask.Clustering,
];

/** The task that an `input_type` names; unset where nobody knows it. */
export function decodeTask(word: Slice): EmbeddingTask {
  for (let i = 0; i < WORDS.length; ++i) if (WORDS[i].equals(word)) return TASKS[i];
  return EmbeddingTask.Unset;
}
