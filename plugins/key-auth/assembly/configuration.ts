// The configuration of one plugin instance: where keys are looked for, and the table of their hashes.
import { encodeHex, JsonTape, sha256, Slice } from "@weir/sdk/assembly";
import { KeyFields } from "./key-fields";
import { KeyTable } from "./key-table";
import { Issuer } from "./issuer";
import { SignatureRules } from "./signature/rules";

/** Read by read-configuration.ts. */
@final
export class Configuration {
  // Keys stay where they are in the configuration's text. Thousands of objects would be looked at by each collection
  // of garbage, and that would take milliseconds out of some request.
  readonly tape: JsonTape = new JsonTape();
  /** Whose tokens are taken. */
  readonly issuers: Issuer[] = [];
  /** The nodes of the consumers by name; empty where there are no issuers, for keys know theirs. */
  readonly consumersByName: Map<string, i32> = new Map<string, i32>();
  readonly keys: KeyTable = new KeyTable(this.tape);
  readonly signatures: SignatureRules = new SignatureRules(this.tape);
  /** Secrets of signers by their nodes, as far as they do not stand in the text. */
  readonly secretsOfEnvironment: Map<i32, Slice> = new Map<i32, Slice>();
  /** The node of each consumer, in the order of the text. */
  readonly consumers: i32[] = [];
  /** Headers that may hold a key, besides those that the clients of the APIs use. */
  readonly headers: Slice[] = [];
  /** The parameter of the query that may hold a key; empty for none. */
  query: Slice = Slice.empty();

  /** The node of the signer with this key id, or −1. */
  signerOf(keyId: Slice): i32 {
    return this.signatures.signers.find(encodeHex(sha256(keyId)));
  }

  /** Empty for none: nothing is signed with it. */
  secretOf(signer: i32): Slice {
    const secrets = this.secretsOfEnvironment;
    return secrets.has(signer) ? secrets.get(signer) : this.tape.text(this.tape.find(signer, KeyFields.SECRET));
  }
}
