// Where a gateway is reached from the machine itself.
import type { Gateway } from "../model/model.ts";

/** `http://127.0.0.1:8080`, without a path. */
export function urlOf({ address, port }: Pick<Gateway, "address" | "port">): string {
  const host = { "0.0.0.0": "127.0.0.1", "::": "[::1]" }[address] ?? (address.includes(":") ? `[${address}]` : address);
  return `http://${host}:${port}`;
}
