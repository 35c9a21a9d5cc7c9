// Hub → `systemInstruction` and `contents`. Results to calls of one turn come in one content, as the API demands, and
// apart from what else the user says. https://ai.google.dev/gemini-api/docs/function-calling
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { EncodeOptions } from "../../hub/assembly/options";
import { Part, PartKind } from "../../hub/assembly/part";
import { PartEncoder } from "./encode-part";
import { ResultEncoder } from "./encode-result";
import { isAfterGemini2, needsSignatures } from "./model";
import * as own from "./names";

const NAME = Slice.of("messages.name");

/** Writes the conversation. */
export function encodeContents(json: JsonWriter, request: ChatRequest, options: EncodeOptions): void {
  new ContentEncoder(json, request, options).encode();
}

@final
class ContentEncoder {
  private readonly parts: PartEncoder;
  private readonly results: ResultEncoder;
  /** The results and the other parts of a user's turn: used again for each. */
  private readonly answers: Part[] = [];
  private readonly rest: Part[] = [];

  constructor(
    private readonly json: JsonWriter,
    private readonly request: ChatRequest,
    options: EncodeOptions,
  ) {
    const parts = new PartEncoder(json, request.dropped);
    parts.omitsCallIds = options.omitsCallIds;
    parts.needsSignatures = needsSignatures(request.model);
    const results = new ResultEncoder(json, request.dropped);
    results.omitsIds = options.omitsCallIds;
    results.takesMedia = isAfterGemini2(request.model);
    this.parts = parts;
    this.results = results;
  }

  encode(): void {
    const messages = this.request.messages;
    const instructions: Part[] = [];
    let hasTurns = false;
    for (let i = 0; i < messages.length; ++i) {
      this.request.dropped.addIf(NAME, messages[i].name);
      if (messages[i].isInstruction) pushAll(messages[i].parts, instructions);
      else hasTurns = true;
    }
    if (hasTurns) this.encodeSystem(instructions);
    this.json.key(own.CONTENTS.json).beginArray();
    // There must be a content: instructions alone are said by the user.
    if (hasTurns) this.encodeTurns();
    else this.encodeContent(names.USER, instructions);
    this.json.endArray();
  }

  private encodeSystem(parts: Part[]): void {
    if (!this.parts.take(parts)) return;
    this.json.key(own.SYSTEM_INSTRUCTION.json).beginObject().key(own.PARTS.json);
    this.parts.encode();
    this.json.endObject();
  }

  /** Neighbours of one role become one content. */
  private encodeTurns(): void {
    const messages = this.request.messages;
    let role = Role.System;
    const parts: Part[] = [];
    for (let i = 0; i < messages.length; ++i) {
      const message = messages[i];
      if (message.isInstruction) continue;
      if (message.role != role) {
        this.encodeTurn(role, parts);
        parts.length = 0;
        role = message.role;
      }
      pushAll(message.parts, parts);
    }
    this.encodeTurn(role, parts);
  }

  private encodeTurn(role: Role, parts: Part[]): void {
    if (role == Role.Assistant) {
      this.results.beginTurn(parts);
      this.encodeContent(names.MODEL, parts);
      return;
    }
    this.answers.length = 0;
    this.rest.length = 0;
    for (let i = 0; i < parts.length; ++i) if (parts[i].kind == PartKind.ToolResult) this.answers.push(parts[i]);
    if (this.answers.length) {
      this.begin(names.USER);
      this.results.encode(this.answers, this.rest);
      this.json.endObject();
    }
    for (let i = 0; i < parts.length; ++i) if (parts[i].kind != PartKind.ToolResult) this.rest.push(parts[i]);
    this.encodeContent(names.USER, this.rest);
  }

  /** Begins a content, up to its list of parts. */
  private begin(role: Slice): void {
    this.json.beginObject().key(names.ROLE).text(role).key(own.PARTS.json);
  }

  private encodeContent(role: Slice, parts: Part[]): void {
    if (!this.parts.take(parts)) return;
    this.begin(role);
    this.parts.encode();
    this.json.endObject();
  }
}

function pushAll(source: Part[], target: Part[]): void {
  for (let i = 0; i < source.length; ++i) target.push(source[i]);
}
