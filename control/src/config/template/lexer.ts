// The tokens of one action of a template, what stands between {{ and }}, as the plugin mcp-bridge reads them.
// https://pkg.go.dev/text/template#hdr-Actions

export type TokenKind = "dot" | "field" | "variable" | "word" | "text" | "number" | "sign" | "wrong";

export interface Token {
  kind: TokenKind;
  /** Of a field and a variable the name, of a text its content, of a sign the sign; of what is wrong, why. */
  text: string;
  /** Whether there was a space before it. */
  isApart: boolean;
}

const letter = "[A-Za-z_\\u0080-\\u{10ffff}]";
const name = `${letter}(?:${letter}|[0-9])*`;
/** What may stand behind a name or a number. */
const end = "(?=[\\s.,|:()=]|$)";

const forms: [TokenKind, RegExp][] = [
  ["sign", /:=|[|(),=]/uy],
  ["text", /`[^`]*`/uy],
  ["text", /"(?:[^"\\\n]|\\(?:[ntr"\\']|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}))*"/uy],
  ["text", /'(?:[^'\\\n]|\\(?:[ntr"\\']|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}))*'/uy],
  ["variable", new RegExp(`\\$(?:${name})?${end}`, "uy")],
  ["field", new RegExp(`\\.${name}${end}`, "uy")],
  ["number", new RegExp(`[+-]?\\.?[0-9](?:[0-9._]|[eE][+-]?)*${end}`, "uy")],
  ["dot", new RegExp(`\\.(?!${letter})`, "uy")],
  ["word", new RegExp(`${name}${end}`, "uy")],
];

/** All tokens; the last one may be what is wrong. */
export function tokensOf(action: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; ;) {
    const from = at;
    while (/\s/.test(action[at] ?? "")) at++;
    if (at >= action.length) return tokens;
    const token = tokenAt(action, at);
    if (!token) return [...tokens, { kind: "wrong", text: mistakeAt(action, at), isApart: true }];
    tokens.push({ kind: token.kind, text: contentOf(token), isApart: at > from || from === 0 });
    at += token.text.length;
  }
}

function tokenAt(action: string, at: number): { kind: TokenKind; text: string } | null {
  for (const [kind, form] of forms) {
    form.lastIndex = at;
    const text = form.exec(action)?.[0];
    if (text !== undefined) return { kind, text };
  }
  return null;
}

function contentOf({ kind, text }: { kind: TokenKind; text: string }): string {
  if (kind === "text") return text.slice(1, -1);
  return kind === "field" || kind === "variable" ? text.slice(1) : text;
}

function mistakeAt(action: string, at: number): string {
  const rest = action.slice(at);
  if (/^["'`]/.test(rest)) return "a text in it does not end";
  const [name] = /^[.$]?[^\s|()]+/.exec(rest) ?? [];
  return name === undefined ? `there is an odd ${JSON.stringify(action[at])} in it` : `"${name}" is no name`;
}
