// Names of services as Higress makes them: `<service>.<group>.<namespace>.nacos`, `<service>.<datacenter>.consul`,
// `<service>.eureka`, `<service>.zookeeper`, `<name>.static`, `<name>.dns`.
import type { ServiceName } from "../../model/discovery.ts";
import type { RegistryEntry } from "./objects.ts";

const suffixes = ["static", "dns", "zookeeper", "consul", "nacos", "eureka"];

export function isRegistryName(host: string): boolean {
  return suffixes.includes(host.slice(host.lastIndexOf(".") + 1)) && host.includes(".");
}

export function isFixedName(host: string, { type, name }: RegistryEntry): boolean {
  return host === `${name}.${type}`;
}

/** Null where it is none of this registry's. */
export function serviceNamed(host: string, entry: RegistryEntry): ServiceName | null {
  const type = (entry.type ?? "").replace(/\d$/, "");
  if (!host.endsWith(`.${type}`)) return null;
  const rest = host.slice(0, -type.length - 1);
  if (type === "consul") return inDatacenter(rest, entry.consulDatacenter ?? "");
  if (type === "nacos") return inGroup(rest, entry);
  if (type === "zookeeper") return inNode(rest, entry.zkServicesPath ?? []);
  return rest === "" ? null : { by: "name", name: rest };
}

/** Higress has two dots where there is no datacenter. */
function inDatacenter(rest: string, datacenter: string): ServiceName | null {
  const name = datacenter === "" ? rest.replace(/\.$/, "") : without(rest, `.${asHost(datacenter)}`);
  return name ? { by: "name", name } : null;
}

function inGroup(rest: string, { nacosGroups, nacosNamespace, nacosNamespaceId }: RegistryEntry): ServiceName | null {
  const namespace = nacosNamespace || nacosNamespaceId || "public";
  const groups = nacosGroups?.length ? nacosGroups : ["DEFAULT_GROUP"];
  for (const group of groups) {
    const name = without(rest, `.${asHost(group)}.${asHost(namespace)}`);
    if (name) return { by: "group", group, name };
  }
  return null;
}

function inNode(rest: string, paths: string[]): ServiceName | null {
  const [word, name = "", version = "", group = ""] = rest.split(":");
  if (word === "providers" && name !== "") return { by: "dubbo", interface: name, version, group };
  for (const path of ["/services", ...paths.map((one) => one.replace(/\/$/, ""))]) {
    const folder = path.replace(/^\//, "").replaceAll("/", "-");
    const child = folder === "" ? rest : without(rest, `.${folder}`);
    if (child) return { by: "node", path: `${path}/${child}` };
  }
  return null;
}

function asHost(text: string): string {
  return text.replaceAll("_", "-");
}

function without(text: string, end: string): string | null {
  return text.toLowerCase().endsWith(end.toLowerCase()) ? text.slice(0, -end.length) : null;
}
