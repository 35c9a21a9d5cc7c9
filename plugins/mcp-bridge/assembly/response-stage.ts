// The answer to a routed call: held until it is whole, then made into a reply of the protocol. Of one that is longer
// than may be kept only the beginning is read.
import {
  DataStatus,
  getProperty,
  HeaderList,
  parseInteger,
  propertyPath,
  responseBody,
  responseHeaders,
  setProperty,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
import { Answer } from "./protocol/dispatch";
import { RoutedCall, UpstreamAnswer } from "./protocol/outcome";

const DETAILS = propertyPath("response", "code_details");
const VIA_UPSTREAM = Slice.of("via_upstream");
const STATUS = Slice.of(":status");
const CONTENT_TYPE = Slice.of("content-type");
const CONTENT_LENGTH = Slice.of("content-length");
const JSON = Slice.of("application/json");
const OK = Slice.of("200");
const ERROR_STATE = Slice.of("weir.mcp_error");
const UPSTREAM_STATUS_STATE = Slice.of("weir.mcp_upstream_status");

/** One answer on its way back. */
@final
export class ResponseStage {
  private status: i32 = 0;
  /** Whether an API has answered, not the gateway in its place. */
  private isUpstream: bool = false;
  private headers: HeaderList = new HeaderList();
  private readonly body: Writer = new Writer();
  private isTruncated: bool = false;
  private isDone: bool = false;

  constructor(
    private readonly answer: Answer,
    private readonly call: RoutedCall,
    private readonly bytesMax: i32,
  ) {}

  /** Nothing of the headers reaches the client: cookies and keys in them were meant for the gateway. */
  onHeaders(): void {
    this.headers = responseHeaders.all();
    const status = this.headers.get(STATUS);
    this.status = status ? <i32>parseInteger(status) : 0;
    const details = getProperty(DETAILS);
    this.isUpstream = details != null && details.equals(VIA_UPSTREAM);
    if (status) setProperty(UPSTREAM_STATUS_STATE, status);
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    if (this.isDone) return DataStatus.Continue;
    const room = this.bytesMax - this.body.length;
    if (<i64>size > <i64>room) this.isTruncated = true;
    this.body.bytes(responseBody.borrow(0, min(size, <u32>room)));
    responseBody.replace(Slice.empty());
    if (!endOfStream) return DataStatus.StopIterationAndBuffer;
    this.replace();
    return DataStatus.Continue;
  }

  onTrailers(): void {
    if (!this.isDone) this.replace();
  }

  private replace(): void {
    this.isDone = true;
    const reply = this.finish();
    const headers = new HeaderList().add(STATUS, OK).add(CONTENT_TYPE, JSON);
    headers.add(CONTENT_LENGTH, new Writer().integer(reply.length).take());
    responseHeaders.replaceAll(headers);
    responseBody.replace(reply);
  }

  /** The reply, made of all that has come. */
  finish(): Slice {
    const answer = this.answer;
    const whole = new UpstreamAnswer(this.status, this.headers, this.body.take(), this.isTruncated);
    const reply = this.isUpstream ? answer.finish(this.call, whole) : answer.finishFailed(this.call, this.status);
    if (answer.failure.length) setProperty(ERROR_STATE, Slice.of(answer.failure));
    return reply;
  }
}
