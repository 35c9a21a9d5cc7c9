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
    clusters: { "auth-ok": { headers: { "content-type": "text/plain", "x-user": "me" }, body: "yes" } },
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: {},
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
    expect: {},
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
    expect: {},
  },
  {
    name: "a callout to an unknown cluster is refused at once",
    plugins: [{ script: `requestHeaders call nowhere ${head} 1000` }],
    expect: {},
  },
  {
    name: "a callout without a path is refused at once",
    plugins: [{ script: `requestHeaders call auth-unasked :method=GET;:authority=auth 1000` }],
    clusters: { "auth-unasked": {} },
    expect: {},
  },
  {
    name: "a callout that nobody answers times out",
    plugins: [
      { script: `requestHeaders call auth-silent ${head} 100\n requestHeaders return 4\n reply continue request` },
    ],
    clusters: { "auth-silent": "silent" },
    expect: {},
  },
  {
    name: "a callout that is refused",
    plugins: [
      { script: `requestHeaders call auth-refused ${head} 1000\n requestHeaders return 4\n reply continue request` },
    ],
    clusters: { "auth-refused": "refused" },
    expect: {},
  },
  {
    name: "a callout whose connection breaks",
    plugins: [
      { script: `requestHeaders call auth-broken ${head} 1000\n requestHeaders return 4\n reply continue request` },
    ],
    clusters: { "auth-broken": "reset" },
    expect: {},
  },
  {
    name: "a callout whose reply breaks off",
    plugins: [
      { script: `requestHeaders call auth-cut ${head} 1000\n requestHeaders return 4\n reply continue request` },
    ],
    clusters: { "auth-cut": "reset after headers" },
    expect: {},
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
    expect: {},
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
    expect: {},
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
    clusters: { "auth-slow": { delayMs: 120 } },
    exchanges: [{ client: { body: ["one", "two"] } }],
    expect: {},
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
    clusters: { fast: { body: "fast" }, slow: { body: "slow", delayMs: 60 } },
    expect: {},
  },
  {
    name: "the client leaves while a callout is under way",
    plugins: [
      { script: `requestHeaders call auth-forever ${head} 300\n requestHeaders return 4\n reply continue request` },
    ],
    clusters: { "auth-forever": "silent" },
    exchanges: [{ client: { leavesAfterMs: 60 } }],
    settleMs: 400,
    expect: {},
  },
  {
    name: "a request is continued from a reply though it is not held",
    plugins: [
      {
        script: `requestHeaders call auth-late-ok ${head} 1000
 reply continue request`,
      },
    ],
    clusters: { "auth-late-ok": { delayMs: 60 } },
    exchanges: [{ client: { body: ["one", "two", "three", "four"] } }],
    expect: {},
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
    expect: {},
  },
]);
