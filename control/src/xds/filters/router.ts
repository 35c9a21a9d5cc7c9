// Envoy's router: the end of the downstream chain.
import { extension } from "../resources.ts";
import type { HttpFilter } from "./http-filter.ts";

export const router: HttpFilter = {
  name: "envoy.filters.http.router",
  // Providers learn nothing of Envoy, and clients nothing of the providers' timing.
  chain: extension("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router", {
    suppress_envoy_headers: true,
  }),
};
