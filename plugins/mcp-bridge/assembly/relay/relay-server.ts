// A server that stands in front of others: one, as a proxy, or several as one.
import { Slice } from "@weir/sdk/assembly";
import { Outcome } from "../protocol/outcome";
import { Request } from "../protocol/request";
import { McpServer, ServerSettings } from "../protocol/server";
import { Era } from "../protocol/version";
import { Owned, OwnerMap } from "./owner-map";
import { Kind, RelayRequest } from "./relay-request";
import { Remote } from "./remote";
import { SessionVault } from "./session";

/** Which names get their server's in front. */
export const enum Prefix {
  /** Those that two servers have. */
  Conditional = 0,
  Always,
  Never,
}

/** A tool's name, and another one for it. */
@final
export class Alias {
  constructor(
    readonly tool: Slice,
    readonly name: Slice,
  ) {}
}

/** One of the servers in front of which another one stands. */
@final
export class Member {
  /** What it is, once all servers are read; null where there is none of its name. */
  server: McpServer | null = null;
  /** Whether it is one of several. */
  isJoined: bool = false;
  /** The only tools that are taken, where `isLimited`. */
  readonly tools: Slice[] = [];
  isLimited: bool = false;
  readonly aliases: Alias[] = [];

  constructor(readonly name: Slice) {}

  /** Where it is asked over HTTP; null where this plugin is that server itself. */
  get remote(): Remote | null {
    const server = this.server;
    if (!(server instanceof RelayServer)) return null;
    const inner = this.isJoined ? (<RelayServer>server).innerRemote : null;
    return inner ? inner : (<RelayServer>server).remote;
  }

  /** Why it cannot serve; empty where it can. */
  get problem(): string {
    const server = this.server;
    if (!server) return "is not configured";
    return server.problem.length ? "cannot serve: " + server.problem : "";
  }

  /** Whether a tool of its own name is taken. */
  takes(tool: Slice): bool {
    const server = this.server;
    if (server instanceof RelayServer && !(<RelayServer>server).isListed(tool)) return false;
    return !this.isLimited || contains(this.tools, tool);
  }

  /** Another name for a tool; empty for none. */
  aliasOf(tool: Slice): Slice {
    for (let i = 0; i < this.aliases.length; ++i) if (this.aliases[i].tool.equals(tool)) return this.aliases[i].name;
    return Slice.empty();
  }
}

/** A server of mode `proxy`, `multiplex` or `toolSet`. */
@final
export class RelayServer extends McpServer {
  /** Of a proxy: what it stands in front of. */
  remote: Remote | null = null;
  /** Of a proxy whose server answers in a stream without an end: how it is asked as a member; null where it is none. */
  innerRemote: Remote | null = null;
  /** A proxy has itself. */
  readonly members: Member[] = [];
  prefix: Prefix = Prefix.Conditional;
  /** Between a server's name and a tool's. */
  separator: Slice = Slice.of("__");
  /** Whether nothing but tools is there. */
  isToolsOnly: bool = false;
  /** Whose notifications clients get; empty for nobody's. */
  notificationsFrom: Slice = Slice.empty();
  readonly allowTools: Slice[] = [];
  hasAllowTools: bool = false;
  /** Who has what, by `Kind`; as far as it is known. */
  readonly owners: StaticArray<OwnerMap> = [new OwnerMap(), new OwnerMap(), new OwnerMap(), new OwnerMap()];

  constructor(
    name: Slice,
    settings: ServerSettings,
    readonly vault: SessionVault,
  ) {
    super(name, settings);
  }

  /** Whether nothing has to be told apart. */
  get isSingle(): bool {
    return this.remote != null;
  }

  /** Whether this request may not see all things of a kind. */
  isLimited(request: RelayRequest): bool {
    return this.hasAllowTools || request.isNarrowed;
  }

  /** Whether a tool is there at all. */
  isListed(tool: Slice): bool {
    return !this.hasAllowTools || contains(this.allowTools, tool);
  }

  /** Whether a request may see and use a thing. */
  allows(request: RelayRequest, kind: Kind, name: Slice): bool {
    return (kind != Kind.Tool || this.isListed(name)) && request.mayUse(kind, name);
  }

  memberNamed(name: Slice): Member | null {
    for (let i = 0; i < this.members.length; ++i) if (this.members[i].name.equals(name)) return this.members[i];
    return null;
  }

  /** The tool that has another name by configuration; null where it is none. */
  aliased(name: Slice): Owned | null {
    for (let i = 0; i < this.members.length; ++i) {
      const aliases = this.members[i].aliases;
      for (let at = 0; at < aliases.length; ++at) {
        if (aliases[at].name.equals(name)) return new Owned(i, aliases[at].tool);
      }
    }
    return null;
  }

  /**
   * Who has what clients call `name`; null where nobody has, or, unless the lists are `isSure`, it should be looked up
   * first: a name may look like one with a server's in front, and be another's.
   */
  ownerOf(kind: Kind, name: Slice, isSure: bool): Owned | null {
    if (kind == Kind.Tool) {
      const aliased = this.aliased(name);
      if (aliased) return aliased;
    }
    let owned: Owned | null = null;
    if (this.prefix != Prefix.Always || kind == Kind.Resource) {
      owned = this.owners[kind].find(name);
      if (!owned && kind == Kind.Resource) owned = this.owners[Kind.Template].findTemplate(name);
      if (owned || !isSure) return owned;
    }
    if (this.prefix != Prefix.Never && kind != Kind.Resource) owned = this.split(name, kind);
    return owned || this.prefix == Prefix.Always ? owned : this.unlisted(kind, name);
  }

  /**
   * The one server that may have what no list has: things are there that are never listed. Null where there is none,
   * or where it could be another's that has not told its list.
   */
  private unlisted(kind: Kind, name: Slice): Owned | null {
    if (!this.owners[kind].isWhole) return null;
    let found: Owned | null = null;
    for (let i = 0; i < this.members.length; ++i) {
      if (!this.members[i].remote) continue;
      if (found) return null;
      found = new Owned(i, name);
    }
    return found;
  }

  /** A name with its server's in front, in its two parts; null where it is none. */
  split(name: Slice, kind: Kind): Owned | null {
    let found: Owned | null = null;
    let length = 0;
    for (let i = 0; i < this.members.length; ++i) {
      const member = this.members[i].name;
      const end = member.length + this.separator.length;
      if (member.length < length || !name.startsWith(member)) continue;
      if (name.length <= end || !name.slice(member.length, end).equals(this.separator)) continue;
      const rest = name.slice(end);
      if (kind == Kind.Tool && !this.members[i].takes(rest)) continue;
      found = new Owned(i, rest);
      length = member.length;
    }
    return found;
  }

  // Clients are answered by an exchange of its own (see exchange.ts): what is left here is what it says when it is
  // broken, which is the protocol's.

  get capabilities(): Slice {
    return Slice.of("{}");
  }

  knows(method: Slice, era: Era): bool {
    return false;
  }

  handle(request: Request): Outcome | null {
    return null;
  }
}

function contains(list: Slice[], wanted: Slice): bool {
  for (let i = 0; i < list.length; ++i) if (list[i].equals(wanted)) return true;
  return false;
}
