// A whole answer → hub. https://www.alibabacloud.com/help/en/model-studio/qwen-api-reference
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { contentAt, contentOf } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import { answerIdOr, callIdOr } from "../../hub/assembly/made-id";
import * as names from "../../hub/assembly/names";
import { DecodeOptions } from "../../hub/assembly/options";
import { Part, PartKind } from "../../hub/assembly/part";
import { decodeCalls } from "../../openai-chat/assembly/decode-message";
import { logprobsAt } from "../../openai-chat/assembly/decode-response";
import { decodeFinish } from "./finish";
import * as own from "./names";
import { decodeUsage } from "./usage";

const SEARCH_INFO = Slice.of("search_info");
const SEARCH_RESULTS = Slice.of("search_results");

/** Reads the answer. An error may come with status 200: it has no output. */
export function decodeResponse(tape: JsonTape, response: ChatResponse, options: DecodeOptions): Fault | null {
  const root = tape.root;
  const output = tape.find(root, own.OUTPUT);
  if (tape.kind(output) != JsonKind.Object) {
    return new Fault(FaultCode.Missing, 0, "The provider's answer has no output");
  }
  response.id = answerIdOr(contentAt(tape, root, own.REQUEST_ID), options);
  decodeUsage(tape, tape.find(root, names.USAGE), response.usage);
  const choices = tape.find(output, names.CHOICES);
  if (tape.kind(choices) == JsonKind.Array) {
    const reader = new ChoiceReader(tape, options, response.dropped);
    for (let node = tape.first(choices); node >= 0; node = tape.next(node)) response.choices.push(reader.read(node));
  } else response.choices.push(textChoice(tape, output));
  dropBesides(tape, output, response.dropped);
  return null;
}

/** Names what stands beside an output's choices: what was found by a search, and sound. */
export function dropBesides(tape: JsonTape, output: i32, dropped: Dropped): void {
  const search = tape.find(output, SEARCH_INFO);
  if (tape.first(tape.find(search, SEARCH_RESULTS)) >= 0) dropped.add(SEARCH_INFO);
  if (tape.kind(tape.find(output, names.AUDIO)) == JsonKind.Object) dropped.add(names.AUDIO);
}

@final
class ChoiceReader {
  /** Calls are counted over all choices, so that ids made for them differ. */
  private callCount: i32 = 0;

  constructor(
    private readonly tape: JsonTape,
    private readonly options: DecodeOptions,
    private readonly dropped: Dropped,
  ) {}

  read(node: i32): Choice {
    const tape = this.tape;
    const message = tape.find(node, names.MESSAGE);
    const choice = new Choice();
    pushText(PartKind.Thinking, contentAt(tape, message, own.REASONING_CONTENT), choice.parts);
    this.readContent(tape.find(message, names.CONTENT), choice.parts);
    const first = choice.parts.length;
    decodeCalls(tape, message, choice.parts);
    for (let i = first; i < choice.parts.length; ++i) {
      choice.parts[i].id = callIdOr(choice.parts[i].id, this.options, this.callCount++);
    }
    choice.finish = decodeFinish(tape.text(tape.find(node, own.FINISH_REASON)), choice.parts.length > first);
    choice.rawLogprobs = logprobsAt(tape, node, this.dropped);
    return choice;
  }

  /** A text, or a list of parts. */
  private readContent(content: i32, parts: Part[]): void {
    const tape = this.tape;
    pushText(PartKind.Text, contentOf(tape, content), parts);
    if (tape.kind(content) != JsonKind.Array) return;
    for (let node = tape.first(content); node >= 0; node = tape.next(node)) {
      const text = contentAt(tape, node, names.TEXT);
      pushText(PartKind.Text, text, parts);
      if (!text.length) dropPart(tape, node, this.dropped);
    }
  }
}

/** Names a part that is no text; an empty text is nothing. */
export function dropPart(tape: JsonTape, part: i32, dropped: Dropped): void {
  const member = tape.first(part);
  if (member >= 0 && !tape.keyEquals(member, names.TEXT)) dropped.add(tape.keyText(member));
}

function pushText(kind: PartKind, text: Slice, parts: Part[]): void {
  if (text.length) parts.push(Part.withText(kind, text));
}

/** The form of the first models: `text` and `finish_reason` beside each other. */
function textChoice(tape: JsonTape, output: i32): Choice {
  const choice = new Choice();
  pushText(PartKind.Text, contentAt(tape, output, names.TEXT), choice.parts);
  choice.finish = decodeFinish(tape.text(tape.find(output, own.FINISH_REASON)), false);
  return choice;
}
