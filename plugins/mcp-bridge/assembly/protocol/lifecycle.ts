// What the protocol asks of every server: how one begins to talk, and whether it is there.
// https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle
// https://modelcontextprotocol.io/specification/2026-07-28/server/discover
import { JsonKind, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { Outcome } from "./outcome";
import { Request } from "./request";
import { RpcError } from "./rpc-error";
import { McpServer, ServerSettings } from "./server";
import { Era, isLegacy, LEGACY_LATEST, MODERN } from "./version";

export const INITIALIZE = Slice.of("initialize");
const PING = Slice.of("ping");
const DISCOVER = Slice.of("server/discover");
const PROTOCOL_VERSION = Slice.of("protocolVersion");
const CAPABILITIES = Slice.of("capabilities");
const SERVER_INFO = Slice.of("serverInfo");
const INSTRUCTIONS = Slice.of("instructions");
const SUPPORTED_VERSIONS = Slice.of("supportedVersions");
const TTL_MS = Slice.of("ttlMs");
const CACHE_SCOPE = Slice.of("cacheScope");
const PRIVATE = Slice.of("private");
const PUBLIC = Slice.of("public");
const NOTHING = Slice.of("{}");

/** Whether the method belongs to the lifecycle of this era. */
export function isLifecycle(method: Slice, era: Era): bool {
  return era == Era.Modern ? method.equals(DISCOVER) : method.equals(INITIALIZE) || method.equals(PING);
}

/** Answers the methods of the lifecycle; null for any other. */
export function handleLifecycle(server: McpServer, request: Request): Outcome | null {
  const isModern = request.speech.era == Era.Modern;
  const method = request.method;
  if (isModern) return method.equals(DISCOVER) ? Outcome.ofResult(discovery(server)) : null;
  if (method.equals(INITIALIZE)) return initialized(server, request);
  return method.equals(PING) ? Outcome.ofResult(NOTHING) : null;
}

function initialized(server: McpServer, request: Request): Outcome {
  const tape = request.message.tape;
  const wanted = request.message.param(PROTOCOL_VERSION);
  if (tape.kind(wanted) != JsonKind.String) return Outcome.ofError(RpcError.params("protocolVersion must be a string"));
  const version = tape.text(wanted);
  const json = new JsonWriter(new Writer()).beginObject();
  json.key(PROTOCOL_VERSION).text(isLegacy(version) ? version : LEGACY_LATEST);
  json.key(CAPABILITIES).raw(server.capabilities);
  json.key(SERVER_INFO).raw(server.settings.info);
  writeInstructions(json, server.settings);
  return Outcome.ofResult(json.endObject().output.take());
}

function discovery(server: McpServer): Slice {
  const json = new JsonWriter(new Writer()).beginObject();
  json.key(SUPPORTED_VERSIONS).beginArray().text(MODERN).endArray();
  json.key(CAPABILITIES).raw(server.capabilities);
  writeInstructions(json, server.settings);
  writeCaching(json, server.settings.listTtlMs, server.settings.isPrivate);
  return json.endObject().output.take();
}

function writeInstructions(json: JsonWriter, settings: ServerSettings): void {
  if (settings.instructions.length) json.key(INSTRUCTIONS).text(settings.instructions);
}

/** For how long, and for whom, the second era's results may be kept. */
export function writeCaching(json: JsonWriter, ttlMs: i32, isPrivate: bool): void {
  json.key(TTL_MS).integer(ttlMs);
  json.key(CACHE_SCOPE).text(isPrivate ? PRIVATE : PUBLIC);
}
