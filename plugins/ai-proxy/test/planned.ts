// Runs a planned request through the compiled plugin, attempt by attempt, as Envoy's router makes them: they share the
// filter state, and the headers as the last attempt left them.
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { fields, openAttempt, requestHeaders } from "./exchange.ts";
import type { Message } from "./fixture.ts";

export interface Plan {
  targets: { cluster: string; model?: string; asked?: string; isCooling?: boolean }[];
  statuses?: string[];
  emptyAnswer?: boolean;
  contentFilter?: boolean;
  deadlineNanos?: bigint;
}

/** A provider's answer; `cuts`: where its body is cut. `reset`: the connection breaks where it ends. */
export interface PlannedAnswer extends Message {
  cuts?: number[];
  reset?: boolean;
}

export interface Outcome {
  attempts: HttpStream[];
  /** What reached the client. */
  last: HttpStream;
  /** The log's list: `a 503 status`. */
  log: string[];
  state: Map<string, Uint8Array>;
}

export function planJson({ deadlineNanos, ...plan }: Plan): string {
  const whole = { statuses: ["408", "409", "429", "5xx", "529"], emptyAnswer: true, contentFilter: false, ...plan };
  const json = JSON.stringify(whole);
  return deadlineNanos === undefined ? json : `${json.slice(0, -1)},"deadlineNanos":${deadlineNanos}}`;
}

/** Sends `request`, and answers each attempt with the next of `answers`, as long as the plugin asks for another. */
export function runPlan(plugin: Plugin, plan: Plan, request: Message, answers: PlannedAnswer[]): Outcome {
  const state = new Map<string, Uint8Array>([["wasm.weir.plan", Buffer.from(planJson(plan))]]);
  state.set("wasm.weir.target", Buffer.from(plan.targets[0]!.cluster));
  return runPrepared(plugin, state, [...requestHeaders(request), ["x-weir-planned", "1"]], request.body, answers);
}

/** As `runPlan`, where another plugin has made the plan. */
export function runPrepared(
  plugin: Plugin,
  state: Map<string, Uint8Array>,
  prepared: [string, string][],
  body: string | undefined,
  answers: PlannedAnswer[],
): Outcome {
  const attempts: HttpStream[] = [];
  let headers = prepared;
  for (let number = 1; ; number++) {
    const target = Buffer.from(state.get("wasm.weir.target")!).toString();
    const attempt = openAttempt(plugin, target, state);
    attempts.push(attempt);
    const counted = headers.filter(([name]) => name !== "x-envoy-attempt-count");
    attempt.sendRequest([...counted, ["x-envoy-attempt-count", String(number)]], body);
    headers = attempt.requestHeadersLeft;
    const answer = answers[number - 1];
    if (!attempt.localReply && answer) respond(attempt, answer);
    const isRetried = attempt.sentDownstream.header("x-weir-retry") === "1" || (answer?.reset && !isAnswered(attempt));
    if (!isRetried) return { attempts, last: attempt, log: logOf(state), state };
  }
}

/** Whether the client has seen something: an answer of the host's own to a broken connection is none. */
function isAnswered(attempt: HttpStream): boolean {
  return attempt.sentDownstream.headers !== null && attempt.localReply === null;
}

export function respond(attempt: HttpStream, answer: PlannedAnswer): void {
  const { body, cuts = [], status = 200, reset = false } = answer;
  const endOfStream = body === undefined && !reset;
  if (body !== undefined || !reset)
    attempt.responseHeaders([[":status", String(status)], ...fields(answer)], { endOfStream });
  const bytes = Buffer.from(body ?? "");
  const ends = [...cuts.filter((cut) => cut > 0 && cut < bytes.length), bytes.length];
  if (body !== undefined)
    ends.forEach((end, i) => {
      const isLast = i === ends.length - 1 && !reset;
      attempt.responseBody(bytes.subarray(ends[i - 1] ?? 0, end), { endOfStream: isLast });
    });
  if (reset) attempt.upstreamReset();
}

export function stateOf(state: Map<string, Uint8Array>, name: string): string {
  return Buffer.from(state.get(`wasm.weir.${name}`) ?? "").toString();
}

function logOf(state: Map<string, Uint8Array>): string[] {
  const entries = JSON.parse(stateOf(state, "attempts") || "[]") as Record<string, unknown>[];
  return entries.map(({ target, status, reason }) =>
    [target, status, reason].filter((part) => part !== undefined).join(" "),
  );
}
