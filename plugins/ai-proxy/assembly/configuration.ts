// Reads the plugin's configuration. What is wrong is named by its field, and the configuration refused as a whole: the
// control plane has left out broken targets before.
import { encodeHex, JsonFields, JsonKind, JsonTape, sha256, Slice, Writer } from "@weir/sdk/assembly";
import { findProvider } from "@weir/dialects/registry/assembly/registry";
import { readContextWindows, tableAt } from "@weir/dialects/surfaces/assembly/context-window";
import { readMapping } from "@weir/dialects/surfaces/assembly/model-mapping";
import { Family, Surface, SURFACE_COUNT, surfaces } from "@weir/dialects/surfaces/assembly/surface";
import { findSurface } from "@weir/dialects/surfaces/assembly/surface-path";
import { readCredential, readHeaders } from "./credential/read-credential";
import { meterOf } from "./meter";
import { HeaderField, Platform, Target } from "./target";
import { TargetTable } from "./target-table";

const bodyBytesMaxDefault: i32 = 32 * 1024 * 1024;

const OPENAI_CHAT = Slice.of("openai-chat");
const BELOW = Slice.of("/x");
const fingerprintLength: i32 = 16;
/** Mistral refuses any other length. */
const shortToolIdLength: i32 = 9;

/** The configuration of one plugin instance. */
@final
export class Configuration {
  bodyBytesMax: i32 = bodyBytesMaxDefault;
  /** Whether nobody reads what would be published. */
  isSilent: bool = false;
  /** Whether there are callers, and budgets, that may forbid a model. */
  hasCallers: bool = true;
  hasBudgets: bool = true;
  readonly targets: TargetTable = new TargetTable();
  /** Whether clients are told where their planned requests went. */
  responseHeaders: bool = false;
}

/** Reads `json` into `configuration`, for the root context `rootId`. Returns what is wrong, or nothing. */
export function readConfiguration(json: Slice, configuration: Configuration, rootId: u32): string {
  const tape = new JsonTape();
  const fault = tape.scan(json);
  if (fault) return "the configuration is not valid JSON at byte " + fault.at.toString();
  if (tape.kind(tape.root) != JsonKind.Object) return "the configuration must be an object";
  const fields = new JsonFields(tape);
  configuration.bodyBytesMax = fields.integer(tape.root, "bodyBytesMax", 1, bodyBytesMaxDefault);
  configuration.responseHeaders = fields.flag(tape.root, "responseHeaders", "responseHeaders");
  configuration.isSilent = fields.flag(tape.root, "silent", "silent");
  if (fields.member(tape.root, "callers") >= 0) {
    configuration.hasCallers = fields.flag(tape.root, "callers", "callers");
  }
  if (fields.member(tape.root, "budgets") >= 0) {
    configuration.hasBudgets = fields.flag(tape.root, "budgets", "budgets");
  }
  const isMetered = fields.flag(tape.root, "metrics", "metrics");
  const windows = readContextWindows(fields);
  const targets = fields.object(tape.root, "targets", "targets");
  if (targets < 0) fields.fail("targets", "an object");
  for (let node = tape.first(targets); node >= 0; node = tape.next(node)) {
    const target = readTarget(fields, node, rootId);
    target.contextWindows = tableAt(fields, node, windows, "targets.contextWindows");
    if (isMetered) target.meter = meterOf(target.provider, target.name);
    configuration.targets.add(target);
  }
  return fields.problem;
}

function readTarget(fields: JsonFields, node: i32, rootId: u32): Target {
  const target = new Target(fields.tape.keyText(node).copy());
  const path = "targets." + target.cluster.toText();
  if (fields.objectOf(node, path) < 0) return target;
  target.fingerprint = encodeHex(sha256(fields.tape.raw(node))).slice(0, fingerprintLength);
  readLastResort(fields, fields.object(node, "lastResort", path + ".lastResort"), target, path + ".lastResort");
  target.name = fields.text(node, "name", path + ".name", target.cluster);
  target.provider = fields.text(node, "provider", path + ".provider", target.cluster);
  target.authority = fields.text(node, "authority", path + ".authority");
  readDialect(fields, node, target, path + ".dialect");
  readPaths(fields, node, target, path);
  readHeaders(fields, node, target, path + ".headers");
  readCredential(fields, fields.object(node, "credential", path + ".credential"), target, rootId);
  readMapping(
    fields,
    fields.array(node, "modelMapping", path + ".modelMapping"),
    target.mapping,
    path + ".modelMapping",
  );
  readQuirks(fields, fields.array(node, "quirks", path + ".quirks"), target, path + ".quirks");
  return target;
}

function readLastResort(fields: JsonFields, node: i32, target: Target, path: string): void {
  if (node >= 0) target.lastResort = fields.requiredText(node, "text", path + ".text");
}

function readDialect(fields: JsonFields, node: i32, target: Target, path: string): void {
  const dialect = findProvider(fields.text(node, "dialect", path, OPENAI_CHAT));
  if (dialect) target.dialect = dialect;
  else fields.fail(path, "the name of a dialect that providers speak");
}

function readPaths(fields: JsonFields, node: i32, target: Target, path: string): void {
  const basePath = fields.text(node, "basePath", path + ".basePath");
  if (basePath.length && basePath.at(0) != 0x2f) fields.fail(path + ".basePath", "a path that begins with a slash");
  const paths = fields.object(node, "paths", path + ".paths");
  target.basePath = basePath;
  const served = fields.array(node, "surfaces", path + ".surfaces");
  for (let i = 0; i < SURFACE_COUNT; ++i) {
    const surface = surfaces[i];
    const isServed = served < 0 ? surface.family == Family.OpenAi : holds(fields.tape, served, surface.name);
    if (!isServed) continue;
    const surfacePath = readPath(fields, paths, surface, basePath, path + ".paths." + surface.name.toText());
    target.paths[i] = surfacePath;
    if (!namesSurface(surfacePath, surface)) target.hidesSurface = true;
  }
  readEndpoints(fields, paths, target, path + ".paths.");
}

/** Paths that are no surface's are endpoints' of the provider's dialect. */
function readEndpoints(fields: JsonFields, paths: i32, target: Target, path: string): void {
  const tape = fields.tape;
  for (let member = tape.first(paths); member >= 0; member = tape.next(member)) {
    const name = tape.keyText(member).copy();
    const value = fields.textOf(member, path + name.toText());
    if (value.at(0) != 0x2f) fields.fail(path + name.toText(), "a path that begins with a slash");
    target.endpoints.push(new HeaderField(name, value));
  }
}

function readPath(fields: JsonFields, paths: i32, surface: Surface, basePath: Slice, path: string): Slice {
  const own = fields.text(paths, surface.name.toText(), path);
  if (!own.length) return new Writer().bytes(basePath).bytes(surface.path).take();
  if (own.at(0) != 0x2f) fields.fail(path, "a path that begins with a slash");
  return own;
}

/** Whether the client's surface, and what stands below it, can be told from the provider's path. */
function namesSurface(path: Slice, surface: Surface): bool {
  if (surface.namesModel) return path.endsWith(surface.path);
  const found = findSurface(new Writer().bytes(path).bytes(BELOW).take());
  return path.endsWith(surface.suffix) && (!found || found.rest.equals(BELOW));
}

function holds(tape: JsonTape, list: i32, text: Slice): bool {
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) if (tape.equals(node, text)) return true;
  return false;
}

/** A quirk that is not known is one of a later version, and nothing that this one can do. */
function readQuirks(fields: JsonFields, list: i32, target: Target, path: string): void {
  const tape = fields.tape;
  for (let item = tape.first(list); item >= 0; item = tape.next(item)) {
    applyQuirk(target, fields.textOf(item, path).toText());
  }
}

function applyQuirk(target: Target, quirk: string): void {
  const encode = target.encode;
  if (quirk == "vertexAnthropic") encode.isVertex = true;
  // Vertex AI refuses ids of calls.
  if (quirk == "vertexGemini") encode.omitsCallIds = true;
  if (quirk == "noStreamOptions") target.takesStreamOptions = false;
  else if (quirk == "maxTokens") encode.usesMaxTokens = true;
  else if (quirk == "thinkingInHistory") encode.keepsThinking = true;
  else if (quirk == "cacheMarks") encode.keepsCacheMarks = true;
  else if (quirk == "vertexGemini") target.platform = Platform.VertexGemini;
  else if (quirk == "vertexAnthropic") target.platform = Platform.VertexAnthropic;
  else if (quirk == "contextHoldsOutput") target.contextHoldsOutput = true;
  else if (quirk == "shortToolIds") encode.toolIdLength = shortToolIdLength;
}
