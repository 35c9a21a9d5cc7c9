// By what Envoy finds the route of a call: it looks anew once a plugin of this ABI's version has changed the request's
// headers, so that this comes before.
// https://github.com/envoyproxy/envoy/pull/36671
import { setProperty, Slice } from "@weir/sdk/assembly";
import { McpServer } from "./protocol/server";

const SERVER_STATE = Slice.of("weir.mcp_server");
const TARGET_STATE = Slice.of("weir.target");
const CALL_STATE = Slice.of("weir.mcp_call");

/** Leads the request to `cluster`, by a route of the server's. */
export function nameRoute(server: McpServer, cluster: Slice): void {
  const route = server.settings.callRoute;
  if (route.length) {
    setProperty(CALL_STATE, route);
    return;
  }
  setProperty(SERVER_STATE, server.name);
  setProperty(TARGET_STATE, cluster);
}
