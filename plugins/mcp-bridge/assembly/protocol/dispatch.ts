// From a body to an answer. A body is one message or, in one version, several; at most one of them may be a call that
// has to be routed, since a request of HTTP goes to one place.
import { HeaderList, JsonKind, JsonTape, Slice, Writer } from "@weir/sdk/assembly";
import { Rights } from "./access-rules";
import { batchProblem, notInBatch } from "./batch";
import { Classification } from "./classification";
import { handleLifecycle, INITIALIZE, isLifecycle } from "./lifecycle";
import { Message, MessageKind } from "./message";
import { checkMirrored } from "./mirrored-headers";
import { Narrowing } from "./narrowing";
import { Outcome, RoutedCall, UpstreamAnswer } from "./outcome";
import { Request } from "./request";
import { INTERNAL_ERROR, METHOD_NOT_FOUND, PARSE_ERROR, RpcError } from "./rpc-error";
import { McpServer } from "./server";
import { errorReply, resultReply } from "./write-reply";
import { Era } from "./version";

const COMMA: u8 = 0x2c;
/** As results end that say so: see rest/result.ts. */
const TOOL_FAILURE = Slice.of('"isError":true}');

/** The answer to one HTTP request. */
@final
export class Answer {
  status: u32 = 202;
  /** Empty where there is nothing to say. */
  body: Slice = Slice.empty();
  /** Scopes that a token would have needed, with spaces between. */
  scopes: string = "";
  /** What has to be routed first; `finish` makes the answer whole then. */
  call: RoutedCall | null = null;
  /** Whether a client has begun to talk: it gets a session's name. */
  isInitialized: bool = false;
  /** What has gone wrong, for the log: an error's code, or `tool` where a tool has failed; empty where nothing has. */
  failure: string = "";
  /** The last request's method, and how it was meant, for the log. */
  method: Slice = Slice.empty();
  /** What comes before the reply: notifications, each a JSON text. */
  notifications: Slice[] = [];
  speech: Classification = new Classification();
  private callId: Slice = Slice.empty();
  private before: Slice = Slice.empty();
  private after: Slice = Slice.empty();

  constructor(private readonly server: McpServer) {}

  /** The whole answer, once the call has been answered. */
  finish(call: RoutedCall, upstream: UpstreamAnswer): Slice {
    return this.end(call, call.resultOf(upstream));
  }

  /** The whole answer, once the call has failed. */
  finishFailed(call: RoutedCall, status: i32): Slice {
    return this.end(call, call.failureOf(status));
  }

  private end(call: RoutedCall, result: Slice): Slice {
    // A reply among others has no place for them.
    if (!this.before.length) this.notifications = call.notifications;
    const error = call.error;
    if (error) this.failure = error.code.toString();
    else this.note(result);
    const info = this.server.settings.info;
    const reply = error ? errorReply(this.callId, error) : resultReply(this.callId, result, this.speech.era, info);
    if (!this.before.length) return reply;
    return new Writer(reply.length + 64).bytes(this.before).bytes(reply).bytes(this.after).take();
  }

  /** Looks whether a result is a tool's failure. */
  note(result: Slice): void {
    if (result.endsWith(TOOL_FAILURE)) this.failure = "tool";
  }

  /** Keeps a call whose reply belongs between two texts. */
  hold(call: RoutedCall, rawId: Slice): void {
    this.call = call;
    this.callId = rawId;
  }

  /** What stands around the reply of the call. */
  surround(before: Slice, after: Slice): void {
    this.before = before;
    this.after = after;
  }
}

/** Answers bodies for one server. */
@final
export class Dispatcher {
  private readonly answer: Answer;

  constructor(
    private readonly server: McpServer,
    private readonly headers: HeaderList,
    private readonly rights: Rights,
    private readonly tape: JsonTape,
  ) {
    this.answer = new Answer(server);
  }

  dispatch(body: Slice): Answer {
    const tape = this.tape;
    if (tape.scan(body)) return this.refuse(Slice.empty(), new RpcError(400, PARSE_ERROR, "Parse error: Invalid JSON"));
    if (tape.kind(tape.root) == JsonKind.Array) return this.dispatchBatch();
    const message = new Message(tape, tape.root);
    const problem = this.classify(message, tape.root);
    if (problem) return this.refuse(message.rawId, problem);
    this.dispatchOne(message);
    return this.answer;
  }

  private refuse(rawId: Slice, error: RpcError): Answer {
    this.answer.status = error.status;
    this.answer.scopes = error.scopes;
    this.answer.failure = error.code.toString();
    this.answer.body = errorReply(rawId, error);
    return this.answer;
  }

  private classify(message: Message, node: i32): RpcError | null {
    const problem = message.problem(node);
    if (problem) return problem;
    this.answer.method = message.method;
    return this.answer.speech.read(message, this.headers, this.server.settings.isStrict);
  }

  private dispatchOne(message: Message): void {
    const answer = this.answer;
    if (message.kind != MessageKind.Request) return;
    answer.isInitialized = answer.speech.era == Era.Legacy && message.method.equals(INITIALIZE);
    const outcome = this.outcomeOf(message);
    const call = outcome.call;
    answer.status = 200;
    if (call) return answer.hold(call, message.rawId);
    const error = outcome.error;
    if (error) this.refuse(message.rawId, error);
    else {
      answer.note(outcome.result);
      answer.notifications = outcome.notifications;
      answer.body = resultReply(message.rawId, outcome.result, answer.speech.era, this.server.settings.info);
    }
  }

  private outcomeOf(message: Message): Outcome {
    const server = this.server;
    const problem = server.problem;
    if (problem.length)
      return Outcome.ofError(new RpcError(503, INTERNAL_ERROR, "This server cannot serve: " + problem));
    const speech = this.answer.speech;
    const narrowing = new Narrowing(this.headers, server.settings.toolsHeader);
    const request = new Request(message, speech, this.headers, narrowing, this.rights);
    // An unknown method comes before headers that do not fit, and those before whatever the method itself finds.
    const isKnown = isLifecycle(message.method, speech.era) || server.knows(message.method, speech.era);
    const mismatch = isKnown && speech.era == Era.Modern ? this.mismatchOf(message) : null;
    if (mismatch) return Outcome.ofError(mismatch);
    let outcome = handleLifecycle(server, request);
    if (!outcome && isKnown) outcome = server.handle(request);
    return outcome ? outcome : Outcome.ofError(unknownMethod(message.method, speech.era));
  }

  private mismatchOf(message: Message): RpcError | null {
    return checkMirrored(message, this.headers, this.server.settings.isStrict);
  }

  private dispatchBatch(): Answer {
    const error = batchProblem(this.tape, this.headers);
    if (error) return this.refuse(Slice.empty(), error);
    const tape = this.tape;
    const replies = new Writer();
    let before: Slice | null = null;
    for (let node = tape.first(tape.root); node >= 0; node = tape.next(node)) {
      const reply = this.replyInBatch(new Message(tape, node), node);
      const isHeld = !before && this.answer.call != null;
      if (!reply.length && !isHeld) continue;
      replies.byte(replies.length || before ? COMMA : 0x5b);
      if (isHeld) before = replies.take();
      else replies.bytes(reply);
    }
    return this.endBatch(replies, before);
  }

  private endBatch(replies: Writer, before: Slice | null): Answer {
    const answer = this.answer;
    answer.status = replies.length || before ? 200 : 202;
    if (replies.length || before) replies.byte(0x5d);
    if (before) answer.surround(before, replies.take());
    else answer.body = replies.take();
    return answer;
  }

  /** Empty where the message gets none, or its call is held. */
  private replyInBatch(message: Message, node: i32): Slice {
    const problem = this.classify(message, node);
    if (problem) return errorReply(message.rawId, problem);
    if (message.kind != MessageKind.Request) return Slice.empty();
    if (this.answer.speech.era == Era.Modern || message.method.equals(INITIALIZE)) {
      return errorReply(message.rawId, notInBatch());
    }
    const outcome = this.outcomeOf(message);
    const call = outcome.call;
    if (call && this.answer.call) return errorReply(message.rawId, onlyOneCall());
    if (call) {
      // The reply belongs between others, which are one JSON text.
      call.rawProgressToken = Slice.empty();
      this.answer.hold(call, message.rawId);
      return Slice.empty();
    }
    const error = outcome.error;
    const info = this.server.settings.info;
    return error ? errorReply(message.rawId, error) : resultReply(message.rawId, outcome.result, Era.Legacy, info);
  }
}

function onlyOneCall(): RpcError {
  return RpcError.invalidRequest("A batch may have one call of a tool that asks another server");
}

function unknownMethod(method: Slice, era: Era): RpcError {
  return new RpcError(era == Era.Modern ? 404 : 200, METHOD_NOT_FOUND, "Method not found: " + method.toText());
}
