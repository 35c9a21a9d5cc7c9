// A count of a request's tokens where the provider does not count: texts by TextMeter, the rest by fixed amounts.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { ChatRequest } from "./chat-request";
import { plainOf } from "./content";
import { MediaSource, Part, PartKind } from "./part";
import { TextMeter } from "./text-meter";
import { TokenCount } from "./token-count";

/** What marks a message's begin, role and end. OpenAI: 3 and the role. */
export const MESSAGE: i64 = 4;
/** What begins the answer. */
const ANSWER: i64 = 3;
/** What stands around a call, its result, or a tool's definition. */
export const FRAME: i64 = 8;
/** An image of 1024 × 1024 pixels has 765 tokens with OpenAI, 1,398 with Anthropic, 1,032 or 258 with Gemini. */
export const IMAGE: i64 = 1000;
export const IMAGE_LOW: i64 = 85;
const LOW = Slice.of("low");
/** A document of one or two pages: text and image of each. */
export const DOCUMENT: i64 = 3000;
/** Gemini has 32 tokens a second, OpenAI 10; a second of speech has 16,000 bytes as mp3, 32,000 as wav. */
export const AUDIO_BYTES_PER_TOKEN: i64 = 1000;

/** Estimates the input tokens of `request`. */
export function estimateTokens(request: ChatRequest, count: TokenCount): void {
  const meter = new TextMeter();
  meter.add(ANSWER);
  for (let i = 0; i < request.messages.length; ++i) {
    meter.add(MESSAGE);
    takeParts(meter, request.messages[i].parts);
  }
  for (let i = 0; i < request.tools.length; ++i) {
    const tool = request.tools[i];
    meter.add(FRAME);
    meter.take(plainOf(tool.name));
    meter.take(plainOf(tool.description));
    meter.take(tool.rawSchema);
    meter.take(tool.raw);
  }
  meter.take(request.output.rawSchema);
  count.inputTokens = meter.tokens;
  count.isEstimate = true;
}

function takeParts(meter: TextMeter, parts: Part[]): void {
  for (let i = 0; i < parts.length; ++i) takePart(meter, parts[i]);
}

/** Thoughts are left out: those of earlier turns do not count as input. */
function takePart(meter: TextMeter, part: Part): void {
  switch (part.kind) {
    case PartKind.Text:
    case PartKind.Refusal:
      meter.take(plainOf(part.text));
      break;
    case PartKind.Image:
      meter.add(part.detail.equals(LOW) ? IMAGE_LOW : IMAGE);
      break;
    case PartKind.Document:
      if (part.source == MediaSource.Text) meter.take(plainOf(part.data));
      else meter.add(DOCUMENT);
      break;
    case PartKind.Audio:
      meter.add((<i64>part.data.length * 3) / 4 / AUDIO_BYTES_PER_TOKEN);
      break;
    case PartKind.ToolCall:
      meter.add(FRAME);
      meter.take(plainOf(part.name));
      meter.take(part.rawInput);
      break;
    case PartKind.ToolResult:
      meter.add(FRAME);
      takeParts(meter, part.parts);
      break;
    case PartKind.Opaque:
      meter.take(part.raw);
      break;
    default:
      break;
  }
}
