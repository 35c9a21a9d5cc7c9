// The model of the world: plain data with every default filled and every reference resolved. The file, the
// Kubernetes objects and the admin API all end here; `xds` and `explain` read nothing else.
import type { Admin } from "./admin.ts";
import type { Auth, RouteAuth } from "./auth.ts";
import type { Budget, SpentBudget, Webhook } from "./budgets.ts";
import type { Credential } from "./credential.ts";
import type { Registry, ServiceUse } from "./discovery.ts";
import type { Dialect } from "./dialect.ts";
import type { Kubernetes } from "./kubernetes.ts";
import type { Ledger } from "./ledger.ts";
import type { ModelRow } from "./model-facts.ts";
import type { Limit, LimitService } from "./limits.ts";
import type { Names } from "./names.ts";
import type { Market } from "./market.ts";
import type { Mcp } from "./mcp.ts";
import type { ForeignPlugin } from "./plugins.ts";
import type {
  Affinity,
  Balance,
  CircuitBreaker,
  Fallback,
  FallbackConditions,
  HealthCheck,
  Mirror,
  RouteTarget,
} from "./routing.ts";
import type { Secret } from "./secret.ts";
import type { PathName, Surface } from "./surface.ts";
import type { Web } from "./web.ts";

/** Everything one Envoy fleet serves. */
export interface Model {
  gateway: Gateway;
  /** Null: nobody is asked for a key. */
  auth: Auth | null;
  /** In the file's order. Every name is unique and is an Envoy cluster name. */
  targets: Target[];
  /** In the order in which they are tried; the first whose match and model fit serves the request. */
  routes: Route[];
  /** In the order in which they are asked. */
  limits: Limit[];
  budgets: Budget[];
  webhooks: Webhook[];
  names: Names;
  /** The texts that routes answer with when nothing else has; each once. */
  lastResorts: string[];
  /** Absent where there is none. */
  mcp?: Mcp;
  /** Absent where there is none. */
  market?: Market;
  /** The cluster that is asked for more; absent where there is none. */
  kubernetes?: Kubernetes;
  /** What it has; absent until it has answered. */
  web?: Web;
  /** Whom to ask for services that targets and MCP servers name; absent where there are none. */
  registries?: Registry[];
  /** Absent where there are none. Whoever serves them has their modules. */
  plugins?: ForeignPlugin[];
  /** Limits and prices, the configuration's first, then the catalogue's for the providers in use: for `modelFacts`. */
  models: ModelRow[];
  /** Null: nothing is recorded. */
  ledger: Ledger | null;
  /** Null: there is no admin API, and nothing but the file counts. */
  admin: Admin | null;
  /** Only on the way to the Envoys: what the ledger says of `budgets` now. */
  spent?: SpentBudget[];
  /** Only on the way from one model to the next: the one before, whose routes some requests take still. */
  previous?: Model;
  /** Likewise: the routes of the one behind, of which plugins will speak before the route table is there. */
  coming?: Route[];
}

export interface Gateway {
  /** Absent: each Envoy counts by itself. */
  limitService?: LimitService;
  address: string;
  port: number;
  /** A larger request body is answered 413. Bytes. */
  bodyBytesMax: number;
  /** Whether clients are told who served them. */
  responseHeaders: boolean;
  /** Whether attempts, tokens and times are measured. */
  metrics: boolean;
  accessLog: AccessLog | null;
}

export interface AccessLog {
  /** `/dev/stdout` or a file's path. */
  path: string;
}

/** A provider with one credential: one Envoy cluster with its own TLS, DNS, connection limits and outlier detection. */
export interface Target {
  name: string;
  /** The provider's type in the catalogue, `gen_ai.provider.name` in telemetry. */
  provider: string;
  /** What requests are translated into when the client's surface is not among `surfaces`. */
  dialect: Dialect;
  host: string;
  port: number;
  /** Whose servers are connected to in place of `host`; absent where that is meant. */
  service?: ServiceUse;
  tls: TargetTls | null;
  /** The `:authority` the provider sees. */
  authority: string;
  /** Prepended to every surface's path: `/v1`. No trailing slash, empty for none. */
  basePath: string;
  /** The surfaces this provider has itself: their requests and answers pass as they are. */
  surfaces: Surface[];
  /** Whole paths in place of `basePath` and the endpoint's own; `{model}` stands for the model's name. */
  paths: Partial<Record<PathName, string>>;
  credential: Credential | null;
  headers: TargetHeader[];
  /** Tried in order; the control plane has sorted it: exact, prefix (longest first), regex (as declared), any. */
  modelMapping: ModelMapping[];
  quirks: string[];
  timeouts: TargetTimeouts;
  circuitBreaker: CircuitBreaker;
  healthCheck: HealthCheck | null;
}

export interface TargetTls {
  sni: string;
  /** PEM file of the authorities to trust; null for the system's. */
  caFile: string | null;
  /** The same in PEM, in place of a file. */
  ca?: string;
}

/** Set on each request, in order. */
export interface TargetHeader {
  /** Lower case. */
  name: string;
  /** A value that holds or may hold a secret is one. */
  value: string | Secret;
  /** A client's own header of this name stays. */
  ifAbsent: boolean;
}

export interface ModelMapping {
  match: "exact" | "prefix" | "regex" | "any";
  /** Without the `*` of a prefix and the `~` of a regex; empty for `any`. */
  pattern: string;
  /** The provider's model name, `$1`… for a regex's groups; empty keeps the client's. */
  model: string;
}

export interface TargetTimeouts {
  connectMs: number;
  /** From the request's end to the response's first byte; 0 for none. */
  firstByteMs: number;
  /** Without a byte in either direction; 0 for none. */
  idleMs: number;
}

/** What a request must have, with exactly this value. */
export interface Condition {
  name: string;
  value: string;
}

/** Who calls: of each list that is not empty one must fit. Names, or beginnings with `*` behind them. */
export interface CallerCondition {
  consumers: string[];
  organizations: string[];
  teams: string[];
}

/** A field of a JSON body. */
export interface BodyCondition {
  path: string[];
  value: string;
}

export interface Route {
  name: string;
  /** Host names, `*.example.com` allowed; empty for every host. */
  hosts: string[];
  /** The API's root as the client sees it: `/v1`. No trailing slash, empty for none. */
  pathPrefix: string;
  /** All must be present with this exact value. Lower-case names. */
  headers: Condition[];
  /** Parameters of the path's query. */
  query: Condition[];
  cookies: Condition[];
  callers: CallerCondition;
  /** Fields of a JSON body, by the names on the way to them; a value may be a beginning with `*` behind it. */
  body: BodyCondition[];
  /** Whether listeners of `web` alone serve it; absent where the gateway's own does. */
  isAttachedOnly?: true;
  /** Whether requests have to be read though one target would serve them all. */
  isRead: boolean;
  /** Whether a caller must have a key, where `Model.auth` knows of any. */
  auth: RouteAuth;
  /** Public model names this route serves: exact, prefix (`gpt-*`) or any (`*`). Never empty. */
  models: string[];
  /** Never empty. */
  targets: RouteTarget[];
  fallbacks: Fallback[];
  balance: Balance;
  /** Whether its requests are counted at their targets while they are under way. */
  countsRequests: boolean;
  affinity: Affinity | null;
  fallbackOn: FallbackConditions;
  /** For each attempt, until its answer begins, whatever the targets' own limits say; null leaves it to them. */
  attemptTimeoutMs: number | null;
  /** For all attempts together, until the answer begins; 0 for no limit. */
  totalTimeoutMs: number;
  /** What the client is told when every target has failed; null for the most useful of their errors. */
  lastResort: string | null;
  mirror: Mirror | null;
  /**
   * Names that `GET /v1/models` lists: the exact ones of `models` and those the configuration adds. Each one is served.
   */
  listedModels: string[];
}
