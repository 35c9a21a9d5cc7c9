// `X-Ca-Key`, `X-Ca-Signature` and their like, as Higress's hmac-auth and Alibaba Cloud's API gateway take them.
// https://help.aliyun.com/zh/api-gateway/traditional-api-gateway/user-guide/use-digest-authentication-to-call-an-api
// https://github.com/alibaba/higress/blob/main/plugins/wasm-cpp/extensions/hmac_auth/README_EN.md
import { HeaderList, HmacHash, mediaTypeEssence, parseHttpDate, parseInteger, Slice, Writer } from "@weir/sdk/assembly";
import { FormParameters } from "./form-parameters";
import { PresentedSignature, SignedParts } from "./presented-signature";
import { compareBytes, headerValue, lowerCase, namesIn } from "./signed-headers";

const KEY = Slice.of("x-ca-key");
const SIGNATURE = Slice.of("x-ca-signature");
const SIGNATURE_METHOD = Slice.of("x-ca-signature-method");
const SIGNATURE_HEADERS = Slice.of("x-ca-signature-headers");
const TIMESTAMP = Slice.of("x-ca-timestamp");
const DATE = Slice.of("date");
const REQUEST_TARGET = Slice.of("@request-target");
const CONTENT_TYPE = Slice.of("content-type");
const FORM = Slice.of("application/x-www-form-urlencoded");
const HMAC_SHA256 = Slice.of("HmacSHA256");
const HMAC_SHA1 = Slice.of("HmacSHA1");
/** Behind the method. These are signed always, in this order, each with an empty line where it is missing. */
const ALWAYS: StaticArray<Slice> = [Slice.of("accept"), Slice.of("content-md5"), CONTENT_TYPE, DATE];
/** What some clients write behind a date. */
const UTC = Slice.of("+00:00");
/** Numbers with fewer digits are seconds. */
const MILLISECOND_DIGITS: i32 = 13;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const LF: u8 = 0x0a;
const SPACE: u8 = 0x20;
const HASH: u8 = 0x23;
const QUESTION_MARK: u8 = 0x3f;
const BACKTICK: u8 = 0x60;
const TILDE: u8 = 0x7e;
const HINT_BYTES_MAX: i32 = 4096;

/** The headers that make it up. Whoever gets the request next has no use for them. */
export const CA_HEADERS: StaticArray<Slice> = [KEY, SIGNATURE, SIGNATURE_METHOD, SIGNATURE_HEADERS, TIMESTAMP];

@final
export class CaSignature extends PresentedSignature {
  private readonly hasDate: bool;

  private constructor(headers: HeaderList, keyId: Slice) {
    super();
    this.keyId = keyId;
    this.hash = hashOf(headers.get(SIGNATURE_METHOD));
    this.value = valueOf(headers, SIGNATURE);
    this.names = namesIn(lowerCase(valueOf(headers, SIGNATURE_HEADERS)), COMMA);
    this.hasDate = valueOf(headers, DATE).length > 0;
  }

  /** The one in these headers; null for none. */
  static read(headers: HeaderList): CaSignature | null {
    const keyId = headers.get(KEY);
    return keyId ? new CaSignature(headers, keyId) : null;
  }

  place(): string {
    return "x-ca-key";
  }

  covers(name: Slice): bool {
    if (name.equals(DATE)) return this.hasDate || this.lists(TIMESTAMP);
    return name.equals(REQUEST_TARGET) || isAlwaysSigned(name) || this.lists(name);
  }

  timeMs(headers: HeaderList): i64 {
    if (this.hasDate) return dateMs(valueOf(headers, DATE));
    const timestamp = valueOf(headers, TIMESTAMP);
    const time = parseInteger(timestamp, -1);
    if (timestamp.length >= MILLISECOND_DIGITS || time < 0) return time;
    return time * 1000;
  }

  coversForm(headers: HeaderList): bool {
    return mediaTypeEssence(valueOf(headers, CONTENT_TYPE)).equalsIgnoreCase(FORM);
  }

  textToSign(parts: SignedParts): Slice {
    return this.textWith(parts, true);
  }

  /**
   * Of a parameter without a value Higress's documents say that its name is signed alone, while its plugin signs an
   * equals sign too.
   */
  isOf(parts: SignedParts, secret: Slice): bool {
    return super.isOf(parts, secret) || this.matches(secret, this.textWith(parts, false));
  }

  /** `Server StringToSign:` and the text, as Higress and Alibaba Cloud tell it: a # for each end of a line. */
  hint(parts: SignedParts): Slice {
    const text = this.textToSign(parts).slice(0, HINT_BYTES_MAX);
    const hint = new Writer(text.length + 32).text("Server StringToSign:`");
    for (let i = 0; i < text.length; ++i) {
      const byte = text.at(i);
      hint.byte(byte == LF ? HASH : byte < SPACE || byte > TILDE ? QUESTION_MARK : byte);
    }
    return hint.byte(BACKTICK).take();
  }

  private textWith(parts: SignedParts, writesEquals: bool): Slice {
    const text = new Writer().bytes(parts.method).byte(LF);
    for (let i = 0; i < ALWAYS.length; ++i) text.bytes(listed(parts.headers, ALWAYS[i])).byte(LF);
    const names = this.names.slice().sort(compareBytes);
    for (let i = 0; i < names.length; ++i) {
      const name = names[i];
      if (isAlwaysSigned(name) || name.equals(SIGNATURE) || name.equals(SIGNATURE_HEADERS)) continue;
      text.bytes(name).byte(COLON).bytes(listed(parts.headers, name)).byte(LF);
    }
    new FormParameters(parts.path, parts.form).write(text, writesEquals);
    return text.take();
  }
}

function isAlwaysSigned(name: Slice): bool {
  for (let i = 0; i < ALWAYS.length; ++i) if (ALWAYS[i].equals(name)) return true;
  return false;
}

function valueOf(headers: HeaderList, name: Slice): Slice {
  const value = headers.get(name);
  return value ? value : Slice.empty();
}

function listed(headers: HeaderList, name: Slice): Slice {
  const value = headerValue(headers, name);
  return value ? value : Slice.empty();
}

function dateMs(date: Slice): i64 {
  const seconds = parseHttpDate(date.endsWith(UTC) ? date.slice(0, date.length - UTC.length) : date);
  return seconds < 0 ? -1 : seconds * 1000;
}

function hashOf(method: Slice | null): i32 {
  if (!method || method.equals(HMAC_SHA256)) return HmacHash.Sha256;
  return method.equals(HMAC_SHA1) ? HmacHash.Sha1 : -1;
}
