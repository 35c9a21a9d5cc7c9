// Keeps one gRPC stream open for each worker thread, sends a message for each request, and logs what comes back.
// The stream belongs to the root context; it is opened again, at most once a second, when it ends.
import {
  GrpcMethod,
  GrpcStream,
  grpcInitialMetadata,
  HeaderList,
  HttpContext,
  logInfo,
  logWarn,
  registerRoot,
  requestHeaders,
  RootContext,
  setTickPeriodMs,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

const report = new GrpcMethod("events", "example.Events", "Report");
const path = Slice.of(":path");

class Root extends RootContext {
  private events: EventStream = new EventStream();

  onConfigure(configuration: Slice): bool {
    setTickPeriodMs(1000);
    this.open();
    return true;
  }

  onTick(): void {
    if (!this.events.isWaiting) this.open();
  }

  private open(): void {
    this.events = new EventStream();
    this.events.metadata = new HeaderList().addText("x-plugin", "grpc-events");
    this.events.open(report);
  }

  send(text: Slice): void {
    // Event { text }: field 1, less than 128 bytes.
    const event = text.slice(0, 100);
    this.events.send(
      new Writer()
        .byte(0x0a)
        .byte(<u8>event.length)
        .bytes(event)
        .toSlice(),
    );
  }

  createHttpContext(id: u32): HttpContext {
    return new ReportedRequest(id, this);
  }
}

class EventStream extends GrpcStream {
  onInitialMetadata(count: u32): void {
    const server = grpcInitialMetadata.getText("x-server");
    logInfo("event stream is open to " + (server ? server : "an unnamed server"));
  }

  onMessage(message: Slice): void {
    logInfo("event acknowledged: " + message.slice(2).toText());
  }

  onClose(code: u32, message: Slice): void {
    logWarn(`event stream has ended with status ${code}: ${message.toText()}`);
  }
}

class ReportedRequest extends HttpContext {
  constructor(
    id: u32,
    private readonly root: Root,
  ) {
    super(id);
  }

  onLog(): void {
    const target = requestHeaders.get(path);
    if (target) this.root.send(target);
  }
}

registerRoot((id) => new Root(id));
