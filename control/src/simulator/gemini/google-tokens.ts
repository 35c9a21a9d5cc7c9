// The simulated Google's accounts: one service account, and the access tokens that its token endpoint gave out.
import { createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from "node:crypto";

/** A service account's key file, as Google hands it out. */
export interface ServiceAccount {
  type: "service_account";
  project_id: string;
  private_key_id: string;
  /** PKCS #8, PEM. */
  private_key: string;
  client_email: string;
  client_id: string;
  token_uri: string;
}

const tokensMax = 1000;

export class SimulatedGoogle {
  /** Where tokens are had; also what a token request must be made out to. */
  tokenUri = "";
  tokenLifetimeSeconds = 3600;
  /** How many tokens were given out, for tests of caching and refreshing. */
  tokensIssued = 0;
  readonly #expiry = new Map<string, number>();
  #account: ServiceAccount | null = null;

  /** Made when it is first asked for, which takes a tenth of a second; a test may put its own in its place. */
  get serviceAccount(): ServiceAccount {
    this.#account ??= generateAccount(this.tokenUri);
    return this.#account;
  }

  set serviceAccount(account: ServiceAccount) {
    this.#account = account;
  }

  get publicKey(): KeyObject {
    return createPublicKey(this.serviceAccount.private_key);
  }

  issueToken(): string {
    const token = `ya29.simulated-${randomBytes(24).toString("base64url")}`;
    if (this.#expiry.size >= tokensMax) this.#expiry.clear();
    this.#expiry.set(token, Date.now() + this.tokenLifetimeSeconds * 1000);
    this.tokensIssued += 1;
    return token;
  }

  isValid(token: string | null): boolean {
    return token !== null && (this.#expiry.get(token) ?? 0) > Date.now();
  }
}

function generateAccount(tokenUri: string): ServiceAccount {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    type: "service_account",
    project_id: "simulated-project",
    private_key_id: randomBytes(20).toString("hex"),
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    client_email: "gateway@simulated-project.iam.gserviceaccount.com",
    client_id: "100000000000000000001",
    token_uri: tokenUri,
  };
}
