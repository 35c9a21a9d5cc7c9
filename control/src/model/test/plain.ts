// Parts of a model with nothing special about them, for tests that care about one thing.
import type { ForeignPlugin, PluginRule } from "../plugins.ts";
import type { Auth } from "../auth.ts";
import type { Limit } from "../limits.ts";
import type { Gateway, Route, Target } from "../model.ts";
import type { Names } from "../names.ts";
import { openAiSurfaces } from "../surface.ts";

export const plainAuth: Auth = {
  keyHeaders: [],
  keyQuery: null,
  jwt: [],
  hmac: {
    algorithms: ["hmac-sha256"],
    clockSkewMs: 300_000,
    signedHeaders: ["@request-target", "date"],
    requireDigest: false,
    requireNonce: false,
    nonceHeader: "x-ca-nonce",
  },
  consumers: [],
};

export const plainGateway: Gateway = {
  address: "127.0.0.1",
  port: 8080,
  bodyBytesMax: 32 * 1024 * 1024,
  responseHeaders: true,
  metrics: true,
  accessLog: null,
};

export const plainNames: Names = { aliases: [], providerNames: false, requestOptions: false, auto: null };

export const plainTarget: Target = {
  name: "plain",
  provider: "openai",
  dialect: "openai-chat",
  host: "127.0.0.1",
  port: 80,
  tls: null,
  authority: "plain.test",
  basePath: "/v1",
  surfaces: [...openAiSurfaces],
  paths: {},
  credential: null,
  headers: [],
  modelMapping: [],
  quirks: [],
  timeouts: { connectMs: 5000, firstByteMs: 0, idleMs: 300_000 },
  circuitBreaker: {
    maxConcurrentRequests: 0,
    consecutiveErrors: 5,
    statuses: ["429", "5xx"],
    ejectionMs: 10_000,
    ejectionMsMax: 300_000,
    whenOpen: "tryAnyway",
  },
  healthCheck: null,
};

/** For every request. */
export const plainLimit: Limit = {
  name: "plain",
  match: [],
  windows: [{ unit: "requests", limit: 1000, period: "minute", algorithm: "slidingWindow" }],
  weights: { input: 1000, output: 1000, cacheRead: 1000, cacheWrite: 1000, audioInput: 1000, audioOutput: 1000 },
  outputTokensMax: null,
  shadow: false,
  onStoreFailure: "local",
  onUnknownPrice: "allow",
  cheaperModel: null,
};

/** Every model, from one target. */
export function plainRoute(name: string, target: string): Route {
  return {
    name,
    hosts: [],
    pathPrefix: "/v1",
    headers: [],
    query: [],
    cookies: [],
    callers: { consumers: [], organizations: [], teams: [] },
    body: [],
    isRead: false,
    auth: "key",
    models: ["*"],
    targets: [{ target, weight: 1, model: null }],
    fallbacks: [],
    balance: "weighted",
    countsRequests: false,
    affinity: null,
    fallbackOn: { statuses: ["408", "409", "429", "5xx"], emptyAnswer: true, contentFilter: false },
    attemptTimeoutMs: null,
    totalTimeoutMs: 0,
    lastResort: null,
    mirror: null,
    listedModels: [],
  };
}

export const plainPlugin: ForeignPlugin = {
  name: "plain",
  module: {
    url: "file:///plain.wasm",
    sha256: null,
    pull: "ifNotPresent",
    credential: null,
    verificationKey: null,
    revision: "",
  },
  phase: "unspecified",
  priority: 0,
  failure: "closed",
  rootId: "",
  environment: { host: [], values: {} },
  allowOnHeadersStopIteration: null,
  configuration: null,
  rules: [],
};

export const plainRule: PluginRule = { routes: [], hosts: [], services: [], configuration: null };
