// A batch to a server in front of others. Each message is dealt with as if it had come alone, but for its way to the
// server that has what it asks for: a request of HTTP goes to one place, so that these go beside it, all at once.
import { HeaderList, JsonTape, nowMs, Slice, Writer } from "@weir/sdk/assembly";
import { Rights } from "../protocol/access-rules";
import { notInBatch } from "../protocol/batch";
import { Dispatcher } from "../protocol/dispatch";
import { INITIALIZE } from "../protocol/lifecycle";
import { Message, MessageKind } from "../protocol/message";
import { INTERNAL_ERROR, RpcError } from "../protocol/rpc-error";
import { McpServer } from "../protocol/server";
import { errorReply } from "../protocol/write-reply";
import { LocalHandler, RelayExchange } from "./exchange";
import { Link } from "./link";
import { MessageFilter } from "./message-filter";
import { RelayServer } from "./relay-server";
import { ResponseHandler } from "./response-handler";
import { FetchListener, RpcFetch } from "./rpc-fetch";
import { serverFailure } from "./server-failure";

const ID = Slice.of("id");
const COMMA: u8 = 0x2c;
const OPEN: u8 = 0x5b;
const CLOSE: u8 = 0x5d;

/** Whoever waits for all of it. */
export interface BatchListener {
  /** `body` is empty where nothing is answered. */
  onBatch(body: Slice): void;
}

/** One batch. */
@final
export class Batch {
  isSilent: bool = false;
  hasMetrics: bool = false;
  private readonly replies: Slice[] = [];
  private readonly parts: BatchPart[] = [];
  private pending: i32 = 1;
  private readonly startedMs: u64 = nowMs();

  constructor(
    private readonly server: RelayServer,
    private readonly headers: HeaderList,
    private readonly rights: Rights,
    private readonly listener: BatchListener,
  ) {}

  /** Deals with all messages of the list that `tape` holds. The listener is told in any case, maybe at once. */
  start(tape: JsonTape): void {
    const messages: Slice[] = [];
    for (let node = tape.first(tape.root); node >= 0; node = tape.next(node)) messages.push(tape.raw(node));
    for (let i = 0; i < messages.length; ++i) {
      this.replies.push(Slice.empty());
      ++this.pending;
    }
    for (let i = 0; i < messages.length; ++i) this.begin(messages[i], i);
    this.settle();
  }

  private begin(body: Slice, index: i32): void {
    const tape = new JsonTape();
    if (tape.scan(body)) return this.take(index, Slice.empty());
    const message = new Message(tape, tape.root);
    if (message.method.equals(INITIALIZE)) return this.take(index, errorReply(message.rawId, notInBatch()));
    const handler = new PartHandler(this, index);
    const part = new BatchPart(this.server, tape, this.headers, this.rights, handler);
    part.isSilent = this.isSilent;
    part.isWatched = true;
    handler.part = part;
    part.join(this, index);
    this.parts.push(part);
    part.begin(body);
  }

  /** Takes back what servers were asked for it. */
  withdraw(rootId: u32): void {
    for (let i = 0; i < this.parts.length; ++i) this.parts[i].withdraw(rootId);
  }

  get mayBeCalledOff(): bool {
    for (let i = 0; i < this.parts.length; ++i) if (this.parts[i].mayBeCalledOff) return true;
    return false;
  }

  isCalledOff(sinceMs: i64): bool {
    for (let i = 0; i < this.parts.length; ++i) if (this.parts[i].isCalledOff(sinceMs)) return true;
    return false;
  }

  /** Ends those that were called off. */
  callOff(sinceMs: i64, rootId: u32): void {
    for (let i = 0; i < this.parts.length; ++i) {
      if (this.parts[i].isCalledOff(sinceMs)) this.parts[i].callOff(sinceMs, rootId);
    }
  }

  /** Takes the reply to a message; empty for none. */
  take(index: i32, reply: Slice): void {
    this.replies[index] = reply;
    this.settle();
  }

  /** Counts a message as one that came alone is. */
  count(part: BatchPart, requestBytes: i32, replyBytes: i32): void {
    const measured = this.hasMetrics ? part.measured() : null;
    if (measured) measured.record(nowMs() - this.startedMs, <u64>requestBytes, <u64>replyBytes);
  }

  private settle(): void {
    if (--this.pending) return;
    const body = new Writer();
    for (let i = 0; i < this.replies.length; ++i) {
      if (this.replies[i].length) body.byte(body.length ? COMMA : OPEN).bytes(this.replies[i]);
    }
    this.listener.onBatch(body.length ? body.byte(CLOSE).take() : Slice.empty());
  }
}

/** One message of it. */
@final
export class BatchPart extends RelayExchange implements FetchListener {
  private whole: Batch | null = null;
  private index: i32 = 0;
  private filter: MessageFilter | null = null;

  /** Says whose part it is. */
  join(batch: Batch, index: i32): void {
    this.whole = batch;
    this.index = index;
  }

  protected route(link: Link, headers: HeaderList, body: Slice, response: ResponseHandler): void {
    const request = this.request_;
    if (!request || this.isAnswered) return;
    // Its answers come in a stream that has to be routed.
    if (link.remote.isSse) return this.fail(notInBatch());
    this.link = link;
    this.filter = new MessageFilter(this.server, link, request);
    const isAsked = request.kind == MessageKind.Request;
    const rawId = isAsked ? (link.isShared ? request.ownId : request.rawId) : Slice.empty();
    const fetch = new RpcFetch(this, rawId);
    fetch.link = link;
    this.track(fetch);
    fetch.start(link.remote, headers, body, link.remote.timeoutMs);
  }

  onFetched(fetch: RpcFetch): void {
    if (this.isAnswered) return;
    const request = this.request_;
    const link = this.link;
    const filter = this.filter;
    if (!request || !link || !filter || request.kind != MessageKind.Request)
      return this.reply(202, null, Slice.empty());
    if (!fetch.message.length) {
      this.failure = INTERNAL_ERROR.toString();
      return this.reply(200, null, serverFailure(link, request.rawId, 502, fetch.failure));
    }
    const message = filter.apply(fetch.message);
    this.failure = filter.failure;
    this.reply(200, null, message ? message : fetch.message);
  }

  protected reply(status: u32, headers: HeaderList | null, body: Slice): void {
    // It may have been called off.
    if (this.isAnswered) return;
    this.isAnswered = true;
    this.finish(body);
  }

  callOff(sinceMs: i64, rootId: u32): void {
    this.withdraw(rootId);
    this.reply(202, null, Slice.empty());
  }

  /** Whatever has answered it. */
  finish(body: Slice): void {
    const batch = this.whole;
    if (!batch) return;
    const request = this.request_;
    batch.count(this, request ? request.body.length : 0, body.length);
    batch.take(this.index, body);
  }
}

/** Has one of this plugin's servers answer a message. */
@final
class PartHandler implements LocalHandler {
  part: BatchPart | null = null;

  constructor(
    private readonly batch: Batch,
    private readonly index: i32,
  ) {}

  serveLocally(server: McpServer, rights: Rights, headers: HeaderList, body: Slice): bool {
    const tape = new JsonTape();
    const answer = new Dispatcher(server, headers, rights, tape).dispatch(body);
    const rawId = tape.raw(tape.find(tape.root, ID));
    const part = this.part;
    const reply = answer.call ? errorReply(rawId, asksAnApi()) : answer.body;
    if (part) part.finish(reply);
    else this.batch.take(this.index, reply);
    return false;
  }
}

/** It would have to be routed, with the limits of its route. */
function asksAnApi(): RpcError {
  return RpcError.invalidRequest("A tool that asks an HTTP API cannot be called in a batch here");
}
