// The compiled plugins. An installed Weir ships them; in a checkout they are compiled when their sources are newer.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

export interface PluginFile {
  name: string;
  path: string;
}

/** Where a packaged Weir has its plugins: `plugins/<name>.wasm` beside `src`. Absent in a checkout. */
const shippedFolder = join(import.meta.dirname, "..", "..", "plugins");

/** `onCompile` is told each plugin's name before it is compiled. */
export async function findPlugins(onCompile: (name: string) => void = () => undefined): Promise<PluginFile[]> {
  return existsSync(shippedFolder) ? shippedPlugins() : compilePlugins(onCompile);
}

function shippedPlugins(): PluginFile[] {
  return readdirSync(shippedFolder)
    .filter((file) => file.endsWith(".wasm"))
    .map((file) => ({ name: file.slice(0, -".wasm".length), path: join(shippedFolder, file) }));
}

async function compilePlugins(onCompile: (name: string) => void): Promise<PluginFile[]> {
  // Only a checkout has the compiler and this script.
  const { buildPlugin, pluginNames } = await import("../../../tools/build-plugins.ts");
  const files: PluginFile[] = [];
  for (const name of pluginNames()) {
    onCompile(name);
    files.push({ name, path: (await buildPlugin(name)).path });
  }
  return files;
}
