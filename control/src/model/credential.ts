// What a provider asks for before it answers.
import type { TargetTls } from "./model.ts";
import type { Secret } from "./secret.ts";

export type Credential = HeaderCredential | AwsCredential | GoogleCredential;

/** A key that is sent as it is. */
export interface HeaderCredential {
  kind: "header";
  /** Lower-case header name: `authorization`, `api-key`, `x-api-key`. */
  header: string;
  /** Put before the secret: `Bearer `. */
  prefix: string;
  secret: Secret;
}

/** Each request is signed: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
export interface AwsCredential {
  kind: "aws";
  region: string;
  service: string;
  accessKeyId: Secret;
  secretAccessKey: Secret;
  /** Of temporary credentials. */
  sessionToken: Secret | null;
}

/**
 * A service account, whose key is exchanged for a token:
 * https://developers.google.com/identity/protocols/oauth2/service-account
 */
export interface GoogleCredential {
  kind: "google";
  /** The whole key file, JSON. */
  serviceAccount: Secret;
  scope: string;
  token: TokenEndpoint;
}

/** Where tokens are asked for: a cluster of its own. */
export interface TokenEndpoint {
  host: string;
  port: number;
  tls: TargetTls | null;
  authority: string;
  path: string;
}

/** A credential's secrets, by what they are. */
export function secretsOf(credential: Credential): [what: string, secret: Secret][] {
  switch (credential.kind) {
    case "header":
      return [["key", credential.secret]];
    case "aws":
      return [
        ["access_key_id", credential.accessKeyId],
        ["secret_access_key", credential.secretAccessKey],
        ...(credential.sessionToken ? [["session_token", credential.sessionToken] as [string, Secret]] : []),
      ];
    case "google":
      return [["service_account", credential.serviceAccount]];
  }
}
