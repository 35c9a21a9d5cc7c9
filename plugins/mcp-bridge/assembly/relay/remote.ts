// Another MCP server, as it is configured, and what has been found out about it. What is known is each worker's own.
import { HeaderList, nowMs, Slice } from "@weir/sdk/assembly";
import { SecurityUse } from "../rest/security";
import { MirroredTools } from "./mirrored-tools";

/** For how long it is believed which eras a server speaks. */
const KNOWN_MS: i64 = 300_000;
/** For how long a session is used that requests without one share. */
const SHARED_MS: i64 = 600_000;

/** Whether something is so. */
export const enum Known {
  Unknown = 0,
  Yes,
  No,
}

/** The header fields that it is sent with each request. */
export class Credentials {
  readonly headers: HeaderList = new HeaderList();
  /** What clients have to bring; null for nothing. */
  fromClient: SecurityUse | null = null;
  /** How the server is convinced; null for nothing. */
  toServer: SecurityUse | null = null;
}

/** A session at a server of the first era, for all requests that have none of their own. */
@final
export class SharedSession {
  readonly since: i64 = <i64>nowMs();

  constructor(
    readonly sessionId: Slice,
    readonly version: Slice,
    /** What `initialize` was answered. */
    readonly info: Slice,
  ) {}

  get isOld(): bool {
    return <i64>nowMs() - this.since > SHARED_MS;
  }
}

/** A server that is asked over HTTP. */
@final
export class Remote {
  /** The server that the gateway's own listener asks for this one; empty where it is asked itself. */
  innerName: Slice = Slice.empty();
  cluster: Slice = Slice.empty();
  authority: Slice = Slice.empty();
  path: Slice = Slice.empty();
  /** Whether it is a stream of events and a place to post to. */
  isSse: bool = false;
  /** Which eras may be tried. */
  mayBeLegacy: bool = true;
  mayBeModern: bool = true;
  listTimeoutMs: i32 = 0;
  /** Until an answer begins. */
  timeoutMs: i32 = 0;
  shared: SharedSession | null = null;
  /** What headers repeat of calls: of what was listed while the eras are known. */
  readonly tools: MirroredTools = new MirroredTools();
  private legacy_: Known = Known.Unknown;
  private modern_: Known = Known.Unknown;
  private knownSince: i64 = 0;

  constructor(readonly credentials: Credentials = new Credentials()) {}

  /** Whether each request has a stream and a session of its own there, which end with it. */
  get isPerRequest(): bool {
    return this.isSse || this.innerName.length > 0;
  }

  /** The same server as one that answers at once: the listener of the cluster `inner` stands between. */
  behind(inner: Slice, name: Slice): Remote {
    const remote = new Remote(this.credentials);
    remote.innerName = name;
    remote.cluster = inner;
    remote.authority = this.authority;
    remote.path = this.path;
    remote.mayBeModern = false;
    remote.listTimeoutMs = this.listTimeoutMs;
    remote.timeoutMs = this.timeoutMs;
    return remote;
  }

  /** Whether it speaks the first era. */
  get legacy(): Known {
    this.forget();
    return this.mayBeLegacy ? this.legacy_ : Known.No;
  }

  /** Whether it speaks the second era. */
  get modern(): Known {
    this.forget();
    return this.mayBeModern ? this.modern_ : Known.No;
  }

  /** Notes whether it speaks an era. */
  learn(isModern: bool, isSpoken: bool): void {
    this.forget();
    const known = isSpoken ? Known.Yes : Known.No;
    if (isModern) this.modern_ = known;
    else this.legacy_ = known;
  }

  private forget(): void {
    const now = <i64>nowMs();
    if (now - this.knownSince < KNOWN_MS) return;
    this.knownSince = now;
    this.tools.forget();
    this.legacy_ = Known.Unknown;
    this.modern_ = Known.Unknown;
  }

  /** The session that is shared, as long as it may be used. */
  takeShared(): SharedSession | null {
    const shared = this.shared;
    if (shared && shared.isOld) this.shared = null;
    return this.shared;
  }
}
