// How the service that counts is told things: by few calls, each of which costs Envoy more than a request of its own.
// What comes while one is on its way waits for its answer, and goes with all else that has come meanwhile. So nothing
// waits where there is little to tell, and where there is much, many requests share a call.
import { GrpcCall, nowMs, parseInteger, Slice, Status, Writer } from "@weir/sdk/assembly";
import { exactOf, exactsOf } from "./global-message";
import { GlobalService } from "./global-service";

/** A call that takes longer is no longer waited for, but by what has come before. */
const WAIT_MS: i64 = 3;
/** Where it only tells what was used: nobody waits for it. */
const SETTLING_TIMEOUT_MS: u32 = 5000;
const TOLD_MAX: i32 = 64;
const MESSAGE_BYTES_MAX: i32 = 64 * 1024;
// https://grpc.github.io/grpc/core/md_doc_statuscodes.html
const UNKNOWN: u32 = 2;
/** It stays wrong, however often it is told. */
export const INVALID_ARGUMENT: u32 = 3;
const UNAVAILABLE: u32 = 14;

/** One thing that the service is told: what a request asks for, or what one has used. */
export abstract class Told {
  /** Whether it waits to be sent. */
  isQueued: bool = false;
  call: ServiceCall | null = null;

  constructor(
    /** Whether a request waits for the answer. */
    readonly isAsking: bool,
  ) {}

  /** Whether there will be an answer. */
  get isUnderWay(): bool {
    const call = this.call;
    return this.isQueued || (call != null && call.isWaiting);
  }

  /** What is to be sent now: a part of a RateLimitRequest. */
  abstract take(): Slice;

  /** `code` is gRPC's; where it is 0, `answer` is what the service has said. */
  abstract onAnswer(code: u32, answer: Slice): void;
}

/** One call. The root context owns it, so that an answer comes also where a request is gone. */
@final
export class ServiceCall extends GrpcCall {
  readonly told: Told[] = [];
  /** Whether a request waits for it. */
  isAsking: bool = false;

  constructor(
    private readonly service: GlobalService,
    rootId: u32,
  ) {
    super();
    this.ownerId = rootId;
    this.metadata = service.metadata;
  }

  /** Takes from `queue` what one call can carry, at most `toldMax`, and sends it. */
  sendFrom(queue: Told[], toldMax: i32): bool {
    const message = new Writer(1024).bytes(this.service.head);
    let count = 0;
    while (count < queue.length && count < toldMax && message.length < MESSAGE_BYTES_MAX) {
      const told = queue[count++];
      told.isQueued = false;
      told.call = this;
      message.bytes(told.take());
      if (told.isAsking) this.isAsking = true;
      this.told.push(told);
    }
    queue.splice(0, count);
    const timeoutMs = this.isAsking ? this.service.timeoutMs : SETTLING_TIMEOUT_MS;
    return this.send(this.service.method, message.take(), timeoutMs) == Status.Ok;
  }

  /** It was not sent: all are told of it but `latest`. */
  failFor(latest: Told | null): void {
    for (let i = 0; i < this.told.length; ++i) {
      if (this.told[i] != latest) this.told[i].onAnswer(UNAVAILABLE, Slice.empty());
    }
  }

  onReply(code: u32, message: Slice): void {
    this.service.line.onReply(this.service, this, code, message);
  }
}

/** What one service is told. */
@final
export class ServiceLine {
  private readonly queue: Told[] = [];
  private last: ServiceCall | null = null;
  private sentMs: i64 = 0;
  private isDelivering: bool = false;
  /** Whether the service takes one thing at a time: one of another make, or of before. */
  private isSingle: bool = false;

  /** False: it cannot be sent. */
  tell(service: GlobalService, told: Told, rootId: u32): bool {
    told.isQueued = true;
    this.queue.push(told);
    if (this.isDelivering || this.isWorthWaiting(service, told)) return true;
    this.send(service, rootId, told);
    return told.isUnderWay;
  }

  private isWorthWaiting(service: GlobalService, told: Told): bool {
    const last = this.last;
    if (this.isSingle || service.isCharged || service.isFailing) return false;
    if (!last || !last.isWaiting || this.queue.length >= TOLD_MAX) return false;
    // What only settles may take its time.
    return (last.isAsking || !told.isAsking) && !this.isLate;
  }

  private get isLate(): bool {
    return abs(<i64>nowMs() - this.sentMs) >= WAIT_MS;
  }

  /** Sends what waits for a call that takes long, or has gone with its root context. */
  hurry(service: GlobalService, rootId: u32): void {
    const last = this.last;
    if (!last || !last.isWaiting || this.isLate) this.send(service, rootId, null);
  }

  /** Sends all that waits. Whoever has told `latest` sees by itself that it could not be sent. */
  private send(service: GlobalService, rootId: u32, latest: Told | null): void {
    const toldMax = this.isSingle || service.isCharged ? 1 : TOLD_MAX;
    while (this.queue.length) {
      const call = new ServiceCall(service, rootId);
      const isSent = call.sendFrom(this.queue, toldMax);
      this.last = call;
      this.sentMs = <i64>nowMs();
      if (!isSent) call.failFor(latest);
    }
  }

  /** A call is answered, or has failed. */
  onReply(service: GlobalService, call: ServiceCall, code: u32, message: Slice): void {
    this.isDelivering = true;
    if (call.told.length == 1) this.deliver(service, call.told[0], code, message);
    else this.deliverEach(service, call.told, code, message);
    this.isDelivering = false;
    this.send(service, call.ownerId, null);
  }

  private deliver(service: GlobalService, told: Told, code: u32, message: Slice): void {
    service.note(code, message);
    told.onAnswer(code, code || service.isCharged ? message : exactOf(message));
  }

  private deliverEach(service: GlobalService, told: Told[], code: u32, message: Slice): void {
    const answers = exactsOf(code ? Slice.empty() : message);
    if (answers.length != told.length && (!code || code == INVALID_ARGUMENT)) {
      // Whoever does not know that several may come takes them one by one.
      this.isSingle = true;
      code = UNKNOWN;
    }
    if (code) {
      service.note(code, message);
      for (let i = 0; i < told.length; ++i) told[i].onAnswer(code, message);
      return;
    }
    let failure: u32 = 0;
    for (let i = 0; i < told.length; ++i) failure = max(failure, codeOf(answers[i]));
    service.note(failure, SOME);
    for (let i = 0; i < told.length; ++i) told[i].onAnswer(codeOf(answers[i]), answers[i]);
  }
}

const SOME = Slice.of("some of what it was told");
const BRACKET: u8 = 0x5b;

/** Of an answer to one of several. */
function codeOf(answer: Slice): u32 {
  return answer.at(0) == BRACKET ? 0 : <u32>parseInteger(answer, UNKNOWN);
}
