// Modules from files, web servers and a real registry, with everything that can be wrong with them.
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findRegistry, registryMissing } from "../../../e2e/registry/program.ts";
import { freePort } from "../../../envoy/test/ports.ts";
import type { ModuleSource } from "../model/plugins.ts";
import { Secret } from "../model/secret.ts";
import { hasOpenssl } from "../serve/test/self-signed.ts";
import { fetchModule } from "./fetch-module.ts";
import { credential, digestOf, TestRegistry, type Layer } from "./test/registry.ts";
import { pluginModule, sourceOf } from "./test/modules.ts";

const module = pluginModule("one");
const folder = mkdtempSync(join(tmpdir(), "weir-modules-"));
const servers: Server[] = [];

afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return `file://${path}`;
}

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function archive(...files: [string, Uint8Array][]): Promise<Uint8Array> {
  const entries = files.map(([name, body]) => ({ header: { name, size: body.length, type: "file" as const }, body }));
  return gzipSync(await packTar(entries));
}

const had = async (source: ModuleSource): Promise<Buffer> => Buffer.from(await fetchModule(source));
const sha256 = (bytes: Uint8Array): string => digestOf(bytes).slice("sha256:".length);
const failure = (reason: string, message: RegExp) =>
  expect.objectContaining({ reason, message: expect.stringMatching(message) });

describe("files", () => {
  test("as they are, compressed and in archives", async () => {
    expect(await had(sourceOf(file("plain.wasm", module)))).toEqual(module);
    expect(await had(sourceOf(file("plain.wasm.gz", gzipSync(module))))).toEqual(module);
    const packed = await archive(
      ["README.md", Buffer.from("x")],
      ["other.wasm", pluginModule("2")],
      ["./plugin.wasm", module],
    );
    expect(await had(sourceOf(file("plugin.tar.gz", packed)))).toEqual(module);
  });
  test("must have the digest that is asked for", async () => {
    const url = file("digest.wasm", module);
    expect(await had(sourceOf(url, { sha256: sha256(module) }))).toEqual(module);
    await expect(fetchModule(sourceOf(url, { sha256: "0".repeat(64) }))).rejects.toEqual(
      failure("WrongDigest", /and not 0000/),
    );
  });
  test("that are none are told apart", async () => {
    await expect(fetchModule(sourceOf(`file://${folder}/absent.wasm`))).rejects.toEqual(
      failure("FetchFailed", /ENOENT/),
    );
    await expect(fetchModule(sourceOf(`file://${folder}`))).rejects.toEqual(failure("FetchFailed", /no file/));
    await expect(fetchModule(sourceOf("file:///dev/zero"))).rejects.toEqual(failure("FetchFailed", /no file/));
    const text = file("text.wasm", Buffer.from("hello"));
    await expect(fetchModule(sourceOf(text))).rejects.toEqual(failure("NotAModule", /neither/));
    const broken = file("broken.tar.gz", gzipSync(module).subarray(0, 30));
    await expect(fetchModule(sourceOf(broken))).rejects.toEqual(failure("NotAModule", /damaged/));
    const bomb = file("bomb.gz", gzipSync(Buffer.alloc(65 * 2 ** 20)));
    await expect(fetchModule(sourceOf(bomb))).rejects.toEqual(failure("NotAModule", /larger than 64 MiB/));
  });
  test("have no signatures", async () => {
    const source = sourceOf(file("key.wasm", module), { verificationKey: "any" });
    await expect(fetchModule(source)).rejects.toEqual(failure("NotSigned", /Only images/));
  });
});

describe("web servers", () => {
  test("give it, and send on to others", async () => {
    const url = await serve((request, response) => {
      if (request.url === "/plugin.wasm") response.end(module);
      else response.writeHead(302, { location: "/plugin.wasm" }).end();
    });
    expect(await had(sourceOf(`${url}/plugin.wasm`))).toEqual(module);
    expect(await had(sourceOf(`${url}/latest`))).toEqual(module);
  });
  test("that fail are told by their status, and never by their words", async () => {
    const url = await serve((_, response) => void response.writeHead(500).end("secret words"));
    await expect(fetchModule(sourceOf(url))).rejects.toEqual(failure("FetchFailed", /^127\.0\.0\.1:\d+ answers 500$/));
  });
  test("that are gone", async () => {
    await expect(fetchModule(sourceOf(`http://127.0.0.1:${await freePort()}/a`))).rejects.toEqual(
      failure("FetchFailed", /ECONNREFUSED/),
    );
  });
  test("that never stop sending are left", async () => {
    const url = await serve((_, response) => {
      const chunk = Buffer.alloc(2 ** 20);
      const more = (): void => void (response.write(chunk, more) && undefined);
      more();
    });
    await expect(fetchModule(sourceOf(url))).rejects.toEqual(failure("FetchFailed", /larger than 64 MiB/));
  });
  test("that are waited for no more", async () => {
    const url = await serve(() => {});
    await expect(fetchModule(sourceOf(url), AbortSignal.timeout(50))).rejects.toEqual(failure("FetchFailed", /./));
  });
});

const wasmLayer = (bytes: Uint8Array): Layer => ({ type: "application/vnd.module.wasm.content.layer.v1+wasm", bytes });

describe.skipIf(!findRegistry())("a registry", () => {
  let registry: TestRegistry;
  let at: string;
  beforeAll(async () => {
    registry = await TestRegistry.start();
    at = `oci://${registry.host}`;
  });
  afterAll(() => registry?.stop());

  const forms: [string, () => Promise<Layer[]>][] = [
    ["the module as a layer", async () => [wasmLayer(module)]],
    ["the layer of CNCF's Wasm artifacts", async () => [{ type: "application/wasm", bytes: module }]],
    [
      "Higress's archive, with papers beside it",
      async () => [
        { type: "application/vnd.module.wasm.spec.v1+yaml", bytes: Buffer.from("spec: {}") },
        { type: "application/vnd.module.wasm.doc.v1+markdown", bytes: Buffer.from("# Read me") },
        { type: "application/vnd.oci.image.layer.v1.tar+gzip", bytes: await archive(["plugin.wasm", module]) },
      ],
    ],
    [
      "layers of an image, the topmost first",
      async () => [
        {
          type: "application/vnd.docker.image.rootfs.diff.tar.gzip",
          bytes: await archive(["plugin.wasm", pluginModule("old")]),
        },
        { type: "application/vnd.docker.image.rootfs.diff.tar.gzip", bytes: await archive(["plugin.wasm", module]) },
        {
          type: "application/vnd.docker.image.rootfs.diff.tar.gzip",
          bytes: await archive(["notes.txt", Buffer.from("x")]),
        },
      ],
    ],
  ];
  test.each(forms)("%s", async (name, layers) => {
    const repository = `forms/${name.replace(/[^a-z]+/gi, "-").toLowerCase()}`;
    const digest = await registry.push(repository, "v1", await layers());
    expect(await had(sourceOf(`${at}/${repository}:v1`))).toEqual(module);
    expect(await had(sourceOf(`${at}/${repository}@${digest}`))).toEqual(module);
    expect(await had(sourceOf(`${registry.host}/${repository}:v1@${digest}`))).toEqual(module);
  });

  test("an index of images for several machines", async () => {
    const wasm = await registry.push("index", "wasm", [wasmLayer(module)]);
    const other = await registry.push("index", "other", [wasmLayer(pluginModule("other"))]);
    const entry = (digest: string, os: string, architecture: string) => {
      const mediaType = "application/vnd.oci.image.manifest.v1+json";
      return { mediaType, digest, size: 1, platform: { os, architecture } };
    };
    const mediaType = "application/vnd.oci.image.index.v1+json";
    const manifests = [entry(other, "linux", "amd64"), entry(wasm, "wasip1", "wasm")];
    const digest = await registry.pushManifest("index", "all", { mediaType, schemaVersion: 2, manifests });
    const hex = (text: string): string => text.slice("sha256:".length);
    expect(await had(sourceOf(`${at}/index:all`, { sha256: hex(digest) }))).toEqual(module);
    expect(await had(sourceOf(`${at}/index:all`, { sha256: hex(wasm) }))).toEqual(module);
    await expect(fetchModule(sourceOf(`${at}/index:all`, { sha256: hex(other) }))).rejects.toEqual(
      failure("WrongDigest", /./),
    );
  });

  test("what is not there, and what is no plugin", async () => {
    await expect(fetchModule(sourceOf(`${at}/nobody:v1`))).rejects.toEqual(
      failure("FetchFailed", /has no nobody with the tag v1/),
    );
    const papers = { type: "application/vnd.module.wasm.doc.v1+markdown", bytes: Buffer.from("# Read me") };
    await registry.push("papers", "v1", [papers]);
    await expect(fetchModule(sourceOf(`${at}/papers:v1`))).rejects.toEqual(
      failure("NotAModule", /no layer with a plugin/),
    );
    await expect(fetchModule(sourceOf(`${at}/Big:v1`))).rejects.toEqual(
      failure("FetchFailed", /The address is neither/),
    );
  });

  describe("signatures", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();
    const verificationKey = pem(publicKey);

    const simple = async (repository: string, image: string, key: KeyObject, about = image): Promise<void> => {
      const critical = {
        identity: { "docker-reference": `${registry.host}/${repository}` },
        image: { "docker-manifest-digest": about },
        type: "cosign container image signature",
      };
      const bytes = Buffer.from(JSON.stringify({ critical, optional: null }));
      const signature = sign("sha256", bytes, key).toString("base64");
      const annotations = { "dev.cosignproject.cosign/signature": signature };
      const layer = { type: "application/vnd.dev.cosign.simplesigning.v1+json", bytes, annotations };
      await registry.push(repository, `${image.replace(":", "-")}.sig`, [layer]);
    };

    test("of cosign's first form", async () => {
      const digest = await registry.push("signed/simple", "v1", [wasmLayer(module)]);
      const source = sourceOf(`${at}/signed/simple:v1`, { verificationKey });
      await expect(fetchModule(source)).rejects.toEqual(failure("NotSigned", /No signature of sha256/));
      await simple("signed/simple", digest, privateKey);
      expect(await had(source)).toEqual(module);
    });
    test("of an Ed25519 and an RSA key", async () => {
      const keys = [generateKeyPairSync("ed25519"), generateKeyPairSync("rsa", { modulusLength: 2048 })];
      for (const [index, { privateKey: own, publicKey: shown }] of keys.entries()) {
        const repository = `signed/kind${index}`;
        const digest = await registry.push(repository, "v1", [wasmLayer(module)]);
        if (own.asymmetricKeyType === "ed25519") await simpleEd25519(repository, digest, own);
        else await simple(repository, digest, own);
        const source = sourceOf(`${at}/${repository}:v1`, { verificationKey: pem(shown) });
        expect(await had(source)).toEqual(module);
      }
    });
    const simpleEd25519 = async (repository: string, image: string, key: KeyObject): Promise<void> => {
      const critical = { image: { "docker-manifest-digest": image }, type: "cosign container image signature" };
      const bytes = Buffer.from(JSON.stringify({ critical }));
      const annotations = { "dev.cosignproject.cosign/signature": sign(null, bytes, key).toString("base64") };
      const layer = { type: "application/vnd.dev.cosign.simplesigning.v1+json", bytes, annotations };
      await registry.push(repository, `${image.replace(":", "-")}.sig`, [layer]);
    };
    test("by another key, or of another image", async () => {
      const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
      const digest = await registry.push("signed/other", "v1", [wasmLayer(module)]);
      const source = sourceOf(`${at}/signed/other:v1`, { verificationKey });
      await simple("signed/other", digest, other);
      await expect(fetchModule(source)).rejects.toEqual(failure("NotSigned", /No signature/));
      await simple("signed/other", digest, privateKey, `sha256:${"0".repeat(64)}`);
      await expect(fetchModule(source)).rejects.toEqual(failure("NotSigned", /No signature/));
      const broken = { ...source, verificationKey: "no key" };
      await expect(fetchModule(broken)).rejects.toEqual(failure("NotSigned", /no public key/));
    });
    test.each([
      ["of cosign's bundles", true],
      ["of a bundle about another image", false],
    ])("%s", async (_, isRight) => {
      const repository = `signed/bundle${Number(isRight)}`;
      const digest = await registry.push(repository, "v1", [wasmLayer(module)]);
      const about = isRight ? digest.slice("sha256:".length) : "0".repeat(64);
      const statement = Buffer.from(JSON.stringify({ subject: [{ digest: { sha256: about } }] }));
      const payloadType = "application/vnd.in-toto+json";
      const signed = Buffer.concat([Buffer.from(`DSSEv1 28 ${payloadType} ${statement.length} `), statement]);
      const sig = sign("sha256", signed, privateKey).toString("base64");
      const dsseEnvelope = { payload: statement.toString("base64"), payloadType, signatures: [{ sig }] };
      const artifactType = "application/vnd.dev.sigstore.bundle.v0.3+json";
      const bundle = { type: artifactType, bytes: Buffer.from(JSON.stringify({ dsseEnvelope })) };
      const subject = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest, size: 1 };
      const own = await registry.push(repository, "bundle", [bundle], { artifactType, subject });
      // This registry does not keep referrers by itself: the tag stands for them.
      const mediaType = "application/vnd.oci.image.index.v1+json";
      const manifests = [{ mediaType: subject.mediaType, digest: own, size: 1, artifactType }];
      const index = { mediaType, schemaVersion: 2, manifests };
      await registry.pushManifest(repository, digest.replace(":", "-"), index);
      const fetched = had(sourceOf(`${at}/${repository}:v1`, { verificationKey }));
      if (isRight) expect(await fetched).toEqual(module);
      else await expect(fetched).rejects.toEqual(failure("NotSigned", /No signature/));
    });
  });
});

describe.skipIf(!findRegistry() || !hasOpenssl).each(["basic", "token"] as const)("a registry behind %s", (door) => {
  let registry: TestRegistry;
  let url: string;
  beforeAll(async () => {
    registry = await TestRegistry.start(door);
    await registry.push("closed/plugin", "v1", [wasmLayer(module)]);
    url = `oci://${registry.host}/closed/plugin:v1`;
  });
  afterAll(() => registry?.stop());
  const given = (password: string) => ({
    credential: { username: credential.username, password: new Secret(password, { kind: "literal" }) },
  });

  test("gives it to who may have it", async () => {
    expect(await had(sourceOf(url, given(credential.password)))).toEqual(module);
  });
  test("refuses all others", async () => {
    await expect(fetchModule(sourceOf(url))).rejects.toEqual(failure("FetchFailed", /refuses nobody's credentials/));
    const wrong = fetchModule(sourceOf(url, given("wrong")));
    await expect(wrong).rejects.toEqual(failure("FetchFailed", /refuses the credentials that were given/));
  });
});

test.skipIf(findRegistry())("a registry", (context) => context.skip(registryMissing));
