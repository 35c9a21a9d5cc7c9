// Every dialect of chat traffic, one line each: import it, and add it to the list.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Anthropic } from "../../anthropic/assembly/dialect";
import { Dialect } from "../../hub/assembly/dialect";
import { OpenAiChat } from "../../openai-chat/assembly/dialect";

/** All of them. */
export const dialects: Dialect[] = [new OpenAiChat(), new Anthropic()];

/** The dialect with this name, or null. */
export function findDialect(name: Slice): Dialect | null {
  for (let i = 0; i < dialects.length; ++i) if (dialects[i].name.equals(name)) return dialects[i];
  return null;
}
