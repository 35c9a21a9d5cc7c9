// The barest host: each import answers as a test says, and the test calls the plugin's exports itself. Unlike
// sdk/host it follows no rules, which is what tests of the dispatcher need.
import type { CompiledModule } from "../../../tools/build-plugins.ts";

type Import = (...args: number[]) => number;
type Export = (...args: number[]) => number;

const ok = 0;
const notFound = 1;
const pluginConfiguration = 7;

export class RawHost {
  readonly exports: Record<string, Export>;
  /** Log lines of level info and above. */
  readonly told: string[] = [];
  /** `name(numbers)` of every host call but logging. */
  readonly calls: string[] = [];
  /** What the host answers in place of the defaults below. */
  answers: Record<string, Import> = {};
  /** Status that every host call answers, for a host in trouble. */
  status: number | null = null;
  headers: Record<string, string> = {};
  configuration = "";
  rootId = "";
  body: Uint8Array = new Uint8Array();
  #memory: WebAssembly.Memory;
  #nextToken = 0;

  constructor(module: CompiledModule) {
    const compiled = new WebAssembly.Module(module.bytes);
    const imports: Record<string, Record<string, Import>> = {};
    for (const each of WebAssembly.Module.imports(compiled)) {
      (imports[each.module] ??= {})[each.name] = (...args) => this.#call(each.name, args);
    }
    const { exports } = new WebAssembly.Instance(compiled, imports);
    this.exports = exports as unknown as Record<string, Export>;
    this.#memory = exports["memory"] as WebAssembly.Memory;
    this.call("_initialize");
  }

  get memorySize(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Calls an export; one that is missing is a mistake in the test. */
  call(name: string, ...args: number[]): number {
    const target = this.exports[name];
    if (!target) throw new Error(`No export ${name}`);
    return target(...args);
  }

  /** Makes and configures the root context `id`. */
  startRoot(id: number, configuration = "", rootId = ""): boolean {
    Object.assign(this, { configuration, rootId });
    this.call("proxy_on_context_create", id, 0);
    return this.call("proxy_on_configure", id, configuration.length) === 1;
  }

  /** Makes the stream `id` and has it do something. */
  act(id: number, todo: string, rootId = 1): number {
    this.headers = { "x-do": todo };
    this.call("proxy_on_context_create", id, rootId);
    return this.call("proxy_on_request_headers", id, 1, 1);
  }

  endStream(id: number): void {
    this.call("proxy_on_done", id);
    this.call("proxy_on_log", id);
    this.call("proxy_on_delete", id);
  }

  text(pointer: number, size: number): string {
    return Buffer.from(this.#memory.buffer, pointer, size).toString();
  }

  /** Hands `bytes` over as a host does: memory from the plugin, then the two results. */
  give(bytes: Uint8Array, returnPointer: number, returnSize: number): number {
    const pointer = bytes.length ? this.call("proxy_on_memory_allocate", bytes.length) : 0;
    new Uint8Array(this.#memory.buffer).set(bytes, pointer);
    this.putNumber(returnPointer, pointer);
    this.putNumber(returnSize, bytes.length);
    return ok;
  }

  putNumber(pointer: number, value: number): number {
    new DataView(this.#memory.buffer).setUint32(pointer, value, true);
    return ok;
  }

  #call(name: string, args: number[]): number {
    if (name === "proxy_log") {
      if (args[0]! >= 2) this.told.push(this.text(args[1]!, args[2]!));
      return ok;
    }
    this.calls.push(`${name.replace("proxy_", "")}(${args.join(",")})`);
    const own = this.answers[name];
    if (own) return own(...args);
    return this.status ?? this.#default(name, args);
  }

  #default(name: string, args: number[]): number {
    const [a, b, c, d, e] = args as [number, number, number, number, number];
    const bytes = (text: string) => new TextEncoder().encode(text);
    switch (name) {
      case "proxy_get_buffer_bytes":
        return this.give(a === pluginConfiguration ? bytes(this.configuration) : this.body, d, e);
      case "proxy_get_property":
        return this.text(a, b) === "plugin_root_id" ? this.give(bytes(this.rootId), c, d) : notFound;
      case "proxy_get_header_map_value": {
        const value = this.headers[this.text(b, c)];
        return value === undefined ? notFound : this.give(bytes(value), d, e);
      }
      case "proxy_http_call":
      case "proxy_grpc_call":
      case "proxy_grpc_stream":
        return this.putNumber(args.at(-1)!, ++this.#nextToken);
      default:
        return ok;
    }
  }
}
