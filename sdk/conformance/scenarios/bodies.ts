// Bodies: reading, changing, holding, and the limits of holding.
import { scenarios } from "../scenario.ts";

const kilobyte = "x".repeat(1024);

export default scenarios([
  {
    name: "pieces pass as they come",
    plugins: [{ script: `requestBody body request\n responseBody body response` }],
    exchanges: [{ client: { body: ["one", "two"] }, provider: { body: ["three", "four"] } }],
    expect: {
      client: ["200 threefour"],
      provider: ["POST / onetwo"],
      said: ['body "one"', 'body "two"', 'body "three"', 'body "four"'],
    },
  },
  {
    name: "a piece is replaced, prepended to and appended to",
    plugins: [
      {
        script: `
          requestBody#1 replace request ONE
          requestBody#2 prepend request <
          requestBody#2 append request >
          responseBody#1 append response !
          responseBodyEnd append response end
        `,
      },
    ],
    exchanges: [{ client: { body: ["one", "two"] }, provider: { body: ["three", "four"] } }],
    expect: { client: ["200 three!fourend"], provider: ["POST / ONE<two>"] },
  },
  {
    name: "a part of a piece is read",
    plugins: [
      {
        script: `
          requestBody bodyPart request 1 3
          requestBody bodyPart request 4 100
          requestBody bodyPart request 9 1
          requestBody bodyLength request
        `,
      },
    ],
    exchanges: [{ client: { body: ["abcdef"] } }],
    expect: {
      client: ["200 ok"],
      provider: ["POST / abcdef"],
      said: ['part "bcd"', 'part "ef"', 'part ""', "length 6"],
    },
  },
  {
    name: "a buffered body is seen whole, and replaced whole",
    plugins: [
      {
        script: `
          requestHeaders return 1
          requestBody return 1
          requestBodyEnd body request
          requestBodyEnd replace request whole
        `,
      },
    ],
    exchanges: [{ client: { body: ["one", "two", "three"] } }],
    expect: { client: ["200 ok"], provider: ["POST / whole"], said: ['body "onetwothree"'] },
  },
  {
    name: "a buffered response is seen whole, and replaced whole",
    plugins: [
      {
        script: `
          responseHeaders return 1
          responseBody return 1
          responseBodyEnd body response
          responseBodyEnd set response x-late 1
          responseBodyEnd replace response whole
        `,
      },
    ],
    exchanges: [{ provider: { body: ["one", "two", "three"] } }],
    expect: { client: ["200 whole"], provider: ["GET /"], said: ['body "onetwothree"'] },
  },
  {
    name: "buffering with a watermark shows only what is new",
    plugins: [{ script: `requestBody return 2\n requestBody body request\n requestBodyEnd body request` }],
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: { client: ["200 ok"], provider: ["POST / onetwo"], said: ['body "one"', 'body "two"', 'body ""'] },
  },
  {
    name: "without buffering a stopped piece is dropped",
    plugins: [{ script: `requestBody#1 return 3\n requestBodyEnd body request` }],
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: { client: ["200 ok"], provider: ["POST / two"], said: ['body ""'] },
  },
  {
    name: "all dropped, and the end alone goes on",
    plugins: [{ script: `responseBody return 3` }],
    exchanges: [{ provider: { body: ["one", "two"] } }],
    expect: { client: ["200"], provider: ["GET /"] },
  },
  {
    name: "a body is held until its trailers",
    plugins: [{ script: `requestHeaders return 1\n requestBody return 1\n requestTrailers body request` }],
    exchanges: [{ client: { body: ["one", "two"], trailers: { "x-t": "1" } } }],
    expect: { client: ["200 ok"], provider: ["POST / onetwo"], said: ['body "onetwo"'] },
  },
  {
    name: "a header-only request gets a body",
    plugins: [{ script: `requestHeaders append request made` }],
    expect: { client: ["200 ok"], provider: ["GET /"], said: ["append request made: status 2"] },
  },
  {
    name: "without allow_on_headers_stop_iteration a stop holds the body too",
    plugins: [{ script: `requestHeaders return 1`, allowOnHeadersStopIteration: false }],
    exchanges: [{ client: { body: ["one"], leavesAfterMs: 100 } }],
    expect: { client: ["0 (broken off)"], provider: ["nothing"], accessLog: ["0 downstream_remote_disconnect -"] },
  },
  {
    name: "stop all iteration holds the body back from the plugin",
    plugins: [{ script: `requestHeaders return 4` }],
    exchanges: [{ client: { body: ["one"], leavesAfterMs: 100 } }],
    expect: { client: ["0 (broken off)"], provider: ["nothing"], accessLog: ["0 downstream_remote_disconnect -"] },
  },
  {
    name: "an unknown answer of a headers callback stops everything",
    plugins: [{ script: `requestHeaders return 9` }],
    exchanges: [{ client: { body: ["one"], leavesAfterMs: 100 } }],
    expect: { client: ["0 (broken off)"], provider: ["nothing"], accessLog: ["0 downstream_remote_disconnect -"] },
  },
  {
    name: "the deprecated answer 2 of a headers callback continues",
    plugins: [{ script: `requestHeaders return 2` }],
    exchanges: [{ client: { body: ["one"] } }],
    expect: { client: ["200 ok"], provider: ["POST / one"] },
  },
  {
    name: "a buffered request past the limit is a 413",
    plugins: [{ script: `requestHeaders return 1\n requestBody return 1\n requestBodyEnd return 0` }],
    bufferLimit: 2048,
    exchanges: [{ client: { body: [kilobyte, kilobyte, kilobyte, kilobyte] } }],
    expect: {
      client: ["413 Payload Too Large"],
      provider: ["nothing"],
      accessLog: ["413 request_payload_too_large -"],
    },
  },
  {
    name: "a request held by its headers past the limit is a 413",
    plugins: [{ script: `requestHeaders return 3` }],
    bufferLimit: 2048,
    exchanges: [{ client: { body: [kilobyte, kilobyte, kilobyte, kilobyte] } }],
    expect: {
      client: ["413 Payload Too Large"],
      provider: ["nothing"],
      accessLog: ["413 request_payload_too_large -"],
    },
  },
  {
    name: "a buffered response past the limit is a 500",
    plugins: [{ script: `responseHeaders return 1\n responseBody return 1` }],
    bufferLimit: 2048,
    exchanges: [{ provider: { body: [kilobyte, kilobyte, kilobyte, kilobyte] } }],
    expect: {
      client: ["500 Internal Server Error"],
      provider: ["GET /"],
      accessLog: ["500 response_payload_too_large -"],
    },
  },
  {
    name: "a buffered response past the limit after its headers went out is broken off",
    plugins: [{ script: `responseBody return 1` }],
    bufferLimit: 2048,
    exchanges: [{ provider: { body: [kilobyte, kilobyte, kilobyte, kilobyte] } }],
    expect: { client: ["200 (broken off)"], provider: ["GET /"], accessLog: ["200 response_payload_too_large -"] },
  },
  {
    name: "a body that the plugin makes too large is a 413",
    plugins: [
      { script: `requestHeaders return 1\n requestBody return 1\n requestBodyEnd append request ${"y".repeat(2000)}` },
    ],
    bufferLimit: 2048,
    exchanges: [{ client: { body: [kilobyte] } }],
    expect: {
      client: ["413 Payload Too Large"],
      provider: ["nothing"],
      accessLog: ["413 request_payload_too_large -"],
    },
  },
  {
    name: "a response that answers before the request is complete ends the request",
    plugins: [{ script: `requestHeaders return 0` }],
    exchanges: [{ client: { body: ["one", "two"], answerFirst: true }, provider: { after: "headers", status: 403 } }],
    expect: { client: ["403"], provider: ["POST / (broken off)"] },
  },
]);
