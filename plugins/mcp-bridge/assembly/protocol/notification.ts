// What a client is told before the result: log messages and progress. With them a reply is a stream of events.
// https://modelcontextprotocol.io/specification/2025-11-25/server/utilities/logging
import {
  HeaderList,
  JsonWriter,
  mediaTypeEssence,
  sha256,
  sharedData,
  Slice,
  Writer,
  writeSseEvent,
} from "@weir/sdk/assembly";
import { Message } from "./message";
import { Era } from "./version";

const LEVELS: StaticArray<Slice> = [
  Slice.of("debug"),
  Slice.of("info"),
  Slice.of("notice"),
  Slice.of("warning"),
  Slice.of("error"),
  Slice.of("critical"),
  Slice.of("alert"),
  Slice.of("emergency"),
];
/** Where a client of the first era has not said. */
const LEVEL_UNSAID: i32 = 1;
/** In which nothing is told. */
export const SILENT: i32 = LEVELS.length;

const HEAD = Slice.of('{"jsonrpc":"2.0","method":"notifications/');
const MESSAGE = Slice.of('message","params":');
const PROGRESS = Slice.of('progress","params":');
const LEVEL = Slice.of("level");
const LOGGER = Slice.of("logger");
const DATA = Slice.of("data");
const PROGRESS_TOKEN = Slice.of("progressToken");
const PROGRESS_KEY = Slice.of("progress");
const TOTAL = Slice.of("total");
const LEVEL_META = Slice.of("io.modelcontextprotocol/logLevel");
const SESSION = Slice.of("mcp-session-id");
const ACCEPT = Slice.of("accept");
const EVENTS = Slice.of("text/event-stream");
const COMMA: u8 = 0x2c;

/** The level of this name, or −1. */
export function levelNamed(name: Slice): i32 {
  for (let i = 0; i < LEVELS.length; ++i) if (LEVELS[i].equals(name)) return i;
  return -1;
}

/** From which level on the client of this request wants to be told. */
export function wantedLevel(message: Message, era: Era, headers: HeaderList): i32 {
  if (era == Era.Legacy) return sessionLevel(headers);
  const level = levelNamed(message.tape.text(message.tape.find(message.meta, LEVEL_META)));
  return level < 0 ? SILENT : level;
}

/** A log message. */
export function logNotification(level: i32, logger: Slice, text: Slice): Slice {
  const output = new Writer(text.length + 128).bytes(HEAD).bytes(MESSAGE);
  const json = new JsonWriter(output).beginObject().key(LEVEL).text(LEVELS[level]).key(LOGGER).text(logger);
  json.key(DATA).text(text).endObject();
  return output.byte(0x7d).take();
}

/** How far a call has come; `total` is −1 where nobody knows. */
export function progressNotification(rawToken: Slice, progress: i64, total: i64): Slice {
  const output = new Writer().bytes(HEAD).bytes(PROGRESS);
  const json = new JsonWriter(output)
    .beginObject()
    .key(PROGRESS_TOKEN)
    .raw(rawToken)
    .key(PROGRESS_KEY)
    .integer(progress);
  if (total >= 0) json.key(TOTAL).integer(total);
  json.endObject();
  return output.byte(0x7d).take();
}

/** Notifications, and the reply behind them, as a stream of events. */
export function eventsOf(notifications: Slice[], reply: Slice): Slice {
  const output = new Writer(reply.length + 256);
  for (let i = 0; i < notifications.length; ++i) writeSseEvent(output, Slice.empty(), notifications[i]);
  writeSseEvent(output, Slice.empty(), reply);
  return output.take();
}

/** Whether the client takes a stream of events. */
export function acceptsEvents(headers: HeaderList): bool {
  const accept = headers.get(ACCEPT);
  if (!accept) return false;
  for (let from = 0; from <= accept.length;) {
    const comma = accept.indexOf(COMMA, from);
    const end = comma < 0 ? accept.length : comma;
    if (mediaTypeEssence(accept.slice(from, end)).equalsIgnoreCase(EVENTS)) return true;
    from = end + 1;
  }
  return false;
}

// Nothing can be removed from shared data, so that there are so many places and no more; of two sessions that meet in
// one the later stays, and the other goes back to what holds where nothing was said.
const PLACES: i32 = 1024;

/** Keeps the level that a session asks for, in this Envoy. */
export function rememberLevel(headers: HeaderList, level: i32): void {
  const session = headers.get(SESSION);
  if (!session || !session.length) return;
  const digest = sha256(session);
  sharedData.set(
    placeOf(digest),
    new Writer()
      .byte(<u8>level)
      .bytes(digest)
      .take(),
  );
}

function sessionLevel(headers: HeaderList): i32 {
  const session = headers.get(SESSION);
  if (!session || !session.length) return LEVEL_UNSAID;
  const digest = sha256(session);
  const kept = sharedData.get(placeOf(digest));
  return kept && kept.value.slice(1).equals(digest) ? kept.value.at(0) : LEVEL_UNSAID;
}

function placeOf(digest: Slice): Slice {
  const place = (((<i32>digest.at(0)) << 8) | digest.at(1)) % PLACES;
  return Slice.of("weir.mcp_level/" + place.toString());
}
