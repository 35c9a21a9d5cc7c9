// HTTP callouts: who waits, who goes on, and what failures look like.
import { scenarios } from "../scenario.ts";

const head = ":method=GET;:path=/check;:authority=auth";

export default scenarios([
  {
    name: "a held request goes on with the reply of a callout",
    plugins: [
      {
        script: `
          requestHeaders call auth-ok ${head} 1000
          requestHeaders return 4
          reply get callout x-user
          reply set request x-user found
          reply continue request
        `,
      },
    ],
    clusters: { "auth-ok": { delayMs: 600, headers: { "content-type": "text/plain", "x-user": "me" }, body: "yes" } },
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: { client: ["200 ok"], provider: ["POST / onetwo"], said: ["x-user=me"], callouts: ["auth-ok GET /check "] },
  },
  {
    name: "a callout with a body and a reply with trailers",
    plugins: [
      {
        script: `
          requestHeaders call auth-body :method=POST;:path=/check;:authority=auth 1000 the body
          requestHeaders return 4
          reply all calloutTrailers
          reply continue request
        `,
      },
    ],
    clusters: { "auth-body": { headers: { "content-type": "text/plain" }, body: "yes", trailers: { "x-end": "1" } } },
    expect: {
      client: ["200 ok"],
      provider: ["GET /"],
      said: ["all x-end=1"],
      callouts: ["auth-body POST /check the body"],
    },
  },
  {
    name: "a reply is made from a callout's reply",
    plugins: [
      {
        script: `requestHeaders call auth-deny ${head} 1000\n requestHeaders return 4\n reply reply 403 -1 - denied\n responseHeaders set response x-seen 1`,
      },
    ],
    clusters: { "auth-deny": { status: 403 } },
    exchanges: [{ client: { body: ["one"] } }],
    expect: {
      client: ["403 denied"],
      provider: ["nothing"],
      accessLog: ["403 by_script -"],
      callouts: ["auth-deny GET /check "],
    },
  },
  {
    name: "a callout to an unknown cluster is refused at once",
    plugins: [{ script: `requestHeaders call nowhere ${head} 1000` }],
    expect: { client: ["200 ok"], provider: ["GET /"], said: ["call refused 2"] },
  },
  {
    name: "a callout without a path is refused at once",
    plugins: [{ script: `requestHeaders call auth-unasked :method=GET;:authority=auth 1000` }],
    clusters: { "auth-unasked": {} },
    expect: { client: ["200 ok"], provider: ["GET /"], said: ["call refused 2"] },
  },
  {
    name: "a callout that nobody answers times out",
    plugins: [
      { script: `requestHeaders call auth-silent ${head} 100\n requestHeaders return 4\n reply continue request` },
    ],
    clusters: { "auth-silent": "silent" },
    expect: { client: ["200 ok"], provider: ["GET /"], callouts: ["auth-silent GET /check "] },
  },
  {
    name: "a callout that is refused",
    plugins: [
      { script: `requestHeaders call auth-refused ${head} 1000\n requestHeaders return 4\n reply continue request` },
    ],
    clusters: { "auth-refused": "refused" },
    expect: { client: ["200 ok"], provider: ["GET /"] },
  },
  {
    name: "a callout whose connection breaks",
    plugins: [
      { script: `requestHeaders call auth-broken ${head} 1000\n requestHeaders return 4\n reply continue request` },
    ],
    clusters: { "auth-broken": "reset" },
    expect: { client: ["200 ok"], provider: ["GET /"], callouts: ["auth-broken GET /check "] },
  },
  {
    name: "a callout whose reply breaks off",
    plugins: [
      { script: `requestHeaders call auth-cut ${head} 1000\n requestHeaders return 4\n reply continue request` },
    ],
    clusters: { "auth-cut": "reset after headers" },
    expect: { client: ["200 ok"], provider: ["GET /"], callouts: ["auth-cut GET /check "] },
  },
  {
    name: "a held response goes on with the reply of a callout",
    plugins: [
      {
        script: `
          responseHeaders call after-ok ${head} 1000
          responseHeaders return 4
          reply set response x-late 1
          reply continue response
        `,
      },
    ],
    clusters: { "after-ok": {} },
    exchanges: [{ provider: { body: ["one", "two"] } }],
    expect: { client: ["200 onetwo"], provider: ["GET /"], callouts: ["after-ok GET /check "] },
  },
  {
    name: "a callout from the last body callback with everything held",
    plugins: [
      {
        script: `
          requestHeaders return 1
          requestBody return 1
          requestBodyEnd call auth-late ${head} 1000
          requestBodyEnd return 1
          reply body request
          reply replace request changed
          reply set request x-late 1
          reply continue request
        `,
      },
    ],
    clusters: { "auth-late": {} },
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: {
      client: ["200 ok"],
      provider: ["POST / changed"],
      said: ['body "onetwo"'],
      callouts: ["auth-late GET /check "],
    },
  },
  {
    name: "the body keeps coming while a callout is under way",
    plugins: [
      {
        script: `
          requestHeaders call auth-slow ${head} 1000
          requestHeaders return 4
          reply continue request
          requestBody body request
        `,
      },
    ],
    clusters: { "auth-slow": { delayMs: 600 } },
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: { client: ["200 ok"], provider: ["POST / onetwo"], callouts: ["auth-slow GET /check "] },
  },
  {
    name: "two callouts at once",
    plugins: [
      {
        script: `
          requestHeaders call fast ${head} 1000
          requestHeaders call slow ${head} 1000
          requestHeaders return 4
          reply#2 continue request
        `,
      },
    ],
    clusters: { fast: { body: "fast" }, slow: { body: "slow", delayMs: 400 } },
    expect: { client: ["200 ok"], provider: ["GET /"], callouts: ["fast GET /check ", "slow GET /check "] },
  },
  {
    name: "the client leaves while a callout is under way",
    plugins: [
      { script: `requestHeaders call auth-forever ${head} 300\n requestHeaders return 4\n reply continue request` },
    ],
    clusters: { "auth-forever": "silent" },
    exchanges: [{ client: { leavesAfterMs: 60 } }],
    settleMs: 400,
    expect: {
      client: ["0 (broken off)"],
      provider: ["nothing"],
      accessLog: ["0 downstream_remote_disconnect -"],
      callouts: ["auth-forever GET /check "],
    },
  },
  {
    name: "a request is continued from a reply though it is not held",
    plugins: [
      {
        script: `requestBodyEnd call auth-late-ok ${head} 1000\n reply continue request`,
      },
    ],
    clusters: { "auth-late-ok": {} },
    exchanges: [{ client: { body: ["one", "two", "three", "four"] }, provider: { delayMs: 300 } }],
    expect: { client: ["200 ok"], provider: ["POST / onetwothreefour"], callouts: ["auth-late-ok GET /check "] },
  },
  {
    name: "a request is continued from its own body callback",
    plugins: [
      {
        script: `requestHeaders return 1
 requestBody#2 continue request
 requestBody return 1
 requestBodyEnd return 0`,
      },
    ],
    exchanges: [{ client: { body: ["one", "two", "three"] } }],
    expect: { client: ["200 ok"], provider: ["POST / onetwothree"] },
  },
]);
