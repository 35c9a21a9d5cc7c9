// An MCP server as clients see it. How it does its work is its mode's: a class of its own, in a folder of its own.
import { Slice } from "@weir/sdk/assembly";
import { AccessRule } from "./access-rules";
import { AccessRules } from "./admission";
import { Outcome } from "./outcome";
import { ProtectedResource } from "./protected-resource";
import { Request } from "./request";
import { Era } from "./version";

/** What holds for a server of any mode. */
@final
export class ServerSettings {
  /** `{"name":…,"version":…}` */
  info: Slice = Slice.empty();
  /** What a client's model is told of the server; empty for nothing. */
  instructions: Slice = Slice.empty();
  /** From where it may be asked. */
  readonly access: AccessRules = new AccessRules();
  /** By whom what of it may be used; empty for everything by everybody. */
  readonly rules: AccessRule[] = [];
  /** Where in a request's metadata claims may be. */
  readonly tokens: string[] = [];
  /** Where tokens for it come from; null where nobody has said. */
  resource: ProtectedResource | null = null;
  /** What seals the state that clients carry; empty for a key of this process. */
  stateKey: Slice = Slice.empty();
  /** Whether headers that must repeat the body may not be left out. */
  isStrict: bool = true;
  requestBytesMax: i32 = 0;
  responseBytesMax: i32 = 0;
  /** How many items are listed at once. */
  pageSize: i32 = 0;
  /** For how long a list may be kept. */
  listTtlMs: i32 = 0;
  /** Whether what one caller is told may not be told another. */
  isPrivate: bool = false;
  /** Where all that it asks is at one cluster: by what the route is found that leads there. Else empty. */
  callRoute: Slice = Slice.empty();
  /** The header by which whoever is in front narrows the tools; empty for none. */
  toolsHeader: Slice = Slice.empty();
}

/** A server. */
export abstract class McpServer {
  /** Why it cannot serve; empty where it can. Its neighbours do not care. */
  problem: string = "";

  constructor(
    readonly name: Slice,
    readonly settings: ServerSettings,
  ) {}

  /** What it can do, as both eras tell it: a JSON object. */
  abstract get capabilities(): Slice;

  /** Whether the method is one of its own in this era. */
  abstract knows(method: Slice, era: Era): bool;

  /** Answers what is no matter of the protocol alone; null where it does not know the method. */
  abstract handle(request: Request): Outcome | null;
}
