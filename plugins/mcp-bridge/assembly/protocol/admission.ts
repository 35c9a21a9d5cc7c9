// What HTTP says before the body is looked at: who may ask from where, and in which form.
// https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning
import { HeaderList, mediaTypeEssence, Slice } from "@weir/sdk/assembly";
import { RpcError } from "./rpc-error";

const AUTHORITY = Slice.of(":authority");
const ORIGIN = Slice.of("origin");
const ACCEPT = Slice.of("accept");
const CONTENT_TYPE = Slice.of("content-type");
const JSON = Slice.of("application/json");
const EVENTS = Slice.of("text/event-stream");
const ANY = Slice.of("*/*");
const ANY_APPLICATION = Slice.of("application/*");
const STAR = Slice.of("*");
const SCHEME_END = Slice.of("://");
const COLON: u8 = 0x3a;
const COMMA: u8 = 0x2c;

/** From where a server may be asked. */
@final
export class AccessRules {
  /** Names without ports; empty for any. */
  readonly hosts: Slice[] = [];
  /** Whole origins, or `*`, besides the server's own. */
  readonly origins: Slice[] = [];

  /** Why a request is turned away, or null. A page of another site must not reach a server by its reader's browser. */
  check(headers: HeaderList): RpcError | null {
    const authority = headers.get(AUTHORITY);
    const host = hostOf(authority ? authority : Slice.empty());
    if (this.hosts.length && !contains(this.hosts, host)) return RpcError.transport(403, "Forbidden: Invalid Host");
    for (let i = headers.indexOf(ORIGIN); i >= 0; i = headers.indexOf(ORIGIN, i + 1)) {
      if (!this.allows(headers.value(i), authority)) return RpcError.transport(403, "Forbidden: Invalid Origin");
    }
    return null;
  }

  private allows(origin: Slice, authority: Slice | null): bool {
    if (contains(this.origins, origin) || contains(this.origins, STAR)) return true;
    const at = origin.find(SCHEME_END);
    return at > 0 && authority != null && origin.slice(at + SCHEME_END.length).equalsIgnoreCase(authority);
  }
}

function contains(list: Slice[], wanted: Slice): bool {
  for (let i = 0; i < list.length; ++i) if (list[i].equalsIgnoreCase(wanted)) return true;
  return false;
}

/** An authority without its port. */
function hostOf(authority: Slice): Slice {
  const colon = authority.lastIndexOf(COLON);
  return colon < 0 || authority.at(authority.length - 1) == 0x5d ? authority : authority.slice(0, colon);
}

/** What is wrong with the forms that a POST is sent in and asks for; null where nothing is. */
export function checkForms(headers: HeaderList): RpcError | null {
  const type = headers.get(CONTENT_TYPE);
  if (!type || !mediaTypeEssence(type).equalsIgnoreCase(JSON)) {
    return RpcError.transport(415, "Unsupported Media Type: Content-Type must be application/json");
  }
  const accept = headers.get(ACCEPT);
  if (!accept || acceptsReplies(accept)) return null;
  return RpcError.transport(406, "Not Acceptable: Client must accept application/json and text/event-stream");
}

/** Whether JSON or a stream of events will do. */
function acceptsReplies(accept: Slice): bool {
  for (let from = 0; from <= accept.length;) {
    const comma = accept.indexOf(COMMA, from);
    const end = comma < 0 ? accept.length : comma;
    const range = mediaTypeEssence(accept.slice(from, end));
    if (range.equalsIgnoreCase(JSON) || range.equalsIgnoreCase(EVENTS)) return true;
    if (range.equals(ANY) || range.equalsIgnoreCase(ANY_APPLICATION)) return true;
    from = end + 1;
  }
  return false;
}
