// A Google service account's key, and the assertion that it signs.
// https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests
import {
  encodeBase64Url,
  encodeHex,
  JsonTape,
  JsonWriter,
  sha256,
  signSha256,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
import { TokenEndpoint } from "./token-callout";

const HEADER_OPEN = Slice.of('{"alg":"RS256","typ":"JWT","kid":');
const lifetimeSeconds: i64 = 3600;

const CLIENT_EMAIL = Slice.of("client_email");
const PRIVATE_KEY = Slice.of("private_key");
const PRIVATE_KEY_ID = Slice.of("private_key_id");
const TOKEN_URI = Slice.of("token_uri");
const DEFAULT_TOKEN_URI = Slice.of("https://oauth2.googleapis.com/token");

/** The account. */
@final
export class ServiceAccount {
  constructor(
    readonly clientEmail: Slice,
    readonly privateKey: Slice,
    private readonly keyId: Slice,
    private readonly tokenUri: Slice,
    private readonly scope: Slice,
  ) {}

  /** Reads the JSON file that Google gives out for a key; null where it is none. */
  static read(json: Slice, scope: Slice): ServiceAccount | null {
    const tape = new JsonTape();
    if (tape.scan(json)) return null;
    const email = tape.text(tape.find(tape.root, CLIENT_EMAIL)).copy();
    const key = tape.text(tape.find(tape.root, PRIVATE_KEY)).copy();
    const id = tape.text(tape.find(tape.root, PRIVATE_KEY_ID)).copy();
    const uri = tape.text(tape.find(tape.root, TOKEN_URI)).copy();
    if (!email.length || !key.length) return null;
    return new ServiceAccount(email, key, id, uri.length ? uri : DEFAULT_TOKEN_URI, scope);
  }

  /** The signed assertion, good for an hour from `seconds` since 1970; null where the key cannot sign. */
  assertion(seconds: u64): Slice | null {
    const claims = new JsonWriter(new Writer());
    claims.beginObject();
    claims.key(Slice.of("iss")).text(this.clientEmail);
    claims.key(Slice.of("scope")).text(this.scope);
    claims.key(Slice.of("aud")).text(this.tokenUri);
    claims.key(Slice.of("iat")).integer(<i64>seconds);
    claims.key(Slice.of("exp")).integer(<i64>seconds + lifetimeSeconds);
    claims.endObject();
    const header = new JsonWriter(new Writer().bytes(HEADER_OPEN)).text(this.keyId).output.byte(0x7d).take();
    const text = new Writer().bytes(encodeBase64Url(header)).byte(0x2e);
    const signed = text.bytes(encodeBase64Url(claims.output.take())).take();
    const signature = signSha256(this.privateKey, signed);
    if (!signature) return null;
    return new Writer().bytes(signed).byte(0x2e).bytes(encodeBase64Url(signature)).take();
  }

  /** What tells the tokens of this account, key and endpoint from others, without telling the key. */
  fingerprint(endpoint: TokenEndpoint): Slice {
    const writer = new Writer();
    writer.bytes(this.clientEmail).byte(0).bytes(this.privateKey).byte(0).bytes(this.scope);
    writer.byte(0).bytes(endpoint.cluster).byte(0).bytes(endpoint.authority).byte(0).bytes(endpoint.path);
    return encodeHex(sha256(writer.take()));
  }
}
