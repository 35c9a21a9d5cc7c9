// Registries of the configuration → those of the model, and the services that other parts name in them.
import { isIP } from "node:net";
import {
  identityOf,
  type Login,
  type Registry,
  type ServersAt,
  type ServiceName,
  type ServiceUse,
} from "../model/discovery.ts";
import type { BackendHost } from "../model/web.ts";
import { didYouMean } from "./did-you-mean.ts";
import { formatPath, type Path } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";
import type { Report } from "./report.ts";
import { readHostPort } from "./schema/host-port.ts";
import { registrySchema, type RegistryConfig, type ServiceConfig } from "./schema/registry.ts";

export const registryPart = { field: "registries", schema: registrySchema };

/** Those of a file. */
export interface Registries {
  known: KnownRegistry[];
  /** With those that have a mistake. */
  names: readonly string[];
}

export interface KnownRegistry {
  config: RegistryConfig;
  /** Null for `static` and `dns`, which have their servers themselves. */
  registry: Registry | null;
}

interface RegistryContext {
  report: Report;
  path: Path;
  references: Map<string, Reference>;
}

type Type = RegistryConfig["type"];
type Field = Exclude<keyof RegistryConfig, "name" | "type">;

/** What a type needs, and what it may have besides. */
const fieldsOf: Record<Type, { needs: Field; takes: Field[] }> = {
  consul: { needs: "url", takes: ["datacenter", "namespace", "tag", "token"] },
  eureka: { needs: "url", takes: ["username", "password"] },
  nacos: {
    needs: "url",
    takes: ["namespace", "serverVersion", "username", "password", "accessKeyId", "accessKeySecret"],
  },
  zookeeper: { needs: "servers", takes: ["path", "username", "password"] },
  static: { needs: "addresses", takes: [] },
  dns: { needs: "hosts", takes: [] },
};

/** Null when something is wrong with it, which the report then says. */
export function resolveRegistry(config: RegistryConfig, context: RegistryContext): KnownRegistry | null {
  const { report, path } = context;
  const { needs, takes } = fieldsOf[config.type];
  if (config[needs] === undefined) {
    report.error(path, { message: `${needs} is missing: type ${config.type} needs it`, fix: "Add it" });
  }
  const others = Object.keys(config).filter((key) => !["name", "type", needs, ...takes].includes(key));
  for (const field of others) {
    const message = `${field} has no effect on type ${config.type}`;
    report.error([...path, field], { message, fix: "Remove it, or change type" });
  }
  reportPair(["username", "password"], config, context);
  reportPair(["accessKeyId", "accessKeySecret"], config, context);
  for (const field of ["token", "password", "accessKeySecret"] as const) reportLiteral(field, config, context);
  config.addresses?.forEach((address, index) => reportName(address, [...path, "addresses", index], report));
  return report.isBroken(path) ? null : { config, registry: registryOf(config, context) };
}

function reportPair(pair: [Field, Field], config: RegistryConfig, { report, path }: RegistryContext): void {
  const given = pair.filter((field) => config[field] !== undefined);
  if (given.length !== 1) return;
  const missing = pair.find((field) => config[field] === undefined)!;
  const fix = `Add ${missing}, or remove ${given[0]}`;
  report.error([...path, given[0]!], { message: `${given[0]} is of no use without ${missing}`, fix });
}

function reportLiteral(
  field: "token" | "password" | "accessKeySecret",
  config: RegistryConfig,
  context: RegistryContext,
) {
  const path = [...context.path, field];
  if (config[field] === undefined || context.references.has(formatPath(path))) return;
  const fix = "Put it in an environment variable and write ${REGISTRY_SECRET}";
  context.report.warning(path, { message: `${field} is written into the file itself`, fix });
}

function reportName(address: string, path: Path, report: Report): void {
  if (isIP(readHostPort(address).host) !== 0) return;
  report.error(path, { message: "The host is no IP address", fix: "Write one, or use type: dns and hosts" });
}

function registryOf(config: RegistryConfig, context: RegistryContext): Registry | null {
  const { name, type, datacenter = "", namespace = "", tag = "" } = config;
  const secretOf = (field: "token" | "password" | "accessKeySecret") =>
    toSecret(config[field] ?? "", [...context.path, field], context.references);
  const url = config.url?.replace(/\/+$/, "") ?? "";
  const { username: user } = config;
  const login: Login | null = user === undefined ? null : { user, password: secretOf("password") };
  switch (type) {
    case "consul": {
      const token = config.token === undefined ? null : secretOf("token");
      return { type, name, url, datacenter, namespace, tag, token };
    }
    case "eureka":
      return { type, name, url, login };
    case "nacos": {
      const { accessKeyId: id, serverVersion = 2 } = config;
      const accessKey = id === undefined ? null : { id, secret: secretOf("accessKeySecret") };
      const version = serverVersion as 1 | 2 | 3;
      return { type, name, url, version, namespace: namespace || "public", login, accessKey };
    }
    case "zookeeper":
      return { type, name, servers: config.servers!.join(","), login };
    case "static":
    case "dns":
      return null;
  }
}

export interface ServiceContext {
  registries: Registries;
  report: Report;
  /** Of what names the service. */
  path: Path;
}

/** Null where there is none of the kind, which the report then says. */
export function resolveService(config: ServiceConfig, { registries, report, path }: ServiceContext): ServiceUse | null {
  const servicePath = [...path, "service"];
  const found = registries.known.find((one) => one.config.name === config.registry);
  if (!found) {
    reportUnknown(config.registry, registries.names, [...servicePath, "registry"], report);
    return null;
  }
  reportFields(config, found.config, servicePath, report);
  if (report.isBroken(servicePath)) return null;
  return found.registry ? asked(config, found.config, found.registry) : listed(found.config);
}

function reportUnknown(name: string, names: readonly string[], path: Path, report: Report): void {
  if (names.includes(name)) {
    report.error(path, { message: "The registry has errors", fix: "Mend it first" });
    return;
  }
  const meant = didYouMean(name, names);
  const others = `Declare it under registries, or use one of: ${names.slice(0, 20).join(", ") || "(there is none)"}`;
  report.error(path, {
    message: "There is no registry of this name",
    fix: meant ? `Did you mean "${meant}"?` : others,
  });
}

type NameField = Exclude<keyof ServiceConfig, "registry">;

/** What names a service in a registry of the type, each way by itself. */
const namesOf: Record<Type, NameField[][]> = {
  consul: [["name", "version"]],
  eureka: [["name", "version"]],
  nacos: [["name", "group", "version"]],
  zookeeper: [
    ["name", "version"],
    ["interface", "version", "group"],
  ],
  static: [[]],
  dns: [[]],
};

function reportFields(config: ServiceConfig, { type }: RegistryConfig, path: Path, report: Report): void {
  const given = (Object.keys(config) as (keyof ServiceConfig)[]).filter(
    (field): field is NameField => field !== "registry",
  );
  const ways = namesOf[type];
  const needed = ways.flatMap(([first]) => first ?? []);
  if (needed.length > 0 && !needed.some((field) => given.includes(field))) {
    const message = `${needed.join(" or ")} is missing: the registry has many services`;
    report.error(path, { message, fix: `Add ${needed[0]}` });
    return;
  }
  const way = ways.find(([first]) => first !== undefined && given.includes(first)) ?? [];
  for (const field of given.filter((one) => !way.includes(one))) {
    const message = `${field} names nothing in a registry of type ${type}`;
    report.error([...path, field], { message: way[0] ? `${message} beside ${way[0]}` : message, fix: "Remove it" });
  }
}

function asked(config: ServiceConfig, { path = "/services" }: RegistryConfig, registry: Registry): ServiceUse {
  const { version = null } = config;
  const service = serviceName(config, registry.type, path);
  const key = JSON.stringify([identityOf(registry), service, version]);
  // Dubbo's are looked for by their version.
  return {
    key,
    wish: { registry: registry.name, service },
    version: service.by === "dubbo" ? null : version,
    at: null,
  };
}

function serviceName(config: ServiceConfig, type: Registry["type"], path: string): ServiceName {
  const { name = "", group, version = "" } = config;
  if (type === "nacos") return { by: "group", group: group ?? "DEFAULT_GROUP", name };
  if (type !== "zookeeper") return { by: "name", name };
  if (config.interface === undefined) return { by: "node", path: `${path}/${name}` };
  return { by: "dubbo", interface: config.interface, version, group: group ?? "" };
}

function listed({ type, addresses = [], hosts = [] }: RegistryConfig): ServiceUse {
  const places = (type === "static" ? addresses : hosts).map(readHostPort);
  const key = JSON.stringify([type, ...places]);
  return { key, wish: null, version: null, at: type === "static" ? staticAt(places) : { kind: "dns", hosts: places } };
}

function staticAt(places: BackendHost[]): ServersAt {
  return { kind: "addresses", addresses: places.map(({ host, port }) => ({ address: host, port, zone: "" })) };
}
