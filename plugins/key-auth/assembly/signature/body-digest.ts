// Digests of the body in headers: `Digest: SHA-256=…` (RFC 3230, RFC 5843) and `Content-MD5` (RFC 1864), in base64.
import { decodeBase64, equalBytes, HeaderList, md5, sha256, sha512, Slice } from "@weir/sdk/assembly";
import { headerValue } from "./signed-headers";

export const DIGEST = Slice.of("digest");
export const CONTENT_MD5 = Slice.of("content-md5");
const SHA_256 = Slice.of("sha-256=");
const SHA_512 = Slice.of("sha-512=");
const COMMA: u8 = 0x2c;

/** The digests that a request came with. */
@final
export class BodyDigest {
  private readonly digest: Slice | null;
  private readonly contentMd5: Slice | null;

  constructor(headers: HeaderList) {
    this.digest = headerValue(headers, DIGEST);
    this.contentMd5 = headerValue(headers, CONTENT_MD5);
  }

  get hasDigest(): bool {
    return this.digest != null;
  }

  get hasContentMd5(): bool {
    return this.contentMd5 != null;
  }

  /** Whether every digest is that of `body`, as far as it is of a kind that is known here; one at least must be. */
  isOf(body: Slice): bool {
    const contentMd5 = this.contentMd5;
    if (contentMd5 && !isEncoded(contentMd5, md5(body))) return false;
    const digest = this.digest;
    return digest ? isDigestOf(digest, body) : true;
  }
}

function isDigestOf(list: Slice, body: Slice): bool {
  let isKnown = false;
  for (let from = 0; from < list.length;) {
    const comma = list.indexOf(COMMA, from);
    const entry = list.slice(from, comma < 0 ? list.length : comma);
    from += entry.length + 1;
    const text = entry.trim();
    const value = text.slice(SHA_256.length);
    const algorithm = text.slice(0, SHA_256.length);
    if (algorithm.equalsIgnoreCase(SHA_256)) isKnown = isEncoded(value, sha256(body));
    else if (algorithm.equalsIgnoreCase(SHA_512)) isKnown = isEncoded(value, sha512(body));
    else continue;
    if (!isKnown) return false;
  }
  return isKnown;
}

function isEncoded(text: Slice, digest: Slice): bool {
  const decoded = decodeBase64(text.trim());
  return decoded ? equalBytes(decoded, digest) : false;
}
