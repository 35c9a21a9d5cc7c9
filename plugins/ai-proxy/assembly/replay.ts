// A whole answer as the events of a stream.
import { ChatResponse, Choice } from "@weir/dialects/hub/assembly/chat-response";
import { inputContent } from "@weir/dialects/hub/assembly/tool-input";
import { Part, PartKind } from "@weir/dialects/hub/assembly/part";
import { ChatSink, StreamHead } from "@weir/dialects/hub/assembly/stream";

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
  for (let i = 0; i < choice.parts.length; ++i) {
    const part = choice.parts[i];
    if (part.kind != PartKind.ToolCall) replayPart(part, sink);
    else {
      sink.toolStart(calls, part.id, part.name, part.signature);
      sink.toolDelta(calls, inputContent(part));
      sink.toolEnd(calls++);
    }
  }
  sink.finish(choice.finish, choice.stopSequence);
}

function replayPart(part: Part, sink: ChatSink): void {
  sink.signatures = part.signatureFormat;
  switch (part.kind) {
    case PartKind.Text:
      sink.textDelta(part.text);
      break;
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
