// Which of the two endpoints a request goes to. Models that see or hear are served by one of their own, whatever the
// request holds; at the other they answer "url error, please check url". What follows from a name was seen in 2026-08.
// https://www.alibabacloud.com/help/en/model-studio/error-code#error-url
import { isDigit } from "@weir/sdk/assembly/bytes/integer";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { ChatRequest, ReasoningMode } from "../../hub/assembly/chat-request";
import { Part, PartKind } from "../../hub/assembly/part";

/** What the names of models that see or hear hold. */
const MARKS: Slice[] = [
  Slice.of("-vl"),
  Slice.of("-omni"),
  Slice.of("-audio"),
  Slice.of("-asr"),
  Slice.of("-ocr"),
  Slice.of("qvq"),
  Slice.of("kimi-k2."),
  Slice.of("kimi-k3"),
];
const QWEN_3 = Slice.of("qwen3.");
const MAX = Slice.of("-max");
/** From Qwen 3.5 on all models see but the largest, and from 3.8 on that one too. */
const SEES_FROM: i32 = 5;
const MAX_SEES_FROM: i32 = 8;

/** What the names of models hold that answer in streams only. */
const STREAM_MARKS: Slice[] = [Slice.of("qwq"), Slice.of("qvq"), Slice.of("-omni"), Slice.of("-thinking")];
const OPEN_QWEN_3 = Slice.of("qwen3-");

/**
 * Whether the model answers in streams only unless it is told not to think: QwQ, QVQ and Omni always, and those that
 * think by themselves, as Qwen 3's open models of a given size (`qwen3-32b`) do.
 * https://docs.qwencloud.com/resources/faq-text-generation
 */
export function streamsOnly(request: ChatRequest): bool {
  const model = request.model;
  for (let i = 0; i < STREAM_MARKS.length; ++i) if (model.find(STREAM_MARKS[i]) >= 0) return true;
  return (
    request.reasoning.mode == ReasoningMode.Unset &&
    model.startsWith(OPEN_QWEN_3) &&
    isDigit(model.at(OPEN_QWEN_3.length))
  );
}

/** Whether the request goes to the endpoint for models that see or hear. */
export function isMultimodal(request: ChatRequest): bool {
  if (seesOrHears(request.model)) return true;
  for (let i = 0; i < request.messages.length; ++i) if (holdsMedia(request.messages[i].parts)) return true;
  return false;
}

function holdsMedia(parts: Part[]): bool {
  for (let i = 0; i < parts.length; ++i) {
    if (isMedia(parts[i])) return true;
    for (let k = 0; k < parts[i].parts.length; ++k) if (isMedia(parts[i].parts[k])) return true;
  }
  return false;
}

function isMedia(part: Part): bool {
  return part.kind == PartKind.Image || part.kind == PartKind.Audio;
}

function seesOrHears(model: Slice): bool {
  for (let i = 0; i < MARKS.length; ++i) if (model.find(MARKS[i]) >= 0) return true;
  const at = model.find(QWEN_3);
  if (at < 0) return false;
  const digit = model.at(at + QWEN_3.length);
  const isLonger = isDigit(model.at(at + QWEN_3.length + 1));
  const minor = isDigit(digit) ? (isLonger ? MAX_SEES_FROM : digit - 0x30) : 0;
  return minor >= (model.find(MAX) < 0 ? SEES_FROM : MAX_SEES_FROM);
}
