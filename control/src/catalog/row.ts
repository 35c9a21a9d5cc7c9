// The shape of a row of the catalogue: everything that makes one provider differ from another of the same dialect.
import type { Dialect } from "../model/dialect.ts";
import { anthropicSurfaces, geminiSurfaces, type PathName, type Surface } from "../model/surface.ts";
import type { Quirk } from "./quirks.ts";

/** Wire formats that are known by name and not translated yet. */
export type UnavailableDialect = "coze" | "deepl" | "dify" | "triton";

/** Who bills for it, where that takes more than a key: the section of a provider's configuration that says so. */
export type Account = "aws" | "azure" | "google";

/** One of a provider's APIs. */
export interface ProviderApi {
  dialect: Dialect | UnavailableDialect;
  /**
   * Its root, what stands before `/chat/completions`; null where only the user knows it. A field of the account stands
   * in braces: `{region}`.
   */
  baseUrl: string | null;
  /** The root for who has a key and gives no account. */
  keyBaseUrl: string | null;
  /** A `baseUrl` to start from where the user has to give one. */
  baseUrlExample: string | null;
  /** The provider's other roots, such as that of another continent. */
  otherBaseUrls: readonly { title: string; url: string }[];
  /** The header that carries the key, lower-case, and what stands before the key in it. */
  auth: { header: string; prefix: string };
  /** What clients may ask for that passes unchanged. */
  surfaces: readonly Surface[];
  /**
   * Whole paths, on the base URL's host, of endpoints that are not at its path + the endpoint's own. `./` is the base
   * URL's path, `{model}` the model's name.
   */
  paths: Partial<Record<PathName, string>>;
  /** Set where the client does not send them itself. */
  headers: Readonly<Record<string, string>>;
  quirks: readonly Quirk[];
}

export interface ProviderRow {
  /** What `type` says in a configuration. */
  type: string;
  /** How the provider writes its own name. */
  title: string;
  /** The one that is used when nothing is said comes first. */
  apis: readonly [ProviderApi, ...ProviderApi[]];
  /** Whether its dialect is translated, so that the type can be used. */
  available: boolean;
  /** The sections that its configuration may have. */
  accounts: readonly Account[];
  /** False for servers that usually run without a key. */
  keyRequired: boolean;
  /** The variable that the provider's own documentation and clients read the key from; null for none. */
  environment: string | null;
  /** Models that it is known to serve whatever the account, listed by `GET /v1/models`. */
  listedModels: readonly string[];
  /** What to do until the dialect is available; empty for an available type. */
  instead: string;
  /** The provider's own page about its API; null for the one that is part of Weir. */
  documentation: string | null;
  /** Where base URL and header were read or checked, if not on that page. */
  source: string | null;
}

const bearer = { header: "authorization", prefix: "Bearer " };

type Usual = Pick<ProviderApi, "auth" | "surfaces" | "headers">;

/** What servers of a dialect have in common. */
const usual: Record<ProviderApi["dialect"], Usual> = {
  "openai-chat": { auth: bearer, surfaces: ["chat/completions"], headers: {} },
  "openai-responses": { auth: bearer, surfaces: ["responses"], headers: {} },
  // https://platform.claude.com/docs/en/api/versioning: the version is required.
  anthropic: {
    auth: { header: "x-api-key", prefix: "" },
    surfaces: anthropicSurfaces,
    headers: { "anthropic-version": "2023-06-01" },
  },
  gemini: { auth: { header: "x-goog-api-key", prefix: "" }, surfaces: geminiSurfaces, headers: {} },
  bedrock: { auth: bearer, surfaces: [], headers: {} },
  cohere: { auth: bearer, surfaces: ["rerank"], headers: {} },
  ollama: { auth: bearer, surfaces: [], headers: {} },
  dashscope: { auth: bearer, surfaces: [], headers: {} },
  coze: { auth: bearer, surfaces: [], headers: {} },
  deepl: { auth: bearer, surfaces: [], headers: {} },
  dify: { auth: bearer, surfaces: [], headers: {} },
  triton: { auth: bearer, surfaces: [], headers: {} },
};

const unavailable: readonly ProviderApi["dialect"][] = ["coze", "deepl", "dify", "triton"];

/** One of several APIs; what it does not say is the dialect's usual. */
export function api(given: Partial<ProviderApi>): ProviderApi {
  const dialect = given.dialect ?? "openai-chat";
  const others = { baseUrl: null, keyBaseUrl: null, baseUrlExample: null, otherBaseUrls: [], paths: {}, quirks: [] };
  return { dialect, ...others, ...usual[dialect], ...given };
}

const apiFields = new Set(Object.keys(api({})));

type Given = Pick<ProviderRow, "type" | "title" | "documentation"> & Partial<Omit<ProviderRow, "available" | "apis">>;

/** A row with the defaults of an OpenAI-compatible provider filled in; `also` are its further APIs. */
export function row(given: Given & Partial<ProviderApi> & { also?: readonly Partial<ProviderApi>[] }): ProviderRow {
  const { also = [], ...said } = given;
  const main = Object.entries(said).filter(([field]) => apiFields.has(field));
  const rest = Object.entries(said).filter(([field]) => !apiFields.has(field));
  const first = api(Object.fromEntries(main));
  return {
    accounts: [],
    keyRequired: true,
    environment: null,
    listedModels: [],
    instead: "",
    source: null,
    ...(Object.fromEntries(rest) as Given),
    apis: [first, ...also.map(api)],
    available: !unavailable.includes(first.dialect),
  };
}

/** Public catalogues and gateways in which base URLs were checked. */
export const sources = {
  modelsDev: (name: string) => `https://github.com/anomalyco/models.dev/blob/dev/providers/${name}/provider.toml`,
  higress: (name: string) =>
    `https://github.com/alibaba/higress/blob/main/plugins/wasm-go/extensions/ai-proxy/provider/${name}.go`,
  portkey: (name: string) => `https://github.com/Portkey-AI/gateway/blob/main/src/providers/${name}/api.ts`,
};
