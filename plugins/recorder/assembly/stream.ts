// One request and its answer: both pass at once, as they are; what may be kept of them is kept on the way, and told
// when all is over. Whatever the gateway has tried meanwhile, the client has sent one request and got one answer.
import {
  DataStatus,
  getProperty,
  HeadersStatus,
  HttpContext,
  propertyPath,
  requestBody,
  requestHeaders,
  responseBody,
  responseHeaders,
  setProperty,
  Slice,
  TrailersStatus,
} from "@weir/sdk/assembly";
import { bodyFormat, BodyFormat } from "@weir/dialects/surfaces/assembly/content-type";
import { Purpose } from "@weir/dialects/surfaces/assembly/surface";
import { findSurface } from "@weir/dialects/surfaces/assembly/surface-path";
import { Configuration } from "./configuration";
import { Found } from "./found";
import { JsonCopy } from "./json-copy";
import { answerNames, promptNames } from "./names";
import { record } from "./record";
import { Recorder } from "./root";
import { StreamAnswer } from "./stream-answer";

const PATH = Slice.of(":path");
const METHOD = Slice.of(":method");
const POST = Slice.of("POST");
const CONTENT_TYPE = Slice.of("content-type");
const CONTENT_ENCODING = Slice.of("content-encoding");
const IDENTITY = Slice.of("identity");
const CONSUMER = Slice.of("weir.consumer");
/** Of the plugin ai-fallback, where it runs; else Envoy's route is the only one it can be. */
const CHOSEN_ROUTE = Slice.of("weir.route");
const ROUTE_NAME = propertyPath("xds", "route_name");
const PROMPT = Slice.of("weir.prompt");
const ANSWER = Slice.of("weir.answer");
const RECORDED = Slice.of("weir.recorded");

/** The context of one request. */
@final
export class RecordedStream extends HttpContext {
  /** Null where nothing is recorded. */
  private configuration: Configuration | null = null;
  private prompt: JsonCopy | null = null;
  private answer: JsonCopy | null = null;
  private stream: StreamAnswer | null = null;
  /** Whether there are texts in the answer. */
  private hasTexts: bool = false;
  private isWhole: bool = false;
  private readonly found: Found = new Found();

  constructor(
    id: u32,
    private readonly root: Recorder,
  ) {
    super(id);
  }

  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const configuration = this.root.configuration;
    const path = requestHeaders.get(PATH);
    const method = requestHeaders.get(METHOD);
    const wanted = path && method && method.equals(POST) ? findSurface(path) : null;
    // What stands below a surface is asked for without a prompt, and counting is no answer.
    if (!wanted || wanted.rest.length || wanted.surface.purpose == Purpose.TokenCount) return HeadersStatus.Continue;
    if (!configuration.isFor(routeName(), orEmpty(getProperty(CONSUMER)))) return HeadersStatus.Continue;
    this.configuration = configuration;
    this.hasTexts = wanted.surface.purpose != Purpose.Embeddings;
    const isReadable = formatOf(requestHeaders.get(CONTENT_TYPE), requestHeaders.get(CONTENT_ENCODING));
    if (isReadable != BodyFormat.Json || !configuration.promptBytesMax) return HeadersStatus.Continue;
    this.prompt = new JsonCopy(configuration.promptBytesMax, promptNames, configuration.redactor, this.found);
    return HeadersStatus.Continue;
  }

  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    const prompt = this.prompt;
    if (prompt && size) prompt.push(requestBody.borrow(0, size));
    return DataStatus.Continue;
  }

  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const configuration = this.configuration;
    if (!configuration || !configuration.answerBytesMax || !this.hasTexts) return HeadersStatus.Continue;
    const most = configuration.answerBytesMax;
    const format = formatOf(responseHeaders.get(CONTENT_TYPE), responseHeaders.get(CONTENT_ENCODING));
    if (format == BodyFormat.EventStream) this.stream = new StreamAnswer(most, this.root.tape);
    if (format == BodyFormat.Json) this.answer = new JsonCopy(most, answerNames, configuration.redactor, this.found);
    return HeadersStatus.Continue;
  }

  onResponseBody(size: u32, endOfStream: bool): DataStatus {
    const stream = this.stream;
    const answer = this.answer;
    if (endOfStream) this.isWhole = true;
    if (stream && size && !stream.isFull) stream.push(responseBody.get(0, size));
    if (answer && size) answer.push(responseBody.borrow(0, size));
    return DataStatus.Continue;
  }

  onResponseTrailers(count: u32): TrailersStatus {
    this.isWhole = true;
    return TrailersStatus.Continue;
  }

  /** Whatever has become of the request: this always comes, and before the log is written. */
  onLog(): void {
    const configuration = this.configuration;
    if (!configuration) return;
    this.configuration = null;
    const found = this.found;
    const prompt = this.promptText();
    const answer = this.answerText(configuration);
    if (prompt.length) setProperty(PROMPT, prompt);
    if (answer.length) setProperty(ANSWER, answer);
    const told = prompt.length || answer.length ? record(found, configuration.redactor) : Slice.empty();
    if (told.length) setProperty(RECORDED, told);
  }

  private promptText(): Slice {
    const prompt = this.prompt;
    if (!prompt) return Slice.empty();
    const text = prompt.finish();
    this.found.isPromptCut = prompt.isCut;
    return text;
  }

  private answerText(configuration: Configuration): Slice {
    const stream = this.stream;
    if (stream) return stream.finish(this.isWhole, configuration.redactor, this.found);
    const answer = this.answer;
    if (!answer) return Slice.empty();
    const text = answer.finish();
    this.found.isAnswerCut = answer.isCut;
    return text;
  }
}

/** Of a body that is not compressed. */
function formatOf(type: Slice | null, encoding: Slice | null): BodyFormat {
  if (encoding && encoding.length && !encoding.equalsIgnoreCase(IDENTITY)) return BodyFormat.Unknown;
  return bodyFormat(type);
}

function routeName(): Slice {
  const chosen = getProperty(CHOSEN_ROUTE);
  return chosen ? chosen : orEmpty(getProperty(ROUTE_NAME));
}

function orEmpty(value: Slice | null): Slice {
  return value ? value : Slice.empty();
}
