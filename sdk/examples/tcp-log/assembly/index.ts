// A TCP filter: counts the bytes each way, refuses connections that open with a TLS handshake, and logs at the end.
import {
  closeDownstream,
  downstreamData,
  logInfo,
  PeerType,
  registerRoot,
  RootContext,
  TcpContext,
  TcpStatus,
} from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/tcp";

/** First byte of a TLS record that holds a handshake. RFC 8446, section 5.1. */
const tlsHandshake: u8 = 22;

class Root extends RootContext {
  createTcpContext(id: u32): TcpContext {
    return new LoggedConnection(id);
  }
}

class LoggedConnection extends TcpContext {
  private fromClient: u64 = 0;
  private fromServer: u64 = 0;

  onDownstreamData(size: u32, endOfStream: bool): TcpStatus {
    if (this.fromClient == 0 && size && downstreamData.get(0, 1).at(0) == tlsHandshake) {
      closeDownstream();
      return TcpStatus.StopIteration;
    }
    this.fromClient += size;
    return TcpStatus.Continue;
  }

  onUpstreamData(size: u32, endOfStream: bool): TcpStatus {
    this.fromServer += size;
    return TcpStatus.Continue;
  }

  onDownstreamClose(peer: PeerType): void {
    const by = peer == PeerType.Remote ? "client" : "proxy";
    logInfo(`closed by ${by}: ${this.fromClient} bytes from the client, ${this.fromServer} from the server`);
  }
}

registerRoot((id) => new Root(id));
