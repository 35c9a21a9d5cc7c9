// Whether an image was signed by a key, as cosign signs: in its first form a signed statement beside the image, in its
// newer one a bundle that refers to it. Who holds the private half is asked for, and no log of the public.
import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { ModuleFailure } from "./failure.ts";
import type { Descriptor, Repository } from "./registry.ts";

const statementBytesMax = 2 ** 20;
const signatureAnnotation = "dev.cosignproject.cosign/signature";
const bundleType = /^application\/vnd\.dev\.sigstore\.bundle(\.v0\.\d+)?\+json/;
/** Of an image that has more, the first are tried. */
const signaturesMax = 20;

/** Throws unless one of the signatures of the image of this digest is by `pem`. */
export async function requireSignature(repository: Repository, digest: string, pem: string): Promise<void> {
  const key = readKey(pem);
  if (await isSignedBeside(repository, digest, key)) return;
  if (await isSignedInBundle(repository, digest, key)) return;
  throw new ModuleFailure("NotSigned", `No signature of ${digest} is by the key that was given`);
}

function readKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    throw new ModuleFailure("NotSigned", "The key for signatures is no public key in PEM");
  }
}

/** https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
async function isSignedBeside(repository: Repository, digest: string, key: KeyObject): Promise<boolean> {
  const pulled = await repository.manifest(`${digest.replace(":", "-")}.sig`);
  for (const layer of (pulled?.manifest.layers ?? []).slice(0, signaturesMax)) {
    const signature = layer.annotations?.[signatureAnnotation];
    if (signature === undefined) continue;
    const payload = await repository.blob(layer, statementBytesMax);
    if (isBy(key, payload, Buffer.from(signature, "base64")) && signedDigest(payload) === digest) return true;
  }
  return false;
}

interface SimpleSigning {
  critical?: { type?: string; image?: { "docker-manifest-digest"?: string } };
}

function signedDigest(payload: Uint8Array): string | undefined {
  const { critical } = (asJson(payload) ?? {}) as SimpleSigning;
  return critical?.type === "cosign container image signature" ? critical.image?.["docker-manifest-digest"] : undefined;
}

/** https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md */
async function isSignedInBundle(repository: Repository, digest: string, key: KeyObject): Promise<boolean> {
  const referrers = await repository.referrers(digest);
  const bundles = referrers.filter(({ artifactType = "" }) => bundleType.test(artifactType));
  for (const { digest: own } of bundles.slice(0, signaturesMax)) {
    const pulled = await repository.manifest(own);
    for (const layer of (pulled?.manifest.layers ?? []).slice(0, 1)) {
      if (await isSignedBundle(repository, layer, { digest, key })) return true;
    }
  }
  return false;
}

interface Bundle {
  dsseEnvelope?: { payload?: string; payloadType?: string; signatures?: { sig?: string }[] };
}

interface Statement {
  subject?: { digest?: { sha256?: string } }[];
}

async function isSignedBundle(
  repository: Repository,
  layer: Descriptor,
  { digest, key }: { digest: string; key: KeyObject },
): Promise<boolean> {
  const { dsseEnvelope } = (asJson(await repository.blob(layer, statementBytesMax)) ?? {}) as Bundle;
  const { payload = "", payloadType = "", signatures = [] } = dsseEnvelope ?? {};
  const statement = Buffer.from(payload, "base64");
  // https://github.com/secure-systems-lab/dsse/blob/master/protocol.md#signature-definition
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${statement.length} `;
  const signed = Buffer.concat([Buffer.from(head), statement]);
  if (!signatures.some(({ sig = "" }) => isBy(key, signed, Buffer.from(sig, "base64")))) return false;
  const { subject = [] } = (asJson(statement) ?? {}) as Statement;
  return subject.some((one) => `sha256:${one.digest?.sha256}` === digest);
}

function isBy(key: KeyObject, content: Uint8Array, signature: Uint8Array): boolean {
  const isHashed = key.asymmetricKeyType === "ec" || key.asymmetricKeyType === "rsa";
  try {
    return verify(isHashed ? "sha256" : null, content, key, signature);
  } catch {
    return false;
  }
}

function asJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return null;
  }
}
