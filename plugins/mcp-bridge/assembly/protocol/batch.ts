// Several messages in one body: as of 2025-03-26, and no more since 2025-06-18.
// https://modelcontextprotocol.io/specification/2025-03-26/basic
import { HeaderList, JsonTape, Slice } from "@weir/sdk/assembly";
import { hasClaim } from "./classification";
import { Message } from "./message";
import { RpcError } from "./rpc-error";
import { allowsBatch, UNSAID } from "./version";

const VERSION_HEADER = Slice.of("mcp-protocol-version");
const BATCH_MAX: i32 = 64;

/** Why the list that `tape` holds is no batch; null where it is one. */
export function batchProblem(tape: JsonTape, headers: HeaderList): RpcError | null {
  const said = headers.get(VERSION_HEADER);
  if (!allowsBatch(said ? said.trim() : UNSAID)) return RpcError.invalidRequest("Batches are not supported");
  let count = 0;
  for (let node = tape.first(tape.root); node >= 0; node = tape.next(node), ++count) {
    if (hasClaim(new Message(tape, node))) return RpcError.invalidRequest("Batches are not supported");
  }
  if (!count) return RpcError.invalidRequest("A batch must not be empty");
  return count > BATCH_MAX ? RpcError.invalidRequest("A batch may have 64 messages at most") : null;
}

/** What must come alone. */
export function notInBatch(): RpcError {
  return RpcError.invalidRequest("This must not be sent in a batch");
}
