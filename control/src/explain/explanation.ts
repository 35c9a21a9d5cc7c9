// What `explain` finds out about a request, as plain data: its JSON is what `weir explain --json` prints.
import type { Dialect, Service } from "../model/dialect.ts";
import type { TargetTimeouts } from "../model/model.ts";
import type { Balance, FallbackConditions, Mirror } from "../model/routing.ts";
import type { Surface } from "../model/surface.ts";

/** A request as a client would send it. */
export interface RequestToExplain {
  /** `POST` by default. */
  method?: string;
  /** With its query, if it has one. */
  path: string;
  /** The `Host` header, with or without a port. */
  host?: string;
  /** Names in any case. */
  headers?: Record<string, string>;
  /** `consumer/key`: whose key it has. Absent for a key that may do everything. */
  caller?: string;
  /** The body's `model`. A path that names one has it already. */
  model?: string;
  /** The JSON body; what is not said of it is not there. Its `model` counts where `model` is not given. */
  body?: Record<string, unknown>;
  /** How the targets are now, where a running Weir was asked. */
  now?: RunningTarget[];
}

/** As `weir status` has it. */
export interface RunningTarget {
  target: string;
  state: string;
  requestsActive: number;
  speeds: { model: string; operation: string; of: string; milliseconds: number }[];
}

export interface Explanation {
  request: { method: string; host: string; path: string; model: string | null };
  /** What the path asks for; null for anything but a surface. */
  surface: Surface | null;
  /** `sent`: to the first attempt's target. `answered`: by the gateway itself, as `answer` says. */
  outcome: "sent" | "answered";
  answer: { status: number; reason: string } | null;
  /** The route of the model that serves the request. */
  route: string | null;
  /** The Envoy route that takes it: the first that fits without regard to the model. */
  envoyRoute: string | null;
  /** Whether the caller needs a key. */
  needsKey: boolean;
  /** Whose key was asked about, `consumer/key`. */
  caller: string | null;
  /** Whether the body has to be read to find the route. */
  readsBody: boolean;
  /** Every route in the order in which they are tried, up to the one that serves the request. */
  routes: ConsideredRoute[];
  /** What the request's models stand for, where that is not the name itself or there is more than one. */
  names: NamedModel[];
  /** What there is to choose; null where one target serves the route alone. */
  plan: Plan | null;
  /** In order, the heaviest target first; a later one is made only when the earlier ones failed. */
  attempts: Attempt[];
  /** Where it goes when it is too much for one of these, whose other conditions are not looked at. */
  cheaper: CheaperWay[];
}

/** The way by a limit's or a budget's `onExceeded`. */
export interface CheaperWay {
  of: "limit" | "budget";
  name: string;
  model: string;
  /** Null where the caller is refused instead, as `refusal` says. */
  route: string | null;
  refusal: string | null;
  /** Names of targets, in the order of attempts. */
  targets: string[];
}

/** A model as the client names it. */
export interface NamedModel {
  name: string;
  /** What the route's targets are asked for. */
  model: string;
  /** The only provider, or key, that may serve it; null for any of the route's. */
  provider: string | null;
  route: string;
  because: string | null;
}

/** How a route's targets are chosen, and when the next one is tried. */
export interface Plan {
  /** One of these is chosen. */
  choice: PlanChoice[];
  /** `throughput` where the request wishes for it. */
  balance: Balance | "throughput";
  /** What requests that meet the same target have in common. */
  affinity: string | null;
  fallbackOn: FallbackConditions;
  /** Null where the longest of the targets' own limits counts. */
  attemptTimeoutMs: number | null;
  /** 0 for no limit. */
  totalTimeoutMs: number;
  lastResort: string | null;
  mirror: Mirror | null;
}

export interface PlanChoice {
  target: string;
  model: string | null;
  /** How often; null where something else than its weight decides. */
  percent: number | null;
  /** Where the price decides: whether it is known. */
  hasPrice?: boolean;
  /** Of a running Weir; null where none was asked, or it does not know. */
  now: TargetNow | null;
}

/** What decides, where that changes from moment to moment. */
export interface TargetNow {
  state: string;
  requestsActive: number;
  /** How long it usually takes to a first token, to an answer, or for a hundred tokens: what the balance goes by. */
  usualMs: number | null;
}

export interface ConsideredRoute {
  name: string;
  fits: boolean;
  /** Why it does not fit, or what makes it fit. */
  because: string;
}

/** One request to a provider. */
export interface Attempt {
  target: string;
  /** Why it stands where it stands. */
  because: string;
  /** The provider's type. */
  provider: string;
  /** Whether the request passes as it is, or what it is translated into. */
  service: Service["how"];
  dialect: Dialect;
  /** Where the connection goes and what is asked for there. */
  url: string;
  /** What the provider sees as `:authority` and `:path`. */
  authority: string;
  path: string;
  /** The provider's name for the model; null when the request names none. */
  model: string | null;
  /** The entry of `modelMapping` that changed or kept it, as written there; null when none fits. */
  mapping: string | null;
  /** Whether the route says what the model is called. */
  isModelOfRoute: boolean;
  /** Without the values of secrets, which are null. */
  headersSet: { name: string; value: string | null }[];
  /** Headers of this request that the provider does not see. */
  headersRemoved: string[];
  timeouts: TargetTimeouts;
}
