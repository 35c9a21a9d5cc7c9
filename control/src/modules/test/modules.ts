// Small modules, and sources of them.
import type { ModuleSource } from "../../model/plugins.ts";

/** A plugin as far as its exports tell, told apart from others by `mark`. */
export function pluginModule(mark = "", options: { imports?: string[]; isPlugin?: boolean } = {}): Uint8Array {
  const { imports = [], isPlugin = true } = options;
  const exported = isPlugin ? ["proxy_abi_version_0_2_1", "malloc"] : [];
  const count = imports.length;
  return Buffer.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    // One type without parameters and results, and functions of it that do nothing.
    ...section(1, [1, 0x60, 0, 0]),
    ...section(2, [count, ...imports.flatMap((name) => [...text("env"), ...text(name), 0, 0])]),
    ...section(3, [1, 0]),
    ...section(7, [exported.length, ...exported.flatMap((name) => [...text(name), 0, count])]),
    ...section(10, [1, 2, 0, 0x0b]),
    ...section(0, [...text("mark"), ...Buffer.from(mark)]),
  ]);
}

function section(id: number, content: number[]): number[] {
  return [id, ...length(content.length), ...content];
}

function text(value: string): number[] {
  return [...length(value.length), ...Buffer.from(value)];
}

/** https://webassembly.github.io/spec/core/binary/values.html#binary-int */
function length(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...length(value >> 7)];
}

export function sourceOf(url: string, parts: Partial<ModuleSource> = {}): ModuleSource {
  const rest = { sha256: null, pull: "ifNotPresent", credential: null, verificationKey: null, revision: "" } as const;
  return { url, ...rest, ...parts };
}
