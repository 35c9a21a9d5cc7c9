// A repository in a registry of images, as far as pulling goes: manifests and blobs, with whatever proof of identity
// the registry asks for. https://github.com/opencontainers/distribution-spec/blob/main/spec.md
import { isIP } from "node:net";
import type { ImageReference } from "../model/module-reference.ts";
import type { ModuleCredential } from "../model/plugins.ts";
import { download, type Downloaded } from "./download.ts";
import { ModuleFailure } from "./failure.ts";
import { sha256Of } from "./source-key.ts";

/** https://github.com/opencontainers/image-spec/blob/main/manifest.md, and what came before and beside it. */
export interface Manifest {
  mediaType?: string;
  artifactType?: string;
  config?: Descriptor;
  layers?: Descriptor[];
  /** Of an artifact manifest, which OCI had for a while. */
  blobs?: Descriptor[];
  /** Of an index. */
  manifests?: Descriptor[];
}

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  artifactType?: string;
  annotations?: Record<string, string>;
  platform?: { os?: string; architecture?: string };
}

export interface PulledManifest {
  /** `sha256:…`, of what was given. */
  digest: string;
  manifest: Manifest;
}

const manifestTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.artifact.manifest.v1+json",
].join(", ");

const manifestBytesMax = 4 * 2 ** 20;
const tokenBytesMax = 2 ** 20;
const answerMs = 30_000;
const blobMs = 180_000;

export class Repository {
  readonly #reference: ImageReference;
  readonly #credential: ModuleCredential | null;
  readonly #root: string;
  readonly #signal: AbortSignal | undefined;
  #authorization = "";

  constructor(reference: ImageReference, credential: ModuleCredential | null, signal?: AbortSignal) {
    this.#reference = reference;
    this.#credential = credential;
    this.#root = `${originOf(reference.registry)}/v2/${reference.repository}`;
    this.#signal = signal;
  }

  /** By tag or digest; null where there is none. */
  async manifest(reference: string): Promise<PulledManifest | null> {
    const options = { headers: { accept: manifestTypes }, bytesMax: manifestBytesMax, timeoutMs: answerMs };
    const answer = await this.#get(`manifests/${reference}`, options);
    if (answer.status === 404) return null;
    this.#requireSuccess(answer, "the manifest");
    const digest = `sha256:${sha256Of(answer.bytes)}`;
    if (reference.startsWith("sha256:") && reference !== digest) {
      throw new ModuleFailure("WrongDigest", `${this.#reference.registry} gave ${digest} for ${reference}`);
    }
    return { digest, manifest: asManifest(answer.bytes) };
  }

  /** What others have said about the manifest of this digest, signatures among it. */
  async referrers(digest: string): Promise<Descriptor[]> {
    const options = { bytesMax: manifestBytesMax, timeoutMs: answerMs };
    const answer = await this.#get(`referrers/${digest}`, options);
    // Who does not know of it has a tag for it: an index of the same form.
    if (answer.status === 200) return asManifest(answer.bytes).manifests ?? [];
    return (await this.manifest(digest.replace(":", "-")))?.manifest.manifests ?? [];
  }

  async blob({ digest, size }: Descriptor, bytesMax: number): Promise<Uint8Array> {
    if (size > bytesMax) throw new ModuleFailure("FetchFailed", `Its layer is larger than ${bytesMax / 2 ** 20} MiB`);
    const answer = await this.#get(`blobs/${digest}`, { bytesMax, timeoutMs: blobMs });
    this.#requireSuccess(answer, "a layer");
    const found = `sha256:${sha256Of(answer.bytes)}`;
    if (found === digest) return answer.bytes;
    throw new ModuleFailure("WrongDigest", `A layer is ${found}, and not ${digest} as the manifest says`);
  }

  async #get(path: string, options: Parameters<typeof download>[1]): Promise<Downloaded> {
    const ask = (): Promise<Downloaded> => {
      const authorization = this.#authorization && { authorization: this.#authorization };
      const headers = { ...options.headers, ...authorization };
      const signal = this.#signal && { signal: this.#signal };
      return download(`${this.#root}/${path}`, { ...options, ...signal, headers });
    };
    const answer = await ask();
    if (answer.status !== 401) return answer;
    this.#authorization = await this.#prove(answer.headers.get("www-authenticate") ?? "");
    return this.#authorization === "" ? answer : ask();
  }

  /** https://distribution.github.io/distribution/spec/auth/token/. Empty where nothing can be shown. */
  async #prove(challenge: string): Promise<string> {
    const basic = this.#credential ? basicOf(this.#credential) : "";
    if (/^basic\b/i.test(challenge)) return basic;
    const realm = parameterOf(challenge, "realm");
    if (!/^bearer\b/i.test(challenge) || !URL.canParse(realm)) return "";
    const url = new URL(realm);
    // A password is not sent in the clear to who was reached safely.
    if (url.protocol !== "https:" && !this.#root.startsWith("http:")) return "";
    url.searchParams.set("service", parameterOf(challenge, "service"));
    url.searchParams.set("scope", `repository:${this.#reference.repository}:pull`);
    const headers: Record<string, string> = basic ? { authorization: basic } : {};
    const signal = this.#signal && { signal: this.#signal };
    const answer = await download(url.href, { headers, bytesMax: tokenBytesMax, timeoutMs: answerMs, ...signal });
    if (answer.status !== 200) return "";
    const { token, access_token } = parseJson(answer.bytes) as { token?: unknown; access_token?: unknown };
    const given = token ?? access_token;
    return typeof given === "string" ? `Bearer ${given}` : "";
  }

  #requireSuccess({ status }: Downloaded, what: string): void {
    if (status === 200) return;
    const { registry, repository } = this.#reference;
    const own = this.#credential ? "the credentials that were given" : "nobody's credentials, for none were given";
    const why = status === 401 || status === 403 ? `refuses ${own}` : `answers ${status} for ${what}`;
    throw new ModuleFailure("FetchFailed", `${registry} ${why} (${repository})`);
  }
}

function originOf(registry: string): string {
  const host = registry.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  const isLoopback = host === "localhost" || (isIP(host) === 4 && host.startsWith("127.")) || host === "::1";
  // As other clients do: on the machine itself registries have no certificates.
  if (isLoopback) return `http://${registry}`;
  return `https://${registry === "docker.io" ? "registry-1.docker.io" : registry}`;
}

function basicOf({ username, password }: ModuleCredential): string {
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString("base64")}`;
}

function parameterOf(challenge: string, name: string): string {
  return new RegExp(`[\\s,]${name}="([^"]*)"`, "i").exec(challenge)?.[1] ?? "";
}

function asManifest(bytes: Uint8Array): Manifest {
  const manifest = parseJson(bytes);
  const lists = [manifest["layers"], manifest["blobs"], manifest["manifests"]];
  if (lists.every((list) => list === undefined || (Array.isArray(list) && list.every(isDescriptor)))) return manifest;
  throw new ModuleFailure("NotAModule", "The registry's manifest has another form than manifests have");
}

function isDescriptor(value: unknown): value is Descriptor {
  const { mediaType, digest, size } = (value ?? {}) as Record<string, unknown>;
  const isDigest = typeof digest === "string" && /^sha256:[0-9a-f]{64}$/.test(digest);
  return typeof mediaType === "string" && isDigest && typeof size === "number";
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    throw new ModuleFailure("FetchFailed", "The registry's answer is no JSON");
  }
}
