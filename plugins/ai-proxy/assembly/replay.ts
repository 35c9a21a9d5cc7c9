// A whole answer as the events of a stream.
import { JsonKind, JsonTape, Slice } from "@weir/sdk/assembly";
import { ChatResponse, Choice } from "@weir/dialects/hub/assembly/chat-response";
import { LOGPROBS } from "@weir/dialects/hub/assembly/names";
import { inputContent } from "@weir/dialects/hub/assembly/tool-input";
import { Part, PartKind } from "@weir/dialects/hub/assembly/part";
import { ChatSink, StreamHead } from "@weir/dialects/hub/assembly/stream";

const tape = new JsonTape();

/** Tells `response` to `sink`. */
export function replay(response: ChatResponse, sink: ChatSink): void {
  const head = new StreamHead();
  head.id = response.id;
  head.model = response.model;
  head.createdSeconds = response.createdSeconds;
  sink.messageStart(head);
  for (let i = 0; i < response.choices.length; ++i) {
    sink.choice = i;
    replayChoice(response.choices[i], sink);
  }
  sink.usage(response.usage);
  sink.messageEnd();
}

function replayChoice(choice: Choice, sink: ChatSink): void {
  let calls = 0;
  let rawLogprobs = choice.rawLogprobs;
  for (let i = 0; i < choice.parts.length; ++i) {
    const part = choice.parts[i];
    if (part.kind == PartKind.Text && rawLogprobs.length) {
      sink.textDeltaWithLogprobs(part.text, rawLogprobs);
      rawLogprobs = Slice.empty();
      replayMarks(part, sink);
    } else if (part.kind != PartKind.ToolCall) replayPart(part, sink);
    else {
      sink.toolStart(calls, part.id, part.name, part.signature);
      sink.toolDelta(calls, inputContent(part));
      sink.toolEnd(calls++);
    }
  }
  if (rawLogprobs.length) sink.dropped.add(LOGPROBS);
  sink.finish(choice.finish, choice.stopSequence);
}

function replayPart(part: Part, sink: ChatSink): void {
  sink.signatures = part.signatureFormat;
  switch (part.kind) {
    case PartKind.Text:
      sink.textDelta(part.text);
      replayMarks(part, sink);
      return;
    case PartKind.Refusal:
      sink.refusalDelta(part.text);
      break;
    case PartKind.Thinking:
      if (part.text.length) sink.thinkingDelta(part.text);
      if (part.signature.length) sink.signatureDelta(part.signature);
      break;
    case PartKind.RedactedThinking:
      sink.thinkingRedacted(part.data);
      break;
    default:
      sink.wholePart(part);
  }
  sink.partEnd();
}

/** What a text has beside it, and its end. */
function replayMarks(part: Part, sink: ChatSink): void {
  for (let node = firstOf(part.rawAnnotations); node >= 0; node = tape.next(node)) sink.annotation(tape.raw(node));
  for (let node = firstOf(part.rawCitations); node >= 0; node = tape.next(node)) sink.citation(tape.raw(node));
  tape.clear();
  sink.partEnd();
}

/** The first item of a list, which is on the tape now; −1 for none. */
function firstOf(list: Slice): i32 {
  if (!list.length || tape.scan(list) || tape.kind(tape.root) != JsonKind.Array) return -1;
  return tape.first(tape.root);
}
