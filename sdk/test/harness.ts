// Compiles a test entry of sdk/test/assembly and calls its exports with buffers. Also proves purity: the module is
// instantiated with nothing but `env.abort`, which throws.
import { compileModule } from "../../tools/build-plugins.ts";

type Argument = Uint8Array | string | number | bigint;
const arrayBufferId = 1;
const collectEveryBytes = 64 << 20;
const encoder = new TextEncoder();

type Exports = Record<string, (...values: (number | bigint)[]) => number | bigint>;

interface Runtime {
  memory: WebAssembly.Memory;
  __new(size: number, id: number): number;
  __collect(): void;
}

/** One instance of a test entry. */
export class Harness {
  #exports: Exports;
  #runtime: Runtime;
  #allocated = 0;

  constructor(module: WebAssembly.Module) {
    const abort = (_message: number, _file: number, line: number, column: number) => {
      throw new Error(`Trapped at ${line}:${column}`);
    };
    const exports = new WebAssembly.Instance(module, { env: { abort } }).exports;
    this.#exports = exports as Exports;
    this.#runtime = exports as unknown as Runtime;
  }

  /** The size of the instance's memory in bytes. */
  get memorySize(): number {
    return this.#runtime.memory.buffer.byteLength;
  }

  /** Collects the garbage. Buffers passed before are void. */
  collect(): void {
    this.#runtime.__collect();
    this.#allocated = 0;
  }

  /** Copies `bytes` into a new buffer of the instance and returns its address. */
  buffer(bytes: Uint8Array): number {
    const address = this.#runtime.__new(bytes.length, arrayBufferId);
    new Uint8Array(this.#runtime.memory.buffer, address, bytes.length).set(bytes);
    return address;
  }

  /** Calls an export that gives a number (or a boolean as 0 and 1). */
  number(name: string, ...values: Argument[]): number {
    return Number(this.#call(name, values));
  }

  /** Calls an export that gives a 64-bit integer. */
  bigint(name: string, ...values: Argument[]): bigint {
    return this.#call(name, values) as bigint;
  }

  /** Calls an export that gives a buffer or null. */
  bytes(name: string, ...values: Argument[]): Buffer | null {
    const address = Number(this.#call(name, values)) >>> 0;
    if (!address) return null;
    const memory = Buffer.from(this.#runtime.memory.buffer);
    return Buffer.from(memory.subarray(address, address + memory.readUInt32LE(address - 4)));
  }

  /** As `bytes`, decoded; malformed UTF-8 throws. */
  text(name: string, ...values: Argument[]): string | null {
    const bytes = this.bytes(name, ...values);
    return bytes && new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  }

  #call(name: string, values: Argument[]): number | bigint {
    if (this.#allocated > collectEveryBytes) this.collect();
    const plain = values.map((value) => {
      if (typeof value === "number" || typeof value === "bigint") return value;
      const bytes = typeof value === "string" ? encoder.encode(value) : value;
      this.#allocated += bytes.length * 2 + 1000;
      return this.buffer(bytes);
    });
    const call = this.#exports[name];
    if (!call) throw new Error(`The harness has no export ${name}`);
    return call(...plain);
  }
}

/** Compiles `sdk/test/assembly/<name>.ts` and makes an instance. Throws when it needs any import but `env.abort`. */
export async function loadHarness(name: string): Promise<Harness> {
  const { bytes } = await compileModule(`sdk/test/assembly/${name}.ts`, ["--config", "sdk/test/asconfig.json"]);
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`);
  if (imports.some((entry) => entry !== "env.abort")) throw new Error(`${name} is not pure: ${imports.join(", ")}`);
  return new Harness(module);
}
