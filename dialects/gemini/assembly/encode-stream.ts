// Hub → a stream of generateContent responses, each with what came, the last with why it ended. Calls go out whole.
// Google's SDKs take neither comments nor blank lines between events, so there is no sign of life.
// https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { ChatError } from "../../hub/assembly/chat-error";
import { FinishReason } from "../../hub/assembly/finish-reason";
import { EMPTY_OBJECT } from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { ChatSink, StreamHead, StreamOptions } from "../../hub/assembly/stream";
import { Usage } from "../../hub/assembly/usage";
import { isMetadata } from "./decode-response";
import { NAME_OF_DIALECT } from "./names";
import { OpenCalls } from "./open-calls";
import { ResponseWriter } from "./response-writer";
import { redactedField, signatureField } from "./signature";

/** Choices beyond it are ignored: no client asks for more. */
const CHOICES_MAX: i32 = 128;

/** Writes the responses. */
@final
export class GeminiStreamEncoder extends ChatSink {
  private readonly responses: ResponseWriter;
  private known: Usage = new Usage();
  private calls: OpenCalls = new OpenCalls();
  private reasons: FinishReason[] = [];
  /** A signature under way, and whether thinking came before it. */
  private signature: Writer = new Writer();
  private signatureFormat: SignatureFormat = SignatureFormat.Unknown;
  private isThinking: bool = false;
  private isOver: bool = false;

  constructor(private readonly options: StreamOptions) {
    super(options.dropped);
    this.responses = new ResponseWriter(options.output, options.isArray);
  }

  private get isMuted(): bool {
    return this.isOver || this.choice >= CHOICES_MAX;
  }

  messageStart(head: StreamHead): void {
    this.responses.setHead(head.model.length ? head.model : this.options.model, head.id);
  }

  textDelta(text: Slice): void {
    if (this.isMuted) return;
    this.settle(false);
    this.responses.text(text);
  }

  textDeltaWithLogprobs(text: Slice, rawLogprobs: Slice): void {
    if (this.isMuted) return;
    if (text.length) this.settle(false);
    this.responses.choice = this.choice;
    this.responses.textWithLogprobs(text, rawLogprobs);
  }

  /** A refusal is said as text. */
  refusalDelta(text: Slice): void {
    this.textDelta(text);
  }

  thinkingDelta(text: Slice): void {
    if (this.isMuted) return;
    this.settle(true);
    this.responses.thought(text);
  }

  signatureDelta(signature: Slice): void {
    if (this.isMuted) return;
    this.signature.bytes(signature);
    this.signatureFormat = this.signatures;
  }

  thinkingRedacted(data: Slice): void {
    if (this.isMuted) return;
    this.settle(false);
    this.responses.signature(redactedField(data, this.signatures), true);
  }

  partEnd(): void {
    if (!this.isMuted) this.settle(false);
  }

  toolStart(index: i32, id: Slice, name: Slice, signature: Slice): void {
    if (this.isMuted) return;
    this.settle(false);
    const part = Part.toolCall(id.copy(), name.copy(), EMPTY_OBJECT);
    part.signature = signature.copy();
    this.calls.start(this.choice, index, part);
  }

  toolDelta(index: i32, fragment: Slice): void {
    if (!this.isMuted) this.calls.add(this.choice, index, fragment);
  }

  toolEnd(index: i32): void {
    if (this.isMuted) return;
    const call = this.calls.take(this.choice, index);
    this.responses.choice = this.choice;
    if (call) this.responses.call(call);
  }

  wholePart(part: Part): void {
    if (this.isMuted) return;
    this.settle(false);
    const isMedium = part.kind == PartKind.Image || part.kind == PartKind.Document || part.kind == PartKind.Audio;
    const isOwn = part.kind == PartKind.Opaque && part.name.equals(NAME_OF_DIALECT) && !isMetadata(part);
    if (isMedium) this.responses.medium(part, this.dropped);
    else if (isOwn) this.responses.raw(part.raw);
    else this.dropped.addPart(part);
  }

  usage(usage: Usage): void {
    this.known.merge(usage);
  }

  finish(reason: FinishReason, stopSequence: Slice): void {
    if (this.isMuted) return;
    this.settle(false);
    for (let call = this.calls.takeAny(this.choice); call; call = this.calls.takeAny(this.choice)) {
      this.responses.call(call);
    }
    while (this.reasons.length <= this.choice) this.reasons.push(FinishReason.Unknown);
    this.reasons[this.choice] = reason;
  }

  error(error: ChatError): void {
    if (!this.isOver) this.responses.error(error);
    this.isOver = true;
  }

  messageEnd(): void {
    if (this.isOver) return;
    this.settle(false);
    if (!this.reasons.length) this.reasons.push(FinishReason.Unknown);
    this.responses.finish(this.reasons, this.known);
    this.isOver = true;
  }

  keepAlive(): void {}

  /** Before anything else is told: chooses the candidate, and tells the signature under way. */
  private settle(isThinking: bool): void {
    const wasThinking = this.isThinking;
    this.isThinking = isThinking;
    if (this.signature.length) {
      const format = this.signatureFormat;
      const field = signatureField(this.signature.take(), format);
      const isForeign = format != SignatureFormat.Gemini && format != SignatureFormat.Unknown;
      this.responses.signature(field, wasThinking || isForeign);
    }
    this.responses.choice = this.choice;
  }
}
