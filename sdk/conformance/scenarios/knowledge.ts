// What a plugin can know and ask: properties, filter state, environment, clock, foreign functions.
import { generateKeyPairSync, sign } from "node:crypto";
import { scenarios } from "../scenario.ts";

const rsaKey = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
}).privateKey;

function rsaSignature(text: string): string {
  return sign("sha256", Buffer.from(text), rsaKey).toString("base64");
}

export default scenarios([
  {
    name: "filter state goes to other filters and to the access log",
    plugins: [
      { script: `requestHeaders setProperty note hello\n responseHeaders property note text` },
      { vmId: "apart", script: `requestHeaders property note text\n responseHeaders setProperty note changed` },
    ],
    expect: {
      client: ["200 ok"],
      provider: ["GET /"],
      accessLog: ["200 via_upstream changed"],
      said: ["property note=changed", "property note=hello"],
    },
  },
  {
    name: "properties of the request",
    plugins: [
      {
        script: `
          requestHeaders property request/path text
          requestHeaders property request/url_path text
          requestHeaders property request/query text
          requestHeaders property request/method text
          requestHeaders property request/host text
          requestHeaders property request/useragent text
          requestHeaders property request/headers/x-one text
          requestHeaders property request/headers/x-none text
          requestHeaders property request/protocol text
          requestHeaders property request/nothing text
          requestHeaders property nothing text
          requestHeaders property plugin_vm_id text
          requestHeaders property response/code int
        `,
      },
    ],
    exchanges: [{ client: { headers: { ":path": "/a/b?c=d&e", "user-agent": "tester", "x-one": "1" } } }],
    expect: {
      client: ["200 ok"],
      provider: ["GET /a/b?c=d&e"],
      said: [
        "property request/path=/a/b?c=d&e",
        "property request/url_path=/a/b",
        "property request/query=c=d&e",
        "property request/method=GET",
        "property request/host=gateway",
        "property request/useragent=tester",
        "property request/headers/x-one=1",
        "property request/headers/x-none=missing",
        "property request/protocol=HTTP/1.1",
        "property request/nothing=missing",
        "property nothing=missing",
        "property plugin_vm_id=shared",
        "property response/code=missing",
      ],
    },
  },
  {
    name: "properties in the response and in the log",
    plugins: [
      {
        script: `
          responseHeaders property request/path text
          responseHeaders property request/headers/x-one text
          responseHeaders property response/code int
          responseHeaders property response/headers/x-two text
          responseHeaders property response/code_details text
          responseBodyEnd property response/code int
          responseBodyEnd property request/path text
          log property request/path text
          log property response/code int
          log property response/code_details text
          log property response/headers/x-two text
        `,
      },
    ],
    exchanges: [{ client: { headers: { "x-one": "1" } }, provider: { headers: { "x-two": "2" } } }],
    expect: {
      client: ["200 ok"],
      provider: ["GET /"],
      said: [
        "property request/path=missing",
        "property request/headers/x-one=missing",
        "property response/code=200",
        "property response/headers/x-two=2",
        "property response/code_details=via_upstream",
        "property response/code=200",
        "property request/path=missing",
        "property request/path=/",
        "property response/code=200",
        "property response/code_details=via_upstream",
        "property response/headers/x-two=2",
      ],
    },
  },
  {
    name: "the environment that was given",
    plugins: [
      {
        vmId: "environment",
        environment: { NAME: "value", EMPTY: "" },
        script: `requestHeaders environment NAME\n requestHeaders environment EMPTY\n requestHeaders environment PATH`,
      },
    ],
    expect: {
      client: ["200 ok"],
      provider: ["GET /"],
      said: ["environment value", "environment ", "environment missing"],
    },
  },
  {
    name: "a signature with a private key",
    plugins: [
      {
        vmId: "signing",
        environment: { KEY: rsaKey, BROKEN: "no key" },
        script: `requestHeaders sign KEY some text\n requestHeaders sign BROKEN some text\n requestHeaders sign NONE text`,
      },
    ],
    expect: {
      client: ["200 ok"],
      provider: ["GET /"],
      said: [`signature ${rsaSignature("some text")}`, "signature refused", "signature refused"],
    },
  },
  {
    name: "clock, randomness and log level",
    plugins: [
      {
        script: `requestHeaders clock\n requestHeaders random 32\n requestHeaders logLevel\n requestHeaders warn careful`,
      },
    ],
    expect: {
      client: ["200 ok"],
      provider: ["GET /"],
      said: ["clock runs", "random bytes 32", "log level 2", "careful"],
    },
  },
  {
    name: "foreign functions",
    plugins: [
      {
        script: `
          requestHeaders foreign roundtrip some text, some text, some text
          requestHeaders foreign uncompress no zlib
          requestHeaders foreign clear_route_cache
          requestHeaders foreign no_such_function x
        `,
      },
    ],
    expect: {
      client: ["200 ok"],
      provider: ["GET /"],
      said: [
        "foreign roundtrip some text, some text, some text",
        "foreign uncompress refused",
        "foreign clear_route_cache ",
        "foreign no_such_function refused",
      ],
    },
  },
  {
    name: "wild pointers and numbers are answered with a status",
    plugins: [{ vmId: "wild", script: `requestHeaders wild` }],
    expect: {
      client: ["200 ok"],
      provider: ["GET /"],
      said: [
        "wild get name: 6",
        "wild get result: 2",
        "wild get type: 2",
        "wild add value: 6",
        "wild remove type: 2",
        "wild add to a reply: 2",
        "wild pairs type: 2",
        "wild pairs of nothing: 0",
        "wild pairs far: 6",
        "wild pairs broken on a reply: 2",
        "wild buffer type: 2",
        "wild buffer of nothing: 0",
        "wild buffer overflow: 0",
        "wild buffer of no reply: 1",
        "wild buffer result: 6",
        "wild set nothing: 2",
        "wild set configuration: 2",
        "wild set far: 6",
        "wild shared key: 6",
        "wild shared value: 6",
        "wild dequeue nothing: 1",
        "wild enqueue nothing: 1",
        "wild enqueue far: 6",
        "wild metric type: 2",
        "wild metric name: 6",
        "wild metric unknown: 1",
        "wild metric unknown gauge: 1",
        "wild metric of a histogram: 2",
        "wild metric of no type: 2",
        "wild call far: 6",
        "wild call nowhere: 2",
        "wild send nothing: 1",
        "wild send on a call: 2",
        "wild send far: 6",
        "wild cancel nothing: 1",
        "wild cancel http: 2",
        "wild close nothing: 1",
        "wild close http: 2",
        "wild property far: 6",
        "wild property result: 6",
        "wild foreign far: 6",
        "wild foreign unknown: 1",
        "wild context unknown: 2",
        "wild continue what: 2",
        "wild close what: 2",
        "wild continue upstream: 12",
      ],
    },
  },
]);
