// Header maps: reading, changing, and where they can be reached.
import { scenarios } from "../scenario.ts";

export default scenarios([
  {
    name: "request headers are read, set, added, removed and listed",
    plugins: [
      {
        script: `
          requestHeaders get request x-one
          requestHeaders get request x-none
          requestHeaders set request x-one changed
          requestHeaders add request x-one again
          requestHeaders add request x-new fresh
          requestHeaders remove request x-gone
          requestHeaders remove request x-none
          requestHeaders all request
          requestHeaders get request x-one
        `,
      },
    ],
    exchanges: [{ client: { headers: { "x-one": "1", "x-gone": "2" } } }],
    expect: {
      client: ["200 ok"],
      provider: ["GET /"],
      said: [
        "x-one=1",
        "x-none=missing",
        "all :authority=gateway|:path=/|:method=GET|x-one=changed|x-one=again|x-new=fresh",
        "x-one=changed",
      ],
    },
  },
  {
    name: "a set header moves to the end and loses its other values",
    plugins: [
      {
        script: `
          requestHeaders all request
          requestHeaders set request x-many one
          requestHeaders set request :path /changed
          requestHeaders set request X-Upper Case
          requestHeaders all request
        `,
      },
    ],
    exchanges: [{ client: { headers: { "x-many": ["1", "2"], "x-last": "3" } } }],
    expect: {
      client: ["200 ok"],
      provider: ["GET /changed"],
      said: [
        "all :authority=gateway|:path=/|:method=GET|x-many=1|x-many=2|x-last=3",
        "all :authority=gateway|:method=GET|:path=/changed|x-last=3|x-many=one|x-upper=Case",
      ],
    },
  },
  {
    name: "headers with a single slot join their values with a comma",
    plugins: [
      {
        script: `
          requestHeaders add request accept second
          requestHeaders add request authorization second
          requestHeaders add request user-agent second
          requestHeaders add request content-type second
          requestHeaders add request cookie second=1
          requestHeaders add request accept-encoding second
          requestHeaders add request cache-control second
          requestHeaders add request accept-language second
          requestHeaders add request referer second
          requestHeaders add request origin second
          requestHeaders add request x-forwarded-host second
          requestHeaders add request if-match second
          requestHeaders add request if-none-match second
          requestHeaders add request if-range second
          requestHeaders add request if-modified-since second
          requestHeaders add request pragma second
          requestHeaders add request x-forwarded-for second
          requestHeaders add request access-control-request-method second
          requestHeaders all request
          responseHeaders add response content-type second
          responseHeaders add response cache-control second
          responseHeaders add response location second
          responseHeaders add response set-cookie second
          responseHeaders add response etag second
          responseHeaders add response vary second
          responseHeaders add response content-encoding second
          responseHeaders add response last-modified second
          responseHeaders add response expires second
          responseHeaders add response age second
          responseHeaders add response access-control-allow-origin second
          responseHeaders add response access-control-allow-headers second
          responseHeaders add response www-authenticate second
          responseHeaders add response x-ratelimit-remaining second
          responseHeaders all response
        `,
      },
    ],
    exchanges: [
      {
        client: {
          headers: {
            accept: "first",
            authorization: "first",
            "user-agent": "first",
            "content-type": "first",
            cookie: "first=1",
            "accept-encoding": "first",
            "cache-control": "first",
            "accept-language": "first",
            referer: "first",
            origin: "first",
            "x-forwarded-host": "first",
            "if-match": "first",
            "if-none-match": "first",
            "if-range": "first",
            "if-modified-since": "first",
            pragma: "first",
            "access-control-request-method": "first",
          },
        },
        provider: {
          headers: {
            "content-type": "first",
            "cache-control": "first",
            location: "first",
            "set-cookie": "first",
            etag: "first",
            vary: "first",
            "content-encoding": "first",
            "last-modified": "first",
            expires: "first",
            age: "first",
            "access-control-allow-origin": "first",
            "access-control-allow-headers": "first",
            "www-authenticate": "first",
            "x-ratelimit-remaining": "first",
          },
        },
      },
    ],
    expect: {
      client: ["200 ok"],
      provider: ["GET /"],
      said: [
        "all :authority=gateway|:path=/|:method=GET|accept=first,second|authorization=first,second|user-agent=first,second|content-type=first,second|cookie=first=1|accept-encoding=first,second|cache-control=first,second|accept-language=first|referer=first,second|origin=first,second|x-forwarded-host=first,second|if-match=first,second|if-none-match=first,second|if-range=first,second|if-modified-since=first,second|pragma=first,second|access-control-request-method=first,second|cookie=second=1|accept-language=second",
        "all :status=200|content-type=first,second|cache-control=first,second|location=first,second|set-cookie=first|etag=first,second|vary=first,second|content-encoding=first,second|last-modified=first,second|expires=first,second|age=first,second|access-control-allow-origin=first,second|access-control-allow-headers=first,second|www-authenticate=first|x-ratelimit-remaining=first|set-cookie=second|www-authenticate=second|x-ratelimit-remaining=second",
      ],
    },
  },
  {
    name: "all request headers are replaced at once",
    plugins: [
      {
        script: `
          requestHeaders replaceAll request :method=PUT;:path=/other?q=1;:authority=elsewhere;:scheme=http;x-forwarded-proto=http;x-a=1;x-a=2
          requestHeaders all request
        `,
      },
    ],
    exchanges: [{ client: { headers: { "x-one": "1" } } }],
    expect: {
      client: ["200 ok"],
      provider: ["PUT /other?q=1"],
      said: ["all :method=PUT|:path=/other?q=1|:authority=elsewhere|x-a=1|x-a=2"],
    },
  },
  {
    name: "response headers are changed",
    plugins: [
      {
        script: `
          responseHeaders get response :status
          responseHeaders get response x-from
          responseHeaders set response :status 202
          responseHeaders set response x-from plugin
          responseHeaders remove response x-gone
        `,
      },
    ],
    exchanges: [{ provider: { headers: { "x-from": "provider", "x-gone": "1" } } }],
    expect: { client: ["202 ok"], provider: ["GET /"], said: [":status=200", "x-from=provider"] },
  },
  {
    name: "request headers cannot be reached once they have passed",
    plugins: [
      {
        script: `
          requestBodyEnd get request x-one
          requestBodyEnd set request x-one late
          responseHeaders get request x-one
          responseHeaders all request
          responseBodyEnd get response x-two
          log get request x-one
          log get response x-two
          log set request x-one late
        `,
      },
    ],
    exchanges: [{ client: { headers: { "x-one": "1" }, body: ["a"] }, provider: { headers: { "x-two": "2" } } }],
    expect: {
      client: ["200 ok"],
      provider: ["POST / a"],
      said: [
        "x-one=missing",
        "set request x-one late: status 2",
        "x-one=missing",
        "all ",
        "x-two=missing",
        "x-one=1",
        "x-two=2",
        "set request x-one late: status 2",
      ],
    },
  },
  {
    name: "held request headers can still be changed in the body callback",
    plugins: [
      {
        script: `
          requestHeaders return 1
          requestBodyEnd get request x-one
          requestBodyEnd set request x-one late
        `,
      },
    ],
    exchanges: [{ client: { headers: { "x-one": "1" }, body: ["a", "b"] } }],
    expect: { client: ["200 ok"], provider: ["POST / ab"], said: ["x-one=1"] },
  },
  {
    name: "trailers are read, changed and added to",
    plugins: [
      {
        script: `
          requestTrailers get requestTrailers x-sum
          requestTrailers set requestTrailers x-sum changed
          requestTrailers add requestTrailers x-more 1
          responseTrailers all responseTrailers
          responseTrailers set responseTrailers x-end changed
        `,
      },
    ],
    exchanges: [
      {
        client: { body: ["a"], trailers: { "x-sum": "1" } },
        provider: { body: ["b"], trailers: { "x-end": "2" } },
      },
    ],
    expect: { client: ["200 b"], provider: ["POST / a"], said: ["x-sum=1", "all x-end=2"] },
  },
  {
    name: "trailers are made in the last body callback",
    plugins: [
      {
        script: `
          requestBody set requestTrailers x-early 1
          requestBodyEnd set requestTrailers x-made 1
          responseBodyEnd set responseTrailers x-made 2
        `,
      },
    ],
    exchanges: [{ client: { body: ["a"] }, provider: { body: ["b"] } }],
    expect: { client: ["200 b"], provider: ["POST / a"], said: ["set requestTrailers x-early 1: status 2"] },
  },
  {
    name: "bytes beyond ASCII survive in header values",
    plugins: [{ script: `requestHeaders set request x-text grüße\n responseHeaders set response x-text grüße` }],
    expect: { client: ["200 ok"], provider: ["GET /"] },
  },
  {
    name: "a request without its path is refused",
    plugins: [{ script: "requestHeaders remove request :path" }],
    expect: { client: ["404"], provider: ["nothing"], accessLog: ["404 route_not_found -"] },
  },
  {
    name: "a request without its method is refused",
    plugins: [{ script: "requestHeaders remove request :method" }],
    expect: {
      client: ["503 missing required header: :method"],
      provider: ["nothing"],
      accessLog: ["503 filter_removed_required_request_headers{missing_required_header:_:method} -"],
    },
  },
  {
    name: "a response without its status is refused",
    plugins: [{ script: "responseHeaders remove response :status" }],
    expect: {
      client: ["502 missing required header: :status"],
      provider: ["GET /"],
      accessLog: ["502 filter_removed_required_response_headers{missing_required_header:_:status} -"],
    },
  },
  {
    name: "the size of a map is that of its bytes",
    plugins: [
      {
        script: `requestHeaders replaceAll request :method=GET;:path=/;:authority=a;x-forwarded-proto=http;x-a=12345\n requestHeaders byteSize request`,
      },
    ],
    expect: { client: ["200 ok"], provider: ["GET /"], said: ["byteSize 56"] },
  },
]);
