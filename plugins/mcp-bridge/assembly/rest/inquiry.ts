// The rounds of one request: what is known of the client's answers, what has to be asked next, or that nothing has.
// https://modelcontextprotocol.io/specification/2026-07-28/basic/utilities/mrtr
import { JsonKind, JsonTape, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { Outcome } from "../protocol/outcome";
import { processSecret } from "../protocol/process-secret";
import { Request } from "../protocol/request";
import { MISSING_CAPABILITY, RpcError } from "../protocol/rpc-error";
import { Era } from "../protocol/version";
import { Scope } from "../template/run";
import { CallArguments } from "./arguments";
import { askForMissing, MISSING, MissingArguments } from "./missing-arguments";
import { InputRequest, Response } from "./input-request";
import { openState, sealState } from "./request-state";
import { RestServer } from "./rest-server";
import { RestTool } from "./tool";

const CAPABILITIES = Slice.of("io.modelcontextprotocol/clientCapabilities");
const INPUT_RESPONSES = Slice.of("inputResponses");
const REQUEST_STATE = Slice.of("requestState");
const RESULT_TYPE = Slice.of("resultType");
const INPUT_REQUIRED = Slice.of("input_required");
const INPUT_REQUESTS = Slice.of("inputRequests");
const REQUIRED_CAPABILITIES = Slice.of("requiredCapabilities");
const METHOD = Slice.of("method");
const PARAMS = Slice.of("params");
const EMPTY_OBJECT = Slice.of("{}");
const SHARED_KEY = Slice.of("weir.mcp_state_key");

/** One request's questions. */
@final
export class Inquiry {
  /** What the client has answered, by names: a JSON object. */
  answers: Slice = EMPTY_OBJECT;
  private readonly known: JsonTape = new JsonTape();
  private readonly tape: JsonTape;
  private readonly responses: i32;
  private readonly missing: MissingArguments | null;
  private declined: Slice = Slice.empty();

  constructor(
    private readonly server: RestServer,
    private readonly tool: RestTool,
    private readonly request: Request,
    private readonly args: CallArguments,
  ) {
    this.tape = request.message.tape;
    this.responses = request.message.param(INPUT_RESPONSES);
    this.missing =
      tool.asksForMissing && this.declares(MISSING.capability) ? askForMissing(server.tape, tool, args) : null;
  }

  /** What the request ends with; null where all is known. */
  run(): Outcome | null {
    if (this.request.speech.era == Era.Legacy) return this.refuseLegacy();
    const binding = this.binding();
    if (!this.restore(binding)) return Outcome.ofError(RpcError.params("Invalid requestState"));
    const lacking = this.lacking();
    if (lacking.length) return Outcome.ofError(missingCapability(lacking));
    this.collect();
    const declined = this.declined;
    if (declined.length) return this.tool.failed("The user has declined: " + declined.toText());
    const round = this.nextRound();
    return round ? this.ask(round, binding) : null;
  }

  /** Clients of the first era cannot be asked without a stream of their own. */
  private refuseLegacy(): Outcome | null {
    const inputs = this.tool.inputs;
    for (let i = 0; i < inputs.length; ++i) {
      if (inputs[i].isRequired) return this.tool.failed("This has to ask its user, which takes a client of 2026-07-28");
    }
    return null;
  }

  /** What the state belongs to: with other arguments, or of somebody else, it says nothing. */
  private binding(): Slice {
    const caller = this.request.caller;
    const text = new Writer().bytes(this.server.name).byte(0x0a).bytes(this.request.method).byte(0x0a);
    text.bytes(this.tool.name).byte(0x0a).bytes(caller.consumer).byte(0x0a).bytes(caller.user);
    return text.byte(0x0a).bytes(this.args.json).take();
  }

  private get key(): Slice {
    const key = this.server.settings.stateKey;
    return key.length ? key : processSecret(SHARED_KEY);
  }

  /** Takes the answers of earlier rounds out of the state; false where it is not ours. */
  private restore(binding: Slice): bool {
    const node = this.request.message.param(REQUEST_STATE);
    if (node >= 0) {
      const answers =
        this.tape.kind(node) == JsonKind.String ? openState(this.key, this.tape.text(node), binding) : null;
      if (!answers) return false;
      this.answers = answers;
    }
    this.known.scan(this.answers);
    return true;
  }

  private declares(capability: Slice): bool {
    const declared = this.tape.find(this.request.message.meta, CAPABILITIES);
    return this.tape.kind(this.tape.find(declared, capability)) == JsonKind.Object;
  }

  /** The capabilities, a JSON object, that the client would have to have; empty where it has all. */
  private lacking(): Slice {
    const json = new JsonWriter(new Writer()).beginObject();
    let count = 0;
    for (let i = 0; i < this.tool.inputs.length; ++i) {
      const input = this.tool.inputs[i];
      const capability = input.capability;
      if (!input.isRequired || this.declares(capability) || this.isBefore(i, capability)) continue;
      json.key(capability).raw(EMPTY_OBJECT);
      ++count;
    }
    return count ? json.endObject().output.take() : Slice.empty();
  }

  private isBefore(index: i32, capability: Slice): bool {
    for (let i = 0; i < index; ++i) {
      if (this.tool.inputs[i].isRequired && this.tool.inputs[i].capability.equals(capability)) return true;
    }
    return false;
  }

  /** Adds what this request brings to what is known. Responses that nobody has asked for are left alone. */
  private collect(): void {
    const json = new JsonWriter(new Writer()).beginObject();
    for (let i = 0; i < this.tool.inputs.length; ++i) this.collectOne(this.tool.inputs[i], json);
    this.collectArguments(json);
    this.answers = json.endObject().output.take();
    this.known.scan(this.answers);
  }

  private collectArguments(json: JsonWriter): void {
    const missing = this.missing;
    if (!missing) return;
    const judged = missing.read(this.tape, this.tape.find(this.responses, MISSING.name));
    const known = this.known.find(this.known.root, MISSING.name);
    if (judged == Response.None && known >= 0) missing.given = this.known.raw(known).copy();
    if (missing.given.length) json.key(MISSING.name).raw(missing.given);
    else if (judged == Response.Declined) this.declined = missing.names;
  }

  private collectOne(input: InputRequest, json: JsonWriter): void {
    const known = this.known.find(this.known.root, input.name);
    const node = this.tape.find(this.responses, input.name);
    const judged = input.judge(this.tape, node, this.server.checker);
    if (judged == Response.Given) json.key(input.name).raw(input.answerIn(this.tape, node));
    else if (known >= 0) json.key(input.name).raw(this.known.raw(known));
    else if (judged == Response.Declined) {
      if (input.isRequired) this.declined = input.name;
      json.key(input.name).nothing();
    }
  }

  private isOpen(input: InputRequest): bool {
    return this.known.find(this.known.root, input.name) < 0 && this.declares(input.capability);
  }

  private get isIncomplete(): bool {
    const missing = this.missing;
    return missing != null && !missing.given.length;
  }

  /** The first round with an open question, or 0. */
  private nextRound(): i32 {
    let round = this.isIncomplete ? 1 : 0;
    for (let i = 0; i < this.tool.inputs.length; ++i) {
      const input = this.tool.inputs[i];
      if (this.isOpen(input) && (!round || input.round < round)) round = input.round;
    }
    return round;
  }

  private ask(round: i32, binding: Slice): Outcome {
    const json = new JsonWriter(new Writer()).beginObject();
    json.key(RESULT_TYPE).text(INPUT_REQUIRED).key(INPUT_REQUESTS).beginObject();
    const missing = this.missing;
    if (missing && this.isIncomplete && round == 1) {
      json.key(MISSING.name).beginObject().key(METHOD).text(MISSING.method);
      json.key(PARAMS).raw(missing.params).endObject();
    }
    const scope = new Scope(this.server.dataOf(this.args.json, this.answers), this.server.world);
    for (let i = 0; i < this.tool.inputs.length; ++i) {
      const input = this.tool.inputs[i];
      if (input.round != round || !this.isOpen(input)) continue;
      const params = input.params.execute(scope);
      if (!params) return this.tool.failed("The template of a question has failed: " + input.params.problem);
      json.key(input.name).beginObject().key(METHOD).text(input.method).key(PARAMS).raw(params).endObject();
    }
    json
      .endObject()
      .key(REQUEST_STATE)
      .text(sealState(this.key, this.answers, binding));
    return Outcome.ofResult(json.endObject().output.take());
  }

  /** The arguments with those that the user has given besides; null where there are none. */
  get completedArguments(): Slice | null {
    const missing = this.missing;
    return missing ? missing.completed(this.args.json) : null;
  }
}

function missingCapability(capabilities: Slice): RpcError {
  const data = new JsonWriter(new Writer()).beginObject().key(REQUIRED_CAPABILITIES).raw(capabilities).endObject();
  return new RpcError(400, MISSING_CAPABILITY, "The client lacks a capability that this needs", data.output.take());
}
