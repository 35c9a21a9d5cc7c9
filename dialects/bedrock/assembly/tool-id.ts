// Ids of calls: letters, digits, `_` and `-`, at most 64 of them. Of a longer one the end is kept, where ids differ;
// what else stands in it becomes `_`, in call and result alike, so that they still meet.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { writeToolId as writeAnthropicId } from "../../anthropic/assembly/tool-id";

const ID_SIZE_MAX: i32 = 64;

/** Writes an id as a string value. */
export function writeToolId(json: JsonWriter, id: Slice): void {
  writeAnthropicId(json, id.slice(max(id.length - ID_SIZE_MAX, 0)));
}
