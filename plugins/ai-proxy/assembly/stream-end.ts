// The end of a stream that only passes and has passed its limit, in the client's dialect. What it has to repeat of the
// stream stands in the event before it; OpenAI's responses repeat the whole answer: those are decoded all along.
import { JsonTape, Slice, Writer } from "@weir/sdk/assembly";
import { contentAt } from "@weir/dialects/hub/assembly/content";
import { FrameReader } from "@weir/dialects/hub/assembly/frames";
import { CHOICES, ID, INDEX, MODEL, TYPE } from "@weir/dialects/hub/assembly/names";
import { DecodeOptions } from "@weir/dialects/hub/assembly/options";
import { ChatSink, StreamDecoder, StreamHead, StreamOptions } from "@weir/dialects/hub/assembly/stream";
import { findClient, findProvider } from "@weir/dialects/registry/assembly/registry";
import { Family } from "@weir/dialects/surfaces/assembly/surface";
import { Exchange } from "./exchange";
import { endHere, OutputLimit } from "./output-limit";

const RESPONSES = Slice.of("openai-responses");
const DELTA_TYPE = Slice.of(".delta");
const DELTA = Slice.of("delta");
const CREATED = Slice.of("created");
const CANDIDATES = Slice.of("candidates");
const MODEL_VERSION = Slice.of("modelVersion");
const RESPONSE_ID = Slice.of("responseId");
/** More blocks no message has. */
const BLOCKS_MAX: i64 = 1000;

/** The end of one stream, if it comes to that. */
@final
export class StreamEnd {
  /** Whether an event was found that it stands behind: nothing of the provider's follows. */
  isWritten: bool = false;
  private isTaken: bool = false;
  private decoder: StreamDecoder | null = null;
  private frames: FrameReader | null = null;

  constructor(
    private readonly exchange: Exchange,
    private readonly limit: OutputLimit,
    private readonly options: StreamOptions,
    private readonly encoder: ChatSink,
  ) {}

  /** Null where the answer may be as long as it likes. */
  static of(exchange: Exchange): StreamEnd | null {
    const limit = OutputLimit.of(exchange);
    const client = limit ? findClient(exchange.wanted.surface.dialect) : null;
    if (!limit || !client) return null;
    const options = new StreamOptions();
    options.includeUsage = exchange.edit.wantsUsage;
    const end = new StreamEnd(exchange, limit, options, client.streamEncoder(options));
    if (client.name.equals(RESPONSES)) end.decodeAll();
    return end;
  }

  private decodeAll(): void {
    const provider = findProvider(RESPONSES);
    if (!provider) return;
    this.decoder = provider.streamDecoder(this.encoder, new DecodeOptions());
    this.frames = provider.frames();
  }

  get isReached(): bool {
    return this.limit.isReached;
  }

  /** Whether no chunk passes unseen. */
  get looksAtAll(): bool {
    return this.decoder != null || this.isWritten || this.isReached;
  }

  /** Whether it stands behind the event with this data. */
  follows(data: Slice): bool {
    const tape = this.exchange.scratch.tape;
    if (!this.isReached || tape.scan(data) || !this.isContent(tape)) return false;
    if (!this.decoder) this.begin(tape);
    this.isWritten = true;
    return true;
  }

  private isContent(tape: JsonTape): bool {
    const root = tape.root;
    const family = this.exchange.wanted.surface.family;
    if (this.decoder) return tape.text(tape.find(root, TYPE)).endsWith(DELTA_TYPE);
    if (family == Family.Anthropic) return tape.find(root, INDEX) >= 0 && tape.find(root, DELTA) >= 0;
    return tape.first(tape.find(root, family == Family.Gemini ? CANDIDATES : CHOICES)) >= 0;
  }

  /** Brings the encoder to where the event has left the client. */
  private begin(tape: JsonTape): void {
    const root = tape.root;
    const head = new StreamHead();
    const family = this.exchange.wanted.surface.family;
    const isGemini = family == Family.Gemini;
    head.id = contentAt(tape, root, isGemini ? RESPONSE_ID : ID);
    head.model = contentAt(tape, root, isGemini ? MODEL_VERSION : MODEL);
    head.createdSeconds = max<i64>(0, tape.integer(tape.find(root, CREATED)));
    this.encoder.messageStart(head);
    if (family != Family.Anthropic) return;
    // Its blocks are numbered: the one under way is to be closed.
    for (let block = min(tape.integer(tape.find(root, INDEX)), BLOCKS_MAX); block >= 0; --block) {
      this.encoder.textDelta(Slice.empty());
      if (block) this.encoder.partEnd();
    }
  }

  /** What has passed, and behind it the end, where it is time for it. */
  close(passed: Slice): Slice {
    const decoder = this.decoder;
    const frames = this.frames;
    if (decoder && frames) {
      frames.push(passed);
      while (frames.next()) decoder.take(frames.name, frames.data);
    }
    this.options.output.clear();
    if (!this.isWritten || this.isTaken) return passed;
    this.isTaken = true;
    endHere(this.exchange, this.encoder);
    const end = this.options.output.take();
    return new Writer(passed.length + end.length).bytes(passed).bytes(end).take();
  }
}
