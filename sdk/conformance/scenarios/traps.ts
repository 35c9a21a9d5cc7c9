// A plugin that dies: what it costs, by failure policy.
import { scenarios } from "../scenario.ts";

const dies = { client: { headers: { "x-trap": "1" } } };
const reload = { failurePolicy: "FAIL_RELOAD", reloadIntervalMs: 100 } as const;

export default scenarios([
  {
    name: "reload: a trap costs one request",
    plugins: [
      {
        ...reload,
        vmId: "trap-reload",
        script: `requestHeaders [x-trap] trap unreachable\n requestHeaders set request x-seen 1`,
      },
    ],
    exchanges: [{ client: { waitMs: 200 } }, dies, { client: { waitMs: 1 } }, {}],
    expect: {
      client: ["200 ok", "503", "200 ok", "200 ok"],
      provider: ["GET /", "nothing", "GET /", "GET /"],
      accessLog: ["200 via_upstream -", "503 wasm_fail_stream -", "200 via_upstream -", "200 via_upstream -"],
    },
  },
  {
    name: "reload: within the interval the plugin stays closed",
    plugins: [
      { ...reload, reloadIntervalMs: 1500, vmId: "trap-interval", script: `requestHeaders [x-trap] trap unreachable` },
    ],
    exchanges: [{ client: { waitMs: 2400 } }, dies, {}, dies, {}, { client: { waitMs: 2400 } }],
    expect: {
      client: ["200 ok", "503", "200 ok", "503", "503", "200 ok"],
      provider: ["GET /", "nothing", "GET /", "nothing", "nothing", "GET /"],
      accessLog: [
        "200 via_upstream -",
        "503 wasm_fail_stream -",
        "200 via_upstream -",
        "503 wasm_fail_stream -",
        "503 wasm_fail_stream -",
        "200 via_upstream -",
      ],
    },
  },
  {
    name: "closed: after a trap every request is a 503",
    plugins: [{ vmId: "trap-closed", script: `requestHeaders [x-trap] trap unreachable` }],
    exchanges: [{}, dies, {}, { client: { waitMs: 500 } }],
    expect: {
      client: ["200 ok", "503", "503", "503"],
      provider: ["GET /", "nothing", "nothing", "nothing"],
      accessLog: ["200 via_upstream -", "503 wasm_fail_stream -", "503 wasm_fail_stream -", "503 wasm_fail_stream -"],
    },
  },
  {
    name: "open: after a trap the plugin is left out",
    plugins: [
      {
        failurePolicy: "FAIL_OPEN",
        vmId: "trap-open",
        script: `requestHeaders [x-trap] trap unreachable\n requestHeaders set request x-seen 1`,
      },
    ],
    exchanges: [{}, dies, {}],
    expect: {
      client: ["200 ok", "503", "200 ok"],
      provider: ["GET /", "nothing", "GET /"],
      accessLog: ["200 via_upstream -", "503 wasm_fail_stream -", "200 via_upstream -"],
    },
  },
  {
    name: "an abort is logged before it traps",
    plugins: [{ vmId: "trap-abort", script: `requestHeaders trap abort` }],
    expect: {
      client: ["503"],
      provider: ["nothing"],
      accessLog: ["503 wasm_fail_stream -"],
      said: ["on demand at sdk/conformance/plugins/script/assembly/trap.ts:5:23"],
    },
  },
  {
    name: "a write out of bounds traps",
    plugins: [{ vmId: "trap-bounds", script: `requestHeaders trap bounds` }],
    expect: { client: ["503"], provider: ["nothing"], accessLog: ["503 wasm_fail_stream -"] },
  },
  {
    name: "endless recursion traps",
    plugins: [{ vmId: "trap-recursion", script: `requestHeaders trap recursion` }],
    expect: { client: ["503"], provider: ["nothing"], accessLog: ["503 wasm_fail_stream -"] },
  },
  {
    name: "more memory than there is traps",
    plugins: [{ vmId: "trap-memory", script: `requestHeaders trap memory` }],
    expect: { client: ["503"], provider: ["nothing"], accessLog: ["503 wasm_fail_stream -"] },
  },
  {
    name: "a trap in the request's body",
    plugins: [
      { vmId: "trap-body", script: `requestHeaders return 1\n requestBody return 1\n requestBodyEnd trap unreachable` },
    ],
    exchanges: [{ client: { body: ["one"] } }],
    expect: { client: ["503"], provider: ["nothing"], accessLog: ["503 wasm_fail_stream -"] },
  },
  {
    name: "a trap in the response's headers",
    plugins: [{ vmId: "trap-response", script: `responseHeaders trap unreachable` }],
    expect: { client: ["503"], provider: ["GET /"], accessLog: ["503 wasm_fail_stream -"] },
  },
  {
    name: "a trap in the middle of the answer",
    plugins: [{ vmId: "trap-stream", script: `responseBody#2 trap unreachable` }],
    exchanges: [{ provider: { body: ["one", "two", "three"] } }],
    expect: { client: ["200 one (broken off)"], provider: ["GET /"], accessLog: ["200 wasm_fail_stream -"] },
  },
  {
    name: "a trap in the log costs the next request",
    plugins: [{ vmId: "trap-log", script: `log [x-trap] trap unreachable` }],
    exchanges: [{}, dies, {}],
    expect: {
      client: ["200 ok", "200 ok", "503"],
      provider: ["GET /", "GET /", "nothing"],
      accessLog: ["200 via_upstream -", "200 via_upstream -", "503 wasm_fail_stream -"],
    },
  },
  {
    name: "a trap takes down the neighbours in the VM, and no others",
    plugins: [
      { vmId: "trap-house", script: `requestHeaders [x-trap] trap unreachable` },
      { vmId: "trap-house", script: `requestHeaders set request x-neighbour 1` },
      { vmId: "trap-other", script: `requestHeaders set request x-other 1` },
    ],
    exchanges: [{}, dies, {}],
    expect: {
      client: ["200 ok", "503", "503"],
      provider: ["GET /", "nothing", "nothing"],
      accessLog: ["200 via_upstream -", "503 wasm_fail_stream -", "503 wasm_fail_stream -"],
    },
  },
  {
    name: "reload: neighbours in the VM come back too",
    plugins: [
      { ...reload, vmId: "trap-house-2", script: `requestHeaders [x-trap] trap unreachable` },
      { ...reload, vmId: "trap-house-2", script: `requestHeaders set request x-neighbour 1` },
    ],
    exchanges: [{ client: { waitMs: 200 } }, dies, { client: { waitMs: 200 } }, {}],
    expect: {
      client: ["200 ok", "503", "200 ok", "200 ok"],
      provider: ["GET /", "nothing", "GET /", "GET /"],
      accessLog: ["200 via_upstream -", "503 wasm_fail_stream -", "200 via_upstream -", "200 via_upstream -"],
    },
  },
  {
    name: "a stream in flight when its plugin traps is closed at its next event",
    plugins: [{ vmId: "trap-flight", script: `requestHeaders [x-trap] trap unreachable` }],
    exchanges: [{ provider: { delayMs: 300 }, meanwhile: dies }],
    expect: {
      client: ["503", "503"],
      provider: ["GET /", "nothing"],
      accessLog: ["503 wasm_fail_stream -", "503 wasm_fail_stream -"],
    },
  },
  {
    name: "reload: a stream in flight keeps its dead VM",
    plugins: [{ ...reload, vmId: "trap-flight-2", script: `requestHeaders [x-trap] trap unreachable` }],
    exchanges: [{ client: { waitMs: 200 } }, { provider: { delayMs: 300 }, meanwhile: dies }, {}],
    expect: {
      client: ["200 ok", "503", "503", "200 ok"],
      provider: ["GET /", "GET /", "nothing", "GET /"],
      accessLog: ["200 via_upstream -", "503 wasm_fail_stream -", "503 wasm_fail_stream -", "200 via_upstream -"],
    },
  },
  {
    name: "open: a stream in flight is closed all the same",
    plugins: [
      { failurePolicy: "FAIL_OPEN", vmId: "trap-flight-3", script: `requestHeaders [x-trap] trap unreachable` },
    ],
    exchanges: [{ provider: { delayMs: 300 }, meanwhile: dies }, {}],
    expect: {
      client: ["503", "503", "200 ok"],
      provider: ["GET /", "nothing", "GET /"],
      accessLog: ["503 wasm_fail_stream -", "503 wasm_fail_stream -", "200 via_upstream -"],
    },
  },
  {
    name: "a trap in the reply of a callout leaves the request waiting",
    plugins: [
      {
        vmId: "trap-reply",
        script: `requestHeaders call trap-auth :method=GET;:path=/;:authority=a 1000\n requestHeaders return 4\n reply trap unreachable`,
      },
    ],
    clusters: { "trap-auth": {} },
    exchanges: [{ client: { leavesAfterMs: 200 } }],
    expect: {
      client: ["0 (broken off)"],
      provider: ["nothing"],
      accessLog: ["0 downstream_remote_disconnect -"],
      callouts: ["trap-auth GET / "],
    },
  },
]);
