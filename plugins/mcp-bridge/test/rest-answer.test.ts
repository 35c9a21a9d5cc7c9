// From an API's answer to a tool's result.
import { describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import {
  answered,
  call,
  modern,
  replyOf,
  startBridge,
  textOf,
  tool,
  type ServerConfig,
  type ToolConfig,
} from "./bridge.ts";

const requestTemplate = { url: "https://api.test/v1/items" };
const withRest = (rest: object): ToolConfig => tool("t", { city: { type: "string" } }, { requestTemplate, ...rest });

async function started(rest: object, server: ServerConfig = {}): Promise<HttpStream> {
  return call(await startBridge({ config: { unit: "C" }, ...server, tools: [withRest(rest)] }), "t", { city: "Rome" });
}

const json = JSON.stringify({ list: [{ t: 21 }, { t: 23 }], name: "Rome" });

describe("good answers", () => {
  test.each<[string, object, string, string]>([
    ["as it is", {}, json, json],
    [
      "framed",
      { responseTemplate: { prependBody: "# Weather\n", appendBody: "\n-- end" } },
      "21",
      "# Weather\n21\n-- end",
    ],
    ["by a template", { responseTemplate: { body: "{{.name}}:{{range .list}} {{.t}}{{end}}" } }, json, "Rome: 21 23"],
    [
      "with all that belongs to it",
      { responseTemplate: { body: "{{._args.city}} {{._config.unit}} {{._status}} {{gjson `_headers.x-a`}}" } },
      json,
      "Rome C 200 b",
    ],
    ["by an empty template", { responseTemplate: { body: "{{.nothing}}" } }, json, "success"],
    ["of a list", { responseTemplate: { body: "{{gjson `#.t`}}" } }, '[{"t":1}]', "[1]"],
    ["of what is no JSON", { responseTemplate: { body: "[{{.a}}]" } }, "<html>", "[]"],
  ])("%s", async (_what, rest, body, text) => {
    const result = answered(await started(rest), body, { "x-a": "b" });
    expect(result).toEqual({ content: [{ type: "text", text }] });
  });

  test("nothing of its headers reaches the client", async () => {
    const stream = await started({});
    answered(stream, "x", { "set-cookie": "a=b", "x-secret": "1", "content-length": "1", "cache-control": "public" });
    const { headers, text } = stream.sentDownstream;
    expect(headers).toEqual([
      [":status", "200"],
      ["content-type", "application/json"],
      ["content-length", String(Buffer.byteLength(text))],
    ]);
  });

  test.each([undefined, ""])("without a body (%j)", async (body) => {
    expect(textOf(answered(await started({}), body, { ":status": "204" }))).toBe("success");
  });

  test("in any number of pieces, with trailers at the end", async () => {
    const stream = await started({});
    stream.responseHeaders([[":status", "200"]]);
    for (const byte of Buffer.from("é€😀")) stream.responseBody(new Uint8Array([byte]));
    stream.responseTrailers([["x", "y"]]);
    expect(textOf(replyOf(stream).body.result)).toBe("é€😀");
  });

  const bytes = new Uint8Array([0xff, 0xd8, 0x00, 0x80]);
  const data = Buffer.from(bytes).toString("base64");

  test.each<[string, object]>([
    ["image/png", { type: "image", data, mimeType: "image/png" }],
    ["Image/JPEG; q=1", { type: "image", data, mimeType: "Image/JPEG" }],
    ["audio/wav", { type: "audio", data, mimeType: "audio/wav" }],
    [
      "application/pdf",
      { type: "resource", resource: { uri: "weir://mcp/weather/t", mimeType: "application/pdf", blob: data } },
    ],
    [
      "",
      { type: "resource", resource: { uri: "weir://mcp/weather/t", mimeType: "application/octet-stream", blob: data } },
    ],
  ])("of the type %j", async (type, block) => {
    expect(answered(await started({}), bytes, { "content-type": type })).toEqual({ content: [block] });
  });

  test("text in another encoding is told as well as it can be", async () => {
    const result = answered(await started({}), bytes, { "content-type": "text/plain" });
    expect(textOf(result)).toContain("\uFFFD");
  });
});

describe("bad answers", () => {
  test.each<[string, object, string, Record<string, string>, string]>([
    [
      "in its own words",
      {},
      '{"error":"no"}',
      { ":status": "404" },
      'call failed, status: 404, response: {"error":"no"}',
    ],
    ["of a redirect", {}, "", { ":status": "302" }, "call failed, status: 302, response: "],
    [
      "in the tool's words",
      { errorResponseTemplate: "{{.error}} {{gjson `_headers.\\:status`}} {{gjson `_headers.x-code`}}" },
      '{"error":"no"}',
      { ":status": "500", "x-code": "7" },
      "no 500 7",
    ],
    [
      "where the tool has no words",
      { errorResponseTemplate: "{{.nothing}}" },
      "x",
      { ":status": "500" },
      "call failed, status: 500, response: x",
    ],
    [
      "where its words fail",
      { errorResponseTemplate: "{{index .error 5}}" },
      '{"error":[]}',
      { ":status": "500" },
      'call failed, status: 500, response: {"error":[]}',
    ],
    [
      "that are compressed",
      {},
      "x",
      { "content-encoding": "gzip" },
      "The API's answer is compressed, and was not asked to be",
    ],
  ])("%s", async (_what, rest, body, headers, text) => {
    const result = answered(await started(rest), body, headers);
    expect(result).toEqual({ content: [{ type: "text", text }], isError: true });
  });

  test("no answer at all", async () => {
    const gone = await started({});
    gone.upstreamReset();
    expect(replyOf(gone).body.result).toEqual({
      content: [{ type: "text", text: "The API could not be reached (503)" }],
      isError: true,
    });
  });

  test("a client that leaves takes the request along", async () => {
    const stream = await started({});
    stream.disconnect();
    expect(stream.isOver).toBe(true);
  });
});

describe("answers that are too long", () => {
  const server = { responseBytesMax: 10 };

  test("are cut at a character, and say so", async () => {
    const result = answered(await started({}, server), "123456789€12", { "content-type": "text/plain" });
    expect(textOf(result)).toMatch(/^123456789\n\[truncated: the answer is longer than the 9 bytes shown\]$/);
    expect(result.isError).toBeUndefined();
  });

  test("in pieces too", async () => {
    const stream = await started({}, server);
    stream.responseHeaders([[":status", "200"]]);
    for (let i = 0; i < 100; i++) stream.responseBody("1234567");
    stream.responseBody("", { endOfStream: true });
    expect(textOf(replyOf(stream).body.result)).toContain("[truncated");
  });

  test.each<[object, string]>([
    [{ responseTemplate: { body: "{{.a}}" } }, "application/json"],
    [{}, "image/png"],
  ])("are no result where only the whole makes sense", async (rest, type) => {
    const result = answered(await started(rest, server), "12345678901", { "content-type": type });
    expect(result).toMatchObject({ isError: true });
    expect(textOf(result)).toContain("larger than the 10 bytes");
  });

  test("as long as is allowed is not too long", async () => {
    expect(textOf(answered(await started({}, server), "1234567890"))).toBe("1234567890");
  });
});

describe("structured content", () => {
  const outputSchema = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
  const structured = (rest: object = {}): ToolConfig => {
    const made = withRest(rest);
    return { ...made, definition: { ...made.definition, outputSchema } };
  };
  const ask = async (only: ToolConfig) => call(await startBridge({ tools: [only] }), "t", {});

  test("is the API's JSON, whatever becomes of the text", async () => {
    const result = answered(
      await ask(structured({ responseTemplate: { body: "In {{.name}}" } })),
      '{ "name": "Rome" }',
    );
    expect(result).toEqual({ content: [{ type: "text", text: "In Rome" }], structuredContent: { name: "Rome" } });
  });

  test.each([
    ["{}", "name is required"],
    ["[]", "the whole must be an object"],
    ["<html>", "is no JSON"],
  ])("%s does not fit", async (body, why) => {
    const result = answered(await ask(structured()), body);
    expect(result).toMatchObject({ isError: true });
    expect(result.structuredContent).toBeUndefined();
    expect(textOf(result)).toContain(why);
  });

  test("is an object in the first era, anything in the second", async () => {
    const list = withRest({});
    const only = { ...list, definition: { ...list.definition, outputSchema: { type: "array" } } };
    const plugin = await startBridge({ tools: [only] });
    expect(answered(call(plugin, "t"), "[1]").structuredContent).toBeUndefined();
    expect(answered(modern(plugin, "tools/call", { name: "t" }), "[1]").structuredContent).toEqual([1]);
  });

  test("of a tool that answers by itself is its text", async () => {
    const direct = structured({
      requestTemplate: undefined,
      responseTemplate: { body: '{"name": {{toJson .args.city}}}' },
    });
    const plugin = await startBridge({ tools: [direct] });
    expect(replyOf(call(plugin, "t", { city: "Rome" })).body.result.structuredContent).toEqual({ name: "Rome" });
  });
});
