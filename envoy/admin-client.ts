// Asks an Envoy's admin interface, over TCP or a unix socket.
import { request } from "node:http";
import type { AdminAddress } from "./bootstrap.ts";

export interface AdminAnswer {
  status: number;
  body: string;
}

const timeoutMs = 2_000;

/** Throws when nothing answers, or not within two seconds. */
export function askAdmin(admin: AdminAddress, path: string, method = "GET"): Promise<AdminAnswer> {
  const where = "socketPath" in admin ? { socketPath: admin.socketPath } : { host: admin.address, port: admin.port };
  return new Promise((resolve, reject) => {
    const sent = request({ ...where, path, method, agent: false, timeout: timeoutMs }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => void (body += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", reject);
    });
    sent.on("timeout", () => sent.destroy(new Error(`Envoy's admin interface gave no answer in ${timeoutMs} ms`)));
    sent.on("error", reject);
    sent.end();
  });
}
