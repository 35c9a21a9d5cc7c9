// References inside any string of a configuration: `${NAME}`, `${NAME:-default}`, `${file:path}`, in Kubernetes objects
// `${secret:name/key}`, and `$${` for a literal `${`. What they stand for is put in before validation; where it came
// from is kept, since it may be secret.
import { Secret, type SecretSource } from "../model/secret.ts";
import { formatPath, type Path } from "./path.ts";

export interface ReferenceReader {
  env: Record<string, string | undefined>;
  /** Text of a file, by the path as written; throws an Error with a `code` of Node's as `readFileSync` does. */
  readFile(path: string): string;
  /** Text of a Secret's key, as `name/key` or `namespace/name/key`; absent where there are no Secrets. */
  readSecret?(name: string): SecretText;
  /** The reader of what stands at `path`; null for this one. Absent where all have the same. */
  at?(path: Path): ReferenceReader | null;
}

/** For the parts of a whole configuration. */
export interface ParserOptions extends ReferenceReader {
  /** The folder that relative paths start from. */
  baseDir: string;
  /** How many are told one by one. */
  problemsMax?: number;
}

/** Why there is none, and how to mend it, in place of the text. */
export type SecretText = { text: string } | Pick<BrokenReference, "kind" | "message" | "fix">;

/** A reference that could not be followed. */
export interface BrokenReference {
  path: Path;
  /** `unset`: the variable or the file is not there, which an optional provider may be without. */
  kind: "unset" | "unreadable" | "malformed";
  message: string;
  fix: string;
}

export interface Expanded {
  value: unknown;
  broken: BrokenReference[];
  /** Strings that hold a reference, by `formatPath`. */
  references: Map<string, Reference>;
}

export interface Reference {
  /** As written. */
  raw: string;
  /** Where the whole string comes from, null when it is put together of several parts or is a default. */
  source: SecretSource | null;
}

/** Follows all references in a value. Lists and maps are copied, keys are left alone. */
export function expandReferences(value: unknown, path: Path, reader: ReferenceReader): Expanded {
  const expanded: Expanded = { value: undefined, broken: [], references: new Map() };
  expanded.value = expandValue(value, path, reader.at?.(path) ?? reader, expanded);
  return expanded;
}

function expandValue(value: unknown, path: Path, reader: ReferenceReader, out: Expanded): unknown {
  if (typeof value === "string") return isName(path) ? value : expandString(value, path, reader, out);
  if (Array.isArray(value)) return value.map((item, index) => expandValue(item, [...path, index], reader, out));
  if (typeof value !== "object" || value === null) return value;
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) result[key] = expandValue(item, [...path, key], reader, out);
  return result;
}

/** Names are how things are referred to, logged and counted; they are written out, and may be shown in messages. */
function isName(path: Path): boolean {
  const last = path.at(-1);
  if (path.length === 5) return last === "provider" || (last === "name" && isListOfKeys(path[2]));
  return (path.length === 3 && last === "name") || (path.length === 4 && path[2] === "mirror" && last === "provider");
}

/** The keys of a provider, and those of a consumer. */
function isListOfKeys(field: string | number | undefined): boolean {
  return field === "apiKeys" || field === "keys";
}

const referencePattern = /\$\$\{|\$\{([^{}]*)\}?/g;
const variablePattern = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

function expandString(raw: string, path: Path, reader: ReferenceReader, out: Expanded): string {
  if (!raw.includes("${")) return raw;
  let source: SecretSource | null = null;
  let isReference = false;
  const text = raw.replace(referencePattern, (match, inner: string | undefined) => {
    if (inner === undefined) return "${";
    isReference = true;
    const followed = match.endsWith("}") ? follow(inner, reader) : unclosed(match);
    if ("message" in followed) {
      out.broken.push({ path, ...followed });
      return "";
    }
    if (match === raw) source = followed.source;
    return followed.text;
  });
  if (isReference) out.references.set(formatPath(path), { raw, source });
  return text;
}

type Followed = { text: string; source: SecretSource | null } | Omit<BrokenReference, "path">;

function follow(inner: string, reader: ReferenceReader): Followed {
  if (inner.startsWith("file:")) return followFile(inner.slice("file:".length).trim(), reader);
  if (inner.startsWith("secret:") && reader.readSecret) return followSecret(inner.slice("secret:".length), reader);
  const [, name, fallback] = variablePattern.exec(inner) ?? [];
  if (name === undefined) {
    const message = "A reference is neither ${NAME}, ${NAME:-default} nor ${file:path}";
    return { kind: "malformed", message, fix: "Write it as one of these, or $${ for a literal ${" };
  }
  // As in a shell's `:-`, an empty variable counts as unset: so does an empty line in a container's environment.
  const text = Object.hasOwn(reader.env, name) ? reader.env[name] : undefined;
  if (text) return { text, source: { kind: "env", name } };
  // An empty default is how some write "may be unset"; an optional provider is then left out all the same.
  if (fallback) return { text: fallback, source: null };
  const state = text === undefined ? "is not set" : "is empty";
  return {
    kind: "unset",
    message: `The environment variable ${name} ${state}`,
    fix: `Set ${name}, or write a default: \${${name}:-…}`,
  };
}

function followFile(path: string, reader: ReferenceReader): Followed {
  if (path === "")
    return { kind: "malformed", message: "${file:} names no file", fix: "Write the file's path after the colon" };
  try {
    // Editors and `echo` end a file with a newline that is no part of the key.
    return { text: reader.readFile(path).replace(/\r?\n$/, ""), source: { kind: "file", path } };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    const kind = code === "ENOENT" ? "unset" : "unreadable";
    return {
      kind,
      message: `The file ${path} cannot be read (${code})`,
      fix: "Create it, or correct its path and permissions",
    };
  }
}

function followSecret(name: string, reader: ReferenceReader): Followed {
  const read = reader.readSecret!(name.trim());
  // As in files: `kubectl create secret --from-file` keeps the newline at the end.
  return "text" in read ? { text: read.text.replace(/\r?\n$/, ""), source: null } : read;
}

function unclosed(match: string): Omit<BrokenReference, "path"> {
  const shown = match.length > 20 ? "${" : match;
  return {
    kind: "malformed",
    message: `The reference ${shown} is not closed`,
    fix: "End it with }, or write $${ for a literal ${",
  };
}

/** The text at `path` as a secret that remembers where it came from. */
export function toSecret(text: string, path: Path, references: Map<string, Reference>): Secret {
  return new Secret(text, references.get(formatPath(path))?.source ?? { kind: "literal" });
}
