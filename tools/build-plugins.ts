// Compiles AssemblyScript entries to Wasm in one warm process, cached by content.
// Every build is the release build: what the tests run is what ships.
import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const cacheFolder = join(repositoryRoot, ".cache", "wasm");
const outputFolder = join(repositoryRoot, "build", "plugins");

/** One compiled module. `path` is content-addressed, so it is safe to hand to a running Envoy. */
export interface CompiledModule {
  entry: string;
  path: string;
  sha256: string;
  bytes: Uint8Array<ArrayBuffer>;
}

function assemblyFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Everything that can change a module's bytes: its own folder, the SDK, the dialects, the compiler, its options. */
function sourceDigest(entry: string, options: string[]): string {
  const hash = createHash("sha256");
  const folders = [
    dirname(resolve(repositoryRoot, entry)),
    // What the entries of tests, in test/assembly, are entries to.
    join(dirname(resolve(repositoryRoot, entry)), "..", "..", "assembly"),
    join(repositoryRoot, "sdk/assembly"),
    join(repositoryRoot, "dialects"),
  ];
  const files = [
    ...new Set(folders.flatMap(assemblyFiles)),
    join(repositoryRoot, "asconfig.json"),
    ...["compiler-expressions.ts", "static-slices.ts", "static-strings.ts"].map((file) =>
      join(repositoryRoot, "tools", file),
    ),
    join(repositoryRoot, "sdk/assembly/runtime/transform.mjs"),
    join(repositoryRoot, "node_modules/assemblyscript/package.json"),
  ];
  for (const file of files)
    hash.update(relative(repositoryRoot, file)).update("\0").update(readFileSync(file)).update("\0");
  return hash.update(entry).update(options.join(" ")).digest("hex");
}

/**
 * Compiles `entry` (path from the repository's root) with asconfig.json and `options` added.
 * Throws with the compiler's own messages when the source is wrong.
 */
export async function compileModule(entry: string, options: string[] = []): Promise<CompiledModule> {
  const cached = join(cacheFolder, `${sourceDigest(entry, options)}.wasm`);
  if (!existsSync(cached)) {
    mkdirSync(cacheFolder, { recursive: true });
    // The compiler takes a second to load: only where something is to be compiled.
    const { main } = await import("assemblyscript/asc");
    const { staticSlices } = await import("./static-slices.ts");
    const { staticStrings } = await import("./static-strings.ts");
    let binary: Uint8Array | undefined;
    const { error, stderr } = await main(
      [entry, "--config", "asconfig.json", "--baseDir", repositoryRoot, "--outFile", "module.wasm", ...options],
      {
        transforms: [staticSlices(), staticStrings()],
        writeFile: (name, contents) => {
          if (name.endsWith(".wasm")) binary = contents as Uint8Array;
        },
      },
    );
    if (error || !binary) throw new Error(`Cannot compile ${entry}:\n${stderr.toString()}`, { cause: error });
    writeWhole(cached, binary);
  }
  const bytes = new Uint8Array(readFileSync(cached));
  return { entry, path: cached, sha256: createHash("sha256").update(bytes).digest("hex"), bytes };
}

/** Several processes build at once, and none may read what another has half written. */
function writeWhole(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${randomUUID()}`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, path);
}

/** The names of the plugins: the folders of `plugins/` that have an assembly entry. */
export function pluginNames(): string[] {
  return readdirSync(join(repositoryRoot, "plugins"))
    .filter((name) => existsSync(join(repositoryRoot, "plugins", name, "assembly/index.ts")))
    .sort();
}

/** Compiles the plugin `name` and puts it at `build/plugins/<name>.wasm`. */
export async function buildPlugin(name: string): Promise<CompiledModule> {
  const module = await compileModule(`plugins/${name}/assembly/index.ts`);
  mkdirSync(outputFolder, { recursive: true });
  const path = join(outputFolder, `${name}.wasm`);
  writeWhole(path, module.bytes);
  return { ...module, path };
}

if (import.meta.main) {
  for (const name of pluginNames()) {
    const module = await buildPlugin(name);
    console.log(`${name.padEnd(16)} ${String(module.bytes.length).padStart(7)} bytes  sha256:${module.sha256}`);
  }
}
