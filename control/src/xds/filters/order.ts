// The order of the filters: registration and order in one place. A request passes each list from first to last, its
// response from last to first.
//
//   client ─► jwt-auth ─► key-auth ─► budget ─► ai-fallback ─► router ─┬► ai-proxy ─► upstream_codec ─► provider
//                                                                      └► (the same again for each further attempt)
import { aiFallback } from "./ai-fallback.ts";
import { aiProxy } from "./ai-proxy.ts";
import { budget } from "./budget.ts";
import type { HttpFilter } from "./http-filter.ts";
import { jwtAuth } from "./jwt-auth.ts";
import { keyAuth } from "./key-auth.ts";
import { router } from "./router.ts";
import { upstreamCodec } from "./upstream-codec.ts";

/** Once per request, in the listener. */
export const downstreamFilters: HttpFilter[] = [
  // Nothing may work, wait or spend for a caller before it is known who that is. What a token says comes first.
  jwtAuth,
  keyAuth,
  // Who has nothing left to spend costs no more work.
  budget,
  // Plans the targets; the router goes by the plan.
  aiFallback,
  // Ends the chain: retries and everything after it happen per attempt.
  router,
];

/** Once per attempt, in the cluster of the target that the attempt goes to. */
export const upstreamFilters: HttpFilter[] = [
  // Writes what this provider wants to see, credential included, so nothing may stand between it and the wire.
  aiProxy,
  upstreamCodec,
];
