// A transform of the AssemblyScript compiler: strings of the source lie in the Wasm as one run of bytes, not each by
// itself in UTF-16 behind a header. sdk/assembly/bytes/static-strings.ts lays them out at the start, where the compiled
// code expects them. What has a character beyond Latin-1, or is very long, stays as it is.
import { type MemorySegment, type Parser, type Program, VariableStatement } from "assemblyscript";
import type { Transform } from "assemblyscript/asc";
import binaryen from "assemblyscript/binaryen";
import { parseExpression } from "./compiler-expressions.ts";

const unpackingPath = "/assembly/bytes/static-strings";
/** Before what an object's address points to: the id of its class, and its size, at the end. */
const headerBytes = 20;
const stringId = 2;
const unitBytes = 16;
/** In place of a length: the next string is further away. */
const gap = 255;
const gapUnitsMax = 0xffff;
const pageBytes = 64 * 1024;

interface StaticString {
  /** Where the compiled code expects it. */
  address: number;
  text: Buffer;
}

/** The transform of one compilation. */
export function staticStrings(): Transform {
  // The compiler's type has what the compiler adds.
  return new StaticStrings() as Partial<Transform> as Transform;
}

class StaticStrings implements Pick<Transform, "afterParse" | "afterInitialize"> {
  #hasUnpacking = false;

  afterParse(parser: Parser): void {
    const unpacking = parser.sources.find((source) => source.internalPath.endsWith(unpackingPath));
    if (!unpacking) return;
    this.#hasUnpacking = true;
    for (const statement of unpacking.statements) {
      if (!(statement instanceof VariableStatement)) continue;
      for (const declaration of statement.declarations) {
        if (declaration.name.text === "PACKED") declaration.initializer = parseExpression("__heap_base", unpacking);
      }
    }
  }

  afterInitialize({ module }: Program): void {
    if (!this.#hasUnpacking) return;
    const setMemory = module.setMemory.bind(module);
    module.setMemory = (initial, maximum, segments, ...rest) => {
      // The compiler begins with a memory that has nothing in it.
      if (!segments.length) return setMemory(initial, maximum, segments, ...rest);
      const packed = pack(segments, heapBaseOf(module.ref));
      setMemory(Math.max(initial, packed.pages), maximum, packed.segments, ...rest);
    };
  }
}

function heapBaseOf(module: number): number {
  const heapBase = binaryen.getGlobalInfo(binaryen.wrapModule(module).getGlobal("~lib/memory/__heap_base"));
  const { value } = binaryen.getExpressionInfo(heapBase.init) as binaryen.ConstInfo;
  return value as number;
}

/** Nobody uses the heap before the start: the run lies at its beginning until then. */
function pack(segments: MemorySegment[], heapBase: number): { segments: MemorySegment[]; pages: number } {
  const strings: StaticString[] = [];
  const others = segments.filter((segment) => {
    const string = stringIn(segment);
    if (string) strings.push(string);
    return !string;
  });
  const run = runOf(strings.sort((one, other) => one.address - other.address));
  const pages = Math.ceil((heapBase + run.length) / pageBytes);
  // The compiler runs where there are no integers of 64 bits, and has objects for them.
  const offset = { low: heapBase, high: 0 } as unknown as MemorySegment["offset"];
  return { segments: [...others, { buffer: run, offset }], pages };
}

function stringIn({ buffer, offset }: MemorySegment): StaticString | undefined {
  if (buffer.length < headerBytes) return undefined;
  const { id, size } = headerOf(buffer);
  const address = Number(offset) + headerBytes;
  if (id !== stringId || address % unitBytes || buffer.length < headerBytes + size) return undefined;
  const text = Buffer.from(buffer.subarray(headerBytes, headerBytes + size));
  const isLatin = text.every((byte, index) => index % 2 === 0 || !byte);
  if (!isLatin || size / 2 >= gap) return undefined;
  return { address, text: text.filter((_, index) => index % 2 === 0) as Buffer };
}

function headerOf(buffer: Uint8Array): { id: number; size: number } {
  const view = new DataView(buffer.buffer, buffer.byteOffset, headerBytes);
  return { id: view.getUint32(headerBytes - 8, true), size: view.getUint32(headerBytes - 4, true) };
}

/** Its own size, then each string: its length and its characters, or how far away the next one is. */
function runOf(strings: StaticString[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { address, text } of strings) {
    for (let units = (address - at) / unitBytes; units;) {
      const step = Math.min(units, gapUnitsMax);
      parts.push(Buffer.from([gap, step & 0xff, step >> 8]));
      units -= step;
    }
    parts.push(Buffer.from([text.length]), text);
    at = address + spaceOf(text.length);
  }
  const size = Buffer.alloc(4);
  const run = Buffer.concat([size, ...parts]);
  run.writeUInt32LE(run.length);
  return run;
}

/** From one string to the next one, where nothing is between them. */
function spaceOf(length: number): number {
  return Math.ceil((headerBytes + 2 * length) / unitBytes) * unitBytes;
}
