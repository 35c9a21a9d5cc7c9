// By what Envoy finds the route of a call: it looks anew once a plugin of this ABI's version has changed the request's
// headers, so that this comes before.
// https://github.com/envoyproxy/envoy/pull/36671
import { setProperty, Slice, Writer } from "@weir/sdk/assembly";
import { McpServer } from "./protocol/server";

const SERVER_STATE = Slice.of("weir.mcp_server");
const TARGET_STATE = Slice.of("weir.target");
const CALL_STATE = Slice.of("weir.mcp_call");
const SPACE: u8 = 0x20;

/**
 * The route of a server's to a cluster: it must not lead elsewhere than the configuration, with the credentials that
 * are in it, means.
 */
export function callRouteOf(server: Slice, cluster: Slice): Slice {
  return new Writer().bytes(server).byte(SPACE).bytes(cluster).take();
}

/** Leads the request to `cluster`, where the server has a route to it besides its usual one. */
export function nameOtherRoute(server: McpServer, cluster: Slice): void {
  setProperty(CALL_STATE, callRouteOf(server.name, cluster));
}

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
