// From a configuration file to the model: the entry to this folder.
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { Model } from "../model/model.ts";
import type { ObjectEntry, ObjectFindings } from "../model/object-entry.ts";
import { decodeText, fileProblem, readConfigFile, readReferencedFile } from "./config-file.ts";
import { ConfigParser } from "./config-parser.ts";
import { contentHash, failureHash, joinFingerprint } from "./fingerprint.ts";
import { fileBytesMax } from "./limits.ts";
import { readWithObjects } from "./read-objects.ts";
import { sortProblems, type Problem } from "./problem.ts";
import { readSource } from "./source.ts";

export interface ConfigOptions {
  /** Where `${NAME}` is looked up. */
  env: Record<string, string | undefined>;
  /** Reads what `${file:path}` and `caFile` name; throws as `readFileSync` does. From the file system by default. */
  readFile?: (path: string) => string;
  /** The folder that relative paths start from; the configuration file's by default. */
  baseDir?: string;
  /** What a cluster has beside the file, the oldest first. */
  objects?: readonly ObjectEntry[];
}

export interface ConfigResult {
  /**
   * Null when nothing of the file can be served: it is unreadable, its sections or its gateway are wrong, or no route
   * is left.
   */
  model: Model | null;
  /** In the file's order. */
  problems: Problem[];
  /** What is wrong with `objects`. */
  findings: ObjectFindings;
}

/** A configuration with the files that it came from, so that a change of any of them can be told. */
export interface LoadedConfig extends ConfigResult {
  /** Absolute: the configuration file first, then those it refers to. */
  files: string[];
  /** Of all their contents, as `readFingerprint` gives it. */
  fingerprint: string;
  /** The configuration file's own text; null where it could not be read. */
  text: string | null;
}

/** Reads and parses a file. Never throws for what is in the file, nor for a file that is not there. */
export async function loadConfig(file: string, options: ConfigOptions): Promise<LoadedConfig> {
  const hashes = new Map<string, string>();
  const bytes = await readConfigFile(file);
  hashes.set(resolve(file), "failure" in bytes ? bytes.failure : contentHash(bytes));
  const read = options.readFile ?? readReferencedFile;
  const readFile = (path: string) => remembered(path, read, hashes);
  const result = parseBytes(bytes, file, { baseDir: resolve(dirname(file)), ...options, readFile });
  const text = "failure" in bytes ? null : decodeText(bytes);
  return { ...result, text, files: [...hashes.keys()], fingerprint: joinFingerprint(hashes) };
}

/** Pure but for the files that the text refers to. `file` is for the problems and for relative paths. */
export function parseConfig(text: string, file: string, options: ConfigOptions): ConfigResult {
  if (text.length > fileBytesMax) return failed(file, "The file is larger than 4 MiB", "Is it the right file?");
  const { env, baseDir = dirname(file), readFile = readReferencedFile, objects = [] } = options;
  const readRelative = (path: string) => readFile(isAbsolute(path) ? path : join(baseDir, path));
  const reader = { env, baseDir, readFile: readRelative };
  if (objects.length > 0) {
    const read = readWithObjects(file, readSource(text), reader, objects);
    return { ...read, problems: sortProblems(read.problems) };
  }
  const parser = new ConfigParser(file, readSource(text), reader);
  const model = parser.parse();
  return { model, problems: sortProblems(parser.problems()), findings: new Map() };
}

function parseBytes(bytes: Uint8Array | { failure: string }, file: string, options: ConfigOptions): ConfigResult {
  if ("failure" in bytes) {
    return failed(file, `The file cannot be read (${bytes.failure})`, "Check its path, permissions and size");
  }
  const text = decodeText(bytes);
  if (text === null) return failed(file, "The file is not UTF-8 text", "Is it the right file? Save it as UTF-8");
  return parseConfig(text, file, options);
}

function failed(file: string, message: string, fix: string): ConfigResult {
  return { model: null, problems: [fileProblem(file, message, fix)], findings: new Map() };
}

function remembered(path: string, read: (path: string) => string, hashes: Map<string, string>): string {
  try {
    const text = read(path);
    hashes.set(path, contentHash(text));
    return text;
  } catch (error) {
    hashes.set(path, failureHash(error));
    throw error;
  }
}
