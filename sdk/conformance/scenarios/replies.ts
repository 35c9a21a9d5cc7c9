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
    expect: { client: ["403 no"], provider: ["nothing"], accessLog: ["403 by_script -"], said: ['body "no"'] },
  },
  {
    name: "a reply without a body",
    plugins: [{ script: `requestHeaders reply 204 -1 x-why=1` }],
    expect: { client: ["204"], provider: ["nothing"], accessLog: ["204 by_script -"] },
  },
  {
    name: "a reply keeps its content type",
    plugins: [{ script: `requestHeaders reply 400 -1 content-type=application/json {"error":{}}` }],
    expect: { client: ['400 {"error":{}}'], provider: ["nothing"], accessLog: ["400 by_script -"] },
  },
  {
    name: "a reply to a HEAD request has no body",
    plugins: [{ script: `requestHeaders reply 400 -1 - text` }],
    exchanges: [{ client: { headers: { ":method": "HEAD" } } }],
    expect: { client: ["400"], provider: ["nothing"], accessLog: ["400 by_script -"] },
  },
  {
    name: "a reply to a gRPC request is in trailers",
    plugins: [{ script: `requestHeaders reply 403 7 - not you, ü 100%` }],
    exchanges: [{ client: { headers: { "content-type": "application/grpc" }, body: ["m"] } }],
    expect: { client: ["200"], provider: ["nothing"], accessLog: ["200 by_script -"] },
  },
  {
    name: "a reply to a gRPC request without a gRPC status",
    plugins: [{ script: `requestHeaders reply 429 -1 - slow down` }],
    exchanges: [{ client: { headers: { "content-type": "application/grpc" }, body: ["m"] } }],
    expect: { client: ["200"], provider: ["nothing"], accessLog: ["200 by_script -"] },
  },
  {
    name: "a reply from the request's body callback",
    plugins: [{ script: `requestHeaders return 1\n requestBody reply 400 -1 - bad body` }],
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: { client: ["400 bad body"], provider: ["nothing"], accessLog: ["400 by_script -"] },
  },
  {
    name: "a reply from the request's last body callback with everything held",
    plugins: [{ script: `requestHeaders return 1\n requestBody return 1\n requestBodyEnd reply 400 -1 - bad body` }],
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: { client: ["400 bad body"], provider: ["nothing"], accessLog: ["400 by_script -"] },
  },
  {
    name: "a reply from the request's trailers callback",
    plugins: [
      { script: `requestHeaders return 1\n requestBody return 1\n requestTrailers reply 400 -1 - bad trailers` },
    ],
    exchanges: [{ client: { body: ["one"], trailers: { "x-t": "1" } } }],
    expect: { client: ["400 bad trailers"], provider: ["nothing"], accessLog: ["400 by_script -"] },
  },
  {
    name: "a reply from the response's headers callback replaces the answer",
    plugins: [{ script: `responseHeaders reply 502 -1 x-why=1 bad answer` }],
    exchanges: [{ provider: { headers: { "x-from": "provider" }, body: ["one"] } }],
    expect: { client: ["502 bad answer"], provider: ["GET /"], accessLog: ["502 by_script -"] },
  },
  {
    name: "a reply from the response's body callback while its headers are held",
    plugins: [
      { script: `responseHeaders return 1\n responseBody return 1\n responseBodyEnd reply 502 -1 - bad answer` },
    ],
    exchanges: [{ provider: { body: ["one", "two"] } }],
    expect: { client: ["502 bad answer"], provider: ["GET /"], accessLog: ["502 by_script -"] },
  },
  {
    name: "a reply after the answer has begun breaks it off",
    plugins: [{ script: `responseBodyEnd reply 502 -1 - too late` }],
    exchanges: [{ provider: { body: ["one", "two"] } }],
    expect: { client: ["200 onetwo (broken off)"], provider: ["GET /"], accessLog: ["200 by_script -"] },
  },
  {
    name: "a second reply in one callback is not sent",
    plugins: [{ script: `requestHeaders reply 403 -1 - first\n requestHeaders reply 404 -1 - second` }],
    expect: { client: ["403 first"], provider: ["nothing"], accessLog: ["403 by_script -"] },
  },
  {
    name: "the answer of the callback does not matter after a reply",
    plugins: [{ script: `requestHeaders reply 403 -1 - no\n requestHeaders return 0\n requestBody log seen` }],
    exchanges: [{ client: { body: ["one"] } }],
    expect: { client: ["403 no"], provider: ["nothing"], accessLog: ["403 by_script -"] },
  },
  {
    name: "the request is closed",
    plugins: [{ script: `requestHeaders close request\n requestHeaders return 4` }],
    expect: { client: ["0 (broken off)"], provider: ["nothing"], accessLog: ["0 wasm_close_stream -"] },
  },
  {
    name: "the response is closed before it begins",
    plugins: [{ script: `responseHeaders close response\n responseHeaders return 4` }],
    expect: { client: ["0 (broken off)"], provider: ["GET /"] },
  },
  {
    name: "the response is closed in the middle",
    plugins: [{ script: `responseBody#2 close response` }],
    exchanges: [{ provider: { body: ["one", "two", "three"] } }],
    expect: { client: ["200 one (broken off)"], provider: ["GET /"] },
  },
  {
    name: "the client leaves",
    plugins: [{ script: `log get request x-one` }],
    exchanges: [{ client: { headers: { "x-one": "1" }, leavesAfterMs: 80 }, provider: "silent" }],
    expect: {
      client: ["0 (broken off)"],
      provider: ["GET /"],
      accessLog: ["0 downstream_remote_disconnect -"],
      said: ["x-one=1"],
    },
  },
  {
    name: "the provider breaks off before answering",
    plugins: [{ script: `responseHeaders get response :status` }],
    exchanges: [{ provider: { reset: "before headers" } }],
    expect: {
      client: ["503 upstream… (95)"],
      provider: ["GET /"],
      accessLog: ["503 upstream_reset_before_response_started{connection_termination} -"],
      said: [":status=503"],
    },
  },
  {
    name: "the provider breaks off while its headers are held",
    plugins: [{ script: `responseHeaders return 1\n responseBody return 1` }],
    exchanges: [{ provider: { body: ["one"], reset: "after body" } }],
    expect: {
      client: ["502 upstream… (87)"],
      provider: ["GET /"],
      accessLog: ["502 upstream_reset_after_response_started{protocol_error} -"],
    },
  },
  {
    name: "the client leaves in the middle of the answer",
    plugins: [{ script: `requestHeaders return 0` }],
    exchanges: [{ client: { leavesAfterMs: 150 }, provider: { body: ["one"], stays: true } }],
    expect: {
      client: ["200 one (broken off)"],
      provider: ["GET /"],
      accessLog: ["200 downstream_remote_disconnect -"],
    },
  },
  {
    name: "the provider breaks off in the middle of its answer",
    plugins: [{ script: `responseBody body response` }],
    exchanges: [{ provider: { body: ["one"], reset: "after body" } }],
    expect: {
      client: ["200 one (broken off)"],
      provider: ["GET /"],
      accessLog: ["200 upstream_reset_after_response_started{protocol_error} -"],
      said: ['body "one"'],
    },
  },
]);
