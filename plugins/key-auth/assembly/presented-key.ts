// Where a request carries its key. Clients of each API have a place of their own, and some fill several.
import { decodeForm, HeaderList, Slice, Writer } from "@weir/sdk/assembly";
import { Configuration } from "./configuration";

const AUTHORIZATION = Slice.of("authorization");
// https://platform.claude.com/docs/en/api/overview#authentication · https://ai.google.dev/api#auth
// https://learn.microsoft.com/azure/ai-foundry/openai/reference#authentication
const OTHERS: StaticArray<Slice> = [Slice.of("x-api-key"), Slice.of("x-goog-api-key"), Slice.of("api-key")];
const BEARER = Slice.of("bearer ");
const MODELS = Slice.of("/models");
/** The parameter in which clients of Gemini's API may send their key. */
const GEMINI_PARAMETER = Slice.of("key");
const QUESTION_MARK: u8 = 0x3f;
const AMPERSAND: u8 = 0x26;
const EQUALS: u8 = 0x3d;

/** The key of one request: the first that is found, and whether all others are the same. */
@final
export class PresentedKey {
  /** Empty where there is none. */
  value: Slice = Slice.empty();
  /** Whether another place has another key. */
  isAmbiguous: bool = false;
  /** The path without the key; null where none was in it. */
  path: Slice | null = null;
  private readonly places: Slice[] = [];

  /** Reads everything that may hold a key. */
  constructor(headers: HeaderList, path: Slice, configuration: Configuration) {
    this.readHeader(headers, AUTHORIZATION);
    for (let i = 0; i < OTHERS.length; ++i) this.readHeader(headers, OTHERS[i]);
    for (let i = 0; i < configuration.headers.length; ++i) this.readHeader(headers, configuration.headers[i]);
    const mark = path.indexOf(QUESTION_MARK);
    if (mark >= 0) this.readQuery(path, mark, configuration.query);
  }

  /** The places that hold a key, for people. */
  get placesText(): string {
    const names: string[] = [];
    for (let i = 0; i < this.places.length; ++i) {
      const name = this.places[i].toText();
      if (!names.includes(name)) names.push(name);
    }
    return names.join(", ");
  }

  private readHeader(headers: HeaderList, name: Slice): void {
    for (let i = headers.indexOf(name); i >= 0; i = headers.indexOf(name, i + 1)) {
      const value = headers.value(i);
      const hasScheme = value.slice(0, BEARER.length).equalsIgnoreCase(BEARER);
      if (hasScheme) this.take(value.slice(BEARER.length).trim(), name);
      // Another scheme (Basic, AWS4-HMAC-SHA256) is no key.
      else if (!name.equals(AUTHORIZATION)) this.take(value.trim(), name);
    }
  }

  /** Also takes the key out of the path: whoever gets the request next must not see it. */
  private readQuery(path: Slice, mark: i32, parameter: Slice): void {
    const kept = new Writer(path.length).bytes(path.slice(0, mark));
    const isGemini = path.slice(0, mark).find(MODELS) >= 0;
    let separator = QUESTION_MARK;
    for (let from = mark + 1; from <= path.length;) {
      const ampersand = path.indexOf(AMPERSAND, from);
      const part = path.slice(from, ampersand < 0 ? path.length : ampersand);
      from += part.length + 1;
      if (this.readParameter(part, parameter, isGemini)) continue;
      kept.byte(separator).bytes(part);
      separator = AMPERSAND;
    }
    if (kept.length != path.length) this.path = kept.take();
  }

  /** Whether the part of a query is a key. */
  private readParameter(part: Slice, parameter: Slice, isGemini: bool): bool {
    const equals = part.indexOf(EQUALS);
    if (equals < 0) return false;
    const name = decodeForm(part.slice(0, equals));
    const isOwn = parameter.length > 0 && name.equals(parameter);
    if (!isOwn && !(isGemini && name.equals(GEMINI_PARAMETER))) return false;
    this.take(decodeForm(part.slice(equals + 1)), name);
    return true;
  }

  private take(key: Slice, place: Slice): void {
    if (!key.length) return;
    if (!this.value.length) this.value = key;
    else if (!this.value.equals(key)) this.isAmbiguous = true;
    this.places.push(place);
  }
}
