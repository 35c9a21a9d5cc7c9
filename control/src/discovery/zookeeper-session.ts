// One session with a ZooKeeper server, which reads and watches and writes nothing. It does not outlive its connection:
// whoever has it begins anew, for what has changed in the meantime has to be read in any case.
// https://github.com/apache/zookeeper/blob/master/zookeeper-jute/src/main/resources/zookeeper.jute
import { connect, type Socket } from "node:net";
import { RegistryError } from "./client.ts";
import { JuteReader, JuteWriter } from "./jute.ts";

const operations = { exists: 3, getData: 4, getChildren: 8, ping: 11, auth: 100, close: -11 } as const;
/** What no request's own number is. */
const numbers = { event: -1, ping: -2, auth: -4 } as const;
const errors: Record<number, string> = {
  [-102]: "it is not allowed",
  [-112]: "the session is over",
  [-115]: "who asks is unknown",
};
const noNode = -101;

const sessionMs = 15_000;
const connectMs = 5_000;
/** More than the 1 MB that a node may have, and the names of as many children as anybody has. */
const frameBytesMax = 64 * 1024 * 1024;

interface Pending {
  resolve(body: JuteReader | null): void;
  reject(error: Error): void;
}

export class ZooKeeperSession {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  readonly #watchers = new Map<string, Set<() => void>>();
  #received: Buffer = Buffer.alloc(0);
  #next = 1;
  #isOpen = false;
  #heardAt = Date.now();
  #pings: NodeJS.Timeout | undefined;
  #fail: (error: Error) => void = () => {};
  /** Rejects when the session is over, whoever has ended it. */
  readonly lost: Promise<never>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.lost = new Promise((_, reject) => (this.#fail = reject));
    this.lost.catch(() => {});
  }

  /** `login`: `user:password`. */
  static async open(host: string, port: number, login: string | null): Promise<ZooKeeperSession> {
    const session = new ZooKeeperSession(connect({ host, port, noDelay: true }));
    try {
      await session.#start();
      if (login !== null) await session.#authenticate(login);
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** Null where there is no such node; `changed` is called once, when there are others, or a node at last. */
  async children(path: string, changed: () => void): Promise<string[] | null> {
    this.#watch(path, changed);
    for (;;) {
      const body = await this.#ask(operations.getChildren, (writer) => writer.string(path).boolean(true));
      if (body) return body.strings();
      const made = await this.#ask(operations.exists, (writer) => writer.string(path).boolean(true));
      // It may have come between the two, and then nobody would tell of its children.
      if (!made) return null;
    }
  }

  /** Null where there is no such node; `changed` is called once, when there is something else in it. */
  async data(path: string, changed: () => void): Promise<string | null> {
    this.#watch(path, changed);
    const body = await this.#ask(operations.getData, (writer) => writer.string(path).boolean(true));
    return body && body.buffer().toString("utf8");
  }

  close(): void {
    if (this.#isOpen) this.#send(new JuteWriter().int(0).int(operations.close));
    this.#end(new RegistryError("The session was closed"));
  }

  #start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.lost.catch(reject);
      const timer = setTimeout(() => this.#end(new RegistryError("It did not answer in time")), connectMs);
      this.lost.catch(() => clearTimeout(timer));
      this.#socket.on("error", (error) => this.#end(error));
      this.#socket.on("close", () => this.#end(new RegistryError("It closed the connection")));
      this.#socket.on("connect", () => this.#send(connectRequest()));
      this.#socket.on("data", (bytes: Buffer) => {
        const wasOpen = this.#isOpen;
        this.#receive(bytes);
        if (wasOpen || !this.#isOpen) return;
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #authenticate(login: string): Promise<JuteReader | null> {
    const writer = new JuteWriter().int(numbers.auth).int(operations.auth).int(0);
    const answered = this.#answerTo(numbers.auth);
    this.#send(writer.string("digest").buffer(Buffer.from(login)));
    return answered;
  }

  #watch(path: string, changed: () => void): void {
    this.#watchers.set(path, (this.#watchers.get(path) ?? new Set()).add(changed));
  }

  #ask(operation: number, write: (writer: JuteWriter) => JuteWriter): Promise<JuteReader | null> {
    const number = this.#next++;
    const answered = this.#answerTo(number);
    this.#send(write(new JuteWriter().int(number).int(operation)));
    return answered;
  }

  #answerTo(number: number): Promise<JuteReader | null> {
    return new Promise((resolve, reject) => this.#pending.set(number, { resolve, reject }));
  }

  #send(writer: JuteWriter): void {
    if (!this.#socket.destroyed) this.#socket.write(writer.frame());
  }

  #receive(bytes: Buffer): void {
    this.#heardAt = Date.now();
    this.#received = this.#received.length > 0 ? Buffer.concat([this.#received, bytes]) : bytes;
    while (this.#received.length >= 4) {
      const length = this.#received.readInt32BE(0);
      if (length < 0 || length > frameBytesMax) return this.#end(new RegistryError("It is no ZooKeeper"));
      if (this.#received.length < 4 + length) return;
      const frame = this.#received.subarray(4, 4 + length);
      this.#received = this.#received.subarray(4 + length);
      try {
        this.#read(new JuteReader(frame));
      } catch (cause) {
        return this.#end(new RegistryError("It is no ZooKeeper", { cause }));
      }
    }
  }

  #read(frame: JuteReader): void {
    if (!this.#isOpen) return this.#opened(frame);
    const number = frame.int();
    frame.skip(8);
    const error = frame.int();
    if (number === numbers.event) return this.#tell(frame);
    const pending = this.#pending.get(number);
    this.#pending.delete(number);
    if (error === 0 || error === noNode) pending?.resolve(error === 0 ? frame : null);
    else pending?.reject(new RegistryError(`It refuses: ${errors[error] ?? `error ${error}`}`));
  }

  #opened(frame: JuteReader): void {
    frame.skip(4);
    const timeoutMs = frame.int();
    if (timeoutMs <= 0) return this.#end(new RegistryError("It gives no session"));
    this.#isOpen = true;
    this.#pings = setInterval(() => this.#ping(timeoutMs), timeoutMs / 3).unref();
  }

  #ping(timeoutMs: number): void {
    if (Date.now() - this.#heardAt > timeoutMs) return this.#end(new RegistryError("It answers no more"));
    this.#send(new JuteWriter().int(numbers.ping).int(operations.ping));
  }

  /** A watch tells once. */
  #tell(frame: JuteReader): void {
    frame.skip(8);
    const path = frame.buffer().toString("utf8");
    const told = this.#watchers.get(path) ?? [];
    this.#watchers.delete(path);
    for (const changed of told) changed();
  }

  #end(error: Error): void {
    clearInterval(this.#pings);
    this.#isOpen = false;
    this.#fail(error);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#watchers.clear();
    // What was written last is sent still.
    this.#socket.destroySoon();
  }
}

function connectRequest(): JuteWriter {
  const none = Buffer.alloc(16);
  return new JuteWriter().int(0).long(0n).int(sessionMs).long(0n).buffer(none).boolean(false);
}
