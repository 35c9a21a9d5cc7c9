// One JSON-RPC message, as views of the body it came in.
// https://www.jsonrpc.org/specification
import { JsonKind, JsonTape, Slice } from "@weir/sdk/assembly";
import { RpcError } from "./rpc-error";

const JSONRPC = Slice.of("jsonrpc");
const TWO = Slice.of("2.0");
const ID = Slice.of("id");
const METHOD = Slice.of("method");
const PARAMS = Slice.of("params");
const META = Slice.of("_meta");
const RESULT = Slice.of("result");
const ERROR = Slice.of("error");

/** What a message is. */
export const enum MessageKind {
  Request = 0,
  Notification,
  Response,
}

/** A message. */
@final
export class Message {
  kind: MessageKind = MessageKind.Request;
  /** The id as it is written, large numbers and all; empty where there is none that can be told. */
  rawId: Slice = Slice.empty();
  method: Slice = Slice.empty();
  /** −1 where there are none. */
  params: i32 = -1;
  /** `params._meta`, or −1. */
  meta: i32 = -1;

  constructor(
    readonly tape: JsonTape,
    node: i32,
  ) {
    const id = tape.find(node, ID);
    const idKind = tape.kind(id);
    if (idKind == JsonKind.String || idKind == JsonKind.Number) this.rawId = tape.raw(id);
    this.method = tape.text(tape.find(node, METHOD));
    this.params = tape.find(node, PARAMS);
    this.meta = tape.find(this.params, META);
    if (this.method.length) this.kind = id >= 0 ? MessageKind.Request : MessageKind.Notification;
    else this.kind = MessageKind.Response;
  }

  /** A member of the parameters, or −1. */
  param(name: Slice): i32 {
    return this.tape.find(this.params, name);
  }

  /** What is wrong with its form, or null. */
  problem(node: i32): RpcError | null {
    const tape = this.tape;
    if (tape.kind(node) != JsonKind.Object) return RpcError.invalidRequest("A message must be an object");
    if (!tape.equals(tape.find(node, JSONRPC), TWO)) return RpcError.invalidRequest('jsonrpc must be "2.0"');
    if (this.kind == MessageKind.Response) return this.responseProblem(node);
    if (this.kind == MessageKind.Request && !this.rawId.length) {
      return RpcError.invalidRequest("id must be a string or a number");
    }
    const kind = tape.kind(this.params);
    if (kind == JsonKind.Missing || kind == JsonKind.Object) return null;
    return RpcError.invalidRequest("params must be an object");
  }

  private responseProblem(node: i32): RpcError | null {
    const tape = this.tape;
    const answers = tape.find(node, RESULT) >= 0 || tape.find(node, ERROR) >= 0;
    return answers && this.rawId.length ? null : RpcError.invalidRequest("method must be a string that is not empty");
  }
}
