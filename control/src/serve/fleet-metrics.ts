// A few figures about the fleet and its targets in Prometheus' text format: too few for a client library.
// https://prometheus.io/docs/instrumenting/exposition_formats/
import type { AdsServer } from "./ads-server.ts";
import { targetStates, type AddressState, type TargetStatus } from "./target-status.ts";

/** The body of `GET /metrics`. A rejection is always a bug, of Weir or of what it was given. */
export function fleetMetrics(ads: AdsServer): string {
  const connected = ads.status().filter(({ disconnectedAt }) => disconnectedAt === null);
  const envoys = connected.filter(({ role }) => role === "envoy");
  const rejected = connected.flatMap(({ resources }) => resources).filter(({ state }) => state === "rejected");
  return [
    ...metric("weir_envoys_connected", "gauge", "Envoys with an open stream", envoys.length),
    ...metric("weir_resources_rejected", "gauge", "Resources that some Envoy refuses now", rejected.length),
    ...metric("weir_rejections_total", "counter", "Resources refused by Envoys since the start", ads.rejections),
  ].join("");
}

const addressStates: AddressState[] = ["healthy", "ejected", "unhealthy"];

/** Which addresses of each target are in use, and how much the target has to do. Empty where nothing is known. */
export function targetMetrics(targets: TargetStatus[]): string {
  if (targets.length === 0) return "";
  const addresses = targets.flatMap((target) =>
    addressStates.map((state) => {
      const count = target.addresses.filter((address) => address.state === state).length;
      return `weir_target_addresses{target="${target.target}",state="${state}"} ${count}\n`;
    }),
  );
  const active = targets.map(({ target, requestsActive }) => {
    return `weir_target_requests_active{target="${target}"} ${requestsActive}\n`;
  });
  const states = targets.flatMap(({ target, state }) =>
    targetStates.map((one) => `weir_target_state{target="${target}",state="${one}"} ${Number(one === state)}\n`),
  );
  return [
    ...heading("weir_target_state", "gauge", "1 for the state that a target is in"),
    ...states,
    ...heading("weir_target_addresses", "gauge", "Addresses of a target by what is known of them"),
    ...addresses,
    ...heading("weir_target_requests_active", "gauge", "Requests that are under way to a target"),
    ...active,
  ].join("");
}

/** How the ledger is. */
export interface LedgerStatus {
  /** Requests that were taken in since the start. */
  records: number;
  /** Lines of the log that were none, since the start. */
  unreadableLines: number;
  /** Bytes of the log that wait to be taken in. */
  lagBytes: number;
  /** What is wrong now; null for nothing. */
  trouble: string | null;
}

/** Empty while there is no ledger. */
export function ledgerMetrics(ledger: LedgerStatus | null): string {
  if (!ledger) return "";
  const { records, unreadableLines, lagBytes, trouble } = ledger;
  return [
    ...metric("weir_ledger_records_total", "counter", "Requests recorded since the start", records),
    ...metric("weir_ledger_unreadable_lines_total", "counter", "Lines of the log that were cut", unreadableLines),
    ...metric("weir_ledger_lag_bytes", "gauge", "Bytes of the log that are not recorded yet", lagBytes),
    ...metric("weir_ledger_failing", "gauge", "1 while the ledger cannot be written", trouble === null ? 0 : 1),
  ].join("");
}

function metric(name: string, type: "gauge" | "counter", text: string, value: number): string[] {
  return [...heading(name, type, text), `${name} ${value}\n`];
}

function heading(name: string, type: "gauge" | "counter", text: string): string[] {
  return [`# HELP ${name} ${text}\n`, `# TYPE ${name} ${type}\n`];
}
