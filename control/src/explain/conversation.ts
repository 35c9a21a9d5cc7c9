// What a request says and holds, whichever API it is for: as ai-fallback reads it to choose a model.
type Fields = Record<string, unknown>;

export interface Conversation {
  /** The last thing that the user says. */
  userText: string;
  hasTools: boolean;
  hasImages: boolean;
  /** Estimated. */
  tokens: number;
}

const messageFields = ["messages", "input", "contents", "prompt"];
const instructionFields = ["instructions", "system", "systemInstruction", "system_instruction"];
const imageTypes = ["image_url", "input_image", "image"];
const mediaFields = ["inlineData", "inline_data", "fileData", "file_data"];
const partsDepthMax = 2;
const bytesPerToken = 4;

export function readConversation(body: Fields): Conversation {
  const reader = new ConversationReader();
  for (const field of instructionFields) reader.readContent(body[field], 0);
  const field = messageFields.find((name) => (body[name] ?? null) !== null);
  if (field) reader.readMessages(body[field], field === "contents");
  const { userText, hasImages, textBytes } = reader;
  const hasTools = ["tools", "functions"].some((name) => sizeOf(body[name]) > 0);
  return { userText, hasImages, hasTools, tokens: Math.ceil(textBytes / bytesPerToken) };
}

class ConversationReader {
  userText = "";
  hasImages = false;
  textBytes = 0;
  #said: string[] = [];

  readMessages(messages: unknown, isUserByDefault: boolean): void {
    if (!Array.isArray(messages)) return this.#readMessage(messages, true);
    for (const message of messages as unknown[]) {
      const role = fieldsOf(message)["role"];
      this.#readMessage(
        message,
        typeof message === "string" || (role === undefined ? isUserByDefault : role === "user"),
      );
    }
  }

  #readMessage(message: unknown, isUser: boolean): void {
    this.#said = [];
    this.readContent(message, 0);
    const said = this.#said.filter((text, index) => index > 0 || text !== "").join("\n");
    if (isUser && said !== "") this.userText = said;
  }

  readContent(content: unknown, depth: number): void {
    if (typeof content === "string") this.#take(content, depth);
    else if (Array.isArray(content)) for (const part of content as unknown[]) this.#readPart(part, depth);
    else this.#readPart(content, depth);
  }

  #readPart(part: unknown, depth: number): void {
    if (typeof part === "string") return this.#take(part, depth);
    const fields = fieldsOf(part);
    if (typeof fields["text"] === "string") this.#take(fields["text"], depth);
    if (isImage(fields)) this.hasImages = true;
    if (depth >= partsDepthMax) return;
    for (const name of ["content", "parts"]) this.readContent(fields[name], depth + 1);
  }

  #take(text: string, depth: number): void {
    this.textBytes += Buffer.byteLength(text);
    if (depth < partsDepthMax) this.#said.push(text);
  }
}

function isImage(part: Fields): boolean {
  const types = mediaFields
    .map((name) => fieldsOf(part[name]))
    .flatMap((media) => [media["mimeType"], media["mime_type"]]);
  return (
    imageTypes.includes(part["type"] as string) ||
    types.some((type) => typeof type === "string" && type.startsWith("image/"))
  );
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function sizeOf(value: unknown): number {
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}
