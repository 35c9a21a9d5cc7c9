// Hub → a whole response. https://platform.openai.com/docs/api-reference/responses/object
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { Dropped } from "../../hub/assembly/dropped";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { inputContent } from "../../hub/assembly/tool-input";
import { isMedium, isSameDialect } from "./encode-part";
import { incompleteReason } from "./finish";
import * as own from "./names";
import {
  CALL_PREFIX,
  itemId,
  MESSAGE_PREFIX,
  REASONING_PREFIX,
  RESPONSE_PREFIX,
  writeCallItem,
  writeMessageItem,
  writeReasoningItem,
  writeSaidPart,
} from "./output-item";
import { fieldOf, knownId } from "./reasoning";
import { ResponseObject } from "./response-object";

const MEDIA = Slice.of("media");
const STANDARD = Slice.of("standard");
const DEFAULT = Slice.of("default");

/** Reads log probabilities; forgets them at once. */
const tape = new JsonTape(1);

/** Writes the answer: the first choice, for there is no place for others. */
export function encodeResponse(response: ChatResponse, json: JsonWriter): void {
  const choice = response.choices.length ? response.choices[0] : new Choice();
  if (response.choices.length > 1) response.dropped.add(names.CHOICES);
  const object = new ResponseObject();
  object.id = response.id.length ? response.id : itemId(RESPONSE_PREFIX, response.idSeed, 0);
  object.model = response.model;
  object.createdSeconds = response.createdSeconds;
  object.rawEcho = response.rawEcho;
  object.serviceTier = response.serviceTier.equals(STANDARD) ? DEFAULT : response.serviceTier;
  object.end(incompleteReason(choice.finish, hasRefusal(choice.parts)));
  const items = new OutputEncoder(response.idSeed, object.status, response.dropped);
  object.write(json, items.encode(choice), response.usage);
}

function hasRefusal(parts: Part[]): bool {
  for (let i = 0; i < parts.length; ++i) if (parts[i].kind == PartKind.Refusal) return true;
  return false;
}

@final
class OutputEncoder {
  private json: JsonWriter = new JsonWriter(new Writer(1024));
  private count: i32 = 0;
  private logprobs: Slice = Slice.empty();

  constructor(
    private readonly idSeed: Slice,
    /** What the last item's status is; that of the others is `completed`. */
    private readonly status: Slice,
    private readonly dropped: Dropped,
  ) {}

  /** The items: texts that follow each other are one message. */
  encode(choice: Choice): Slice {
    const parts = choice.parts;
    this.logprobs = logprobsOf(choice.rawLogprobs);
    let i = 0;
    while (i < parts.length) {
      if (isSaid(parts[i])) i = this.encodeMessage(parts, i);
      else this.encodeItem(parts[i], ++i == parts.length ? this.status : own.COMPLETED);
    }
    return this.json.output.take();
  }

  private nextId(prefix: Slice): Slice {
    return itemId(prefix, this.idSeed, this.count++);
  }

  /** Writes a message of the parts from `first` on; gives where the next item begins. */
  private encodeMessage(parts: Part[], first: i32): i32 {
    const said = new Writer();
    const json = new JsonWriter(said);
    let i = first;
    for (; i < parts.length && isSaid(parts[i]); ++i) {
      this.dropped.addIf(names.CITATIONS, parts[i].rawCitations);
      writeSaidPart(json, parts[i], this.logprobs);
      this.logprobs = Slice.empty();
    }
    const status = i == parts.length ? this.status : own.COMPLETED;
    writeMessageItem(this.json, this.nextId(MESSAGE_PREFIX), status, said.take());
    return i;
  }

  private encodeItem(part: Part, status: Slice): void {
    if (part.kind == PartKind.Thinking || part.kind == PartKind.RedactedThinking) this.encodeThinking(part);
    else if (part.kind == PartKind.ToolCall) this.encodeCall(part, status);
    else if (part.kind == PartKind.Opaque && isSameDialect(part)) {
      ++this.count;
      this.json.raw(part.raw);
    } else if (part.kind == PartKind.Opaque) this.dropped.add(part.text);
    else if (isMedium(part)) this.dropped.add(MEDIA);
  }

  private encodeThinking(part: Part): void {
    const signature = part.kind == PartKind.Thinking ? part.signature : part.data;
    const made = this.nextId(REASONING_PREFIX);
    const known = knownId(signature, part.signatureFormat);
    writeReasoningItem(this.json, known.length ? known : made, part, fieldOf(signature, part.signatureFormat));
  }

  /** A call's own signature has no place here: it goes before the call, as reasoning that says nothing. */
  private encodeCall(part: Part, status: Slice): void {
    if (part.signature.length) {
      const signature = new Part(PartKind.RedactedThinking);
      signature.data = part.signature;
      signature.signatureFormat = part.signatureFormat;
      this.encodeThinking(signature);
    }
    writeCallItem(this.json, this.nextId(CALL_PREFIX), status, part, inputContent(part));
  }
}

function isSaid(part: Part): bool {
  return part.kind == PartKind.Text || part.kind == PartKind.Refusal;
}

/** The list in log probabilities of chat completions; empty where there is none. */
export function logprobsOf(raw: Slice): Slice {
  if (!raw.length || tape.scan(raw)) return Slice.empty();
  const list = tape.find(tape.root, names.CONTENT);
  const found = tape.kind(list) == JsonKind.Array ? tape.raw(list) : Slice.empty();
  tape.clear();
  return found;
}
