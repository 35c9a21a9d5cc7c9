// Multipart bodies: what Node's own FormData writes, and bodies that are broken in every way.
import { beforeAll, describe, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { seededRandom } from "./random.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("multipart");
});

const random = seededRandom("multipart");
const badFormat = 11;

async function encoded(form: FormData): Promise<{ body: Buffer; boundary: string }> {
  const response = new Response(form);
  const boundary = harness.text("parameter", response.headers.get("content-type")!, "boundary")!;
  return { body: Buffer.from(await response.arrayBuffer()), boundary };
}

function parts(): { name: string | null; fileName: string | null; value: Buffer }[] {
  return Array.from({ length: harness.number("count") }, (_, index) => ({
    name: harness.text("part", index, 2),
    fileName: harness.text("part", index, 3),
    value: harness.bytes("part", index, 1)!,
  }));
}

describe("Multipart", () => {
  test("reads what FormData writes, and splices one value", async () => {
    for (let round = 0; round < 200; ++round) {
      const form = new FormData();
      const content = random.bytes(random.below(200), random.below(2) ? Buffer.from("\r\n-ab") : undefined);
      form.append("file", new Blob([content]), "speech é.mp3");
      form.append("model", "whisper-1");
      form.append("prompt", random.of(["", "a\r\nb", "--", "日本"]));
      const { body, boundary } = await encoded(form);
      expect(harness.number("read", body, boundary)).toBe(0);
      expect(parts()).toEqual([
        { name: "file", fileName: "speech é.mp3", value: Buffer.from(content) },
        { name: "model", fileName: null, value: Buffer.from("whisper-1") },
        { name: "prompt", fileName: null, value: Buffer.from(form.get("prompt") as string) },
      ]);
      const replaced = harness.bytes("replaceField", "model", "whisper-large")!;
      const place = body.indexOf("whisper-1");
      expect(replaced).toEqual(
        Buffer.concat([body.subarray(0, place), Buffer.from("whisper-large"), body.subarray(place + 9)]),
      );
    }
  });

  test.each<[string, string, [string | null, string][]]>([
    ["no parts", "--b--", []],
    ["a preamble and an epilogue", "pre\r\n--b\r\n\r\nx\r\n--b--\r\npost", [[null, "x"]]],
    ["an empty value", '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n\r\n--b--', [["a", ""]]],
    ["a value cut to its line end", "--b\r\nContent-Disposition:form-data;NAME=a\r\n\r\n--b--", [["a", ""]]],
    [
      "blanks behind the boundary",
      "--b \t\r\n\r\nx\r\n--b\t\r\n\r\ny\r\n--b--",
      [
        [null, "x"],
        [null, "y"],
      ],
    ],
    [
      "quotes in a name",
      '--b\r\nContent-Disposition: form-data; filename*=x; name="a\\"b;c"\r\n\r\nv\r\n--b--',
      [['a"b;c', "v"]],
    ],
    ["dashes in a value", "--b\r\n\r\n--\r\n--\r\n-b\r\n--b--", [[null, "--\r\n--\r\n-b"]]],
  ])("%s", (_name, body, expected) => {
    expect(harness.number("read", body, "b")).toBe(0);
    expect(parts().map(({ name, value }) => [name, value.toString()])).toEqual(expected);
  });

  test.each([
    ["", "b"],
    ["--b", "b"],
    ["--b\r\n", "b"],
    ["--b\r\n\r\n", "b"],
    ["--b\r\n\r\nx", "b"],
    ["--b\r\n\r\nx\r\n--", "b"],
    ["--b\r\n\r\nx\r\n--c--", "b"],
    ["--bx\r\n\r\nx\r\n--b--", "b"],
    ["--b\r\na: 1\r\n--b\r\n\r\nx\r\n--b--", "b"],
    ["--b\n\nx\n--b--", "b"],
    ["--\r\n\r\nx\r\n----", ""],
    [`--${"b".repeat(71)}--`, "b".repeat(71)],
  ])("refuses %j with boundary %j", (body, boundary) => {
    expect(harness.number("read", body, boundary)).toBe(badFormat);
    expect(harness.number("count")).toBe(0);
  });

  test("a file is not taken for the field of the same name", async () => {
    const form = new FormData();
    form.append("model", new Blob(["x"]), "m");
    form.append("model", "real");
    const { body, boundary } = await encoded(form);
    harness.number("read", body, boundary);
    expect(harness.text("replaceField", "model", "new")).toContain("\r\n\r\nx\r\n");
    expect(harness.bytes("replaceField", "none", "x")).toBeNull();
  });

  test("too many parts", () => {
    expect(harness.number("read", `--b${"\r\n\r\nx\r\n--b".repeat(1001)}--`, "b")).toBe(7);
  });

  test("garbage never traps", () => {
    const alphabet = Buffer.from('\r\n\r\n--b b:;="\\na');
    for (let round = 0; round < 20_000; ++round) {
      const body = `--b\r\n${Buffer.from(random.bytes(random.below(60), alphabet)).toString()}`;
      expect([0, badFormat]).toContain(harness.number("read", body, "b"));
      for (let which = 0; which < 4; ++which) harness.bytes("part", random.below(3) - 1, which);
    }
  });
});

describe("media types", () => {
  test.each([
    ["text/plain", "text/plain"],
    [" application/json ; charset=utf-8", "application/json"],
    ["", ""],
    [";", ""],
  ])("the essence of %j", (value, expected) => {
    expect(harness.text("essence", value)).toBe(expected);
  });

  test.each<[string, string, string | null]>([
    ["text/plain; charset=utf-8", "charset", "utf-8"],
    ["text/plain;CHARSET=utf-8", "charset", "utf-8"],
    ['a/b; x="1;2"; boundary="q\\"r"', "boundary", 'q"r'],
    ["a/b; boundary=1; boundary=2", "boundary", "1"],
    ["a/b; xboundary=1", "boundary", null],
    ["a/b; boundary", "boundary", null],
    ["a/b; boundary=", "boundary", ""],
    ["boundary=1", "boundary", null],
    ['a/b; y="boundary=1', "boundary", null],
    ['a/b; boundary="open', "boundary", "open"],
    ['a/b; boundary="', "boundary", ""],
    ['a/b; boundary="\\', "boundary", "\\"],
    ["a/b;;; boundary=1;", "boundary", "1"],
    ["a/b; z; boundary = 1 ", "boundary", "1"],
  ])("of %j the parameter %s", (value, name, expected) => {
    expect(harness.text("parameter", value, name)).toBe(expected);
  });
});
