// What signatures must be like, and whose are taken.
import { HmacHash, JsonTape, Slice } from "@weir/sdk/assembly";
import { KeyTable } from "../key-table";

/** The hashes by their places in `HmacHash`, as Authorization headers and the configuration name them. */
export const ALGORITHMS: StaticArray<Slice> = [Slice.of("hmac-sha1"), Slice.of("hmac-sha256"), Slice.of("hmac-sha512")];

/** Read by read-signature-rules.ts. */
@final
export class SignatureRules {
  /** Those who sign, by the SHA-256 of their key ids. */
  readonly signers: KeyTable;
  /** Whether there is anybody. */
  isUsed: bool = false;
  /** How far the clocks of both sides may be from each other. */
  clockSkewMs: i64 = 300_000;
  /** Names in lower case of what every signature must cover. */
  readonly signedHeaders: Slice[] = [];
  requiresDigest: bool = false;
  requiresNonce: bool = false;
  nonceHeader: Slice = Slice.empty();
  /** A bit for each hash that is taken. */
  private hashes: u32 = 0;

  constructor(tape: JsonTape) {
    this.signers = new KeyTable(tape);
  }

  allow(hash: HmacHash): void {
    this.hashes |= 1 << (<u32>hash);
  }

  allows(hash: i32): bool {
    return hash >= 0 && (this.hashes & (1 << hash)) != 0;
  }
}
