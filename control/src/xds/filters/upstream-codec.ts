// The end of every upstream chain: hands the request to the connection.
import { extension } from "../resources.ts";
import type { HttpFilter } from "./http-filter.ts";

export const upstreamCodec: HttpFilter = {
  name: "envoy.filters.http.upstream_codec",
  chain: extension(
    "envoy.filters.http.upstream_codec",
    "envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec",
  ),
};
