// Where the requests of an entry go: the backend it names, or what its annotations put in that one's place.
import { noHeaderChanges, type BackendTls, type WeightedBackend, type WebMirror } from "../../model/web.ts";
import type { BackendVariant, ServicePlace } from "../backends.ts";
import { areAuthorities, certificateFrom, textOf } from "../certificates.ts";
import { isRegistryName } from "../mcp-bridge/names.ts";
import type { Ingress, IngressBackend } from "../objects.ts";
import type { TranslateContext } from "../translate.ts";
import type { Entry } from "./entries.ts";
import type { BackendSettings, Destination, IngressSettings } from "./settings.ts";

/** Empty: there is nobody. */
export function backendsOf({ ingress, settings, backend }: Entry, context: TranslateContext): WeightedBackend[] {
  const namespace = ingress.metadata.namespace ?? "";
  const variant = variantOf(settings, namespace, context);
  if (settings.destination.length > 0) {
    const making = { ingress, bridge: bridgeIn(backend), variant, context };
    return settings.destination.flatMap((one) => weighted(destinationOf(one, making), one.weight));
  }
  const place = placeOf(backend, namespace);
  const chosen = place && readyOr(place, settings.fallbackService, context);
  return weighted(chosen && nameOf(context, chosen, variant), 1);
}

function weighted(backend: string | null, weight: number): WeightedBackend[] {
  return backend ? [{ backend, weight, requestHeaders: noHeaderChanges, responseHeaders: noHeaderChanges }] : [];
}

function placeOf({ service }: IngressBackend, namespace: string): ServicePlace | null {
  const port = service?.port?.number ?? service?.port?.name;
  return service && port !== undefined ? { namespace, name: service.name, port } : null;
}

/** The Service that stands in while nobody is behind `place`. */
function readyOr(place: ServicePlace, fallback: string | null, context: TranslateContext): ServicePlace {
  if (!fallback || context.backends.isReady(place)) return place;
  const { ports = [] } = context.objects.Service.get(`${place.namespace}/${fallback}`)?.spec ?? {};
  const [first] = ports;
  return first ? { namespace: place.namespace, name: fallback, port: first.port } : place;
}

function nameOf({ backends }: TranslateContext, place: ServicePlace, variant: BackendVariant): string | null {
  const found = backends.use(place, variant);
  return "name" in found ? found.name : null;
}

interface Making {
  ingress: Ingress;
  /** Which McpBridge has the services of registries. */
  bridge: string;
  variant: BackendVariant;
  context: TranslateContext;
}

/** Higress knows this one alone, and takes it for granted where a backend names none. */
const usualBridge = "default";

function bridgeIn({ resource }: IngressBackend): string {
  return resource?.kind === "McpBridge" ? resource.name : usualBridge;
}

function destinationOf({ host, port, version }: Destination, making: Making): string | null {
  const { ingress, bridge, variant, context } = making;
  const { namespace = "" } = ingress.metadata;
  if (isRegistryName(host)) {
    const found = context.bridges.find({ host, version, bridge, namespace });
    if (typeof found !== "string") return context.backends.useFound(found, variant);
    context.tell({
      kind: "Ingress",
      object: ingress,
      reason: "UnknownService",
      message: `${host} is nowhere: ${found}`,
    });
    return null;
  }
  if (version !== null) {
    const message = `${host} has no versions such as ${version}: only services of registries have`;
    context.tell({ kind: "Ingress", object: ingress, reason: "UnknownService", message });
    return null;
  }
  const [name = "", inNamespace = namespace, kind] = host.split(".");
  const isService = !host.includes(".") || kind === "svc";
  if (!isService) return context.backends.useHost(host, port ?? 80, variant);
  const service = context.objects.Service.get(`${inNamespace}/${name}`);
  const chosen = port ?? service?.spec.ports?.[0]?.port;
  return chosen === undefined ? null : nameOf(context, { namespace: inNamespace, name, port: chosen }, variant);
}

export function mirrorOf({ settings, ingress }: Entry, context: TranslateContext): WebMirror[] {
  const { target, percent } = settings.mirror ?? { target: null, percent: 0 };
  if (!target) return [];
  const backend =
    target.kind === "host"
      ? mirrorHost(target, ingress, context)
      : mirrorService(target.name, ingress.metadata.namespace ?? "", context);
  return backend ? [{ backend, numerator: percent, denominator: 100 }] : [];
}

function mirrorHost({ host, port }: { host: string; port: number }, ingress: Ingress, context: TranslateContext) {
  if (!isRegistryName(host)) return context.backends.useHost(host, port);
  const place = { host, port, version: null, weight: 0 };
  return destinationOf(place, { ingress, bridge: usualBridge, variant: {}, context });
}

/** `namespace/name:port`, of which only the name has to be there. */
function mirrorService(text: string, own: string, context: TranslateContext): string | null {
  const [, namespace = own, name = "", port] = /^(?:([^/]+)\/)?([^:]+)(?::(\d+))?$/.exec(text) ?? [];
  const first = context.objects.Service.get(`${namespace}/${name}`)?.spec.ports?.[0]?.port;
  const chosen = port ? Number(port) : first;
  return chosen === undefined ? null : nameOf(context, { namespace, name, port: chosen }, {});
}

function variantOf(
  { backend, balance }: IngressSettings,
  namespace: string,
  context: TranslateContext,
): BackendVariant {
  const { protocol } = backend;
  const usesTls = protocol === "https" || protocol === "grpcs";
  return {
    ...(balance && { balance }),
    ...(protocol && { protocol: protocol === "https" ? "auto" : protocol === "grpcs" ? "http2" : protocol }),
    ...(usesTls && { tls: tlsOf(backend, namespace, context) }),
  };
}

/** Unless told otherwise any certificate is believed, as ingress-nginx has it. */
function tlsOf(
  { secret, verify, serverName, sendsName }: BackendSettings,
  own: string,
  context: TranslateContext,
): BackendTls {
  const [name = "", namespace = own] = (secret ?? "").split("/").reverse();
  const object = secret ? context.objects.Secret.get(`${namespace}/${name}`) : undefined;
  const pem = object ? textOf(object, "ca.crt") : "";
  return {
    serverName: sendsName || verify ? serverName : null,
    authorities: verify ? (areAuthorities(pem) ? { pem } : "system") : null,
    names: [],
    certificate: secret ? certificateFrom(context.objects, namespace, name) : null,
  };
}
