// From a source to its module, checked for what its user has said about it.
import { readFile, stat } from "node:fs/promises";
import { readModuleReference, type ImageReference } from "../model/module-reference.ts";
import type { ModuleSource } from "../model/plugins.ts";
import { download } from "./download.ts";
import { ModuleFailure } from "./failure.ts";
import { imageIn, moduleIn } from "./image.ts";
import { Repository } from "./registry.ts";
import { requireSignature } from "./signature.ts";
import { sha256Of } from "./source-key.ts";
import { moduleBytesMax, unpackModule } from "./unpack.ts";

const webMs = 180_000;

export async function fetchModule(source: ModuleSource, signal?: AbortSignal): Promise<Uint8Array> {
  const reference = readModuleReference(source.url);
  if (!reference)
    throw new ModuleFailure("FetchFailed", "The address is neither oci://, https://, http:// nor file://");
  if (reference.kind === "image") return pull(reference, source, signal);
  if (source.verificationKey !== null) {
    throw new ModuleFailure("NotSigned", "Only images have signatures: give the digest of a file");
  }
  const bytes = reference.kind === "file" ? await readModuleFile(reference.path) : await get(reference.url, signal);
  requireDigest(source, sha256Of(bytes));
  const module = await unpackModule(bytes);
  if (module) return module;
  throw new ModuleFailure("NotAModule", "It is neither WebAssembly nor an archive with a .wasm file");
}

async function pull(
  reference: ImageReference,
  source: ModuleSource,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { registry, repository: name, tag, digest } = reference;
  const repository = new Repository(reference, source.credential, signal);
  const pulled = await repository.manifest(digest ?? tag);
  if (!pulled) throw new ModuleFailure("FetchFailed", `${registry} has no ${name} with ${digest ?? `the tag ${tag}`}`);
  const image = await imageIn(repository, pulled);
  requireDigest(source, pulled.digest.slice("sha256:".length), image.digest.slice("sha256:".length));
  if (source.verificationKey !== null) await requireSignature(repository, pulled.digest, source.verificationKey);
  return moduleIn(repository, image);
}

function requireDigest({ sha256 }: ModuleSource, ...found: string[]): void {
  if (sha256 === null || found.includes(sha256)) return;
  throw new ModuleFailure("WrongDigest", `It has the SHA-256 ${found[0]}, and not ${sha256}`);
}

async function get(url: URL, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const options = { bytesMax: moduleBytesMax, timeoutMs: webMs, ...(signal && { signal }) };
  const { status, bytes } = await download(url.href, options);
  if (status === 200) return bytes;
  throw new ModuleFailure("FetchFailed", `${url.host} answers ${status}`);
}

async function readModuleFile(path: string): Promise<Uint8Array> {
  try {
    // Before it is opened: a pipe would be waited for, and a device has no end.
    const { size, isFile } = await stat(path).then((found) => ({ size: found.size, isFile: found.isFile() }));
    if (!isFile) throw new ModuleFailure("FetchFailed", "It is no file");
    if (size > moduleBytesMax)
      throw new ModuleFailure("FetchFailed", `It is larger than ${moduleBytesMax / 2 ** 20} MiB`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof ModuleFailure) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new ModuleFailure("FetchFailed", `The file cannot be read on the control plane's machine (${code})`);
  }
}
