// A webhook's receiver, which checks signatures as the specification's library does, and fails when it is told to.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import type { AlertMessage } from "../alert.ts";

export const webhookSecret = `whsec_${Buffer.from("a secret of tests, not more").toString("base64")}`;

export interface Received {
  id: string;
  message: AlertMessage;
}

export class Receiver {
  readonly #server: Server;
  readonly received: Received[] = [];
  /** Of each attempt, with what it was answered. */
  readonly attempts: [id: string, status: number][] = [];
  /** What is answered next; 0 breaks the connection. */
  status = 200;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const body = await text(request);
      const id = String(request.headers["webhook-id"]);
      // Tests have clocks of their own, so the time that was signed is not looked at.
      const at = new Date(Number(request.headers["webhook-timestamp"]) * 1000);
      const isRight = new Webhook(webhookSecret).sign(id, at, body) === request.headers["webhook-signature"];
      const status = isRight ? this.status : 401;
      this.attempts.push([id, status]);
      if (status === 0) return void request.socket.destroy();
      if (status === 200) this.received.push({ id, message: JSON.parse(body) as AlertMessage });
      response.writeHead(status).end();
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/alerts?token=in-the-url`;
  }

  /** `80 search`: what was told of, without what is the same in each. */
  get told(): string[] {
    return this.received.map(({ message: { data } }) => [data.percent, ...Object.values(data.match)].join(" "));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
