// Local replies and closed streams, from every callback.
import { scenarios } from "../scenario.ts";

export default scenarios([
  {
    name: "a reply in place of the provider passes the response callbacks",
    plugins: [
      {
        script: `requestHeaders reply 403 -1 x-why=1 no\n responseHeaders set response x-seen 1\n responseBodyEnd body response`,
      },
    ],
    expect: {},
  },
  {
    name: "a reply without a body",
    plugins: [{ script: `requestHeaders reply 204 -1 x-why=1` }],
    expect: {},
  },
  {
    name: "a reply keeps its content type",
    plugins: [{ script: `requestHeaders reply 400 -1 content-type=application/json {"error":{}}` }],
    expect: {},
  },
  {
    name: "a reply to a HEAD request has no body",
    plugins: [{ script: `requestHeaders reply 400 -1 - text` }],
    exchanges: [{ client: { headers: { ":method": "HEAD" } } }],
    expect: {},
  },
  {
    name: "a reply to a gRPC request is in trailers",
    plugins: [{ script: `requestHeaders reply 403 7 - not you, ü 100%` }],
    exchanges: [{ client: { headers: { "content-type": "application/grpc" }, body: ["m"] } }],
    expect: {},
  },
  {
    name: "a reply to a gRPC request without a gRPC status",
    plugins: [{ script: `requestHeaders reply 429 -1 - slow down` }],
    exchanges: [{ client: { headers: { "content-type": "application/grpc" }, body: ["m"] } }],
    expect: {},
  },
  {
    name: "a reply from the request's body callback",
    plugins: [{ script: `requestBody reply 400 -1 - bad body` }],
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: {},
  },
  {
    name: "a reply from the request's last body callback with everything held",
    plugins: [{ script: `requestHeaders return 1\n requestBody return 1\n requestBodyEnd reply 400 -1 - bad body` }],
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: {},
  },
  {
    name: "a reply from the request's trailers callback",
    plugins: [
      { script: `requestHeaders return 1\n requestBody return 1\n requestTrailers reply 400 -1 - bad trailers` },
    ],
    exchanges: [{ client: { body: ["one"], trailers: { "x-t": "1" } } }],
    expect: {},
  },
  {
    name: "a reply from the response's headers callback replaces the answer",
    plugins: [{ script: `responseHeaders reply 502 -1 x-why=1 bad answer` }],
    exchanges: [{ provider: { headers: { "x-from": "provider" }, body: ["one"] } }],
    expect: {},
  },
  {
    name: "a reply from the response's body callback while its headers are held",
    plugins: [
      { script: `responseHeaders return 1\n responseBody return 1\n responseBodyEnd reply 502 -1 - bad answer` },
    ],
    exchanges: [{ provider: { body: ["one", "two"] } }],
    expect: {},
  },
  {
    name: "a reply after the answer has begun breaks it off",
    plugins: [{ script: `responseBodyEnd reply 502 -1 - too late` }],
    exchanges: [{ provider: { body: ["one", "two"] } }],
    expect: {},
  },
  {
    name: "a second reply in one callback is not sent",
    plugins: [{ script: `requestHeaders reply 403 -1 - first\n requestHeaders reply 404 -1 - second` }],
    expect: {},
  },
  {
    name: "the answer of the callback does not matter after a reply",
    plugins: [{ script: `requestHeaders reply 403 -1 - no\n requestHeaders return 0\n requestBody log seen` }],
    exchanges: [{ client: { body: ["one"] } }],
    expect: {},
  },
  {
    name: "the request is closed",
    plugins: [{ script: `requestHeaders close request\n requestHeaders return 4` }],
    expect: {},
  },
  {
    name: "the response is closed before it begins",
    plugins: [{ script: `responseHeaders close response\n responseHeaders return 4` }],
    expect: {},
  },
  {
    name: "the response is closed in the middle",
    plugins: [{ script: `responseBody#2 close response` }],
    exchanges: [{ provider: { body: ["one", "two", "three"] } }],
    expect: {},
  },
  {
    name: "the client leaves",
    plugins: [{ script: `log get request x-one` }],
    exchanges: [{ client: { headers: { "x-one": "1" }, leavesAfterMs: 80 }, provider: "silent" }],
    expect: {},
  },
  {
    name: "the provider breaks off before answering",
    plugins: [{ script: `responseHeaders get response :status` }],
    exchanges: [{ provider: { reset: "before headers" } }],
    expect: {},
  },
  {
    name: "the provider breaks off while its headers are held",
    plugins: [{ script: `responseHeaders return 1\n responseBody return 1` }],
    exchanges: [{ provider: { body: ["one"], reset: "after body" } }],
    expect: {},
  },
  {
    name: "the client leaves in the middle of the answer",
    plugins: [{ script: `requestHeaders return 0` }],
    exchanges: [{ client: { leavesAfterMs: 150 }, provider: { body: ["one"], stays: true } }],
    expect: {},
  },
  {
    name: "the provider breaks off in the middle of its answer",
    plugins: [{ script: `responseBody body response` }],
    exchanges: [{ provider: { body: ["one"], reset: "after body" } }],
    expect: {},
  },
]);
