// What callers may use in a time: plain data. How it is counted, docs/decisions/token-windows.md says.
import type { TargetTls } from "./model.ts";
import type { Secret } from "./secret.ts";

export const limitUnits = [
  "requests",
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "cachedTokens",
  "weightedTokens",
  "concurrentRequests",
  "cost",
] as const;
/** What is counted. */
export type LimitUnit = (typeof limitUnits)[number];

export const limitPeriods = ["second", "minute", "hour", "day", "week", "month"] as const;
export type LimitPeriod = (typeof limitPeriods)[number];

export const limitAlgorithms = ["slidingWindow", "tokenBucket", "calendar"] as const;
export type LimitAlgorithm = (typeof limitAlgorithms)[number];

/** The largest limit: every sum stays a whole number in a double, which is what Redis' scripts count in. */
export const limitMax = 9_000_000_000_000_000;
/** Of a token bucket: it multiplies by a thousand. */
export const bucketLimitMax = limitMax / 1000;

export const limitDimensions = [
  "consumer",
  "organization",
  "team",
  "user",
  "key",
  "model",
  "provider",
  "route",
  "tool",
] as const;
export type LimitDimension = (typeof limitDimensions)[number];

export const storeFailures = ["local", "open", "closed"] as const;
/** What becomes of a request when the service that counts cannot be asked: counted here, let through, refused. */
export type StoreFailure = (typeof storeFailures)[number];

export const unknownPrices = ["allow", "refuse"] as const;
/** What becomes of a request whose cost nobody can tell. */
export type UnknownPrice = (typeof unknownPrices)[number];

export const limitServiceTypes = ["weir", "envoyproxy"] as const;
/** `weir limits`, which is told of the limits with each request, or envoyproxy/ratelimit, which has to have them. */
export type LimitServiceType = (typeof limitServiceTypes)[number];

/** Paths are those of Envoy's machine. */
export interface LimitServiceTls extends TargetTls {
  /** What Envoy shows of itself; null for nothing. */
  clientCertificate: { certFile: string; keyFile: string } | null;
}

/** Counts for all Envoys together. */
export interface LimitService {
  type: LimitServiceType;
  host: string;
  port: number;
  /** Those with the same count together. */
  domain: string;
  /** Null: the traffic is not encrypted. */
  tls: LimitServiceTls | null;
  /** How long a request waits for it. */
  timeoutMs: number;
  /** What it wants to be shown. */
  token: Secret | null;
  /** Where the configuration of envoyproxy/ratelimit is written, an absolute path. */
  configFile: string | null;
}

/** One rule. */
export interface Limit {
  /** Unique. Counters are kept under it, so what changes beside it leaves them as they are. */
  name: string;
  /** All must hold; empty for every request. */
  match: LimitCondition[];
  /** Never empty. No two have unit, period and algorithm in common. */
  windows: LimitWindow[];
  /** Of `weightedTokens`. */
  weights: TokenWeights;
  /** No answer may have more output tokens; null leaves it to the request. */
  outputTokensMax: number | null;
  /** Only counts. */
  shadow: boolean;
  /** Means nothing without a service. */
  onStoreFailure: StoreFailure;
  /** Of `cost`. */
  onUnknownPrice: UnknownPrice;
  /** What a chat request goes to that does not fit, by the clients' name; null refuses it. */
  cheaperModel: string | null;
}

/** What a request must have. */
export interface LimitCondition {
  by: LimitDimension | "header" | "query" | "cookie" | "network";
  /** Of the header (lower case), parameter or cookie; else empty. */
  name: string;
  /** `each`: any value, and a counter of its own for each. */
  match: "exact" | "prefix" | "regex" | "each" | "network";
  /** Without the `*` of a prefix and the `~` of a regular expression; empty for `each`. */
  pattern: string;
}

export interface LimitWindow {
  unit: LimitUnit;
  /** Of `cost` in nano-dollars. */
  limit: number;
  /** Null for `concurrentRequests`. */
  period: LimitPeriod | null;
  /** Null for `concurrentRequests`. */
  algorithm: LimitAlgorithm | null;
}

/** Thousandths, by kind of token. */
export interface TokenWeights {
  /** Of input that is none of the other kinds. */
  input: number;
  /** Of output that is not audio. */
  output: number;
  cacheRead: number;
  cacheWrite: number;
  audioInput: number;
  audioOutput: number;
}
