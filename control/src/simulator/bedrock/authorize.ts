// Who may ask Bedrock: the holder of its API key, or who signs the request with the AWS credentials. The signature that
// should be there is computed by AWS's own library over what arrived.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { createHash } from "node:crypto";
import { bearerOf, headerOf, type Answer, type SimulatedRequest } from "../answer.ts";
import { isKnownKey, type Access } from "../family.ts";
import { awsError } from "./errors.ts";

const service = "bedrock";
const skewMs = 5 * 60_000;

interface Claim {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

const pattern =
  /^AWS4-HMAC-SHA256 +Credential=([^/\s]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/;

export async function refuseCaller(request: SimulatedRequest, access: Access): Promise<Answer | null> {
  const header = headerOf(request, "authorization");
  if (header === undefined) return awsError(403, "Missing Authentication Token", "MissingAuthenticationTokenException");
  const bearer = bearerOf(request);
  if (bearer !== null) {
    return isKnownKey(bearer, access)
      ? null
      : awsError(403, "Authentication failed: Please make sure your API Key is valid.");
  }
  const [, accessKeyId = "", date = "", region = "", named = "", signed = "", signature = ""] =
    pattern.exec(header) ?? [];
  if (!accessKeyId) {
    return awsError(403, "Authorization header is not a valid AWS4-HMAC-SHA256 one", "IncompleteSignatureException");
  }
  const claim = { accessKeyId, date, region, service: named, signedHeaders: signed.split(";"), signature };
  return refuseClaim(request, claim, access) ?? refuseSignature(request, claim, access);
}

function refuseClaim(request: SimulatedRequest, claim: Claim, { aws }: Access): Answer | null {
  if (claim.accessKeyId !== aws.accessKeyId) {
    return awsError(403, "The security token included in the request is invalid.", "UnrecognizedClientException");
  }
  if (aws.sessionToken && headerOf(request, "x-amz-security-token") !== aws.sessionToken) {
    return awsError(403, "The security token included in the request is invalid.", "UnrecognizedClientException");
  }
  if (claim.region !== aws.region) return wrongSignature("Credential should be scoped to a valid region. ");
  if (claim.service !== service) {
    return wrongSignature(`Credential should be scoped to correct service: '${service}'. `);
  }
  if (!claim.signedHeaders.some((name) => name === "host" || name === ":authority")) {
    return wrongSignature("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const unsigned = Object.keys(request.headers).find(
    (name) => name.startsWith("x-amz-") && !claim.signedHeaders.includes(name),
  );
  if (unsigned) return wrongSignature(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`);
  return refuseTime(headerOf(request, "x-amz-date") ?? "", claim);
}

function refuseTime(stamp: string, claim: Claim): Answer | null {
  const at = dateOf(stamp);
  if (at === null || !stamp.startsWith(claim.date)) {
    return wrongSignature("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP");
  }
  const age = Date.now() - at.getTime();
  if (Math.abs(age) <= skewMs) return null;
  return wrongSignature(
    age > 0 ? `Signature expired: ${stamp} is now earlier than now` : `Signature not yet current: ${stamp}`,
  );
}

function dateOf(stamp: string): Date | null {
  const parts = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(stamp);
  if (!parts) return null;
  const [, year, month, day, hour, minute, second] = parts;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

const mismatch =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and " +
  "signing method. Consult the service documentation for details.";

async function refuseSignature(request: SimulatedRequest, claim: Claim, { aws }: Access): Promise<Answer | null> {
  const hash = headerOf(request, "x-amz-content-sha256");
  const actual = createHash("sha256").update(request.body).digest("hex");
  if (hash !== undefined && hash !== actual && hash !== "UNSIGNED-PAYLOAD") return wrongSignature(mismatch);
  const { accessKeyId, secretAccessKey, sessionToken } = aws;
  const signer = new SignatureV4({
    service,
    region: aws.region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
    sha256: Sha256,
    applyChecksum: hash !== undefined,
  });
  const expected = await signer.sign(
    {
      method: request.method,
      protocol: "http:",
      hostname: "",
      path: request.path,
      query: queryOf(request.query),
      headers: signedHeadersOf(request, claim),
      body: request.body,
    },
    {
      signingDate: dateOf(headerOf(request, "x-amz-date") ?? "") ?? new Date(0),
      signableHeaders: new Set(claim.signedHeaders),
    },
  );
  return expected.headers["authorization"]?.endsWith(`Signature=${claim.signature}`) ? null : wrongSignature(mismatch);
}

/** HTTP/2 has the host in a field of its own. */
function signedHeadersOf(request: SimulatedRequest, { signedHeaders }: Claim): Record<string, string> {
  const value = (name: string): string =>
    (name === "host" ? headerOf(request, ":authority") : undefined) ?? headerOf(request, name) ?? "";
  return Object.fromEntries(signedHeaders.map((name) => [name, value(name)]));
}

function queryOf(query: string): Record<string, string | string[]> {
  const params = new URLSearchParams(query);
  return Object.fromEntries([...new Set(params.keys())].map((name) => [name, params.getAll(name)]));
}

function wrongSignature(message: string): Answer {
  return awsError(403, message, "InvalidSignatureException");
}
