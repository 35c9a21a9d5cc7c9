// Bedrock's stream as frames: AWS event-stream messages in place of server-sent events. A frame's name is the event's
// type; `exception:<type>` and `error:<code>` are what ends a stream in its middle, and no event can look like them.
// https://smithy.io/2.0/aws/amazon-eventstream.html#message-headers
import { EventMessage } from "@weir/sdk/assembly/aws/event-message";
import { EventStreamSplitter } from "@weir/sdk/assembly/aws/event-stream";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { jsonString } from "@weir/sdk/assembly/json/string";
import { FrameReader } from "../../hub/assembly/frames";

const MESSAGE_TYPE = Slice.of(":message-type");
const EVENT_TYPE = Slice.of(":event-type");
const EXCEPTION_TYPE = Slice.of(":exception-type");
const ERROR_CODE = Slice.of(":error-code");
const ERROR_MESSAGE = Slice.of(":error-message");
const EXCEPTION = Slice.of("exception");
const ERROR = Slice.of("error");
const MESSAGE_OPEN = Slice.of('{"message":');
const COLON: u8 = 0x3a;
/** What the names of exceptions and errors begin with. */
export const EXCEPTION_PREFIX = Slice.of("exception:");
export const ERROR_PREFIX = Slice.of("error:");

/** Cuts an event stream into frames. */
@final
export class EventStreamFrames extends FrameReader {
  private splitter: EventStreamSplitter = new EventStreamSplitter();

  push(chunk: Slice): void {
    this.splitter.push(chunk);
  }

  next(): bool {
    const message = this.splitter.next();
    this.fault = this.splitter.fault;
    if (!message) return false;
    this.take(message);
    return true;
  }

  finish(): bool {
    this.fault = this.splitter.finish();
    return false;
  }

  private take(message: EventMessage): void {
    const type = message.text(MESSAGE_TYPE);
    this.data = message.payload;
    if (type.equals(EXCEPTION)) this.name = prefixed(EXCEPTION, message.text(EXCEPTION_TYPE));
    else if (type.equals(ERROR)) {
      this.name = prefixed(ERROR, message.text(ERROR_CODE));
      const writer = new Writer().bytes(MESSAGE_OPEN);
      jsonString(writer, message.text(ERROR_MESSAGE));
      this.data = writer.byte(0x7d).take();
    } else this.name = message.text(EVENT_TYPE);
  }
}

function prefixed(kind: Slice, type: Slice): Slice {
  return new Writer().bytes(kind).byte(COLON).bytes(type).take();
}
