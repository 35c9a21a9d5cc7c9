// A server whose tools are requests to HTTP APIs.
// https://modelcontextprotocol.io/specification/2025-11-25/server/tools
import { HeaderList, JsonKind, JsonTape, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { SchemaChecker } from "../json-schema/checker";
import { checkArguments } from "../protocol/mirrored-headers";
import { Outcome } from "../protocol/outcome";
import { Request } from "../protocol/request";
import { RpcError } from "../protocol/rpc-error";
import { McpServer, ServerSettings } from "../protocol/server";
import { ListedTool, listTools } from "../protocol/tool-list";
import { Era } from "../protocol/version";
import { Scope } from "../template/run";
import { Value } from "../template/value";
import { AnswerReader, structuredResult } from "./answer-reader";
import { CallArguments } from "./arguments";
import { RequestBuilder } from "./request-builder";
import { RestCall } from "./rest-call";
import { failure } from "./result";
import { RestTool } from "./tool";
import { EnvoyWorld } from "./world";

const LIST = Slice.of("tools/list");
const CALL = Slice.of("tools/call");
const NAME = Slice.of("name");
const ARGUMENTS = Slice.of("arguments");
const CONFIG = Slice.of("config");
const ARGS = Slice.of("args");
const PATH = Slice.of(":path");
const CAPABILITIES = Slice.of('{"tools":{}}');

/** Where an API is. */
@final
export class Upstream {
  constructor(
    /** `https://api.example.com`, lower case. */
    readonly origin: Slice,
    readonly cluster: Slice,
    readonly authority: Slice,
  ) {}
}

/** A server of mode `rest`. */
@final
export class RestServer extends McpServer {
  readonly tools: RestTool[] = [];
  readonly listed: ListedTool[] = [];
  readonly upstreams: Upstream[] = [];
  /** The free map that templates see: a JSON object. */
  rawConfig: Slice = Slice.empty();
  /** Whether the client's Authorization goes on to the API. */
  passesAuthorization: bool = false;
  readonly checker: SchemaChecker;
  private readonly world: EnvoyWorld = new EnvoyWorld();

  constructor(
    name: Slice,
    settings: ServerSettings,
    /** The configuration, which the tools' schemas are parts of. */
    tape: JsonTape,
  ) {
    super(name, settings);
    this.checker = new SchemaChecker(tape);
  }

  get capabilities(): Slice {
    return CAPABILITIES;
  }

  knows(method: Slice, era: Era): bool {
    return method.equals(LIST) || method.equals(CALL);
  }

  handle(request: Request): Outcome | null {
    if (request.method.equals(LIST)) return listTools(this.listed, request, this.settings);
    return request.method.equals(CALL) ? this.call(request) : null;
  }

  /** The upstream with this origin; a URL without one goes to the only one there is. */
  upstreamOf(origin: Slice): Upstream | null {
    if (!origin.length) return this.upstreams.length == 1 ? this.upstreams[0] : null;
    for (let i = 0; i < this.upstreams.length; ++i) {
      if (this.upstreams[i].origin.equals(origin)) return this.upstreams[i];
    }
    return null;
  }

  private call(request: Request): Outcome {
    const message = request.message;
    const tape = message.tape;
    const name = message.param(NAME);
    if (tape.kind(name) != JsonKind.String) return refused("name must be a string");
    const tool = this.toolNamed(tape.text(name), request);
    if (!tool) return refused("Unknown tool: " + tape.text(name).toText());
    const given = message.param(ARGUMENTS);
    const kind = tape.kind(given);
    if (kind != JsonKind.Object && kind != JsonKind.Missing && kind != JsonKind.Null) {
      return refused("arguments must be an object");
    }
    const mismatch = this.mismatchOf(tool, request, given);
    return mismatch ? Outcome.ofError(mismatch) : this.callTool(tool, request, given);
  }

  private toolNamed(name: Slice, request: Request): RestTool | null {
    if (!request.narrowing.allows(name)) return null;
    for (let i = 0; i < this.tools.length; ++i) if (this.tools[i].name.equals(name)) return this.tools[i];
    return null;
  }

  private mismatchOf(tool: RestTool, request: Request, given: i32): RpcError | null {
    if (request.speech.era == Era.Legacy || !this.settings.isStrict) return null;
    return checkArguments(tool.mirrored, request.headers, request.message.tape, given);
  }

  private callTool(tool: RestTool, request: Request, given: i32): Outcome {
    const args = new CallArguments(tool);
    args.read(request.message.tape, given);
    const problem = tool.inputSchema < 0 ? "" : this.checker.check(tool.inputSchema, args.tape);
    if (problem.length) return failed("Invalid arguments: " + problem);
    const credential = takeCredential(tool, request.headers);
    if (!credential) return failed("This tool needs a credential of yours, which the request does not have");
    const scope = new Scope(this.dataOf(args), this.world);
    if (!tool.url) return Outcome.ofResult(this.answerDirectly(tool, scope, request.speech.era));
    const builder = new RequestBuilder(this, tool, args, scope);
    const mistake = builder.build(request, credential);
    if (mistake.length) return failed("The call was not made: " + mistake);
    const reader = new AnswerReader(this, tool, args.json, this.world, request.speech.era);
    return Outcome.ofCall(routed(new RestCall(reader), builder));
  }

  private dataOf(args: CallArguments): Value {
    const json = new JsonWriter(new Writer(args.json.length + this.rawConfig.length + 32)).beginObject();
    return Value.ofJson(json.key(CONFIG).raw(this.rawConfig).key(ARGS).raw(args.json).endObject().output.take());
  }

  /** A tool without a URL: its answer's template is all there is. */
  private answerDirectly(tool: RestTool, scope: Scope, era: Era): Slice {
    const template = tool.responseBody;
    const text = template ? template.execute(scope) : null;
    if (!text) return failure("The tool's template has failed" + (template ? ": " + template.problem : ""));
    return structuredResult(this, tool, text, text, era);
  }
}

function routed(call: RestCall, builder: RequestBuilder): RestCall {
  const upstream = builder.upstream;
  if (upstream) call.cluster = upstream.cluster;
  call.headers = builder.headers;
  call.body = builder.body;
  return call;
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

function refused(message: string): Outcome {
  return Outcome.ofError(RpcError.params(message));
}

/** What a model may read, and try again. */
function failed(message: string): Outcome {
  return Outcome.ofResult(failure(message));
}
