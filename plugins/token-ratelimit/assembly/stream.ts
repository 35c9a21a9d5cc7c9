// One request: held until it is known what it may use, let through or refused, and settled when it is over.
import {
  continueRequest,
  DataStatus,
  HeaderList,
  HeadersStatus,
  HttpContext,
  JsonWriter,
  requestBody,
  requestHeaders,
  sendLocalResponse,
  setProperty,
  Slice,
  Status,
  TrailersStatus,
  Writer,
} from "@weir/sdk/assembly";
import { ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { Usage } from "@weir/dialects/hub/assembly/usage";
import { bodyFor, statusFor } from "@weir/dialects/surfaces/assembly/envelope";
import { bodyTooLarge, Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { contentTypeOf } from "@weir/dialects/surfaces/assembly/request-check";
import { findSurface, SurfacePath } from "@weir/dialects/surfaces/assembly/surface-path";
import { Admission } from "./admission";
import { ChargedAdmission } from "./charged-admission";
import { CounterWaiter } from "./checkpoint";
import { GlobalAdmission } from "./global-admission";
import { GlobalService } from "./global-service";
import { calledTool, callRefusal, isCall, severalCalls } from "./mcp-call";
import { Moves } from "./moves";
import { Price } from "./price";
import { PriceBook } from "./price-book";
import { RequestAmounts } from "./request-amounts";
import { RequestFacts } from "./request-facts";
import { TokenRatelimit } from "./root";
import { Rule, StoreFailure } from "./rule";
import { ServiceAdmission } from "./service-admission";
import { Told } from "./service-line";
import { settleAt, undoAt } from "./settlements";
import { usedTokens } from "./used-tokens";

const PATH = Slice.of(":path");
/** Tells the targets' plugin that there is something to know of limits. */
const LIMITED = Slice.of("x-weir-limited");
const ONE = Slice.of("1");
// Filter state, for the targets' plugin and for the access log.
const OUTPUT_TOKENS_MAX = Slice.of("weir.output_tokens_max");
const OUTPUT_LIMIT = Slice.of("weir.output_limit");
const INPUT_ESTIMATE = Slice.of("weir.input_estimate");
const RESERVED_TOKENS = Slice.of("weir.reserved_tokens");
const LIMITS = Slice.of("weir.limits");
const UNPRICED = Slice.of("weir.unpriced_limits");

const JSON_HEADERS = new HeaderList().addText("content-type", "application/json");

/** The context of one request. */
@final
export class LimitStream extends HttpContext {
  private headers: HeaderList = new HeaderList();
  private path: Slice = Slice.empty();
  private wanted: SurfacePath | null = null;
  private admission: Admission | null = null;
  private request: RequestAmounts = new RequestAmounts();
  private service: GlobalService | null = null;
  private global: ServiceAdmission | null = null;
  /** Whether the service that counts has been asked, and has not answered. */
  private isWaiting: bool = false;
  /** Where a limit counts what the request costs. */
  private prices: PriceBook | null = null;
  private isOver: bool = false;
  /** Whether it is a message to an MCP server that is held until it is known which tool it calls. */
  private isHeldCall: bool = false;
  private readonly moves: Moves = new Moves();

  constructor(
    id: u32,
    private readonly root: TokenRatelimit,
  ) {
    super(id);
  }

  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const headers = requestHeaders.all();
    const path = headers.get(PATH);
    if (!path) return HeadersStatus.Continue;
    this.headers = headers;
    this.path = path;
    if (this.root.configuration.hasCalls && isCall(headers)) return this.beginCall(endOfStream);
    const wanted = findSurface(path);
    // What is no request to a model is answered by somebody else.
    if (!wanted) return HeadersStatus.Continue;
    this.wanted = wanted;
    if (!endOfStream && this.root.configuration.needsBody) return HeadersStatus.StopIteration;
    return this.statusOf(this.admit(wanted, new RequestAmounts()));
  }

  private beginCall(endOfStream: bool): HeadersStatus {
    this.isHeldCall = !endOfStream && this.root.configuration.needsCallBody;
    return this.isHeldCall ? HeadersStatus.StopIteration : this.statusOf(this.admitCall(Slice.empty()));
  }

  private statusOf(isAdmitted: bool): HeadersStatus {
    return isAdmitted ? HeadersStatus.Continue : HeadersStatus.StopIteration;
  }

  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    const wanted = this.wanted;
    if (this.isWaiting) return DataStatus.StopIterationAndBuffer;
    if ((!wanted && !this.isHeldCall) || this.admission) return DataStatus.Continue;
    const bodyBytesMax = this.root.configuration.bodyBytesMax;
    if (size > <u32>bodyBytesMax) {
      this.refuse(bodyTooLarge(bodyBytesMax), JSON_HEADERS);
      return DataStatus.StopIterationNoBuffer;
    }
    if (!endOfStream) return DataStatus.StopIterationAndBuffer;
    if (this.admitBody(wanted, size)) return DataStatus.Continue;
    return this.isWaiting ? DataStatus.StopIterationAndBuffer : DataStatus.StopIterationNoBuffer;
  }

  onRequestTrailers(count: u32): TrailersStatus {
    const wanted = this.wanted;
    if (this.isWaiting) return TrailersStatus.StopIteration;
    if ((!wanted && !this.isHeldCall) || this.admission) return TrailersStatus.Continue;
    if (this.admitBody(wanted, requestBody.length)) return TrailersStatus.Continue;
    return TrailersStatus.StopIteration;
  }

  private admitBody(wanted: SurfacePath | null, size: u32): bool {
    if (!wanted) return this.admitHeldCall(size);
    const request = new RequestAmounts();
    const tape = this.root.tape;
    request.read(tape, requestBody.get(0, size), contentTypeOf(this.headers), wanted);
    // It would keep a large body alive.
    tape.clear();
    return this.admit(wanted, request);
  }

  /** Whether the request is let through now; else it is answered, or waits. */
  private admit(wanted: SurfacePath, request: RequestAmounts): bool {
    this.request = request;
    this.moves.begin(request.model.length ? request.model : wanted.model, this.root.configuration.budgetsMove);
    return this.admitModel(null);
  }

  /** As `admit`, to the model that it goes to since `before` was refused. */
  private admitModel(before: Admission | null): bool {
    const configuration = this.root.configuration;
    const facts = new RequestFacts(this.headers, this.path, configuration.providers);
    facts.model = this.moves.model;
    const admission = new Admission(this.moves.rulesOf(configuration.rules), facts, this.request);
    if (before) {
      admission.fired = before.fired;
      admission.counted = before.counted;
    }
    const unpriced = this.findPrice(admission, facts);
    if (!unpriced) return this.reserve(admission);
    setProperty(LIMITS, listOf([unpriced.name]));
    this.refuse(priceUnknown(unpriced.name), JSON_HEADERS);
    return false;
  }

  /** Finds out what tokens cost, where a limit counts that. Returns the first that refuses what has no price. */
  private findPrice(admission: Admission, facts: RequestFacts): Rule | null {
    const prices = this.root.configuration.prices;
    const rules = admission.costRules;
    if (!prices || !rules.length) return null;
    this.prices = prices;
    admission.price = prices.first(this.root.tape, facts.cluster, facts.model);
    if (admission.price) return null;
    for (let i = 0; i < rules.length; ++i) if (rules[i].refusesUnpriced && !rules[i].isShadow) return rules[i];
    return null;
  }

  private admitHeldCall(size: u32): bool {
    const tape = this.root.tape;
    const tool = calledTool(tape, requestBody.get(0, size));
    tape.clear();
    if (tool) return this.admitCall(tool);
    this.refuse(severalCalls(), JSON_HEADERS);
    return false;
  }

  /** As `admit`, for a message to an MCP server: it counts where requests do, and has no tokens. */
  private admitCall(tool: Slice): bool {
    const configuration = this.root.configuration;
    const facts = new RequestFacts(this.headers, this.path, configuration.providers);
    facts.tool = tool;
    return this.reserve(new Admission(configuration.callRules, facts, this.request));
  }

  /** Whether the request is let through now; else it is answered, or waits. */
  private reserve(admission: Admission): bool {
    this.admission = admission;
    if (!admission.isLimited || !this.root.checkpoint.isExpected) return this.reserveNow(admission);
    this.isWaiting = true;
    this.root.checkpoint.wait(new StreamWaiter(this));
    return false;
  }

  /** The counters of this Envoy's life before are here, or will not be soon. */
  onCounters(): void {
    const admission = this.admission;
    this.isWaiting = false;
    if (!admission || this.isOver || this.activate() != Status.Ok) return;
    if (this.reserveNow(admission)) continueRequest();
  }

  private reserveNow(admission: Admission): bool {
    const service = this.root.configuration.service;
    if (service && admission.isLimited) return this.ask(service, admission);
    admission.reserveHere(admission.rules);
    return this.conclude(admission);
  }

  /** Asks the service that counts. Whether the request is let through at once, since it cannot be asked. */
  private ask(service: GlobalService, admission: Admission): bool {
    const global = admissionBy(service, admission);
    this.service = service;
    this.global = global;
    if (service.tell(new StreamAsker(this, global.request()), this.root.id)) {
      this.isWaiting = true;
      return false;
    }
    // Others may have waited for the same call.
    this.activate();
    return this.countHere(admission);
  }

  /** The service has answered; null: it has not. */
  onAnswer(answer: Slice | null): void {
    const admission = this.admission;
    const global = this.global;
    if (!admission || !global) return;
    this.isWaiting = false;
    const tape = this.root.tape;
    const isUnderstood = answer ? global.take(answer, tape) : false;
    tape.clear();
    if (!isUnderstood) this.undoGlobal();
    if (this.activate() != Status.Ok) return;
    if (isUnderstood ? this.conclude(admission) : this.countHere(admission)) continueRequest();
  }

  /** The service cannot be asked: each limit has said what then. */
  private countHere(admission: Admission): bool {
    this.global = null;
    const here: Rule[] = [];
    for (let i = 0; i < admission.rules.length; ++i) {
      const rule = admission.rules[i];
      if (rule.onStoreFailure == StoreFailure.Local) here.push(rule);
      if (rule.onStoreFailure != StoreFailure.Closed || rule.isShadow) continue;
      this.refuse(storeUnreachable(rule.name), JSON_HEADERS);
      return false;
    }
    admission.reserveHere(here);
    return this.conclude(admission);
  }

  private settleGlobal(usage: Usage, price: Price | null): void {
    const global = this.global;
    const service = this.service;
    if (!global || !service) return;
    const message = global.settlement(usage, price);
    if (message.length) settleAt(service, message, this.root.id, global.isRepeatable);
  }

  /** It may have been reserved, and only the answer is lost. */
  private undoGlobal(): void {
    const global = this.global;
    const service = this.service;
    const message = global ? global.undo() : Slice.empty();
    this.global = null;
    if (service && message.length) undoAt(service, message);
  }

  /** All limits have been asked. Whether the request is let through; else it is answered. */
  private conclude(admission: Admission): bool {
    const request = this.request;
    if (admission.fired.length) setProperty(LIMITS, listOf(admission.fired));
    const exceeded = admission.exceeded;
    const refusing = admission.refusing;
    if (refusing && this.moves.by(refusing, request.isChat, this.root.tape)) return this.admitModel(admission);
    if (exceeded) this.refuse(exceeded.refusal, exceeded.headers);
    else this.moves.tell();
    if (!exceeded && admission.isLimited && this.wanted) publish(admission, request);
    return !exceeded;
  }

  private refuse(refusal: Refusal, headers: HeaderList): void {
    const wanted = this.wanted;
    const details = "weir_" + refusal.code;
    if (!wanted) return sendLocalResponse(refusal.status, headers, callRefusal(refusal), details);
    const family = wanted.surface.family;
    sendLocalResponse(statusFor(family, refusal), headers, bodyFor(family, refusal), details);
  }

  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const admission = this.admission;
    if (admission) admission.headers.set();
    return HeadersStatus.Continue;
  }

  /** Whatever has become of the request: this always comes, unless the VM is gone. */
  onLog(): void {
    const admission = this.admission;
    if (!admission || !admission.isLimited) return;
    this.isOver = true;
    // Whoever has left takes nothing, whatever the answer will be.
    if (this.isWaiting) return this.undoGlobal();
    const usage = usedTokens(admission.usageWanted);
    const price = this.settledPrice(admission, usage);
    admission.settle(usage, price);
    this.settleGlobal(usage, price);
  }

  /** What has answered costs what it costs; where that is not known, what was to answer first, and the log tells so. */
  private settledPrice(admission: Admission, usage: Usage): Price | null {
    const prices = this.prices;
    if (!prices || !usage.isKnown) return null;
    const price = prices.settled();
    if (price) return price;
    const rules = admission.costRules;
    const names: Slice[] = [];
    for (let i = 0; i < rules.length; ++i) names.push(rules[i].name);
    setProperty(UNPRICED, listOf(names));
    return admission.price;
  }
}

@final
class StreamWaiter extends CounterWaiter {
  constructor(private readonly stream: LimitStream) {
    super();
  }

  onCounters(): void {
    this.stream.onCounters();
  }
}

/** Hands the service's answer to a stream, which cannot be a base class's other child. */
@final
class StreamAsker extends Told {
  constructor(
    private readonly stream: LimitStream,
    private readonly request: Slice,
  ) {
    super(true);
  }

  take(): Slice {
    return this.request;
  }

  onAnswer(code: u32, answer: Slice): void {
    this.stream.onAnswer(code ? null : answer);
  }
}

function admissionBy(service: GlobalService, admission: Admission): ServiceAdmission {
  return service.isCharged ? new ChargedAdmission(admission) : new GlobalAdmission(admission);
}

function storeUnreachable(limit: Slice): Refusal {
  const message = "The limit " + limit.toText() + " cannot be counted at the moment: try again later";
  return new Refusal(503, ErrorKind.Overloaded, message, "limit_store_unreachable");
}

function priceUnknown(limit: Slice): Refusal {
  const message =
    "The price of this model is not known, and the limit " + limit.toText() + " lets nothing through without";
  return new Refusal(403, ErrorKind.Permission, message, "price_unknown", "model");
}

/** Tells the targets' plugin how long an answer may be, and how long the prompt may be taken to be. */
function publish(admission: Admission, request: RequestAmounts): void {
  if (!admission.countsTokens && !admission.isBound) return;
  const digits = new Writer();
  requestHeaders.set(LIMITED, ONE);
  setProperty(RESERVED_TOKENS, digits.integer(admission.reservedTokens).take());
  setProperty(INPUT_ESTIMATE, digits.integer(request.inputTokens).take());
  const bound = admission.outputTokensMax;
  if (admission.isBound) setProperty(OUTPUT_TOKENS_MAX, digits.integer(bound).take());
  if (request.isChat && bound >= 0) setProperty(OUTPUT_LIMIT, digits.integer(bound * request.answers).take());
}

function listOf(names: Slice[]): Slice {
  const json = new JsonWriter(new Writer());
  json.beginArray();
  for (let i = 0; i < names.length; ++i) json.text(names[i]);
  return json.endArray().output.take();
}
