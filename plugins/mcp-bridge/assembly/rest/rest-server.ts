// A server whose tools are requests to HTTP APIs.
// https://modelcontextprotocol.io/specification/2025-11-25/server/tools
import { JsonKind, JsonTape, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { SchemaChecker } from "../json-schema/checker";
import { Listing, PROMPTS, RESOURCE_TEMPLATES, RESOURCES, TOOLS } from "../protocol/listing";
import { checkArguments } from "../protocol/mirrored-headers";
import { acceptsEvents, levelNamed, rememberLevel, SILENT, wantedLevel } from "../protocol/notification";
import { Outcome } from "../protocol/outcome";
import { Request } from "../protocol/request";
import { RpcError } from "../protocol/rpc-error";
import { McpServer, ServerSettings } from "../protocol/server";
import { Era } from "../protocol/version";
import { Value } from "../template/value";
import { AnswerReader, blocksResult, structuredResult } from "./answer-reader";
import { complete } from "./completion";
import { Preparation } from "./preparation";
import { getPrompt, RestPrompt } from "./prompt";
import { RequestBuilder } from "./request-builder";
import { RestResource } from "./resource";
import { readResource, subscribe } from "./resource-requests";
import { hasLogs, logsOf, RestCall } from "./rest-call";
import { failure } from "./result";
import { RestTool } from "./tool";
import { EnvoyWorld } from "./world";

const LIST = Slice.of("tools/list");
const CALL = Slice.of("tools/call");
const NAME = Slice.of("name");
const ARGUMENTS = Slice.of("arguments");
const CONFIG = Slice.of("config");
const ARGS = Slice.of("args");
const INPUT = Slice.of("input");
const LEVEL = Slice.of("level");
const PROGRESS_TOKEN = Slice.of("progressToken");
const LIST_PROMPTS = Slice.of("prompts/list");
const GET_PROMPT = Slice.of("prompts/get");
const LIST_RESOURCES = Slice.of("resources/list");
const LIST_TEMPLATES = Slice.of("resources/templates/list");
const READ_RESOURCE = Slice.of("resources/read");
const SUBSCRIBE = Slice.of("resources/subscribe");
const UNSUBSCRIBE = Slice.of("resources/unsubscribe");
const COMPLETE = Slice.of("completion/complete");
const SET_LEVEL = Slice.of("logging/setLevel");
const NOTHING = Slice.of("{}");

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
  readonly prompts: RestPrompt[] = [];
  readonly resources: RestResource[] = [];
  readonly toolList: Listing = new Listing(TOOLS);
  readonly promptList: Listing = new Listing(PROMPTS);
  readonly resourceList: Listing = new Listing(RESOURCES);
  readonly templateList: Listing = new Listing(RESOURCE_TEMPLATES);
  readonly upstreams: Upstream[] = [];
  /** The free map that templates see: a JSON object. */
  rawConfig: Slice = Slice.empty();
  /** Whether the client's Authorization goes on to the API. */
  passesAuthorization: bool = false;
  /** Whether any tool has something to tell besides its results. */
  hasLogs: bool = false;
  readonly checker: SchemaChecker;
  readonly argumentsTape: JsonTape = new JsonTape();
  readonly world: EnvoyWorld = new EnvoyWorld();

  constructor(
    name: Slice,
    settings: ServerSettings,
    /** The configuration, which the tools' schemas are parts of. */
    readonly tape: JsonTape,
  ) {
    super(name, settings);
    this.checker = new SchemaChecker(tape);
  }

  get capabilities(): Slice {
    const json = new JsonWriter(new Writer()).beginObject().key(TOOLS).raw(NOTHING);
    if (this.prompts.length) json.key(PROMPTS).raw(NOTHING);
    if (this.resources.length) json.key(RESOURCES).raw(NOTHING);
    if (this.hasCompletions) json.key(Slice.of("completions")).raw(NOTHING);
    if (this.hasLogs) json.key(Slice.of("logging")).raw(NOTHING);
    return json.endObject().output.take();
  }

  private get hasCompletions(): bool {
    return this.prompts.length > 0 || this.templateList.items.length > 0;
  }

  knows(method: Slice, era: Era): bool {
    if (method.equals(LIST) || method.equals(CALL)) return true;
    if (method.equals(LIST_PROMPTS) || method.equals(GET_PROMPT)) return this.prompts.length > 0;
    if (method.equals(COMPLETE)) return this.hasCompletions;
    if (method.equals(SET_LEVEL)) return era == Era.Legacy && this.hasLogs;
    if (!this.resources.length) return false;
    if (method.equals(SUBSCRIBE) || method.equals(UNSUBSCRIBE)) return era == Era.Legacy;
    return method.equals(LIST_RESOURCES) || method.equals(LIST_TEMPLATES) || method.equals(READ_RESOURCE);
  }

  handle(request: Request): Outcome | null {
    const outcome = this.outcomeOf(request);
    // It would keep large arguments alive.
    this.argumentsTape.clear();
    return outcome;
  }

  private outcomeOf(request: Request): Outcome | null {
    const method = request.method;
    if (method.equals(CALL)) return this.call(request);
    if (method.equals(LIST)) return this.toolList.page(request, this.settings);
    if (method.equals(LIST_PROMPTS)) return this.promptList.page(request, this.settings);
    if (method.equals(LIST_RESOURCES)) return this.resourceList.page(request, this.settings);
    if (method.equals(LIST_TEMPLATES)) return this.templateList.page(request, this.settings);
    if (method.equals(GET_PROMPT)) return getPrompt(this, request);
    if (method.equals(READ_RESOURCE)) return readResource(this, request);
    if (method.equals(SUBSCRIBE) || method.equals(UNSUBSCRIBE)) return subscribe(this, request);
    if (method.equals(COMPLETE)) return complete(this, request);
    return method.equals(SET_LEVEL) ? setLevel(request) : null;
  }

  /** The prompt of this name, if it is there for the request; or null. */
  promptNamed(name: Slice, request: Request): RestPrompt | null {
    if (!request.mayUse(PROMPTS, name)) return null;
    for (let i = 0; i < this.prompts.length; ++i) if (this.prompts[i].source.name.equals(name)) return this.prompts[i];
    return null;
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
    if (!tool) {
      const refusal = request.rights.refusalOf(TOOLS, tape.text(name));
      return refusal ? Outcome.ofError(refusal) : refused("Unknown tool: " + tape.text(name).toText());
    }
    const given = message.param(ARGUMENTS);
    const kind = tape.kind(given);
    if (kind != JsonKind.Object && kind != JsonKind.Missing && kind != JsonKind.Null) {
      return refused("arguments must be an object");
    }
    const mismatch = this.mismatchOf(tool, request, given);
    return mismatch ? Outcome.ofError(mismatch) : this.callTool(tool, request, given);
  }

  private toolNamed(name: Slice, request: Request): RestTool | null {
    if (!request.mayUse(TOOLS, name)) return null;
    for (let i = 0; i < this.tools.length; ++i) if (this.tools[i].name.equals(name)) return this.tools[i];
    return null;
  }

  private mismatchOf(tool: RestTool, request: Request, given: i32): RpcError | null {
    if (request.speech.era == Era.Legacy || !this.settings.isStrict) return null;
    return checkArguments(tool.mirrored, request.headers, request.message.tape, given);
  }

  private callTool(tool: RestTool, request: Request, given: i32): Outcome {
    const preparation = new Preparation(this, tool, request);
    const ended = preparation.prepare(request.message.tape, given);
    if (ended) return ended;
    const level = this.levelFor(request);
    if (!tool.url) return this.answerDirectly(tool, preparation, request.speech.era, level);
    const builder = new RequestBuilder(this, tool, preparation.args, preparation.scope);
    const mistake = builder.build(request, preparation.credential);
    if (mistake.length) return tool.failed("The call was not made: " + mistake);
    const reader = new AnswerReader(this, tool, preparation.args.json, this.world, request.speech.era);
    const call = new RestCall(tool, reader, level);
    builder.giveTo(call);
    call.rawProgressToken = progressToken(request);
    return Outcome.ofCall(call);
  }

  /** From which level on the client is told; it has to take events, too. */
  private levelFor(request: Request): i32 {
    if (!this.hasLogs || !acceptsEvents(request.headers)) return SILENT;
    return wantedLevel(request.message, request.speech.era, request.headers);
  }

  /** What templates see of a call: JSON objects with the arguments, and with what the client was asked. */
  dataOf(args: Slice, input: Slice): Value {
    const json = new JsonWriter(new Writer(args.length + this.rawConfig.length + input.length + 64)).beginObject();
    json.key(CONFIG).raw(this.rawConfig).key(ARGS).raw(args).key(INPUT).raw(input);
    return Value.ofJson(json.endObject().output.take());
  }

  /** A tool without a URL: its answer's template is all there is. */
  private answerDirectly(tool: RestTool, preparation: Preparation, era: Era, level: i32): Outcome {
    const scope = preparation.scope;
    const content = tool.content;
    const template = tool.responseBody;
    const text = content ? content.execute(scope) : template ? template.execute(scope) : null;
    const problem = content ? content.problem : template ? template.problem : "it has none";
    if (!text) return Outcome.ofResult(failure("The tool's template has failed: " + problem));
    const result = content ? blocksResult(this, tool, text, text, era) : structuredResult(this, tool, text, text, era);
    const outcome = Outcome.ofResult(result);
    if (hasLogs(tool, level)) outcome.notifications = logsOf(tool, level, scope);
    return outcome;
  }
}

/** By what the client knows notifications of this call's progress; empty where it wants none. */
function progressToken(request: Request): Slice {
  const tape = request.message.tape;
  const token = tape.find(request.message.meta, PROGRESS_TOKEN);
  const kind = tape.kind(token);
  const isToken = kind == JsonKind.String || kind == JsonKind.Number;
  return isToken && acceptsEvents(request.headers) ? tape.raw(token) : Slice.empty();
}

function setLevel(request: Request): Outcome {
  const tape = request.message.tape;
  const level = levelNamed(tape.text(request.message.param(LEVEL)));
  if (level < 0) return refused("level must be debug, info, notice, warning, error, critical, alert or emergency");
  rememberLevel(request.headers, level);
  return Outcome.ofResult(NOTHING);
}

function refused(message: string): Outcome {
  return Outcome.ofError(RpcError.params(message));
}
