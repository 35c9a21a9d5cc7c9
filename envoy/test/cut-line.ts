// A line to a server that is cut at will: before a request has arrived, or when its answer is on its way back; or on
// which nothing moves for a while.
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

type Cut = "request" | "answer";

export class CutLine {
  readonly #server: Server;
  readonly #url: URL;
  readonly #sockets = new Set<Socket>();
  #next: Cut | null = null;
  #cuts = 0;
  #isHeld = false;

  private constructor(target: URL) {
    this.#url = new URL(target);
    this.#server = createServer((socket) => this.#join(socket, connect(Number(target.port), target.hostname)));
  }

  static async to(url: string): Promise<CutLine> {
    const line = new CutLine(new URL(url));
    line.#server.listen(0, "127.0.0.1");
    await once(line.#server, "listening");
    line.#url.port = String((line.#server.address() as AddressInfo).port);
    return line;
  }

  /** The server, by this line. */
  get url(): string {
    return this.#url.toString();
  }

  /** How often it was cut. */
  get cuts(): number {
    return this.#cuts;
  }

  /** At the next that comes. */
  cutAt(cut: Cut): void {
    this.#next = cut;
  }

  /** Nothing arrives any more, either way. */
  hold(): void {
    for (const socket of this.#sockets) socket.pause();
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    for (const socket of this.#sockets) socket.resume();
  }

  /** Whatever is under way is lost. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#cuts++;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket, server: Socket): void {
    const ends = [client, server];
    const end = (): void => ends.forEach((socket) => void socket.destroy());
    const pass = (from: Socket, to: Socket, cut: Cut): void => {
      this.#sockets.add(from);
      from.on("error", end);
      from.once("close", () => {
        this.#sockets.delete(from);
        end();
      });
      from.on("data", (bytes) => (this.#takes(cut) ? end() : void to.write(bytes)));
      if (this.#isHeld) from.pause();
    };
    pass(client, server, "request");
    pass(server, client, "answer");
  }

  #takes(cut: Cut): boolean {
    if (this.#next !== cut) return false;
    this.#next = null;
    this.#cuts++;
    return true;
  }
}
