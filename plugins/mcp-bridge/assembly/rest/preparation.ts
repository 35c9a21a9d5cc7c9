// What comes before a call: its arguments read and checked, the client asked, its credential taken.
import { HeaderList, JsonTape, Slice } from "@weir/sdk/assembly";
import { Outcome } from "../protocol/outcome";
import { Request } from "../protocol/request";
import { Scope } from "../template/run";
import { Value } from "../template/value";
import { CallArguments } from "./arguments";
import { Inquiry } from "./inquiry";
import { RestServer } from "./rest-server";
import { RestTool } from "./tool";

const PATH = Slice.of(":path");
const EMPTY_OBJECT = Slice.of("{}");

/** One request, made ready. */
@final
export class Preparation {
  readonly args: CallArguments;
  /** What the client has brought for the API. */
  credential: Slice = Slice.empty();
  private answers: Slice = EMPTY_OBJECT;

  constructor(
    private readonly server: RestServer,
    private readonly tool: RestTool,
    private readonly request: Request,
  ) {
    this.args = new CallArguments(tool, server.argumentsTape);
  }

  /** Prepares it with what was given, an object of `tape` or −1. What the request ends with; null where it goes on. */
  prepare(tape: JsonTape, given: i32): Outcome | null {
    this.args.read(tape, given);
    const asked = this.tool.inputs.length || this.tool.asksForMissing ? this.ask() : null;
    if (asked) return asked;
    const server = this.server;
    const problem = this.tool.inputSchema < 0 ? "" : server.checker.check(this.tool.inputSchema, this.args.tape);
    if (problem.length) return this.tool.failed("Invalid arguments: " + problem);
    const credential = takeCredential(this.tool, this.request.headers);
    if (!credential) return this.tool.failed("This needs a credential of yours, which the request does not have");
    this.credential = credential;
    return null;
  }

  private ask(): Outcome | null {
    const inquiry = new Inquiry(this.server, this.tool, this.request, this.args);
    const outcome = inquiry.run();
    if (outcome) return outcome;
    this.answers = inquiry.answers;
    const completed = inquiry.completedArguments;
    if (!completed) return null;
    const tape = new JsonTape();
    tape.scan(completed);
    this.args.read(tape, tape.root);
    return null;
  }

  /** What templates see: `.config`, `.args` and `.input`. */
  get scope(): Scope {
    if (!this.tool.usesData) return new Scope(Value.missing(), this.server.world);
    return new Scope(this.server.dataOf(this.args.json, this.answers), this.server.world);
  }
}

/** What the client has brought for the API; empty where it may bring nothing, null where it must and has not. */
function takeCredential(tool: RestTool, headers: HeaderList): Slice | null {
  const use = tool.clientSecurity;
  if (!use) return Slice.empty();
  const path = headers.get(PATH);
  const credential = use.scheme.takeFrom(headers, path ? path : Slice.empty());
  if (!credential.length) return null;
  return use.isPassedThrough ? credential : Slice.empty();
}
