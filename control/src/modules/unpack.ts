// From what was downloaded to the module: as it is, compressed, or a file in an archive.
import { promisify } from "node:util";
import { gunzip, zstdDecompress } from "node:zlib";
import { unpackTar } from "modern-tar";
import { ModuleFailure } from "./failure.ts";

/** Of a module, and of an archive that holds it. */
export const moduleBytesMax = 64 * 2 ** 20;

const inflate = promisify(gunzip);
const inflateZstd = promisify(zstdDecompress);

/** What tools for images of plugins call it. */
const moduleFile = "plugin.wasm";

/** Null where there is no module in it. */
export async function unpackModule(given: Uint8Array): Promise<Uint8Array | null> {
  const bytes = await decompressed(given);
  if (startsWith(bytes, wasmMagic)) return bytes;
  return isTar(bytes) ? fromArchive(bytes) : null;
}

async function decompressed(bytes: Uint8Array): Promise<Uint8Array> {
  const inflateIt = startsWith(bytes, gzipMagic) ? inflate : startsWith(bytes, zstdMagic) ? inflateZstd : null;
  if (!inflateIt) return bytes;
  try {
    return await inflateIt(bytes, { maxOutputLength: moduleBytesMax });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    const why = isTooLarge ? `is larger than ${moduleBytesMax / 2 ** 20} MiB unpacked` : "is damaged";
    throw new ModuleFailure("NotAModule", `The archive ${why}`);
  }
}

async function fromArchive(bytes: Uint8Array): Promise<Uint8Array | null> {
  const entries = await unpackTar(bytes, { filter: ({ name }) => name.endsWith(".wasm") }).catch(() => {
    throw new ModuleFailure("NotAModule", "The archive is damaged");
  });
  const nameOf = (name: string): string => name.replace(/^.*\//, "");
  const found = entries.find(({ header }) => nameOf(header.name) === moduleFile) ?? entries[0];
  return found?.data && startsWith(found.data, wasmMagic) ? found.data : null;
}

/** https://webassembly.github.io/spec/core/binary/modules.html#binary-module */
export const wasmMagic = [0x00, 0x61, 0x73, 0x6d];
const gzipMagic = [0x1f, 0x8b];
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];
/** https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06 */
const tarMark = { at: 257, bytes: [...Buffer.from("ustar")] };

function startsWith(bytes: Uint8Array, magic: number[]): boolean {
  return magic.every((value, index) => bytes[index] === value);
}

function isTar(bytes: Uint8Array): boolean {
  return startsWith(bytes.subarray(tarMark.at), tarMark.bytes);
}
