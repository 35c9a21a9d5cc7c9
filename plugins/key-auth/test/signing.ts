// How clients sign, written from the documents alone and with Node's own hashes.
import { createHash, createHmac } from "node:crypto";
import { hashOf, startMs, type Request } from "./request.ts";

export const secret = "fake-signing-secret-0123456789";

export const signatures = {
  algorithms: ["hmac-sha1", "hmac-sha256", "hmac-sha512"],
  clockSkewMs: 300_000,
  signedHeaders: ["@request-target", "date"],
  requireDigest: false,
  requireNonce: false,
  nonceHeader: "x-ca-nonce",
};

export const signer = { name: "signer", consumer: 0, sha256: hashOf("search-app"), secret };

export const dateOf = (ms: number): string => new Date(ms).toUTCString();
export const base64Of = (hash: string, body: string): string => createHash(hash).update(body).digest("base64");

type Fields = Record<string, string>;

export interface Signed {
  path?: string;
  method?: string;
  body?: string;
  keyId?: string;
  secret?: string;
  /** Lower-case names. */
  headers?: Fields;
}

/** `Authorization: Signature`, of APISIX. https://apisix.apache.org/docs/apisix/plugins/hmac-auth/ */
export function signForApisix({
  algorithm = "hmac-sha256",
  names = "@request-target date",
  ...more
}: Signed & { algorithm?: string; names?: string } = {}): Request {
  const { path = "/v1/chat/completions", method = "POST", keyId = "search-app", body } = more;
  const headers: Fields = { date: dateOf(startMs), ...more.headers };
  const lines = names.split(" ").flatMap((name) => {
    if (name === "@request-target") return [`${method} ${path}`];
    const value = headers[name.toLowerCase()];
    return value === undefined ? [] : [`${name}: ${value}`];
  });
  const text = [keyId, ...lines, ""].join("\n");
  const signature = createHmac(algorithm.replace("hmac-", ""), more.secret ?? secret)
    .update(text)
    .digest("base64");
  const authorization = `Signature keyId="${keyId}",algorithm="${algorithm}",headers="${names}",signature="${signature}"`;
  return { path, method, headers: Object.entries({ ...headers, authorization }), ...(body !== undefined && { body }) };
}

/** `X-Ca-Signature`, of Alibaba Cloud's API gateway. A form's parameters are given as signed, and in `body`. */
export function signForCa({
  names = ["x-ca-timestamp", "x-ca-nonce"],
  method: signatureMethod,
  pathAndParameters,
  ...more
}: Omit<Signed, "method"> & {
  names?: string[];
  method?: "HmacSHA256" | "HmacSHA1";
  pathAndParameters?: string;
} = {}): Request {
  const { path = "/v1/chat/completions", keyId = "search-app", body } = more;
  const headers: Fields = {
    accept: "application/json",
    "content-type": "application/json",
    "x-ca-key": keyId,
    "x-ca-timestamp": String(startMs),
    ...(signatureMethod && { "x-ca-signature-method": signatureMethod }),
    ...more.headers,
  };
  const always = ["accept", "content-md5", "content-type", "date"].map((name) => headers[name] ?? "");
  const listed = names.toSorted().map((name) => `${name}:${headers[name] ?? ""}`);
  const text = ["POST", ...always, ...listed, pathAndParameters ?? path].join("\n");
  const hash = signatureMethod === "HmacSHA1" ? "sha1" : "sha256";
  headers["x-ca-signature-headers"] = names.join(",");
  headers["x-ca-signature"] = createHmac(hash, more.secret ?? secret)
    .update(text)
    .digest("base64");
  return { path, headers: Object.entries(headers), ...(body !== undefined && { body }) };
}
