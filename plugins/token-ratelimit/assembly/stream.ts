// One request: held until it is known what it may use, let through or refused, and settled when it is over.
import {
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
  TrailersStatus,
  Writer,
} from "@weir/sdk/assembly";
import { bodyFor, statusFor } from "@weir/dialects/surfaces/assembly/envelope";
import { bodyTooLarge, Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { contentTypeOf } from "@weir/dialects/surfaces/assembly/request-check";
import { findSurface, SurfacePath } from "@weir/dialects/surfaces/assembly/surface-path";
import { Admission } from "./admission";
import { RequestAmounts } from "./request-amounts";
import { RequestFacts } from "./request-facts";
import { TokenRatelimit } from "./root";
import { usedTokens } from "./used-tokens";

const PATH = Slice.of(":path");
/** Tells the targets' plugin that there is something to know of limits. */
const LIMITED = Slice.of("x-weir-limited");
const ONE = Slice.of("1");
// Filter state, for the targets' plugin and for the access log.
const OUTPUT_TOKENS_MAX = Slice.of("weir.output_tokens_max");
const INPUT_ESTIMATE = Slice.of("weir.input_estimate");
const RESERVED_TOKENS = Slice.of("weir.reserved_tokens");
const LIMITS = Slice.of("weir.limits");

const JSON_HEADERS = new HeaderList().addText("content-type", "application/json");

/** The context of one request. */
@final
export class LimitStream extends HttpContext {
  private headers: HeaderList = new HeaderList();
  private path: Slice = Slice.empty();
  private wanted: SurfacePath | null = null;
  private admission: Admission | null = null;

  constructor(
    id: u32,
    private readonly root: TokenRatelimit,
  ) {
    super(id);
  }

  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const headers = requestHeaders.all();
    const path = headers.get(PATH);
    const wanted = path ? findSurface(path) : null;
    // What is no request to a model is answered by somebody else.
    if (!path || !wanted) return HeadersStatus.Continue;
    this.headers = headers;
    this.path = path;
    this.wanted = wanted;
    if (!endOfStream && this.root.configuration.needsBody) return HeadersStatus.StopIteration;
    return this.admit(wanted, new RequestAmounts()) ? HeadersStatus.Continue : HeadersStatus.StopIteration;
  }

  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    const wanted = this.wanted;
    if (!wanted || this.admission) return DataStatus.Continue;
    const bodyBytesMax = this.root.configuration.bodyBytesMax;
    if (size > <u32>bodyBytesMax) {
      this.refuse(bodyTooLarge(bodyBytesMax), JSON_HEADERS);
      return DataStatus.StopIterationNoBuffer;
    }
    if (!endOfStream) return DataStatus.StopIterationAndBuffer;
    return this.admitBody(wanted, size) ? DataStatus.Continue : DataStatus.StopIterationNoBuffer;
  }

  onRequestTrailers(count: u32): TrailersStatus {
    const wanted = this.wanted;
    if (!wanted || this.admission || this.admitBody(wanted, requestBody.length)) return TrailersStatus.Continue;
    return TrailersStatus.StopIteration;
  }

  private admitBody(wanted: SurfacePath, size: u32): bool {
    const request = new RequestAmounts();
    const tape = this.root.tape;
    request.read(tape, requestBody.get(0, size), contentTypeOf(this.headers), wanted);
    // It would keep a large body alive.
    tape.clear();
    return this.admit(wanted, request);
  }

  /** Whether the request is let through; else it is answered. */
  private admit(wanted: SurfacePath, request: RequestAmounts): bool {
    const configuration = this.root.configuration;
    const facts = new RequestFacts(this.headers, this.path, configuration.providers);
    facts.model = request.model.length ? request.model : wanted.model;
    const admission = new Admission(configuration.rules, facts, request);
    this.admission = admission;
    if (admission.fired.length) setProperty(LIMITS, listOf(admission.fired));
    const exceeded = admission.exceeded;
    if (exceeded) this.refuse(exceeded.refusal, exceeded.headers);
    else if (admission.isLimited) publish(admission, request);
    return !exceeded;
  }

  private refuse(refusal: Refusal, headers: HeaderList): void {
    const wanted = this.wanted;
    if (!wanted) return;
    const family = wanted.surface.family;
    sendLocalResponse(statusFor(family, refusal), headers, bodyFor(family, refusal), "weir_" + refusal.code);
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
    admission.settle(usedTokens(admission.countsTokens));
  }
}

/** Tells the targets' plugin how long an answer may be, and how long the prompt may be taken to be. */
function publish(admission: Admission, request: RequestAmounts): void {
  if (!admission.countsTokens && !admission.isBound) return;
  const digits = new Writer();
  requestHeaders.set(LIMITED, ONE);
  setProperty(RESERVED_TOKENS, digits.integer(admission.reservedTokens).take());
  setProperty(INPUT_ESTIMATE, digits.integer(request.inputTokens).take());
  if (admission.isBound) setProperty(OUTPUT_TOKENS_MAX, digits.integer(admission.outputTokensMax).take());
}

function listOf(names: Slice[]): Slice {
  const json = new JsonWriter(new Writer());
  json.beginArray();
  for (let i = 0; i < names.length; ++i) json.text(names[i]);
  return json.endArray().output.take();
}
