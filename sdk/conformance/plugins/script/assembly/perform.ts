// One operation of a script, by its verb. What it finds out it logs.
import {
  callForeignFunction,
  closeDownstream,
  closeRequest,
  closeResponse,
  closeUpstream,
  continueDownstream,
  continueRequest,
  continueResponse,
  encodeBase64,
  environment,
  logError,
  logInfo,
  logLevel,
  logWarn,
  nowNanos,
  randomBytes,
  sendLocalResponse,
  setTickPeriodMs,
  signSha256,
  Slice,
} from "@weir/sdk/assembly";
import { Actor } from "./actor";
import { performCallout } from "./callouts";
import { performOnBody } from "./bodies";
import { headersFrom, performOnHeaders } from "./headers";
import { Operation } from "./program";
import { performOnShared } from "./shared";
import { trap } from "./trap";
import { callWildly } from "./wild";

export function perform(operation: Operation, actor: Actor): void {
  if (performOnHeaders(operation)) return;
  if (performOnBody(operation)) return;
  if (performOnShared(operation)) return;
  if (performCallout(operation, actor)) return;
  if (performOnStream(operation, actor)) return;
  if (performGeneral(operation)) return;
  logError(`unknown verb ${operation.verb}`);
}

/** The streams that said `wait`, for `release` to let go on from another context. */
const waiting: Actor[] = [];

function performOnStream(operation: Operation, actor: Actor): bool {
  const verb = operation.verb;
  if (verb == "return") actor.answer = I32.parseInt(operation.word(0));
  else if (verb == "continue") report(operation, continueStream(operation.word(0)));
  else if (verb == "close") report(operation, closeStream(operation.word(0)));
  else if (verb == "reply") reply(operation);
  else if (verb == "wait") waiting.push(actor);
  else if (verb == "release") while (waiting.length) waiting.pop().continueFromElsewhere();
  else return false;
  return true;
}

function continueStream(side: string): i32 {
  if (side == "request") return continueRequest();
  return side == "response" ? continueResponse() : continueDownstream();
}

function closeStream(side: string): i32 {
  if (side == "request") return closeRequest();
  if (side == "response") return closeResponse();
  return side == "downstream" ? closeDownstream() : closeUpstream();
}

/** reply <status> <grpc status> <name=value;… or -> <body> */
function reply(operation: Operation): void {
  const status = I32.parseInt(operation.word(0));
  const grpcStatus = I32.parseInt(operation.word(1));
  const body = Slice.of(operation.text(3));
  report(operation, sendLocalResponse(status, headersFrom(operation.word(2)), body, "by script", grpcStatus));
}

function performGeneral(operation: Operation): bool {
  const verb = operation.verb;
  if (verb == "log") logInfo(operation.text(0));
  else if (verb == "warn") logWarn(operation.text(0));
  else if (verb == "logLevel") logInfo(`log level ${logLevel()}`);
  else if (verb == "tick") report(operation, setTickPeriodMs(I32.parseInt(operation.word(0))));
  else if (verb == "clock") logInfo(nowNanos() > 1_700_000_000_000_000_000 ? "clock runs" : "clock stands");
  else if (verb == "random") logInfo(`random bytes ${randomBytes(I32.parseInt(operation.word(0))).length}`);
  else if (verb == "environment") logInfo(`environment ${show(environment(operation.word(0)))}`);
  else if (verb == "foreign") foreign(operation);
  else if (verb == "sign") logInfo(`signature ${signed(operation)}`);
  else if (verb == "wild") callWildly();
  else if (verb == "trap") trap(operation.word(0));
  else return false;
  return true;
}

/** foreign <name> <text>: logs how long the answer is; `foreign roundtrip` compresses and uncompresses. */
function foreign(operation: Operation): void {
  if (operation.word(0) != "roundtrip") {
    const answer = callForeignFunction(operation.word(0), Slice.of(operation.text(1)));
    logInfo(`foreign ${operation.word(0)} ${answer ? answer.toText() : "refused"}`);
    return;
  }
  const compressed = callForeignFunction("compress", Slice.of(operation.text(1)));
  const again = compressed ? callForeignFunction("uncompress", compressed) : null;
  logInfo(`foreign roundtrip ${again ? again.toText() : "failed"}`);
}

/** sign <variable that holds the key> <text> */
function signed(operation: Operation): string {
  const key = environment(operation.word(0));
  const signature = signSha256(Slice.of(key ? key : ""), Slice.of(operation.text(1)));
  return signature ? encodeBase64(signature).toText() : "refused";
}

/** Logs the status of an operation only when it is not Ok, so that scripts stay quiet. */
export function report(operation: Operation, status: i32): void {
  if (status != 0) logInfo(`${operation.verb} ${operation.text(0)}: status ${status}`);
}

export function show(text: string | null): string {
  return text === null ? "missing" : text;
}
