// What translation needs beside the model: where the plugins are, and how secrets are written.
import type { ForeignPlugin } from "../model/plugins.ts";
import type { Secret } from "../model/secret.ts";
import type { PluginSource } from "./plugin-source.ts";

export interface TranslateOptions {
  /** The only way by which a secret's value reaches a resource. */
  reveal(secret: Secret): string;
  /** Every plugin by name: `ai-proxy`, `ai-fallback`, `token-ratelimit`, `key-auth` and `mcp-bridge`. */
  plugins: Record<string, PluginSource>;
  /** The modules of foreign plugins; null while one is not there. Default: none is. */
  modules?(plugin: ForeignPlugin): PluginModule | null;
  /**
   * `inline` (the default) writes credentials into the plugin's configuration. `environment` writes the name of an
   * environment variable of Envoy instead, so that no file holds a secret.
   */
  credentials?: "inline" | "environment";
  /** The cluster of whoever keeps the counters of limits. Default: nobody, and a restart of Envoy begins anew. */
  counterKeeper?: string;
  /** What sessions of MCP clients are encrypted with, where the configuration says nothing. */
  sessionSecret?: Secret;
  /** PEM file with the authorities that Envoy trusts for providers without a `caFile`, as a path on Envoy's machine. */
  systemCaFile?: string;
}

export interface PluginModule {
  source: PluginSource;
  /** Whether it finds the rule for a request itself, in its configuration. */
  hasHigressRules: boolean;
}

/** Debian, Ubuntu, Alpine and Envoy's own images. */
export const defaultSystemCaFile = "/etc/ssl/certs/ca-certificates.crt";
