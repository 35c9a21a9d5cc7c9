import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { findDialect } from "../../registry/assembly/registry";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { ChatResponse } from "../../hub/assembly/chat-response";
import { ChatSink, StreamDecoder, StreamOptions } from "../../hub/assembly/stream";
import { Signature } from "../../hub/assembly/signature";
import { contentFrom, plainOf } from "../../hub/assembly/content";
export function known(name: ArrayBuffer): bool {
  const r = new ChatRequest();
  const p = new ChatResponse();
  r.dropped.add(Slice.wrap(name));
  contentFrom(plainOf(Signature.read(Slice.wrap(name), 1).toField(2)));
  return findDialect(Slice.wrap(name)) != null && r.dropped.toHeader().length > 0 && p.createdSeconds > 0;
}
