// The order of the filters: registration and order in one place. A request passes each list from first to last, its
// response from last to first.
//
//   client ─► cors ─► jwt-auth ─► key-auth ─► budget ─► ai-fallback ─► token-ratelimit ─► recorder ─► mcp-bridge ─┐
//                                                                                                                 │
//                             provider ◄─ upstream_codec ◄─ ai-proxy ◄─┬─────────────────────────────── router ◄──┘
//                                                                      └ (the same for each attempt)
//
// Plugins of others stand between them, by their phase.
import type { PluginPhase } from "../../model/plugins.ts";
import { aiFallback } from "./ai-fallback.ts";
import { aiProxy } from "./ai-proxy.ts";
import { budget } from "./budget.ts";
import { cors } from "./cors.ts";
import type { HttpFilter } from "./http-filter.ts";
import { jwtAuth } from "./jwt-auth.ts";
import { keyAuth } from "./key-auth.ts";
import { mcpBridge } from "./mcp-bridge.ts";
import { router } from "./router.ts";
import { recorder } from "./recorder.ts";
import { tokenRatelimit } from "./token-ratelimit.ts";
import { upstreamCodec } from "./upstream-codec.ts";

/** Once per request, in the listener: Weir's own filters, and where foreign plugins of each phase stand. */
export const downstreamOrder: (HttpFilter | PluginPhase)[] = [
  // A browser asks without any key, and has to be able to read why it was refused.
  cors,
  "authn",
  // Nothing may work, wait or spend for a caller before it is known who that is. What a token says comes first.
  jwtAuth,
  keyAuth,
  // Who has nothing left to spend costs no more work.
  budget,
  "authz",
  // Plans the targets; the router goes by the plan.
  aiFallback,
  // Where a request goes is known, and nothing has been sent: what it may use is set aside, or it goes no further.
  tokenRatelimit,
  // What is let through is recorded, and what the client is answered, whichever target answers.
  recorder,
  "stats",
  // Answers MCP's clients, and turns calls of tools into requests. On its own routes alone.
  mcpBridge,
  "unspecified",
  // Ends the chain: retries and everything after it happen per attempt.
  router,
];

export const downstreamFilters = downstreamOrder.filter((one) => typeof one !== "string");

/** Once per attempt, in the cluster of the target that the attempt goes to. */
export const upstreamFilters: HttpFilter[] = [
  // Writes what this provider wants to see, credential included, so nothing may stand between it and the wire.
  aiProxy,
  upstreamCodec,
];
