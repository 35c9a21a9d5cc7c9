// The other end of inner-call.ts: a message that the gateway sends itself, for a server whose stream never ends. It is
// asked in a stream that is made for this message, and which ends with the answer. Who may ask what, and with which
// credential, was decided where the message comes from.
import { JsonTape, requestBody, Slice } from "@weir/sdk/assembly";
import { Message, MessageKind } from "../protocol/message";
import { INVALID_REQUEST, RpcError } from "../protocol/rpc-error";
import { RelayExchange } from "./exchange";
import { credentialIn } from "./inner-call";
import { Link } from "./link";
import { SseBridge, SseQuestion } from "./sse-bridge";
import { directHeaders } from "./upstream-request";

const GET = Slice.of("GET");
const INITIALIZE = Slice.of("initialize");

/** One message. */
@final
export class InnerExchange extends RelayExchange {
  begin(body: Slice): void {
    const tape = new JsonTape();
    const remote = this.server.remote;
    if (!remote || tape.scan(body)) return this.fail(new RpcError(400, INVALID_REQUEST, "Not a message"));
    const message = new Message(tape, tape.root);
    // In a stream of its own it would say nothing to the others.
    if (message.kind != MessageKind.Request) return this.accept();
    const link = new Link(this.server, remote, this.headers);
    link.credential = credentialIn(this.headers);
    const question = new SseQuestion(body, message.rawId, message.rawId);
    question.isGreeting = message.method.equals(INITIALIZE);
    requestBody.replace(Slice.empty());
    this.route(link, directHeaders(link, GET, this.headers), Slice.empty(), new SseBridge(link, question));
  }
}
