// Plugins of others: Proxy-Wasm modules from a file, a web server or a registry, that run beside Weir's own.
import type { Secret } from "./secret.ts";

export interface ForeignPlugin {
  /** Unique. Of an object of a cluster `namespace/name`. */
  name: string;
  module: ModuleSource;
  phase: PluginPhase;
  /** In its phase the higher runs first; of two alike the first in the model's order. */
  priority: number;
  /** What becomes of requests that it was to see, and cannot: refused, or let through. */
  failure: "closed" | "open";
  /** Which of a module's plugins is meant; empty for its only one. */
  rootId: string;
  environment: PluginEnvironment;
  /** Null leaves it to the module's SDK: see `ModuleFacts.hasHigressRules`. */
  allowOnHeadersStopIteration: boolean | null;
  /** JSON, for requests that no rule is for; null: it does not run for them. */
  configuration: Secret | null;
  /** In the order in which they are tried; the first that fits counts. */
  rules: PluginRule[];
}

/** In the order in which they run. */
export const pluginPhases = ["authn", "authz", "stats", "unspecified"] as const;
export type PluginPhase = (typeof pluginPhases)[number];

export interface PluginEnvironment {
  /** Names of Envoy's own variables. */
  host: string[];
  values: Record<string, string>;
}

/** All of it must fit that is not empty. */
export interface PluginRule {
  /** Names of routes and MCP servers, and of a cluster's routes as the model has them. */
  routes: string[];
  /** `a.example.com`, or `*.example.com` and `*example.com` for all that end so. */
  hosts: string[];
  /** Of what a request is sent to: `name.namespace.svc.cluster.local`, with or without a port. */
  services: string[];
  /** JSON; null: the plugin does not run. */
  configuration: Secret | null;
}

export interface ModuleSource {
  /** `file://`, `http://`, `https://` or `oci://`. */
  url: string;
  /** Hexadecimal. Of what is downloaded; of an image, its manifest's. */
  sha256: string | null;
  /** Whether a tag that was pulled once is asked for again. */
  pull: "always" | "ifNotPresent";
  credential: ModuleCredential | null;
  /** PEM. Images must be signed by it. */
  verificationKey: string | null;
  /** Another one asks again for what is to be pulled always. */
  revision: string;
}

export interface ModuleCredential {
  username: string;
  password: Secret;
}

/** How a plugin is doing. */
export interface PluginState {
  /** SHA-256 of the module that is in force; null while none is. */
  module: string | null;
  /** Whether that is the one that is asked for, and not the one before. */
  isNewest: boolean;
  /** Why the one that is asked for cannot be had; null where it is there, or on its way. */
  failure: { reason: string; message: string } | null;
  /** What an Envoy says that does not take it; null where all do. */
  refusal: string | null;
}
