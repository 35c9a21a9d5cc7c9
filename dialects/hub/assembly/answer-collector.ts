// A stream put together to a whole answer, for what a provider gives as a stream only.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { ChatError } from "./chat-error";
import { ChatResponse, Choice } from "./chat-response";
import { FinishReason } from "./finish-reason";
import { EMPTY_OBJECT } from "./names";
import { Part, PartKind } from "./part";
import { SignatureFormat } from "./signature";
import { ChatSink, StreamHead } from "./stream";
import { setInput } from "./tool-input";
import { Usage } from "./usage";

/** A call, and its arguments so far. */
@final
class CollectedCall {
  readonly input: Writer = new Writer();
  constructor(
    readonly index: i32,
    readonly part: Part,
  ) {}
}

/** One choice, and the text or thinking that it is at. */
@final
class CollectedChoice {
  private open: Part | null = null;
  private readonly text: Writer = new Writer();
  private readonly signature: Writer = new Writer();
  private readonly calls: CollectedCall[] = [];

  constructor(private readonly choice: Choice) {}

  /** Behind a signature other thinking begins. */
  say(kind: PartKind, text: Slice): void {
    if (this.signature.length) this.close();
    this.partOf(kind);
    this.text.bytes(text);
  }

  sign(signature: Slice, format: SignatureFormat): void {
    this.partOf(PartKind.Thinking).signatureFormat = format;
    this.signature.bytes(signature);
  }

  add(part: Part): void {
    this.close();
    this.choice.parts.push(part);
  }

  startCall(index: i32, part: Part): void {
    this.add(part);
    this.calls.push(new CollectedCall(index, part));
  }

  addInput(index: i32, fragment: Slice): void {
    for (let i = this.calls.length - 1; i >= 0; --i) {
      if (this.calls[i].index != index) continue;
      this.calls[i].input.bytes(fragment);
      return;
    }
  }

  close(): void {
    const open = this.open;
    if (!open) return;
    open.text = this.text.take();
    open.signature = this.signature.take();
    this.open = null;
  }

  finish(reason: FinishReason, stopSequence: Slice): void {
    this.close();
    for (let i = 0; i < this.calls.length; ++i) setInput(this.calls[i].part, this.calls[i].input.take());
    this.calls.length = 0;
    this.choice.finish = reason;
    this.choice.stopSequence = stopSequence.copy();
  }

  /** The open part, which is of `kind` now. */
  private partOf(kind: PartKind): Part {
    const open = this.open;
    if (open && open.kind == kind) return open;
    const part = new Part(kind);
    this.add(part);
    this.open = part;
    return part;
  }
}

/** Puts the events into `response`. */
@final
export class AnswerCollector extends ChatSink {
  /** What the stream failed with; null where it has not. */
  failure: ChatError | null = null;
  private readonly choices: CollectedChoice[] = [];

  constructor(private readonly response: ChatResponse) {
    super(response.dropped);
  }

  messageStart(head: StreamHead): void {
    this.response.id = head.id.copy();
    this.response.model = head.model.copy();
    this.response.createdSeconds = head.createdSeconds;
  }

  textDelta(text: Slice): void {
    this.current().say(PartKind.Text, text);
  }

  refusalDelta(text: Slice): void {
    this.current().say(PartKind.Refusal, text);
  }

  thinkingDelta(text: Slice): void {
    this.current().say(PartKind.Thinking, text);
  }

  signatureDelta(signature: Slice): void {
    this.current().sign(signature, this.signatures);
  }

  thinkingRedacted(data: Slice): void {
    const part = new Part(PartKind.RedactedThinking);
    part.data = data.copy();
    part.signatureFormat = this.signatures;
    this.current().add(part);
  }

  partEnd(): void {
    this.current().close();
  }

  toolStart(index: i32, id: Slice, name: Slice, signature: Slice): void {
    const part = Part.toolCall(id.copy(), name.copy(), EMPTY_OBJECT);
    part.signature = signature.copy();
    if (signature.length) part.signatureFormat = SignatureFormat.Gemini;
    this.current().startCall(index, part);
  }

  toolDelta(index: i32, fragment: Slice): void {
    this.current().addInput(index, fragment);
  }

  toolEnd(index: i32): void {}

  usage(usage: Usage): void {
    this.response.usage.merge(usage);
  }

  finish(reason: FinishReason, stopSequence: Slice): void {
    this.current().finish(reason, stopSequence);
  }

  error(error: ChatError): void {
    this.failure = ChatError.of(error.kind, error.message.copy());
  }

  messageEnd(): void {}

  keepAlive(): void {}

  private current(): CollectedChoice {
    while (this.choices.length <= this.choice) {
      const choice = new Choice();
      this.response.choices.push(choice);
      this.choices.push(new CollectedChoice(choice));
    }
    return this.choices[this.choice];
  }
}
