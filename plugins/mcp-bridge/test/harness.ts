// Compiles a test entry of this folder's assembly/ and calls its exports with buffers.
import { compileModule } from "../../../tools/build-plugins.ts";
import { Harness } from "../../../sdk/test/harness.ts";

export type { Harness };

/** Throws when the entry needs any import but `env.abort`: what it tests is pure. */
export async function loadHarness(name: string): Promise<Harness> {
  const entry = `plugins/mcp-bridge/test/assembly/${name}.ts`;
  const { bytes } = await compileModule(entry, ["--config", "sdk/test/asconfig.json"]);
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module).map((each) => `${each.module}.${each.name}`);
  if (imports.some((each) => each !== "env.abort")) throw new Error(`${name} is not pure: ${imports.join(", ")}`);
  return new Harness(module);
}
