import { expect, test } from "vitest";
import { HeaderMap } from "./header-map.ts";

test("pseudo headers stay in front, host is :authority, names are lower case", () => {
  const map = HeaderMap.from([
    ["X-One", "1"],
    ["Host", "gateway"],
  ]);
  map.set(":path", "/");
  expect(map.toArray()).toEqual([
    [":authority", "gateway"],
    [":path", "/"],
    ["x-one", "1"],
  ]);
});

test("a header of several values gives the first, and loses all at once", () => {
  const map = HeaderMap.from([
    ["set-cookie", "a"],
    ["x", "1"],
    ["set-cookie", "b"],
  ]);
  expect(map.get("set-cookie")).toBe("a");
  expect(map.remove("Set-Cookie")).toBe(true);
  expect(map.toArray()).toEqual([["x", "1"]]);
  expect(map.remove("set-cookie")).toBe(false);
});

test("text is kept as its UTF-8 bytes", () => {
  const map = HeaderMap.from([["x", "ü"]]);
  expect(map.get("x")).toBe("Ã¼");
  expect(map.toArray()).toEqual([["x", "ü"]]);
});
