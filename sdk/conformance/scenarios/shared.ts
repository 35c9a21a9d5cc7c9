// What outlives a stream: shared data, queues, metrics, timers.
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
    name: "a timer ticks, and can be stopped",
    plugins: [{ vmId: "ticks", script: `requestHeaders tick 300\n tick#2 tick 0` }],
    settleMs: 900,
    expect: { client: ["200 ok"], provider: ["GET /"] },
  },
  {
    name: "a timer lets a held request go on",
    plugins: [
      {
        vmId: "tick-continue",
        script: `requestHeaders wait\n requestHeaders tick 60\n requestHeaders return 4\n tick tick 0\n tick release`,
      },
    ],
    expect: { client: ["200 ok"], provider: ["GET /"] },
  },
]);
