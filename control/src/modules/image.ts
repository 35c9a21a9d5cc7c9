// Which part of an image is the plugin: makers of images for plugins have not agreed on one form.
import { ModuleFailure } from "./failure.ts";
import type { Descriptor, PulledManifest, Repository } from "./registry.ts";
import { moduleBytesMax, unpackModule } from "./unpack.ts";

/** Not an archive. The second: https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/ */
const moduleTypes = ["application/vnd.module.wasm.content.layer.v1+wasm", "application/wasm"];
const archiveType = /^application\/vnd\.(oci\.image\.layer\.v1\.tar|docker\.image\.rootfs\.diff\.tar)/;

/** Of an index the image that is for plugins, or for this kind of machine, or the only one. */
export async function imageIn(repository: Repository, pulled: PulledManifest): Promise<PulledManifest> {
  const { manifests } = pulled.manifest;
  if (!manifests) return pulled;
  const images = manifests.filter((one) => !isAbout(one));
  const isFor = (os: RegExp, architecture: string) => (one: Descriptor) =>
    os.test(one.platform?.os ?? "") && one.platform?.architecture === architecture;
  const chosen = images.find(isFor(/^wasi/, "wasm")) ?? images.find(isFor(/^linux$/, "amd64")) ?? images[0];
  const found = chosen && (await repository.manifest(chosen.digest));
  if (found && !found.manifest.manifests) return found;
  throw new ModuleFailure("NotAModule", "The index of images has none that could be a plugin");
}

/** Builders put what they say about an image beside it. */
function isAbout({ annotations, platform }: Descriptor): boolean {
  return annotations?.["vnd.docker.reference.type"] !== undefined || platform?.os === "unknown";
}

export async function moduleIn(repository: Repository, { manifest }: PulledManifest): Promise<Uint8Array> {
  const layers = manifest.layers ?? manifest.blobs ?? [];
  const plain = layers.find(({ mediaType }) => moduleTypes.includes(mediaType));
  // What is on top of a file hides it.
  const archives = layers.filter(({ mediaType }) => archiveType.test(mediaType)).reverse();
  for (const layer of plain ? [plain] : archives) {
    const module = await unpackModule(await repository.blob(layer, moduleBytesMax));
    if (module) return module;
  }
  throw new ModuleFailure("NotAModule", "The image has no layer with a plugin in it");
}
