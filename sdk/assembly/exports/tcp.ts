// All callbacks of a TCP filter: `export * from "@weir/sdk/assembly/exports/tcp";` in a plugin's entry.
import { PeerType, TcpStatus } from "../abi";
import { enter, findTcp, leave } from "../dispatcher";

export * from "./vm";
export * from "./callouts";

/** `TcpContext.onNewConnection`. */
export function proxy_on_new_connection(id: u32): TcpStatus {
  const context = findTcp(id);
  if (!context) return TcpStatus.Continue;
  const outer = enter(id);
  const status = context.onNewConnection();
  leave(outer);
  return status;
}

/** `TcpContext.onDownstreamData`. */
export function proxy_on_downstream_data(id: u32, size: u32, endOfStream: u32): TcpStatus {
  const context = findTcp(id);
  if (!context) return TcpStatus.Continue;
  const outer = enter(id);
  const status = context.onDownstreamData(size, endOfStream != 0);
  leave(outer);
  return status;
}

/** `TcpContext.onDownstreamClose`. */
export function proxy_on_downstream_connection_close(id: u32, peer: PeerType): void {
  const context = findTcp(id);
  if (!context) return;
  const outer = enter(id);
  context.onDownstreamClose(peer);
  leave(outer);
}

/** `TcpContext.onUpstreamData`. */
export function proxy_on_upstream_data(id: u32, size: u32, endOfStream: u32): TcpStatus {
  const context = findTcp(id);
  if (!context) return TcpStatus.Continue;
  const outer = enter(id);
  const status = context.onUpstreamData(size, endOfStream != 0);
  leave(outer);
  return status;
}

/** `TcpContext.onUpstreamClose`. */
export function proxy_on_upstream_connection_close(id: u32, peer: PeerType): void {
  const context = findTcp(id);
  if (!context) return;
  const outer = enter(id);
  context.onUpstreamClose(peer);
  leave(outer);
}
