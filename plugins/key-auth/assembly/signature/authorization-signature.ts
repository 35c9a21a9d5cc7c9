// `Authorization: Signature keyId="…",algorithm="hmac-sha256",headers="@request-target date",signature="…"`, as Apache
// APISIX and Higress's hmac-auth-apisix take it: after draft-cavage-http-signatures, but the key id is signed too.
// https://apisix.apache.org/docs/apisix/plugins/hmac-auth/
import { HeaderList, headerParameter, parseHttpDate, Slice, Writer } from "@weir/sdk/assembly";
import { PresentedSignature, SignedParts } from "./presented-signature";
import { ALGORITHMS } from "./rules";
import { headerValue, lowerCase, namesIn } from "./signed-headers";

const AUTHORIZATION = Slice.of("authorization");
const SCHEME = Slice.of("signature ");
const REQUEST_TARGET = Slice.of("@request-target");
const DATE = Slice.of("date");
const KEY_ID = Slice.of("keyId");
const ALGORITHM = Slice.of("algorithm");
const HEADERS = Slice.of("headers");
const SIGNATURE = Slice.of("signature");
const SPACE: u8 = 0x20;
const LF: u8 = 0x0a;
const COMMA: u8 = 0x2c;
const QUOTE: u8 = 0x22;
const SEMICOLON: u8 = 0x3b;

@final
export class AuthorizationSignature extends PresentedSignature {
  /** The names as they are written: so they are signed. */
  private readonly written: Slice[];

  private constructor(value: Slice) {
    super();
    const parameters = separated(value.slice(SCHEME.length));
    this.keyId = parameter(parameters, KEY_ID);
    this.hash = hashOf(parameter(parameters, ALGORITHM));
    this.value = parameter(parameters, SIGNATURE);
    this.written = namesIn(parameter(parameters, HEADERS), SPACE);
    for (let i = 0; i < this.written.length; ++i) this.names.push(lowerCase(this.written[i]));
  }

  /** The one in these headers; null for none. */
  static read(headers: HeaderList): AuthorizationSignature | null {
    const value = headers.get(AUTHORIZATION);
    if (!value || !value.slice(0, SCHEME.length).equalsIgnoreCase(SCHEME)) return null;
    return new AuthorizationSignature(value);
  }

  place(): string {
    return "authorization";
  }

  covers(name: Slice): bool {
    return this.lists(name);
  }

  timeMs(headers: HeaderList): i64 {
    const date = headers.get(DATE);
    const seconds = date ? parseHttpDate(date) : -1;
    return seconds < 0 ? -1 : seconds * 1000;
  }

  coversForm(headers: HeaderList): bool {
    return false;
  }

  textToSign(parts: SignedParts): Slice {
    const text = new Writer().bytes(this.keyId).byte(LF);
    for (let i = 0; i < this.names.length; ++i) {
      if (this.names[i].equals(REQUEST_TARGET)) {
        text.bytes(parts.method).byte(SPACE).bytes(parts.path).byte(LF);
        continue;
      }
      const value = headerValue(parts.headers, this.names[i]);
      if (value) text.bytes(this.written[i]).text(": ").bytes(value).byte(LF);
    }
    return text.take();
  }
}

/** The parameters, separated as `headerParameter` expects them: by semicolons, one in front. */
function separated(parameters: Slice): Slice {
  const writer = new Writer(parameters.length + 1).byte(SEMICOLON);
  let isQuoted = false;
  for (let i = 0; i < parameters.length; ++i) {
    const byte = parameters.at(i);
    if (byte == QUOTE) isQuoted = !isQuoted;
    writer.byte(byte == COMMA && !isQuoted ? SEMICOLON : byte);
  }
  return writer.take();
}

function parameter(parameters: Slice, name: Slice): Slice {
  const value = headerParameter(parameters, name);
  return value ? value : Slice.empty();
}

function hashOf(name: Slice): i32 {
  for (let i = 0; i < ALGORITHMS.length; ++i) if (ALGORITHMS[i].equals(name)) return i;
  return -1;
}
