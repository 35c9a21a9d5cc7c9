// A real registry for one test file, on a free loopback port, and a client that puts images into it.
import { spawn, type ChildProcess } from "node:child_process";
import { createHash, createPrivateKey, randomUUID, sign, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { findRegistry } from "../../../../e2e/registry/program.ts";
import { freePort, isOpen } from "../../../../envoy/test/ports.ts";
import { selfSigned } from "../../serve/test/self-signed.ts";

export const credential = { username: "puller", password: "pull-secret" };
/** Of that password: https://httpd.apache.org/docs/2.4/misc/password_encryptions.html */
const htpasswd = `${credential.username}:$2b$05$abcdefghijklmnopqrstuuiuhH7Ikupt0NZBlrLOsxuBkm7D98a7C\n`;

/** Who may pull: anybody, who has a password, or who has a token that is given for it. */
export type Door = "open" | "basic" | "token";

export interface Layer {
  type: string;
  bytes: Uint8Array;
  annotations?: Record<string, string>;
}

interface Manifest {
  mediaType: string;
  [field: string]: unknown;
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

export class TestRegistry {
  readonly #folder = mkdtempSync(join(tmpdir(), "weir-registry-"));
  readonly #door: Door;
  #process: ChildProcess | null = null;
  #tokens: Server | null = null;
  #output = "";
  port = 0;

  private constructor(door: Door) {
    this.#door = door;
  }

  static async start(door: Door = "open", port?: number): Promise<TestRegistry> {
    const registry = new TestRegistry(door);
    registry.port = port ?? (await freePort());
    await registry.#start();
    return registry;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.#tokens?.close();
    this.#process?.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Gives the manifest's digest. */
  async push(repository: string, tag: string, layers: Layer[], about: object = {}): Promise<string> {
    const empty = { type: "application/vnd.oci.empty.v1+json", bytes: Buffer.from("{}") };
    const config = await this.#blob(repository, empty);
    const pushed: Descriptor[] = [];
    for (const layer of layers) pushed.push(await this.#blob(repository, layer));
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    return this.pushManifest(repository, tag, { schemaVersion: 2, mediaType, config, layers: pushed, ...about });
  }

  async pushManifest(repository: string, tag: string, manifest: Manifest): Promise<string> {
    const body = Buffer.from(JSON.stringify(manifest));
    const headers = { "content-type": manifest.mediaType };
    await this.#ask(`${repository}/manifests/${tag}`, { method: "PUT", headers, body }, repository);
    return digestOf(body);
  }

  async #blob(repository: string, { type, bytes, annotations }: Layer): Promise<Descriptor> {
    const digest = digestOf(bytes);
    const begun = await this.#ask(`${repository}/blobs/uploads/`, { method: "POST" }, repository);
    const at = new URL(begun.headers.get("location") ?? "", `http://${this.host}`);
    at.searchParams.set("digest", digest);
    const headers = { "content-type": "application/octet-stream" };
    await this.#ask(at.href, { method: "PUT", headers, body: Buffer.from(bytes) }, repository);
    return { mediaType: type, digest, size: bytes.length, ...(annotations && { annotations }) };
  }

  async #ask(path: string, init: RequestInit, repository: string): Promise<Response> {
    const url = path.startsWith("http") ? path : `http://${this.host}/v2/${path}`;
    const proof =
      this.#door === "open"
        ? ""
        : this.#door === "basic"
          ? basic
          : `Bearer ${this.#token(repository, ["pull", "push"])}`;
    const response = await fetch(url, {
      ...init,
      headers: { ...init.headers, ...(proof && { authorization: proof }) },
    });
    if (!response.ok) throw new Error(`${init.method} ${url}: ${response.status} ${await response.text()}`);
    return response;
  }

  async #start(): Promise<void> {
    const program = findRegistry();
    if (!program) throw new Error("The registry is not built");
    const config = join(this.#folder, "config.yml");
    writeFileSync(config, JSON.stringify(await this.#configuration()));
    const env = { ...process.env, OTEL_TRACES_EXPORTER: "none" };
    this.#process = spawn(program, ["serve", config], { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => void (this.#output += text));
    }
    while (!(await isOpen(this.port))) {
      if (this.#process.exitCode !== null) throw new Error(`The registry does not start:\n${this.#output}`);
      await pause(20);
    }
  }

  async #configuration(): Promise<object> {
    const base = { version: "0.1", storage: { inmemory: {} }, http: { addr: this.host }, log: { level: "warn" } };
    if (this.#door === "open") return base;
    if (this.#door === "basic") {
      const path = join(this.#folder, "htpasswd");
      writeFileSync(path, htpasswd);
      return { ...base, auth: { htpasswd: { realm: "test", path } } };
    }
    const { certFile } = selfSigned(this.#folder, "issuer", "DNS:issuer.test");
    const realm = await this.#serveTokens();
    return { ...base, auth: { token: { realm, service: "test", issuer: "test", rootcertbundle: certFile } } };
  }

  /** https://distribution.github.io/distribution/spec/auth/token/ */
  async #serveTokens(): Promise<string> {
    this.#tokens = createServer((request, response) => {
      const scope = new URL(request.url ?? "", "http://any").searchParams.get("scope") ?? "";
      const [, repository = ""] = /^repository:(.*):pull$/.exec(scope) ?? [];
      if (request.headers.authorization !== basic) return void response.writeHead(401).end();
      response.end(JSON.stringify({ token: this.#token(repository, ["pull"]) }));
    }).listen(0, "127.0.0.1");
    await once(this.#tokens, "listening");
    return `http://127.0.0.1:${(this.#tokens.address() as AddressInfo).port}/token`;
  }

  /** https://distribution.github.io/distribution/spec/auth/jwt/ */
  #token(repository: string, actions: string[]): string {
    const certificate = new X509Certificate(readFileSync(join(this.#folder, "issuer.pem")));
    const key = createPrivateKey(readFileSync(join(this.#folder, "issuer.key")));
    const now = Math.floor(Date.now() / 1000);
    const access = [{ type: "repository", name: repository, actions }];
    const header = { typ: "JWT", alg: "ES256", x5c: [certificate.raw.toString("base64")] };
    const times = { iat: now, nbf: now - 10, exp: now + 300, jti: randomUUID() };
    const claims = { iss: "test", sub: credential.username, aud: "test", ...times, access };
    const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const signature = sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
    return `${text}.${signature.toString("base64url")}`;
  }
}

const basic = `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString("base64")}`;

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
