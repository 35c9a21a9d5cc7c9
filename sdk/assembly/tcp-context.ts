// The context of one TCP connection, from client to proxy, and its counterpart from proxy to server.
import { PeerType, TcpStatus } from "./abi";
import { Context, ContextKind } from "./context";

/** Extend it with the hooks you need; those you leave let everything pass. */
export abstract class TcpContext extends Context {
  constructor(id: u32) {
    super(id, ContextKind.Tcp);
  }

  /** A client has connected. */
  onNewConnection(): TcpStatus {
    return TcpStatus.Continue;
  }

  /** Bytes from the client: `size` of them in `downstreamData`, those held before included. */
  onDownstreamData(size: u32, endOfStream: bool): TcpStatus {
    return TcpStatus.Continue;
  }

  /** The client's connection is closed. */
  onDownstreamClose(peer: PeerType): void {}

  /** Bytes from the server: `size` of them in `upstreamData`, those held before included. */
  onUpstreamData(size: u32, endOfStream: bool): TcpStatus {
    return TcpStatus.Continue;
  }

  /** The server's connection is closed. */
  onUpstreamClose(peer: PeerType): void {}
}
