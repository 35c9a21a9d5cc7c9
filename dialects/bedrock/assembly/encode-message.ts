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
const OPENING_BLOCK = Slice.of('{"text":"Continue."}');
const DOCUMENT_BLOCK = Slice.of('{"text":"See the attached document."}');

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
  const turns = new TurnWriter(json, new BlockEncoder(json, request, family));
  json.key(names.MESSAGES).beginArray();
  for (let i = 0; i < request.messages.length; ++i) {
    const message = request.messages[i];
    request.dropped.addIf(NAME, message.name);
    if (!message.isInstruction) turns.take(message);
  }
  turns.finish();
  json.endArray();
}

/** Writes turns: all that one side says before the other does is one message. */
@final
class TurnWriter {
  /** What the side says whose turn it is. A message of which nothing is carried is no turn. */
  private readonly parts: Part[] = [];
  private isAssistant: bool = false;
  private hasBegun: bool = false;

  constructor(
    private readonly json: JsonWriter,
    private readonly blocks: BlockEncoder,
  ) {}

  take(message: Message): void {
    const isAssistant = message.role == Role.Assistant;
    for (let i = 0; i < message.parts.length; ++i) {
      if (!this.blocks.isCarried(message.parts[i], isAssistant)) continue;
      if (this.isAssistant != isAssistant) this.encodeTurn();
      this.isAssistant = isAssistant;
      this.parts.push(message.parts[i]);
    }
  }

  finish(): void {
    this.encodeTurn();
    if (!this.hasBegun) this.encodeOpening();
  }

  private encodeTurn(): void {
    const parts = this.parts;
    if (!parts.length) return;
    if (!this.hasBegun && this.isAssistant) this.encodeOpening();
    this.begin(this.isAssistant);
    for (let i = 0; i < parts.length; ++i) {
      if (parts[i].kind == PartKind.ToolResult) this.blocks.encode(parts[i]);
    }
    this.encodeRest();
    this.json.endArray().endObject();
    parts.length = 0;
  }

  /** What is no result; beside a document there has to be a text. */
  private encodeRest(): void {
    const parts = this.parts;
    let hasText = false;
    let hasDocument = false;
    for (let i = 0; i < parts.length; ++i) {
      const kind = parts[i].kind;
      if (kind == PartKind.ToolResult) continue;
      if (kind == PartKind.Text || kind == PartKind.Refusal) hasText = true;
      if (kind == PartKind.Document) hasDocument = true;
      this.blocks.encode(parts[i]);
    }
    if (hasDocument && !hasText) this.json.raw(DOCUMENT_BLOCK);
  }

  private encodeOpening(): void {
    this.begin(false);
    this.json.raw(OPENING_BLOCK).endArray().endObject();
  }

  private begin(isAssistant: bool): void {
    const json = this.json.beginObject().key(names.ROLE);
    json
      .text(isAssistant ? names.ASSISTANT : names.USER)
      .key(names.CONTENT)
      .beginArray();
    this.hasBegun = true;
  }
}
