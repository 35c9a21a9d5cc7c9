// What the items of a Responses conversation say and carry.
import type { Json } from "../answer.ts";
import { describeUrl } from "../attachments.ts";

/** The text of a message, or of a function's output. */
export function textOfItem(item: Json): string {
  const content = item["type"] === "function_call_output" ? item["output"] : item["content"];
  if (typeof content === "string") return content;
  return partsOf(content)
    .map((part) => (typeof part["text"] === "string" ? part["text"] : attachmentOf(part).join("")))
    .join(" ")
    .trim();
}

export function attachmentsOfItem(item: Json): string[] {
  return partsOf(item["content"]).flatMap(attachmentOf);
}

function attachmentOf(part: Json): string[] {
  const { type } = part;
  if (type === "input_image") return [describeUrl("image", String(part["image_url"] ?? part["file_id"]))];
  if (type === "input_file") {
    return [describeUrl("file", String(part["file_data"] ?? part["file_url"] ?? part["file_id"]))];
  }
  return [];
}

function partsOf(content: unknown): Json[] {
  return Array.isArray(content) ? (content as Json[]) : [];
}
