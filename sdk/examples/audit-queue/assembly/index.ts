// Streams put a line into a shared queue when they end; one worker takes the lines out and posts them in batches to a
// collector: a queue, a timer, and a callout that no stream waits for.
import {
  getTextProperty,
  HeaderList,
  HttpCallout,
  HttpContext,
  logWarn,
  propertyPath,
  registerRoot,
  requestHeaders,
  RootContext,
  setTickPeriodMs,
  SharedQueue,
  Slice,
  Status,
  Writer,
} from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

const queueName = "audit";
const periodMs: u32 = 200;
const batchBytesMax: i32 = 64 * 1024;

const method = Slice.of(":method");
const path = Slice.of(":path");
const sourceAddress = propertyPath("source", "address");

class Root extends RootContext {
  queue: SharedQueue | null = null;
  private readonly batch: Writer = new Writer();

  onConfigure(configuration: Slice): bool {
    this.queue = SharedQueue.register(queueName);
    setTickPeriodMs(periodMs);
    return this.queue != null;
  }

  /** Any thread may take the lines: the batch is this thread's own. */
  onQueueReady(queue: u32): void {
    this.drain();
  }

  onTick(): void {
    this.drain();
    if (this.batch.length) this.post();
  }

  private drain(): void {
    const queue = this.queue;
    if (!queue) return;
    for (let line = queue.dequeue(); line; line = queue.dequeue()) {
      this.batch.bytes(line);
      if (this.batch.length > batchBytesMax) this.post();
    }
  }

  private post(): void {
    const headers = new HeaderList()
      .addText(":method", "POST")
      .addText(":path", "/audit")
      .addText(":authority", "collector");
    const status = new Posting().send("collector", headers, this.batch.take(), 1000);
    if (status != Status.Ok) logWarn("Audit lines are lost: the collector cannot be reached");
  }

  createHttpContext(id: u32): HttpContext {
    return new AuditedRequest(id, this.queue);
  }
}

class Posting extends HttpCallout {
  onReply(status: i32, headerCount: u32, body: Slice): void {
    if (status != 200) logWarn("Audit lines are lost: the collector answered " + status.toString());
  }
}

class AuditedRequest extends HttpContext {
  constructor(
    id: u32,
    private readonly queue: SharedQueue | null,
  ) {
    super(id);
  }

  onLog(): void {
    const queue = this.queue;
    const headers = requestHeaders.all();
    const verb = headers.get(method);
    const target = headers.get(path);
    if (!queue || !verb || !target) return;
    const client = getTextProperty(sourceAddress);
    const line = new Writer()
      .text(client ? client : "-")
      .byte(0x20)
      .bytes(verb)
      .byte(0x20)
      .bytes(target)
      .byte(0x0a);
    queue.enqueue(line.toSlice());
  }
}

registerRoot((id) => new Root(id));
