// A streamed answer: a decoder turns a provider's events into calls of a sink, which writes the client's events.
//
//   messageStart (thinkingDelta* signatureDelta? | thinkingRedacted | textDelta* | refusalDelta*) partEnd? …
//                toolStart toolDelta* toolEnd? … wholePart … usage* finish messageEnd        or, at any place:  error
//
// Log probabilities come with their text (textDeltaWithLogprobs), annotations and citations behind it. What is lost,
// decoder and encoder name in `dropped`: a stream's headers are gone by then.
// Tools may interleave where a provider's do. Nothing follows messageEnd or error; sinks ignore what does.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { ChatError } from "./chat-error";
import { Dropped } from "./dropped";
import { FinishReason } from "./finish-reason";
import { ANNOTATIONS, CITATIONS, LOGPROBS } from "./names";
import { Part } from "./part";
import { SignatureFormat } from "./signature";
import { Usage } from "./usage";

/** What is known as a stream begins. */
@final
export class StreamHead {
  id: Slice = Slice.empty();
  model: Slice = Slice.empty();
  /** Seconds since 1970; 0 where the provider does not say. */
  createdSeconds: i64 = 0;
}

/** Takes a stream's events. Slices are JSON content and hold during the call only: copy what is kept. */
export abstract class ChatSink {
  /** Which of several answers the next events belong to. */
  choice: i32 = 0;
  /** Whose signatures come: a decoder sets it as soon as it knows. */
  signatures: SignatureFormat = SignatureFormat.Unknown;

  constructor(
    /** What the stream could not carry. */
    readonly dropped: Dropped,
  ) {}

  /** The first event, once. `usage` may have been told before it. */
  abstract messageStart(head: StreamHead): void;
  abstract textDelta(text: Slice): void;
  /** A text, which may be empty, with the log probabilities of its tokens in the form of chat completions. */
  textDeltaWithLogprobs(text: Slice, rawLogprobs: Slice): void {
    this.dropped.add(LOGPROBS);
    if (text.length) this.textDelta(text);
  }
  /** An annotation of the text that came last, in the form of OpenAI's responses. */
  annotation(raw: Slice): void {
    this.dropped.add(ANNOTATIONS);
  }
  /** A citation of Anthropic's in the text under way. */
  citation(raw: Slice): void {
    this.dropped.add(CITATIONS);
  }
  abstract refusalDelta(text: Slice): void;
  abstract thinkingDelta(text: Slice): void;
  /** Part of the signature of the thinking that came last. */
  abstract signatureDelta(signature: Slice): void;
  abstract thinkingRedacted(data: Slice): void;
  /** The text or thinking under way is whole. A hint: not all dialects have parts. */
  abstract partEnd(): void;
  /** A call begins. `index` counts the calls of the choice from 0. `signature` is Gemini's, mostly empty. */
  abstract toolStart(index: i32, id: Slice, name: Slice, signature: Slice): void;
  /** A fragment of the arguments' JSON text, as JSON content: it is escaped once more. */
  abstract toolDelta(index: i32, fragment: Slice): void;
  abstract toolEnd(index: i32): void;
  /** A part that comes at once: a medium, or what only one dialect knows. */
  wholePart(part: Part): void {
    this.dropped.addPart(part);
  }
  /** What is known so far; later counts replace earlier ones. */
  abstract usage(usage: Usage): void;
  abstract finish(reason: FinishReason, stopSequence: Slice): void;
  abstract error(error: ChatError): void;
  /** The stream ended as it should. */
  abstract messageEnd(): void;
  /** The provider shows that it is alive. */
  abstract keepAlive(): void;
}

/** Reads a provider's stream. */
export abstract class StreamDecoder {
  constructor(readonly sink: ChatSink) {}

  /**
   * Takes one whole event: its type (empty where unnamed) and its data. In dialects without server-sent events, the
   * frame's type and payload. Malformed events are an error to the client.
   */
  abstract take(name: Slice, data: Slice): void;

  /** The provider's stream is over. A stream cut short is an error to the client, never a success. */
  abstract end(): void;
}

/** How a client's stream is to be written. */
@final
export class StreamOptions {
  /** Where the events go; take it after each event. */
  readonly output: Writer = new Writer();
  /** What the stream could not carry, in front of it what its request could not. */
  readonly dropped: Dropped = new Dropped();
  /** Whether the client asked for usage (OpenAI). */
  includeUsage: bool = false;
  /** Now, in seconds since 1970, where the provider does not say. */
  createdSeconds: i64 = 0;
  /** The model's name where the provider does not say. */
  model: Slice = Slice.empty();
  /** Letters and digits, new for each answer: ids are made from it where the provider has none. */
  idSeed: Slice = Slice.empty();
  /** The request's `rawEcho`. */
  rawEcho: Slice = Slice.empty();
  /** Whether the client wants one JSON list, written piece by piece, in place of events (Gemini without `alt=sse`). */
  isArray: bool = false;
}
