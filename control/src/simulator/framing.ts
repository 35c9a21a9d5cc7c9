// How the events of a stream are written, for those providers who share it. The others have theirs in their folder.
import type { Json } from "./answer.ts";

export interface Framing {
  contentType: string;
  /** One piece for each event; `at` is how many have gone before. */
  frame(events: Json[], at: number): Buffer[];
  /** What follows the last event. */
  end: Buffer[];
  /** An event that no reader understands. */
  malformed: Buffer;
}

const eventStream = "text/event-stream; charset=utf-8";

/** Server-sent events of data lines only, as OpenAI's chat has them, ended by `[DONE]`. */
export const doneEnded: Framing = {
  contentType: eventStream,
  frame: (events) => events.map(dataLine),
  end: [Buffer.from("data: [DONE]\n\n")],
  malformed: Buffer.from('data: {"id":\n\n'),
};

/** Server-sent events of data lines only, with nothing that marks the end. */
export const dataLines: Framing = { ...doneEnded, end: [] };

/** Server-sent events named by their `type`. */
export const namedEvents: Framing = {
  contentType: eventStream,
  frame: (events) =>
    events.map((event) => Buffer.concat([Buffer.from(`event: ${String(event["type"])}\n`), dataLine(event)])),
  end: [],
  malformed: Buffer.from('event: error\ndata: {"type":\n\n'),
};

/** One JSON text a line. */
export const jsonLines: Framing = {
  contentType: "application/x-ndjson",
  frame: (events) => events.map((event) => Buffer.from(`${JSON.stringify(event)}\n`)),
  end: [],
  malformed: Buffer.from('{"model":\n'),
};

function dataLine(event: Json): Buffer {
  return Buffer.from(`data: ${JSON.stringify(event)}\n\n`);
}
