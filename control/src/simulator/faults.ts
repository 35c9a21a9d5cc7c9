// Faults on demand. Asked for by the request header `x-simulate: status-429, retry-after-2` or, where a client cannot
// set headers, by the model's name: `simulate-status-429+retry-after-2`. Several may be combined; an unknown one is an
// error, so that a misspelt fault cannot make a test pass.
import type { IncomingHttpHeaders } from "node:http";

export type UsageFault = "missing" | "negative" | "huge" | "string";

/** Numbers are milliseconds unless said otherwise; null, 0 and false mean no fault. */
export interface Faults {
  /** Answer with this status and an error body. */
  status: number | null;
  /** Seconds, the header of that name. */
  retryAfter: number | null;
  /** Before the response headers. */
  delay: number;
  /** Between the headers and the first byte of the body. */
  firstByteDelay: number;
  /** Between two chunks of a stream. */
  chunkDelay: number;
  /** Close the connection without a proper end. */
  drop: "before-headers" | "after-headers" | "mid-stream" | null;
  /** Never answer; the connection stays open until the client leaves. */
  hang: boolean;
  malformedJson: boolean;
  malformedSse: boolean;
  emptyBody: boolean;
  /** Status 200 whose body, or whose first event, is an error object. */
  errorIn200: boolean;
  /** Status 200, a few good events, then an error event. */
  errorMidStream: boolean;
  /** Send the body in writes of this many bytes, whatever the events' bounds; 0 for one write per event. */
  split: number;
  /** Send the body a few bytes at a time with this pause. */
  trickle: number;
  /** How many words the generated text has; 0 for its natural length. */
  words: number;
  /** How many tokens of the prompt are told to come from a cache. */
  cached: number;
  /** Token counts are left out of the answer, or make no sense. */
  usage: UsageFault | null;
  /** However long the answer may be, it is as long as it is. */
  ignoresBound: boolean;
  /** The model declines to answer. */
  refusal: boolean;
  /** A filter of the provider ends the answer in its middle. */
  contentFilter: boolean;
  /** Thinking comes encrypted, where the provider has that. */
  redactedThinking: boolean;
}

export const noFaults: Faults = {
  status: null,
  retryAfter: null,
  delay: 0,
  firstByteDelay: 0,
  chunkDelay: 0,
  drop: null,
  hang: false,
  malformedJson: false,
  malformedSse: false,
  emptyBody: false,
  errorIn200: false,
  errorMidStream: false,
  split: 0,
  trickle: 0,
  words: 0,
  cached: 0,
  usage: null,
  ignoresBound: false,
  refusal: false,
  contentFilter: false,
  redactedThinking: false,
};

const flags: Record<string, Partial<Faults>> = {
  drop: { drop: "before-headers" },
  "drop-before-headers": { drop: "before-headers" },
  "drop-after-headers": { drop: "after-headers" },
  "drop-mid-stream": { drop: "mid-stream" },
  hang: { hang: true },
  "malformed-json": { malformedJson: true },
  "malformed-sse": { malformedSse: true },
  "empty-body": { emptyBody: true },
  "error-in-200": { errorIn200: true },
  "error-mid-stream": { errorMidStream: true },
  "usage-missing": { usage: "missing" },
  "usage-negative": { usage: "negative" },
  "usage-huge": { usage: "huge" },
  "usage-string": { usage: "string" },
  "ignore-bound": { ignoresBound: true },
  refusal: { refusal: true },
  "content-filter": { contentFilter: true },
  "redacted-thinking": { redactedThinking: true },
};

const numbers: Record<string, keyof Faults> = {
  status: "status",
  "retry-after": "retryAfter",
  delay: "delay",
  "first-byte-delay": "firstByteDelay",
  "chunk-delay": "chunkDelay",
  split: "split",
  trickle: "trickle",
  words: "words",
  cached: "cached",
};

/** The faults that the headers and the model ask for, or a sentence saying which one is unknown. */
export function readFaults(headers: IncomingHttpHeaders, model: unknown): Faults | string {
  const faults = { ...noFaults };
  const header = [headers["x-simulate"] ?? []].flat().join(",");
  for (const name of askedFor(header, model)) {
    const fault = flags[name] ?? numbered(name);
    if (!fault) return `Unknown fault "${name}"; known are ${knownFaults().join(", ")}`;
    Object.assign(faults, fault);
  }
  return faults;
}

function askedFor(header: string, model: unknown): string[] {
  const byHeader = header.split(/[,\s]+/);
  const byModel = typeof model === "string" && model.startsWith("simulate-") ? model.slice(9).split("+") : [];
  return [...byModel, ...byHeader].filter((name) => name !== "");
}

function numbered(name: string): Partial<Faults> | null {
  const match = /^([a-z-]+)-(\d{1,6})$/.exec(name);
  const field = match && numbers[match[1] ?? ""];
  if (!field) return null;
  const value = Number(match[2]);
  if (field === "status" && (value < 200 || value > 599)) return null;
  return { [field]: value };
}

function knownFaults(): string[] {
  return [...Object.keys(flags), ...Object.keys(numbers).map((name) => `${name}-<number>`)];
}
