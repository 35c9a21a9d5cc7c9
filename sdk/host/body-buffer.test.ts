import { expect, test } from "vitest";
import { BodyBuffer } from "./body-buffer.ts";

const text = (buffer: BodyBuffer) => Buffer.from(buffer.bytes()).toString();

test("bytes are added, prepended, drained and moved", () => {
  const buffer = new BodyBuffer(Buffer.from("cd"));
  buffer.add(Buffer.from("ef"));
  buffer.prepend(Buffer.from("ab"));
  buffer.drain(1);
  expect([text(buffer), buffer.length]).toEqual(["bcdef", 5]);
  const other = new BodyBuffer(Buffer.from("a"));
  other.moveFrom(buffer);
  expect([text(other), text(buffer), buffer.length]).toEqual(["abcdef", "", 0]);
});

test("the watermark is reported once above the limit, and once when half is drained", () => {
  const told: string[] = [];
  const buffer = new BodyBuffer(null, {
    limit: 4,
    onAbove: () => told.push("above"),
    onBelow: () => told.push("below"),
  });
  buffer.add(Buffer.from("1234"));
  expect(told).toEqual([]);
  buffer.add(Buffer.from("5"));
  buffer.add(Buffer.from("6"));
  buffer.drain(3);
  expect(told).toEqual(["above"]);
  buffer.drain(1);
  expect(told).toEqual(["above", "below"]);
});
