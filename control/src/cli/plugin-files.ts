// The compiled plugins. An installed Weir ships them; in a checkout they are compiled when their sources are newer.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { CompileMessage } from "./compile-worker.ts";
import { UserError } from "./user-error.ts";

export interface PluginFile {
  name: string;
  path: string;
}

export interface FindPluginsOptions {
  /** Told each plugin's name before it is compiled. */
  onCompile?: (name: string) => void;
  signal?: AbortSignal;
}

/** Where a packaged Weir has its plugins: `plugins/<name>.wasm` beside `src`. Absent in a checkout. */
const shippedFolder = join(import.meta.dirname, "..", "..", "plugins");

/** Throws a `UserError` with the compiler's words when a plugin does not compile. */
export async function findPlugins(options: FindPluginsOptions = {}): Promise<PluginFile[]> {
  return existsSync(shippedFolder) ? shippedPlugins() : compilePlugins(options);
}

function shippedPlugins(): PluginFile[] {
  return readdirSync(shippedFolder)
    .filter((file) => file.endsWith(".wasm"))
    .map((file) => ({ name: file.slice(0, -".wasm".length), path: join(shippedFolder, file) }));
}

function compilePlugins({ onCompile, signal }: FindPluginsOptions): Promise<PluginFile[]> {
  const files: PluginFile[] = [];
  const worker = new Worker(new URL("./compile-worker.ts", import.meta.url), { stdout: true });
  const stop = (): void => void worker.terminate();
  signal?.addEventListener("abort", stop, { once: true });
  worker.on("message", ({ name, path }: CompileMessage) => {
    if (path === undefined) onCompile?.(name);
    else files.push({ name, path });
  });
  return new Promise((resolve, reject) => {
    worker.on("error", (cause) => reject(new UserError(cause.message, { cause })));
    worker.on("exit", () => (signal?.aborted ? reject(signal.reason as Error) : resolve(files)));
  });
}
