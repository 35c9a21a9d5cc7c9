// What the cases of annotations share: a cluster, and an Ingress at a host of its own for each of them.
import { ask, Bed, service, type Answered, type Asked } from "./bed.ts";
import { certificate, ingress, ingressClass, type IngressParts } from "./manifests.ts";

export const bed = new Bed();
const servers = ["one", "two", "three"];
/** All that were given. */
export const used = new Set<string>();
let count = 0;

export async function startBed(): Promise<void> {
  await bed.start("address: 127.0.0.1");
  await bed.apply(ingressClass("weir", "weir.dev/ingress"));
  for (const [index, name] of servers.entries()) {
    await bed.serve(`10.244.0.${index + 1}`, name);
    await bed.apply(...service(name, [`10.244.0.${index + 1}`]));
  }
  await bed.apply(...service("nobody", []));
  await bed.apply(certificate(bed.folder, "secure-certificate", ["secure.test"]));
}

/** For names. */
export function next(): number {
  return ++count;
}

type Values = Record<string, string>;

function prefixed(values: Values, prefix = "weir.dev/"): Values {
  for (const name of Object.keys(values)) used.add(name);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));
}

export interface Served {
  host: string;
  name: string;
  ask(asked?: Asked): Promise<Answered>;
}

/** An Ingress with these annotations at a host of its own, once it is in force. */
export async function serve(values: Values, parts: Partial<IngressParts> = {}, path = "/"): Promise<Served> {
  const name = `case-${++count}`;
  const host = `${name}.test`;
  const marked = { ...prefixed(values), "weir.dev/response-header-control-update": headersOf(values, name) };
  const hosts = { [host]: [{ path, to: "one", type: "ImplementationSpecific" as const }] };
  const served = ingress(name, { hosts, ...parts, annotations: { ...marked, ...parts.annotations } });
  await bed.apply(served);
  await bed.inForce(served);
  return { host, name, ask: (asked = {}) => ask({ host, ...asked }) };
}

function headersOf(values: Values, name: string): string {
  const own = values["response-header-control-update"];
  return own ? `${own}\nx-case ${name}` : `x-case ${name}`;
}

/** The same host for another Ingress. */
export async function beside(host: string, values: Values, to: string): Promise<void> {
  const name = `case-${++count}`;
  const hosts = { [host]: [{ type: "ImplementationSpecific" as const, to }] };
  const served = ingress(name, { hosts, annotations: prefixed(values) });
  await bed.apply(served);
  await bed.inForce(served);
}

export async function serversOf(asked: Asked, requests: number): Promise<Record<string, number>> {
  const answers = await Promise.all(Array.from({ length: requests }, () => ask(asked)));
  return Object.fromEntries(servers.map((name) => [name, answers.filter(({ server }) => server === name).length]));
}

export const serverOf = async (asked: Asked): Promise<string> => (await ask(asked)).server;
