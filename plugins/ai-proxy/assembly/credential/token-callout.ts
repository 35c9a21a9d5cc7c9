// The request for an access token. It belongs to the plugin, not to a stream: the one that asked may be gone when the
// answer comes, and others wait for it too.
import { HeaderList, HttpCallout, Slice, Status, Writer } from "@weir/sdk/assembly";
import { GoogleAuthorizer } from "./google-authorizer";

const timeoutMs: u32 = 10_000;
const GRANT = Slice.of("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=");

/** Where tokens are given out. */
@final
export class TokenEndpoint {
  constructor(
    /** The root context on whose behalf is asked. */
    readonly rootId: u32,
    readonly cluster: Slice,
    readonly authority: Slice,
    readonly path: Slice,
  ) {}
}

/** One request at a time. */
@final
export class TokenCallout extends HttpCallout {
  constructor(
    private readonly authorizer: GoogleAuthorizer,
    private readonly endpoint: TokenEndpoint,
  ) {
    super();
    this.ownerId = endpoint.rootId;
  }

  /** Sends the assertion. False: nothing was sent. */
  ask(assertion: Slice): bool {
    const endpoint = this.endpoint;
    const headers = new HeaderList()
      .addText(":method", "POST")
      .add(Slice.of(":path"), endpoint.path)
      .add(Slice.of(":authority"), endpoint.authority)
      .addText("content-type", "application/x-www-form-urlencoded");
    const body = new Writer(GRANT.length + assertion.length).bytes(GRANT).bytes(assertion).take();
    return this.sendTo(endpoint.cluster, headers, body, timeoutMs) == Status.Ok;
  }

  onReply(status: i32, headerCount: u32, body: Slice): void {
    this.authorizer.onAnswer(status, body);
  }
}
