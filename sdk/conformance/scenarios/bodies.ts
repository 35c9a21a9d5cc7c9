// Bodies: reading, changing, holding, and the limits of holding.
import { scenarios } from "../scenario.ts";

const kilobyte = "x".repeat(1024);

export default scenarios([
  {
    name: "pieces pass as they come",
    plugins: [{ script: `requestBody body request\n responseBody body response` }],
    exchanges: [{ client: { body: ["one", "two"] }, provider: { body: ["three", "four"] } }],
    expect: {},
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
    expect: {},
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
    expect: {},
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
    expect: {},
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
    expect: {},
  },
  {
    name: "buffering with a watermark shows only what is new",
    plugins: [{ script: `requestBody return 2\n requestBody body request\n requestBodyEnd body request` }],
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: {},
  },
  {
    name: "without buffering a stopped piece is dropped",
    plugins: [{ script: `requestBody#1 return 3\n requestBodyEnd body request` }],
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: {},
  },
  {
    name: "all dropped, and the end alone goes on",
    plugins: [{ script: `responseBody return 3` }],
    exchanges: [{ provider: { body: ["one", "two"] } }],
    expect: {},
  },
  {
    name: "a body is held until its trailers",
    plugins: [{ script: `requestHeaders return 1\n requestBody return 1\n requestTrailers body request` }],
    exchanges: [{ client: { body: ["one", "two"], trailers: { "x-t": "1" } } }],
    expect: {},
  },
  {
    name: "a header-only request gets a body",
    plugins: [{ script: `requestHeaders append request made` }],
    expect: {},
  },
  {
    name: "without allow_on_headers_stop_iteration a stop holds the body too",
    plugins: [{ script: `requestHeaders return 1`, allowOnHeadersStopIteration: false }],
    exchanges: [{ client: { body: ["one"], leavesAfterMs: 100 } }],
    expect: {},
  },
  {
    name: "stop all iteration holds the body back from the plugin",
    plugins: [{ script: `requestHeaders return 4` }],
    exchanges: [{ client: { body: ["one"], leavesAfterMs: 100 } }],
    expect: {},
  },
  {
    name: "an unknown answer of a headers callback stops everything",
    plugins: [{ script: `requestHeaders return 9` }],
    exchanges: [{ client: { body: ["one"], leavesAfterMs: 100 } }],
    expect: {},
  },
  {
    name: "the deprecated answer 2 of a headers callback continues",
    plugins: [{ script: `requestHeaders return 2` }],
    exchanges: [{ client: { body: ["one"] } }],
    expect: {},
  },
  {
    name: "a buffered request past the limit is a 413",
    plugins: [{ script: `requestHeaders return 1\n requestBody return 1\n requestBodyEnd return 0` }],
    bufferLimit: 2048,
    exchanges: [{ client: { body: [kilobyte, kilobyte, kilobyte, kilobyte] } }],
    expect: {},
  },
  {
    name: "a request held by its headers past the limit is a 413",
    plugins: [{ script: `requestHeaders return 3` }],
    bufferLimit: 2048,
    exchanges: [{ client: { body: [kilobyte, kilobyte, kilobyte, kilobyte] } }],
    expect: {},
  },
  {
    name: "a buffered response past the limit is a 500",
    plugins: [{ script: `responseHeaders return 1\n responseBody return 1` }],
    bufferLimit: 2048,
    exchanges: [{ provider: { body: [kilobyte, kilobyte, kilobyte, kilobyte] } }],
    expect: {},
  },
  {
    name: "a buffered response past the limit after its headers went out is broken off",
    plugins: [{ script: `responseBody return 1` }],
    bufferLimit: 2048,
    exchanges: [{ provider: { body: [kilobyte, kilobyte, kilobyte, kilobyte] } }],
    expect: {},
  },
  {
    name: "a body that the plugin makes too large is a 413",
    plugins: [
      { script: `requestHeaders return 1\n requestBody return 1\n requestBodyEnd append request ${"y".repeat(2000)}` },
    ],
    bufferLimit: 2048,
    exchanges: [{ client: { body: [kilobyte] } }],
    expect: {},
  },
  {
    name: "a response that answers before the request is complete ends the request",
    plugins: [{ script: `requestHeaders return 0` }],
    exchanges: [{ client: { body: ["one", "two", "three"] }, provider: { after: "headers", status: 403 } }],
    expect: {},
  },
]);
