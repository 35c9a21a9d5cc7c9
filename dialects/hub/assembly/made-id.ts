// Ids for what a provider gives none.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { DecodeOptions } from "./options";

const CALL = Slice.of("call_");
const ANSWER = Slice.of("msg_");

/** `id`, or where it is empty one for call `index` of the answer: new in the whole conversation, as results name it. */
export function callIdOr(id: Slice, options: DecodeOptions, index: i32): Slice {
  if (id.length) return id;
  return new Writer().bytes(CALL).bytes(options.idSeed).byte(0x5f).integer(index).take();
}

/** `id`, or where it is empty one for the answer. */
export function answerIdOr(id: Slice, options: DecodeOptions): Slice {
  return id.length ? id : new Writer().bytes(ANSWER).bytes(options.idSeed).take();
}
