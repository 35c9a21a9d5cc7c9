// What the YAML library says about a text that is not YAML, made actionable.
import { problemsMax } from "./limits.ts";

/** As the library gives them. */
export interface YamlMistake {
  code: string;
  message: string;
  pos: [number, number];
}

/** After one mistake the library stumbles over all that follows; one report without these is enough. */
export function rootCauses(mistakes: YamlMistake[]): YamlMistake[] {
  const first = mistakes.slice(0, 1);
  return [...first, ...mistakes.slice(1, problemsMax).filter(({ message }) => !message.startsWith("Unexpected "))];
}

/** The message and the fix, which knows the common slips. Quotes nothing of the text: a secret may stand there. */
export function explainMistake({ code, message, pos }: YamlMistake, text: string): { message: string; fix: string } {
  if (code === "MULTIPLE_DOCS") {
    const message = "The file holds several YAML documents, only one is allowed";
    return { message, fix: "Remove everything from the second --- on" };
  }
  if (code === "TAG_RESOLVE_FAILED") return { message, fix: "Remove the tag, the value is read without it" };
  const { before, line } = lineAround(text, pos[0]);
  if (/[{[]/.test(before) && line.includes("${")) {
    return { message, fix: 'Inside { } and [ ] a reference needs quotes: "${NAME}"' };
  }
  const isTab = code === "TAB_AS_INDENT" || /^\s*\t/.test(line);
  if (isTab) return { message, fix: "Indent with spaces, YAML does not allow tabs" };
  return { message, fix: "Correct the YAML here; the cause may be on the line before" };
}

/** No more than this of a line, which may be the whole file. */
const lineLengthMax = 200;

function lineAround(text: string, offset: number): { before: string; line: string } {
  const [before = ""] = text
    .slice(Math.max(0, offset - lineLengthMax), offset)
    .split("\n")
    .slice(-1);
  const [after = ""] = text.slice(offset, offset + lineLengthMax).split("\n");
  return { before, line: before + after };
}
