// Where a plugin's module is, taken apart.

export type ModuleReference = FileReference | WebReference | ImageReference;

interface FileReference {
  kind: "file";
  path: string;
}

interface WebReference {
  kind: "web";
  url: URL;
}

export interface ImageReference {
  kind: "image";
  /** With its port. */
  registry: string;
  repository: string;
  /** A tag, or `sha256:…`. */
  tag: string;
  digest: string | null;
}

const dockerHub = "docker.io";

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const hostPattern = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?$/;

/** What has no scheme is an image. Null for what is none of them. */
export function readModuleReference(text: string): ModuleReference | null {
  const [, scheme = "oci", rest = text] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(text) ?? [];
  switch (scheme.toLowerCase()) {
    case "oci":
      return imageReference(rest);
    case "file":
      return URL.canParse(text) && rest.startsWith("/") ? { kind: "file", path: decodePath(rest) } : null;
    case "http":
    case "https": {
      const url = URL.parse(text);
      return url && !url.username && !url.password ? { kind: "web", url } : null;
    }
    default:
      return null;
  }
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function imageReference(text: string): ImageReference | null {
  const [name = "", digest = null, more] = text.split("@");
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  // As Docker has it: what has neither a dot nor a port is a user of its own registry.
  const hasRegistry = /[.:]/.test(first) || first === "localhost";
  const registry = hasRegistry ? first : dockerHub;
  const [repository = "", tag = "latest", left] = (hasRegistry ? name.slice(slash + 1) : name).split(":");
  const path = registry === dockerHub && !repository.includes("/") ? `library/${repository}` : repository;
  const isSound = hostPattern.test(registry) && repositoryPattern.test(path) && tagPattern.test(tag);
  if (!isSound || more !== undefined || left !== undefined) return null;
  if (digest !== null && !digestPattern.test(digest)) return null;
  return { kind: "image", registry, repository: path, tag, digest };
}

/** What pull secrets are found by; null for what is no image. */
export function registryOf(url: string): string | null {
  const reference = readModuleReference(url);
  return reference?.kind === "image" ? reference.registry : null;
}

/** A moving tag is asked for again unless somebody says otherwise, as Kubernetes does with images. */
export function pullsAlways(url: string): boolean {
  const reference = readModuleReference(url);
  return reference?.kind === "image" && reference.digest === null && reference.tag === "latest";
}
