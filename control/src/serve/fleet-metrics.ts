// Three figures about the fleet in Prometheus' text format: too few for a client library.
// https://prometheus.io/docs/instrumenting/exposition_formats/
import type { AdsServer } from "./ads-server.ts";

/** The body of `GET /metrics`. A rejection is always a bug, of Weir or of what it was given. */
export function fleetMetrics(ads: AdsServer): string {
  const connected = ads.status().filter(({ disconnectedAt }) => disconnectedAt === null);
  const rejected = connected.flatMap(({ resources }) => resources).filter(({ state }) => state === "rejected");
  return [
    ...metric("weir_envoys_connected", "gauge", "Envoys with an open stream", connected.length),
    ...metric("weir_resources_rejected", "gauge", "Resources that some Envoy refuses now", rejected.length),
    ...metric("weir_rejections_total", "counter", "Resources refused by Envoys since the start", ads.rejections),
  ].join("");
}

function metric(name: string, type: "gauge" | "counter", text: string, value: number): string[] {
  return [`# HELP ${name} ${text}\n`, `# TYPE ${name} ${type}\n`, `${name} ${value}\n`];
}
