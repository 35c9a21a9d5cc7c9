// Whether an answer that passes as it comes tells of a failure: an error, or a tool's result that says so. Nothing is
// held up for it, and only what has one of the two words is read at all.
import { Slice, SseSplitter, Writer } from "@weir/sdk/assembly";
import { MessageFilter } from "./message-filter";

const ERROR = Slice.of('"error"');
const IS_ERROR = Slice.of('"isError"');

/** One answer, as it goes by. */
@final
export class FailureWatch {
  private readonly splitter: SseSplitter = new SseSplitter();
  private readonly body: Writer = new Writer(0);

  constructor(
    private readonly filter: MessageFilter,
    private readonly isStream: bool,
    /** Of an answer that is longer nothing is known. */
    private readonly bytesMax: i32,
  ) {}

  /** Looks at the next part. */
  see(part: Slice): void {
    if (!this.isStream) {
      if (this.body.length + part.length <= this.bytesMax) this.body.bytes(part);
      return;
    }
    this.splitter.push(part);
    for (let event = this.splitter.next(); event; event = this.splitter.next()) this.read(event.data);
  }

  /** All has been seen. */
  end(): void {
    if (!this.isStream) return this.read(this.body.take());
    const rest = this.splitter.finish();
    if (rest) this.read(rest.data);
  }

  private read(message: Slice): void {
    if (message.find(IS_ERROR) >= 0 || message.find(ERROR) >= 0) this.filter.apply(message);
  }
}
