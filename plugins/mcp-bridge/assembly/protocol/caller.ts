// Who calls, as the plugin key-auth and Envoy's check of tokens have found out. The host is asked when it is needed.
import { getProperty, HeaderList, propertyPath, Slice } from "@weir/sdk/assembly";

const CONSUMER = Slice.of("weir.consumer");
const ORGANIZATION = Slice.of("weir.organization");
const TEAM = Slice.of("weir.team");
const USER = Slice.of("weir.user");
const METADATA = "metadata";
const FILTERS = "filter_metadata";
const TOKENS = "envoy.filters.http.jwt_authn";
const SCOPE = "scope";
const SCP = "scp";
const SPACE: u8 = 0x20;
const LENGTH_BYTES: i32 = 4;

/** The caller of one request. What is not known of it is empty. */
@final
export class Caller {
  private known: Slice | null = null;
  private granted: Slice[] | null = null;

  /** `tokens`: where in the request's metadata claims may be. */
  constructor(private readonly tokens: string[]) {}

  get consumer(): Slice {
    const known = this.known;
    if (known) return known;
    const found = stateAt(CONSUMER);
    this.known = found;
    return found;
  }

  get organization(): Slice {
    return stateAt(ORGANIZATION);
  }

  get team(): Slice {
    return stateAt(TEAM);
  }

  get user(): Slice {
    return stateAt(USER);
  }

  /** Whether a claim of the caller's token has the value, or a list with it. */
  hasClaim(name: string, value: Slice): bool {
    for (let i = 0; i < this.tokens.length; ++i) {
      const values = claimOf(this.tokens[i], name);
      for (let at = 0; at < values.length; ++at) if (values[at].equals(value)) return true;
    }
    return false;
  }

  /** Whether the caller's token has the scope. */
  hasScope(scope: Slice): bool {
    const granted = this.scopes;
    for (let i = 0; i < granted.length; ++i) if (granted[i].equals(scope)) return true;
    return false;
  }

  /** `scope` is a text with spaces (RFC 8693); some issuers have a list, `scp`. */
  private get scopes(): Slice[] {
    const known = this.granted;
    if (known) return known;
    const scopes: Slice[] = [];
    for (let i = 0; i < this.tokens.length; ++i) {
      addWords(scopes, claimOf(this.tokens[i], SCOPE));
      addWords(scopes, claimOf(this.tokens[i], SCP));
    }
    this.granted = scopes;
    return scopes;
  }
}

function stateAt(name: Slice): Slice {
  const value = getProperty(name);
  return value ? value : Slice.empty();
}

/** A text, or each text of a list, which the host gives as names in the form of headers. */
function claimOf(token: string, name: string): Slice[] {
  const value = getProperty(propertyPath(METADATA, FILTERS, TOKENS, token, name));
  const texts: Slice[] = [];
  if (!value || !value.length) return texts;
  // A list begins with its length, four bytes of which the last is never a text's.
  if (value.length < LENGTH_BYTES || value.at(LENGTH_BYTES - 1)) {
    texts.push(value);
    return texts;
  }
  const list = HeaderList.fromWire(value);
  for (let i = 0; i < list.length; ++i) texts.push(list.name(i));
  return texts;
}

function addWords(words: Slice[], values: Slice[]): void {
  for (let i = 0; i < values.length; ++i) {
    for (let from = 0; from <= values[i].length;) {
      const space = values[i].indexOf(SPACE, from);
      const end = space < 0 ? values[i].length : space;
      if (end > from) words.push(values[i].slice(from, end));
      from = end + 1;
    }
  }
}
