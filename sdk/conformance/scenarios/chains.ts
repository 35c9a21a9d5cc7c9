// Several filters on one stream: who sees what when another one holds, changes or answers.
import { scenarios } from "../scenario.ts";

const buffers = `requestHeaders return 1\n requestBody return 1\n requestBodyEnd append request`;

export default scenarios([
  {
    name: "chain: the request passes the first filter first, the response the last",
    plugins: [
      { script: `requestBody append request 1\n responseBody append response 1` },
      { script: `requestBody append request 2\n responseBody append response 2` },
    ],
    exchanges: [{ client: { body: ["a", "b"] }, provider: { body: ["c", "d"] } }],
    expect: { client: ["200 c21d21"], provider: ["POST / a12b12"] },
  },
  {
    name: "chain: both buffer the request",
    plugins: [{ script: `${buffers} 1` }, { script: `${buffers} 2\n requestBodyEnd body request` }],
    exchanges: [{ client: { body: ["a", "b"] } }],
    expect: { client: ["200 ok"], provider: ["POST / ab12"], said: ['body "ab12"'] },
  },
  {
    name: "chain: the second buffers the response, the first sees it whole",
    plugins: [
      { script: `responseBodyEnd body response` },
      { script: `responseHeaders return 1\n responseBody return 1\n responseBodyEnd append response !` },
    ],
    exchanges: [{ provider: { body: ["c", "d"] } }],
    expect: { client: ["200 cd!"], provider: ["GET /"], said: ['body "cd!"'] },
  },
  {
    name: "chain: the second answers, both see the answer",
    plugins: [
      { script: `responseHeaders set response x-first 1` },
      { script: `requestHeaders reply 403 -1 - no\n responseHeaders set response x-second 1` },
    ],
    exchanges: [{ client: { body: ["a"] } }],
    expect: { client: ["403 no"], provider: ["nothing"], accessLog: ["403 by_script -"] },
  },
  {
    name: "chain: the first answers, the second never hears of the request",
    plugins: [{ script: `requestHeaders reply 403 -1 - no` }, { script: `responseHeaders set response x-second 1` }],
    expect: { client: ["403 no"], provider: ["nothing"], accessLog: ["403 by_script -"] },
  },
  {
    name: "chain: the second answers from the body that the first held",
    plugins: [
      { script: `${buffers} 1` },
      { script: `requestHeaders return 1\n requestBodyEnd reply 400 -1 - bad\n requestBody return 1` },
    ],
    exchanges: [{ client: { body: ["a", "b"] } }],
    expect: { client: ["400 bad"], provider: ["nothing"], accessLog: ["400 by_script -"] },
  },
  {
    name: "chain: each waits for its own callout",
    plugins: [
      {
        script: `requestHeaders call chain-one :method=GET;:path=/;:authority=a 1000\n requestHeaders return 4\n reply continue request`,
      },
      {
        script: `requestHeaders call chain-two :method=GET;:path=/;:authority=a 1000\n requestHeaders return 4\n reply continue request`,
      },
    ],
    clusters: { "chain-one": { delayMs: 600 }, "chain-two": {} },
    exchanges: [{ client: { body: ["a", "b"] } }],
    expect: { client: ["200 ok"], provider: ["POST / ab"], callouts: ["chain-one GET / ", "chain-two GET / "] },
  },
  {
    name: "chain: the first makes a body and trailers, the second sees them",
    plugins: [
      { script: `requestBodyEnd append request made\n requestBodyEnd set requestTrailers x-made 1` },
      { script: `requestBody body request\n requestTrailers all requestTrailers` },
    ],
    exchanges: [{ client: { body: ["a"] } }],
    expect: { client: ["200 ok"], provider: ["POST / amade"], said: ['body "a"', 'body "made"', "all x-made=1"] },
  },
  {
    name: "chain: the first drops the body, the second sees its end",
    plugins: [{ script: `requestBody return 3` }, { script: `requestBody body request` }],
    exchanges: [{ client: { body: ["a", "b"] } }],
    expect: { client: ["200 ok"], provider: ["POST /"] },
  },
  {
    name: "chain: the second's reply in the response replaces the answer for both",
    plugins: [{ script: `responseHeaders set response x-first 1` }, { script: `responseHeaders reply 502 -1 - bad` }],
    expect: { client: ["502 bad"], provider: ["GET /"], accessLog: ["502 by_script -"] },
  },
  {
    name: "chain: the first's reply in the response comes after the second has passed it",
    plugins: [{ script: `responseHeaders reply 502 -1 - bad` }, { script: `responseHeaders set response x-second 1` }],
    expect: { client: ["502 bad"], provider: ["GET /"], accessLog: ["502 by_script -"] },
  },
  {
    name: "chain: a limit strikes in the first",
    plugins: [
      { script: `requestHeaders return 1\n requestBody return 1` },
      { script: `responseHeaders set response x-second 1` },
    ],
    bufferLimit: 1024,
    exchanges: [{ client: { body: ["x".repeat(800), "x".repeat(800)] } }],
    expect: {
      client: ["413 Payload Too Large"],
      provider: ["nothing"],
      accessLog: ["413 request_payload_too_large -"],
    },
  },
]);
