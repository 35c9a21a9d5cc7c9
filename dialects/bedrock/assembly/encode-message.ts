// Hub → system prompt and messages. Roles alternate and the first is the user's, or the API refuses: so neighbours of
// one role become one message, in which results come first, and a conversation that the assistant opens gets a word
// before it. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { BlockEncoder } from "./encode-part";
import { Family } from "./model";

const NAME = Slice.of("messages.name");
const OPENING = Slice.of("Continue.");
/** Beside a document there has to be a text. */
const DOCUMENT_TEXT = Slice.of("See the attached document.");

/** One message to be: all that one side says before the other does. */
@final
class Turn {
  readonly parts: Part[] = [];
  constructor(readonly isAssistant: bool) {}
}

/** All instructions as `system`. */
export function encodeSystem(json: JsonWriter, request: ChatRequest, family: Family): void {
  const blocks = new BlockEncoder(json, request, family);
  let isOpen = false;
  for (let i = 0; i < request.messages.length; ++i) {
    const message = request.messages[i];
    for (let k = 0; message.isInstruction && k < message.parts.length; ++k) {
      if (!blocks.isInstruction(message.parts[k])) continue;
      if (!isOpen) json.key(names.SYSTEM).beginArray();
      isOpen = true;
      blocks.encode(message.parts[k]);
    }
  }
  if (isOpen) json.endArray();
}

/** The conversation as `messages`. */
export function encodeMessages(json: JsonWriter, request: ChatRequest, family: Family): void {
  const blocks = new BlockEncoder(json, request, family);
  const turns = turnsOf(request, blocks);
  json.key(names.MESSAGES).beginArray();
  if (!turns.length || turns[0].isAssistant) {
    begin(json, false);
    json.beginObject().key(names.TEXT).text(OPENING).endObject();
    end(json);
  }
  for (let i = 0; i < turns.length; ++i) encodeTurn(json, blocks, turns[i]);
  json.endArray();
}

/** A message of which nothing is carried has no turn: its neighbours become one. */
function turnsOf(request: ChatRequest, blocks: BlockEncoder): Turn[] {
  const turns: Turn[] = [];
  for (let i = 0; i < request.messages.length; ++i) {
    const message = request.messages[i];
    request.dropped.addIf(NAME, message.name);
    if (!message.isInstruction) addTurn(turns, message, blocks);
  }
  return turns;
}

function addTurn(turns: Turn[], message: Message, blocks: BlockEncoder): void {
  const isAssistant = message.role == Role.Assistant;
  for (let i = 0; i < message.parts.length; ++i) {
    if (!blocks.isCarried(message.parts[i], isAssistant)) continue;
    if (!turns.length || turns[turns.length - 1].isAssistant != isAssistant) turns.push(new Turn(isAssistant));
    turns[turns.length - 1].parts.push(message.parts[i]);
  }
}

function encodeTurn(json: JsonWriter, blocks: BlockEncoder, turn: Turn): void {
  const parts = turn.parts;
  let hasText = false;
  let hasDocument = false;
  begin(json, turn.isAssistant);
  for (let i = 0; i < parts.length; ++i) if (parts[i].kind == PartKind.ToolResult) blocks.encode(parts[i]);
  for (let i = 0; i < parts.length; ++i) {
    if (parts[i].kind == PartKind.ToolResult) continue;
    if (parts[i].kind == PartKind.Text) hasText = true;
    if (parts[i].kind == PartKind.Document) hasDocument = true;
    blocks.encode(parts[i]);
  }
  if (hasDocument && !hasText) json.beginObject().key(names.TEXT).text(DOCUMENT_TEXT).endObject();
  end(json);
}

function begin(json: JsonWriter, isAssistant: bool): void {
  json
    .beginObject()
    .key(names.ROLE)
    .text(isAssistant ? names.ASSISTANT : names.USER);
  json.key(names.CONTENT).beginArray();
}

function end(json: JsonWriter): void {
  json.endArray().endObject();
}
