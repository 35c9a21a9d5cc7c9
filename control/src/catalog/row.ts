// The shape of a row of the catalogue: everything that makes one provider differ from another of the same dialect.
import type { Surface } from "../model/model.ts";
import type { Quirk } from "./quirks.ts";

/** Wire formats. Only those in `availableDialects` are translated so far. */
export type Dialect = "openai" | "anthropic" | "gemini" | "bedrock" | "vertex" | "coze" | "deepl" | "dify" | "triton";

export const availableDialects: readonly Dialect[] = ["openai"];

export interface ProviderRow {
  /** What `type` says in a configuration. */
  type: string;
  /** How the provider writes its own name. */
  title: string;
  dialect: Dialect;
  /** Whether its dialect is translated, so that the type can be used. */
  available: boolean;
  /** The API's root, what stands before `/chat/completions`; null where only the user knows it. */
  baseUrl: string | null;
  /** A `baseUrl` to start from where the user has to give one. */
  baseUrlExample: string | null;
  /** The provider's other roots, such as that of another continent. */
  otherBaseUrls: readonly { title: string; url: string }[];
  /** The header that carries the key, lower-case, and what stands before the key in it. */
  auth: { header: string; prefix: string };
  /** False for servers that usually run without a key. */
  keyRequired: boolean;
  /** The variable that the provider's own documentation and clients read the key from; null for none. */
  environment: string | null;
  surfaces: readonly Surface[];
  /** Whole paths of surfaces that are not at the base URL's path + `/` + surface, on the default base URL's host. */
  paths: Partial<Record<Surface, string>>;
  quirks: readonly Quirk[];
  /** Models that it is known to serve whatever the account, listed by `GET /v1/models`. */
  listedModels: readonly string[];
  /** What to do until the dialect is available; empty for an available type. */
  instead: string;
  /** The provider's own page about its API; null for the one that is part of Weir. */
  documentation: string | null;
  /** Where base URL and header were read or checked, if not on that page. */
  source: string | null;
}

type Given = Pick<ProviderRow, "type" | "title" | "documentation"> & Partial<Omit<ProviderRow, "available">>;

/** A row with the defaults of an OpenAI-compatible provider filled in. */
export function row(given: Given): ProviderRow {
  const dialect = given.dialect ?? "openai";
  return {
    dialect,
    baseUrl: null,
    baseUrlExample: null,
    otherBaseUrls: [],
    auth: { header: "authorization", prefix: "Bearer " },
    keyRequired: true,
    environment: null,
    surfaces: ["chat/completions"],
    paths: {},
    quirks: [],
    listedModels: [],
    instead: "",
    source: null,
    ...given,
    available: availableDialects.includes(dialect),
  };
}

/** Public catalogues and gateways in which base URLs were checked. */
export const sources = {
  modelsDev: (name: string) => `https://github.com/anomalyco/models.dev/blob/dev/providers/${name}/provider.toml`,
  higress: (name: string) =>
    `https://github.com/alibaba/higress/blob/main/plugins/wasm-go/extensions/ai-proxy/provider/${name}.go`,
  portkey: (name: string) => `https://github.com/Portkey-AI/gateway/blob/main/src/providers/${name}/api.ts`,
};
