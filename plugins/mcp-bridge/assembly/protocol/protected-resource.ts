// An MCP server as OAuth sees it: who gives tokens for it, where that is said, and how a refusal points there.
// https://www.rfc-editor.org/rfc/rfc9728, https://modelcontextprotocol.io/specification/2025-11-25/basic/authorization
import { HeaderList, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";

const WELL_KNOWN = Slice.of("/.well-known/oauth-protected-resource");
const AUTHORITY = Slice.of(":authority");
const SCHEME = Slice.of(":scheme");
const FORWARDED_SCHEME = Slice.of("x-forwarded-proto");
const HTTP = Slice.of("http");
const SCHEME_END = Slice.of("://");
const RESOURCE = Slice.of("resource");
const AUTHORIZATION_SERVERS = Slice.of("authorization_servers");
const SCOPES_SUPPORTED = Slice.of("scopes_supported");
const METHODS_SUPPORTED = Slice.of("bearer_methods_supported");
const NAME = Slice.of("resource_name");
const HEADER = Slice.of("header");

/** Whether a client asks for the metadata, with the server's path behind it or without. */
export function isMetadataPath(path: Slice): bool {
  return path.startsWith(WELL_KNOWN);
}

/** One of them. */
@final
export class ProtectedResource {
  readonly authorizationServers: Slice[] = [];
  readonly scopes: Slice[] = [];

  constructor(
    /** Its URL as clients know it; empty where that is the one they have come by. */
    private readonly url: Slice,
    /** The path of its endpoint. */
    private readonly path: Slice,
    /** For people. */
    private readonly title: Slice,
  ) {}

  /** The metadata, JSON. */
  document(headers: HeaderList): Slice {
    const json = new JsonWriter(new Writer()).beginObject();
    json.key(RESOURCE).text(this.url.length ? this.url : new Writer().bytes(originOf(headers)).bytes(this.path).take());
    writeTexts(json.key(AUTHORIZATION_SERVERS), this.authorizationServers);
    if (this.scopes.length) writeTexts(json.key(SCOPES_SUPPORTED), this.scopes);
    json.key(METHODS_SUPPORTED).beginArray().text(HEADER).endArray();
    return json.key(NAME).text(this.title).endObject().output.take();
  }

  /** What `WWW-Authenticate` says to whoever lacks these scopes. */
  challenge(headers: HeaderList, scopes: string): string {
    const origin = this.url.length ? originIn(this.url) : originOf(headers);
    const where = origin.toText() + WELL_KNOWN.toText() + this.path.toText();
    const known = 'Bearer resource_metadata="' + where + '"';
    return scopes.length ? known + ', error="insufficient_scope", scope="' + scopes + '"' : known;
  }
}

/** As the client has seen it, whoever ends its TLS. */
function originOf(headers: HeaderList): Slice {
  const forwarded = headers.get(FORWARDED_SCHEME);
  const scheme = forwarded ? forwarded : headers.get(SCHEME);
  const authority = headers.get(AUTHORITY);
  const output = new Writer().bytes(scheme ? scheme : HTTP).bytes(SCHEME_END);
  return output.bytes(authority ? authority : Slice.empty()).take();
}

function originIn(url: Slice): Slice {
  const host = url.find(SCHEME_END) + SCHEME_END.length;
  const end = url.indexOf(0x2f, host);
  return end < 0 ? url : url.slice(0, end);
}

function writeTexts(json: JsonWriter, texts: Slice[]): void {
  json.beginArray();
  for (let i = 0; i < texts.length; ++i) json.text(texts[i]);
  json.endArray();
}
