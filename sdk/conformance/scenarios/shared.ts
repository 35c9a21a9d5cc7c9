// What outlives a stream: shared data, queues, metrics, timers; and what a plugin can know: properties, environment.
import { scenarios } from "../scenario.ts";

export default scenarios([
  {
    name: "shared data is written and read",
    plugins: [
      {
        vmId: "data",
        script: `
          requestHeaders sharedGet one
          requestHeaders sharedSet one first
          requestHeaders sharedGet one
          responseHeaders sharedSet one second
          log sharedGet one
        `,
      },
    ],
    exchanges: [{}, {}],
    expect: {
      client: ["200 ok", "200 ok"],
      provider: ["GET /", "GET /"],
      said: [
        "shared one=missing",
        "shared one=first",
        "shared one=second",
        "shared one=second",
        "shared one=first",
        "shared one=second",
      ],
    },
  },
  {
    name: "shared data is swapped only if nobody wrote since",
    plugins: [
      {
        vmId: "cas",
        script: `
          requestHeaders sharedSet key old
          requestHeaders sharedCas key 0 new
          requestHeaders sharedGet key
          requestHeaders sharedCas key 1 newer
          requestHeaders sharedGet key
          requestHeaders sharedCas absent 7 made
          requestHeaders sharedGet absent
        `,
      },
    ],
    expect: {
      client: ["200 ok"],
      provider: ["GET /"],
      said: ["cas 0", "shared key=new", "cas 8", "shared key=new", "cas 0", "shared absent=made"],
    },
  },
  {
    name: "a sum in shared data",
    plugins: [{ vmId: "sum", script: `requestHeaders sharedAdd total 5\n log sharedAdd total -2` }],
    exchanges: [{}, {}],
    expect: { client: ["200 ok", "200 ok"], provider: ["GET /", "GET /"], said: ["sum 5", "sum 3", "sum 8", "sum 6"] },
  },
  {
    name: "VMs of one id share data, others do not",
    plugins: [
      { vmId: "common", script: `requestHeaders sharedSet who first` },
      { vmId: "common", environment: { OTHER: "vm" }, script: `requestHeaders sharedGet who` },
      { vmId: "apart", script: `requestHeaders sharedGet who` },
    ],
    expect: { client: ["200 ok"], provider: ["GET /"], said: ["shared who=first", "shared who=missing"] },
  },
  {
    name: "a queue of another VM",
    plugins: [
      { vmId: "queue-owner", script: `configure queueRegister jobs\n queue dequeue jobs\n queue dequeue jobs` },
      {
        vmId: "queue-user",
        script: `requestHeaders enqueue queue-owner jobs one\n requestHeaders enqueue queue-owner none two`,
      },
    ],
    expect: { client: ["200 ok"], provider: ["GET /"], said: ["item one", "queue empty", "queue none missing"] },
  },
  {
    name: "a queue holds its items in order",
    plugins: [
      {
        vmId: "queue-order",
        script: `
          configure queueRegister line
          requestHeaders enqueue - line one
          requestHeaders enqueue - line two
          requestHeaders dequeue line
          requestHeaders dequeue line
          requestHeaders dequeue line
        `,
      },
    ],
    settleMs: 50,
    expect: { client: ["200 ok"], provider: ["GET /"], said: ["item one", "item two", "queue empty"] },
  },
  {
    name: "metrics count",
    plugins: [
      {
        script: `
          requestHeaders counter conf_requests 2
          requestHeaders gauge conf_open 5
          responseHeaders gauge conf_open -2
          responseHeaders gaugeSet conf_last 7
          responseHeaders histogram conf_size 12
          log counterValue conf_requests
          log gaugeValue conf_open
          log counter conf_requests -1
        `,
      },
    ],
    exchanges: [{}, {}],
    metrics: ["conf_requests", "conf_open", "conf_last"],
    expect: {
      client: ["200 ok", "200 ok"],
      provider: ["GET /", "GET /"],
      said: [
        "counter conf_requests is 2",
        "gauge conf_open is 3",
        "counter conf_requests -1: status 2",
        "counter conf_requests is 4",
        "gauge conf_open is 6",
        "counter conf_requests -1: status 2",
      ],
      metrics: { conf_requests: 4, conf_open: 6, conf_last: 7 },
    },
  },
  {
    name: "a gauge does not go below nothing",
    plugins: [
      {
        script: `requestHeaders gauge conf_low -3\n requestHeaders gaugeValue conf_low\n requestHeaders gauge conf_low 5\n requestHeaders gaugeValue conf_low`,
      },
    ],
    metrics: ["conf_low"],
    expect: {
      client: ["200 ok"],
      provider: ["GET /"],
      said: ["gauge conf_low is 18446744073709551613", "gauge conf_low is 2"],
      metrics: { conf_low: 2 },
    },
  },
  {
    name: "two plugins count in one metric",
    plugins: [
      { vmId: "count-a", script: `requestHeaders counter conf_both 1` },
      { vmId: "count-b", script: `requestHeaders counter conf_both 10` },
    ],
    metrics: ["conf_both"],
    expect: { client: ["200 ok"], provider: ["GET /"], metrics: { conf_both: 11 } },
  },
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
]);
