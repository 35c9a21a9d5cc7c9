// Who signs tokens. Envoy has verified them before this plugin runs, and left their claims in the request's metadata.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_filters/jwt_authn_filter
import { getProperty, isUtf8, propertyPath, Slice } from "@weir/sdk/assembly";

/** Longer ones are nobody's name. */
const NAME_BYTES_MAX: i32 = 256;
const SPACE: u8 = 0x20;
const DELETE: u8 = 0x7f;

/** One of them: which claims tell whose a token is. */
@final
export class Issuer {
  private readonly name: Slice;
  private readonly organization: Slice;
  private readonly team: Slice;
  private readonly user: Slice;

  /** `claims` is the name of its place in the metadata, the others are names of claims, empty for none. */
  constructor(claims: string, names: StaticArray<string>) {
    this.name = pathOf(claims, names[0]);
    this.organization = pathOf(claims, names[1]);
    this.team = pathOf(claims, names[2]);
    this.user = pathOf(claims, names[3]);
  }

  /** The bearer of the request's token; null where it has none of this issuer, or one that names nobody. */
  bearer(): Bearer | null {
    const name = textAt(this.name);
    return name.length ? new Bearer(name, textAt(this.organization), textAt(this.team), textAt(this.user)) : null;
  }
}

/** Whose a token is. What it does not tell is empty. */
@final
export class Bearer {
  constructor(
    readonly name: Slice,
    readonly organization: Slice,
    readonly team: Slice,
    readonly user: Slice,
  ) {}
}

function pathOf(claims: string, name: string): Slice {
  if (!name.length) return Slice.empty();
  return propertyPath("metadata", "filter_metadata", "envoy.filters.http.jwt_authn", claims, name);
}

/** A claim that is text. Numbers and lists would come as other bytes. */
function textAt(path: Slice): Slice {
  const value = path.length ? getProperty(path) : null;
  if (!value || value.length > NAME_BYTES_MAX || !isUtf8(value)) return Slice.empty();
  for (let i = 0; i < value.length; ++i) {
    const byte = value.at(i);
    if (byte < SPACE || byte == DELETE) return Slice.empty();
  }
  return value;
}
