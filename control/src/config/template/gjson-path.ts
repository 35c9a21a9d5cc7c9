// What can be wrong with a path of gjson, whatever it is put to.
// https://github.com/tidwall/gjson/blob/master/SYNTAX.md

const closing: Record<string, string> = { "(": ")", "[": "]", "{": "}" };

/** What is wrong with it, to stand behind its name; null where nothing is. */
export function pathMistake(path: string): string | null {
  if (path === "") return "is empty";
  const open: string[] = [];
  for (let at = 0; at < path.length; at++) {
    const sign = path[at]!;
    if (sign === "\\") at++;
    else if (sign === '"' && open.length > 0) {
      const end = quoteEnd(path, at);
      if (end < 0) return "has a text that does not end";
      at = end;
    } else if (closing[sign]) open.push(closing[sign]);
    else if (sign === open.at(-1)) open.pop();
  }
  if (open.length > 0) return `lacks a ${open.at(-1)}`;
  return /(^|[^\\])[.|]$/.test(path) ? `ends with ${path.at(-1)}` : null;
}

function quoteEnd(path: string, from: number): number {
  for (let at = from + 1; at < path.length; at++) {
    if (path[at] === "\\") at++;
    else if (path[at] === '"') return at;
  }
  return -1;
}
