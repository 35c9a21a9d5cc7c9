// The table of faults: each kind of fault, in an answer that is streamed or not, at the first, a middle and the last
// target of a chain; and what a client must see in each case.
//
//   first   fault ─► good-1 ─► good-2
//   middle  bad ─► fault ─► good-1
//   last    bad ─► worse ─► fault
//
// good-1 speaks another dialect than the client and the others.
import { gatewayBlock } from "../configurations.ts";

export const positions = ["first", "middle", "last"] as const;
export type Position = (typeof positions)[number];
export const modes = ["whole", "stream"] as const;
export type Mode = (typeof modes)[number];

/** What becomes of an answer with the fault. */
export type Outcome =
  /** The next target answers; at the last one the client gets an error. */
  | "next"
  /** It reaches the client as it is: the fault is none, or comes too late. */
  | "passed"
  /** It reaches the client as far as it goes: cut off or with an error in it, and never to be taken for whole. */
  | "cut";

export interface Fault {
  name: string;
  /** A fault of the simulated provider; an address that fails for the others. */
  simulated?: string;
  url?: string;
  outcome: Record<Mode, Outcome>;
}

const next = { whole: "next", stream: "next" } as const;
const passed = { whole: "passed", stream: "passed" } as const;

export const faults: Fault[] = [
  { name: "status 500", simulated: "status-500", outcome: next },
  { name: "status 503", simulated: "status-503", outcome: next },
  { name: "status 408", simulated: "status-408", outcome: next },
  { name: "status 429", simulated: "status-429", outcome: next },
  { name: "status 529", simulated: "status-529", outcome: next },
  { name: "status 401, a bad key", simulated: "status-401", outcome: next },
  { name: "status 403, no access", simulated: "status-403", outcome: next },
  { name: "status 400, the client's", simulated: "status-400", outcome: passed },
  { name: "status 404, the client's", simulated: "status-404", outcome: passed },
  { name: "refused", url: "http://127.0.0.1:@CLOSED_PORT@/v1", outcome: next },
  { name: "unresolvable", url: "http://does-not-exist.invalid/v1", outcome: next },
  { name: "TLS failure", url: "https://127.0.0.1:@PLAIN_PORT@/v1", outcome: next },
  { name: "dropped before headers", simulated: "drop-before-headers", outcome: next },
  { name: "slow headers", simulated: "delay-4000", outcome: next },
  { name: "no answer at all", simulated: "hang", outcome: next },
  { name: "dropped after headers", simulated: "drop-after-headers", outcome: next },
  { name: "slow first token", simulated: "first-byte-delay-1500", outcome: next },
  {
    name: "dropped in the middle",
    simulated: "drop-mid-stream",
    outcome: { whole: "next", stream: "cut" },
  },
  { name: "empty answer", simulated: "empty-body", outcome: next },
  { name: "error in a 200", simulated: "error-in-200", outcome: next },
  { name: "malformed from the start", simulated: "malformed-json", outcome: next },
  { name: "malformed in the middle", simulated: "malformed-sse", outcome: { whole: "passed", stream: "cut" } },
  { name: "error in the middle", simulated: "error-mid-stream", outcome: { whole: "passed", stream: "cut" } },
];

export function modelOf(fault: Fault, mode: Mode, position: Position): string {
  return `${fault.name}, ${mode}, ${position}`;
}

/** A provider of its own for each cell: one that fails is left alone for a while, and no cell is to see another's. */
function faulty(index: number, mode: Mode, position: Position): string {
  return `fault-${index}-${mode}-${position}`;
}

function chain(name: string, model: string | undefined, position: Position): string[] {
  const fault = model ? `{ provider: ${name}, model: ${model} }` : `{ provider: ${name} }`;
  const bad = "{ provider: bad, model: simulate-status-503 }";
  const worse = "{ provider: worse, model: simulate-status-500 }";
  if (position === "first") return [fault, "{ provider: good-1 }", "{ provider: good-2 }"];
  return position === "middle" ? [bad, fault, "{ provider: good-1 }"] : [bad, worse, fault];
}

/** The whole configuration: a route for each cell, told by the model's name. */
export function tableConfiguration(): string {
  const cells = faults.flatMap((fault, index) =>
    modes.flatMap((mode) => positions.map((position) => ({ fault, index, mode, position }))),
  );
  const limits = "timeouts: { connect: 1s, firstByte: 600ms, idle: 10s }, circuitBreaker: { consecutiveErrors: 0 }";
  const provider = (name: string, url = `@SIMULATOR@/${name}/v1`) =>
    `  - { name: ${name}, type: openai, baseUrl: "${url}", apiKey: "\${E2E_KEY}", ${limits} }`;
  const routes = cells.map(({ fault, index, mode, position }) => {
    const model = fault.simulated && `simulate-${fault.simulated}`;
    const [first, ...rest] = chain(faulty(index, mode, position), model, position);
    const name = `cell-${index}-${mode}-${position}`;
    const models = JSON.stringify([modelOf(fault, mode, position)]);
    return `  - { name: ${name}, models: ${models}, targets: [${first}], fallbacks: [${rest.join(", ")}] }`;
  });
  return [
    gatewayBlock,
    "providers:",
    provider("good-1").replace("type: openai", "type: anthropic"),
    ...["good-2", "bad", "worse"].map((name) => provider(name)),
    ...cells.map(({ fault, index, mode, position }) => provider(faulty(index, mode, position), fault.url)),
    "routes:",
    ...routes,
  ].join("\n");
}

/** The targets that a request of the cell has to see, in this order, and the one that its answer comes from. */
export function expectedAttempts(outcome: Outcome, position: Position): { attempts: number; servedBy: string } {
  const at = positions.indexOf(position) + 1;
  const servedBy = outcome === "next" ? ["good-1", "good-1", ""][at - 1]! : "fault";
  return { attempts: outcome === "next" ? Math.min(at + 1, 3) : at, servedBy };
}
