// A filter in a cluster's chain, behind the router.
import { scenarios } from "../scenario.ts";

export default scenarios([
  {
    name: "upstream: headers and bodies are changed",
    plugins: [
      {
        position: "upstream",
        script: `
          requestHeaders set request :path /changed
          requestHeaders return 1
          requestBody return 1
          requestBodyEnd replace request changed
          responseHeaders set response :status 203
          responseBody append response !
        `,
      },
    ],
    exchanges: [{ client: { body: ["one", "two"] }, provider: { body: ["three", "four"] } }],
    expect: { client: ["203 three!four!"], provider: ["POST /changed changed"] },
  },
  {
    name: "upstream: a reply does not pass the filter's own response callbacks",
    plugins: [
      {
        position: "upstream",
        script: `requestHeaders reply 403 -1 x-why=1 no\n responseHeaders set response x-seen 1`,
      },
    ],
    expect: { client: ["403 no"], provider: ["nothing"], accessLog: ["403 by_script -"] },
  },
  {
    name: "upstream: a reply from the last body callback",
    plugins: [
      {
        position: "upstream",
        script: `requestHeaders return 1\n requestBody return 1\n requestBodyEnd reply 400 -1 - bad body`,
      },
    ],
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: { client: ["400 bad body"], provider: ["nothing"], accessLog: ["400 by_script -"] },
  },
  {
    name: "upstream: a reply from the response's headers callback",
    plugins: [{ position: "upstream", script: `responseHeaders reply 502 -1 - bad answer` }],
    exchanges: [{ provider: { body: ["one"] } }],
    expect: { client: ["502 bad answer"], provider: ["GET /"], accessLog: ["502 by_script -"] },
  },
  {
    name: "upstream: a reply from the response's body callback while its headers are held",
    plugins: [{ position: "upstream", script: `responseHeaders return 1\n responseBody reply 502 -1 - bad answer` }],
    exchanges: [{ provider: { body: ["one"] } }],
    expect: { client: ["502 bad answer"], provider: ["GET /"], accessLog: ["502 by_script -"] },
  },
  {
    name: "upstream: a reply after the answer has begun",
    plugins: [{ position: "upstream", script: `responseBodyEnd reply 502 -1 - too late` }],
    exchanges: [{ provider: { body: ["one"] } }],
    expect: { client: ["200 one (broken off)"], provider: ["GET /"], accessLog: ["200 by_script -"] },
  },
  {
    name: "upstream: a buffered request past the limit",
    plugins: [{ position: "upstream", script: `requestHeaders return 1\n requestBody return 1` }],
    bufferLimit: 2048,
    exchanges: [{ client: { body: ["x".repeat(1024), "x".repeat(1024), "x".repeat(1024)] } }],
    expect: {
      client: ["413 Payload Too Large"],
      provider: ["nothing"],
      accessLog: ["413 request_payload_too_large -"],
    },
  },
  {
    name: "upstream: a buffered response past the limit",
    plugins: [{ position: "upstream", script: `responseHeaders return 1\n responseBody return 1` }],
    bufferLimit: 2048,
    exchanges: [{ provider: { body: ["x".repeat(1024), "x".repeat(1024), "x".repeat(1024)] } }],
    expect: {
      client: ["500 Internal Server Error"],
      provider: ["GET /"],
      accessLog: ["500 response_payload_too_large -"],
    },
  },
  {
    name: "upstream: the request is closed",
    plugins: [{ position: "upstream", script: `requestHeaders close request\n requestHeaders return 4` }],
    expect: { client: ["0 (broken off)"], provider: ["nothing"], accessLog: ["0 wasm_close_stream -"] },
  },
  {
    name: "upstream: the response is closed",
    plugins: [{ position: "upstream", script: `responseHeaders close response\n responseHeaders return 4` }],
    expect: { client: ["0 (broken off)"], provider: ["GET /"] },
  },
  {
    name: "upstream: a callout holds the request",
    plugins: [
      {
        position: "upstream",
        script: `
          requestHeaders call up-auth :method=GET;:path=/;:authority=a 1000
          requestHeaders return 4
          reply set request x-auth 1
          reply continue request
        `,
      },
    ],
    clusters: { "up-auth": { delayMs: 600 } },
    exchanges: [{ client: { body: ["one"] } }],
    expect: { client: ["200 ok"], provider: ["POST / one"], callouts: ["up-auth GET / "] },
  },
  {
    name: "upstream: the provider breaks off before answering",
    plugins: [{ position: "upstream", script: `responseHeaders get response :status` }],
    exchanges: [{ provider: { reset: "before headers" } }],
    expect: {
      client: ["503 upstream… (95)"],
      provider: ["GET /"],
      accessLog: ["503 upstream_reset_before_response_started{connection_termination} -"],
    },
  },
  {
    name: "upstream: the client leaves",
    plugins: [{ position: "upstream", script: `log get request x-one` }],
    exchanges: [{ client: { leavesAfterMs: 80 }, provider: "silent" }],
    expect: { client: ["0 (broken off)"], provider: ["GET /"], accessLog: ["0 downstream_remote_disconnect -"] },
  },
  {
    name: "upstream: trailers pass and are changed",
    plugins: [
      {
        position: "upstream",
        script: `requestTrailers set requestTrailers x-t 2\n responseTrailers set responseTrailers x-u 2`,
      },
    ],
    exchanges: [
      { client: { body: ["a"], trailers: { "x-t": "1" } }, provider: { body: ["b"], trailers: { "x-u": "1" } } },
    ],
    expect: { client: ["200 b"], provider: ["POST / a"] },
  },
  {
    name: "upstream: filter state reaches the access log",
    plugins: [{ position: "upstream", script: `responseHeaders setProperty note from upstream` }],
    expect: { client: ["200 ok"], provider: ["GET /"], accessLog: ["200 via_upstream from upstream"] },
  },
  {
    name: "upstream: a trap is a 503",
    plugins: [{ position: "upstream", script: `requestHeaders trap unreachable`, vmId: "upstream-trap" }],
    expect: { client: ["503"], provider: ["nothing"], accessLog: ["503 wasm_fail_stream -"] },
  },
]);
