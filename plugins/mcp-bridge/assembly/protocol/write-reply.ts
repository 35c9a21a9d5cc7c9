// Replies: results and errors of JSON-RPC around what a server says.
import { JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { RpcError } from "./rpc-error";
import { Era } from "./version";

const HEAD = Slice.of('{"jsonrpc":"2.0"');
const ID = Slice.of(',"id":');
const RESULT = Slice.of(',"result":');
const RESULT_TYPE = Slice.of('{"resultType":');
const COMPLETE = Slice.of('{"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":');
const CODE = Slice.of("code");
const MESSAGE = Slice.of("message");
const DATA = Slice.of("data");

/**
 * A result, which is a JSON object; in the second era it also says that it is complete, and whose it is. One that
 * begins with `resultType` says by itself what it is.
 */
export function resultReply(rawId: Slice, result: Slice, era: Era, serverInfo: Slice): Slice {
  const output = new Writer(result.length + 256).bytes(HEAD).bytes(ID).bytes(rawId).bytes(RESULT);
  if (era == Era.Legacy || result.startsWith(RESULT_TYPE)) output.bytes(result);
  else {
    output.bytes(COMPLETE).bytes(serverInfo).byte(0x7d);
    // An empty result has no member to be set apart.
    if (result.length > 2) output.byte(0x2c);
    output.bytes(result.slice(1));
  }
  return output.byte(0x7d).take();
}

/** An error. Where the id cannot be told it is left out. */
export function errorReply(rawId: Slice, error: RpcError): Slice {
  const output = new Writer().bytes(HEAD);
  if (rawId.length) output.bytes(ID).bytes(rawId);
  output.text(',"error":');
  const json = new JsonWriter(output).beginObject();
  json.key(CODE).integer(error.code).key(MESSAGE).text(Slice.of(error.message));
  if (error.data.length) json.key(DATA).raw(error.data);
  json.endObject();
  return output.byte(0x7d).take();
}
