// The plugins that Envoys fetch: found by name and digest, so that a fetched one never changes.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

export interface StoredPlugin {
  name: string;
  /** Hexadecimal. */
  sha256: string;
  bytes: Uint8Array;
}

export class PluginStore {
  readonly #byFile = new Map<string, StoredPlugin>();

  /** Takes in the Wasm file of plugin `name`. Earlier versions stay: some Envoy may still be fetching one. */
  async add(name: string, path: string): Promise<StoredPlugin> {
    const bytes = await readFile(path);
    const plugin = { name, sha256: createHash("sha256").update(bytes).digest("hex"), bytes };
    this.#byFile.set(pluginFile(plugin), plugin);
    return plugin;
  }

  /** The plugin that `file` names, as `pluginFile` writes it. */
  get(file: string): StoredPlugin | undefined {
    return this.#byFile.get(file);
  }
}

/** The name under which a plugin is served and stored: `ai-proxy-<sha256>.wasm`. */
export function pluginFile({ name, sha256 }: { name: string; sha256: string }): string {
  return `${name}-${sha256}.wasm`;
}
