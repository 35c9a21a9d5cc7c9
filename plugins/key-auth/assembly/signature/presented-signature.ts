// The signature of a request, in either of the two forms that there are.
import { decodeBase64, equalBytes, HeaderList, hmac, HmacHash, Slice } from "@weir/sdk/assembly";

/** What a signature is made of, besides the secret. */
@final
export class SignedParts {
  constructor(
    readonly headers: HeaderList,
    readonly method: Slice,
    /** As the client sent it, with its query. */
    readonly path: Slice,
    /** The body, where it is a form and the signature covers its parameters. */
    readonly form: Slice,
  ) {}
}

/** What is in the headers. Anything may be wrong with it. */
export abstract class PresentedSignature {
  /** Which secret it was made with. */
  keyId: Slice = Slice.empty();
  /** `HmacHash`; −1 for one that is not known. */
  hash: i32 = -1;
  /** In base64. */
  value: Slice = Slice.empty();
  /** The names of the headers that it lists, in lower case. */
  names: Slice[] = [];

  /** Where it stands, for people. */
  abstract place(): string;

  /** Whether it covers this header, or `@request-target`, or the time of the request as `date`. */
  abstract covers(name: Slice): bool;

  /** When the request was made; −1 where that cannot be told. */
  abstract timeMs(headers: HeaderList): i64;

  /** Whether the parameters of a form in the body are signed too. */
  abstract coversForm(headers: HeaderList): bool;

  /** The text that is signed. */
  abstract textToSign(parts: SignedParts): Slice;

  /** The value of `x-ca-error-message` where the signature is wrong; empty for none. */
  hint(parts: SignedParts): Slice {
    return Slice.empty();
  }

  /** Whether it was made of these parts with this secret. */
  isOf(parts: SignedParts, secret: Slice): bool {
    return this.matches(secret, this.textToSign(parts));
  }

  protected matches(secret: Slice, text: Slice): bool {
    const value = decodeBase64(this.value);
    return value ? equalBytes(hmac(<HmacHash>this.hash, secret, text), value) : false;
  }

  protected lists(name: Slice): bool {
    for (let i = 0; i < this.names.length; ++i) if (this.names[i].equals(name)) return true;
    return false;
  }
}
