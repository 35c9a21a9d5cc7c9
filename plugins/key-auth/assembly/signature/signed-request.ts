// Whether a request is as its signer made it, step by step: what the headers tell, what needs the body, and at last
// whether it was sent before.
import { HeaderList, nowMs, requestHeaders, Slice } from "@weir/sdk/assembly";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { Configuration } from "../configuration";
import { AuthorizationSignature } from "./authorization-signature";
import { BodyDigest, CONTENT_MD5, DIGEST } from "./body-digest";
import { CA_HEADERS, CaSignature } from "./ca-signature";
import { PresentedSignature, SignedParts } from "./presented-signature";
import {
  clockSkewed,
  incompleteSignature,
  INVALID_SIGNATURE,
  invalidDigest,
  invalidSignature,
  nonceStoreFull,
  repeatedNonce,
} from "./signature-refusals";
import { headerValue } from "./signed-headers";
import { NonceUse, useNonce } from "./used-nonces";

const METHOD = Slice.of(":method");
const AUTHORIZATION = Slice.of("authorization");
const BODY_DIGEST = "digest";

/** A request with a signature. */
@final
export class SignedRequest {
  /** The signer's node in the configuration; −1 where nobody has the key id. */
  readonly signer: i32;
  private readonly digest: BodyDigest;

  private constructor(
    /** The one of the request's beginning: another one may come before its end. */
    readonly configuration: Configuration,
    private readonly signature: PresentedSignature,
    private readonly headers: HeaderList,
    private readonly path: Slice,
  ) {
    this.signer = configuration.signerOf(signature.keyId);
    this.digest = new BodyDigest(headers);
  }

  /** Null where the request has no signature, or nobody signs here. */
  static of(configuration: Configuration, headers: HeaderList, path: Slice): SignedRequest | null {
    if (!configuration.signatures.isUsed) return null;
    const ca = CaSignature.read(headers);
    const signature: PresentedSignature | null = ca ? ca : AuthorizationSignature.read(headers);
    return signature ? new SignedRequest(configuration, signature, headers, path) : null;
  }

  /** Where the signature stands, for people. */
  get place(): string {
    return this.signature.place();
  }

  /** Whether nothing can be said before the body is here. */
  needsBody(endOfStream: bool): bool {
    return !endOfStream && (this.coversForm || this.digest.hasDigest || this.digest.hasContentMd5);
  }

  /** What is wrong with the headers, as far as they tell without the body. */
  checkHeaders(endOfStream: bool): Refusal | null {
    const signature = this.signature;
    const rules = this.configuration.signatures;
    if (this.signer < 0 || !rules.allows(signature.hash)) return invalidSignature();
    const timeMs = signature.timeMs(this.headers);
    if (timeMs < 0 || abs(timeMs - <i64>nowMs()) > rules.clockSkewMs) return clockSkewed(rules.clockSkewMs);
    const missing = this.missing(endOfStream);
    if (missing.length) return incompleteSignature(missing);
    return this.coversForm && !endOfStream ? null : this.checkSignature(Slice.empty());
  }

  /** What is wrong with the body, or with the headers where it has a part in the signature. */
  checkBody(body: Slice): Refusal | null {
    const error = this.coversForm && body.length ? this.checkSignature(body) : null;
    if (error) return error;
    return this.digest.isOf(body) ? null : invalidDigest();
  }

  /** Of a request that is right in all else: whether it was sent before. */
  useNonce(): Refusal | null {
    const nonce = this.nonce;
    if (!nonce.length) return null;
    const untilMs = this.signature.timeMs(this.headers) + this.configuration.signatures.clockSkewMs;
    const use = useNonce(this.signature.keyId, nonce, untilMs);
    if (use == NonceUse.First) return null;
    return use == NonceUse.Repeated ? repeatedNonce() : nonceStoreFull();
  }

  /** Takes everything about the signature away: the body will be another one, and it is no provider's business. */
  removeFromHeaders(): void {
    requestHeaders.remove(AUTHORIZATION);
    for (let i = 0; i < CA_HEADERS.length; ++i) requestHeaders.remove(CA_HEADERS[i]);
    const nonceHeader = this.configuration.signatures.nonceHeader;
    if (nonceHeader.length) requestHeaders.remove(nonceHeader);
    requestHeaders.remove(DIGEST);
    requestHeaders.remove(CONTENT_MD5);
  }

  /** What should have been signed, for whoever looks for a mistake; empty where that is not the custom. */
  hint(error: Refusal, body: Slice): Slice {
    if (this.signer < 0 || error.code != INVALID_SIGNATURE) return Slice.empty();
    return this.signature.hint(this.partsWith(this.coversForm ? body : Slice.empty()));
  }

  private get coversForm(): bool {
    return this.signature.coversForm(this.headers);
  }

  /** Empty where there is none that is signed. */
  private get nonce(): Slice {
    const name = this.configuration.signatures.nonceHeader;
    if (!name.length || !this.signature.covers(name)) return Slice.empty();
    const value = headerValue(this.headers, name);
    return value ? value : Slice.empty();
  }

  /** What the signature should cover and does not, for people; empty for nothing. */
  private missing(endOfStream: bool): string {
    const rules = this.configuration.signatures;
    const missing: string[] = [];
    for (let i = 0; i < rules.signedHeaders.length; ++i) {
      if (!this.signature.covers(rules.signedHeaders[i])) missing.push(rules.signedHeaders[i].toText());
    }
    if (rules.requiresNonce && !this.nonce.length) missing.push(rules.nonceHeader.toText());
    if (rules.requiresDigest && !endOfStream && !this.isBodySigned) missing.push(BODY_DIGEST);
    return missing.join(", ");
  }

  private get isBodySigned(): bool {
    const digest = this.digest;
    const signature = this.signature;
    if (this.coversForm || (digest.hasDigest && signature.covers(DIGEST))) return true;
    return digest.hasContentMd5 && signature.covers(CONTENT_MD5);
  }

  private checkSignature(form: Slice): Refusal | null {
    const secret = this.configuration.secretOf(this.signer);
    // A secret that is missing is none that anybody knows.
    const isRight = secret.length > 0 && this.signature.isOf(this.partsWith(form), secret);
    return isRight ? null : invalidSignature();
  }

  private partsWith(form: Slice): SignedParts {
    const method = this.headers.get(METHOD);
    return new SignedParts(this.headers, method ? method : Slice.empty(), this.path, form);
  }
}
