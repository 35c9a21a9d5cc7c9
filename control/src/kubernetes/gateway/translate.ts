// Gateways and their routes as listeners, with what each object is told.
//
//   classes ─► Gateways ─► addresses ─► listeners ─► routes attach ─► rules ─► sockets, chains, hosts
import { noHeaderChanges, socketOf } from "../../model/web.ts";
import type { Certificate, WebListener, WeightedBackend } from "../../model/web.ts";
import { certificateFrom } from "../certificates.ts";
import { byAge, keyOf } from "../objects.ts";
import type { StatusWrite, TranslateContext } from "../translate.ts";
import { placesOf } from "./addresses.ts";
import { attach, type ParentResult, type RouteKindName } from "./attachments.ts";
import { resolveReference } from "./backend-references.ts";
import { socketsOf, type AttachedHttp, type AttachedTls } from "./chains.ts";
import { isFalse, isTrue, type Told } from "../conditions.ts";
import { gatewayController } from "./features.ts";
import { gatewayGroup, isGranted } from "./grants.ts";
import { readListener, type OwnListener } from "./listeners.ts";
import { attachModels } from "./models.ts";
import type { Gateway, GrpcRoute, HttpRoute, RouteObject, TlsRoute } from "./objects.ts";
import { compileGrpcRoute, compileHttpRoute } from "./rules.ts";
import { classStatus, gatewayStatus, isClassAccepted, policyStatus, routeStatus } from "./statuses.ts";
import { TlsPolicies, type GatewayView } from "./tls-policies.ts";

export interface TranslatedGateways {
  listeners: WebListener[];
  statuses: StatusWrite[];
  /** What AIRoutes that attach to listeners are told, by `objectKey`. */
  conditions: Map<string, Told[]>;
}

/** `taken`: the sockets of others. Two listeners on one would cost both. */
export function translateGateways(context: TranslateContext, taken: ReadonlySet<string>): TranslatedGateways {
  return new GatewayTranslation(context, taken).run();
}

class GatewayTranslation {
  readonly #context: TranslateContext;
  readonly #taken: ReadonlySet<string>;
  readonly #policies: TlsPolicies;
  /** By `namespace/name`. */
  readonly #listeners = new Map<string, OwnListener[]>();
  readonly #views = new Map<string, GatewayView>();
  readonly #attached = new Map<OwnListener, number>();
  readonly #http: AttachedHttp[] = [];
  readonly #tls: AttachedTls[] = [];
  readonly #statuses: StatusWrite[] = [];

  constructor(context: TranslateContext, taken: ReadonlySet<string>) {
    this.#context = context;
    this.#taken = taken;
    this.#policies = new TlsPolicies(context);
  }

  run(): TranslatedGateways {
    const { objects } = this.#context;
    const classes = [...objects.GatewayClass.values()].filter(({ spec }) => spec.controllerName === gatewayController);
    const names = new Set(classes.filter(isClassAccepted).map(({ metadata }) => metadata.name));
    const gateways = [...objects.Gateway.values()].filter(({ spec }) => names.has(spec.gatewayClassName)).sort(byAge);
    const places = placesOf(gateways, this.#context);
    const told = gateways.map((gateway) => {
      const place = places.get(gateway.metadata.uid ?? "")!;
      return { gateway, place, ...this.#gateway(gateway, place.address) };
    });
    this.#route("HTTPRoute", objects.HTTPRoute.values());
    this.#route("GRPCRoute", objects.GRPCRoute.values());
    this.#route("TLSRoute", objects.TLSRoute.values());
    const models = attachModels(this.#listeners, this.#context);
    this.#http.push(...models.http);
    for (const listener of models.listeners) this.#count(listener);
    const listeners = told.flatMap((one) => one.listeners);
    const policies = this.#policies.told().map((one) => policyStatus(one, this.#context));
    const statuses = [
      ...classes.map((one) => classStatus(one, this.#context)),
      ...told.map((one) => gatewayStatus({ ...one, attached: this.#attached }, this.#context)),
      ...this.#statuses,
      ...policies.filter((status) => status !== null),
    ];
    return { listeners: socketsOf(listeners, this.#http, this.#tls), statuses, conditions: models.conditions };
  }

  #gateway(gateway: Gateway, address: string | null): { listeners: OwnListener[]; resolved: Told } {
    const listeners: OwnListener[] = [];
    for (const listener of gateway.spec.listeners) {
      const before = [...[...this.#listeners.values()].flat(), ...listeners];
      const isTaken = address !== null && this.#taken.has(socketOf({ address, port: listener.port }));
      listeners.push(readListener({ gateway, listener, address, isTaken }, before, this.#context));
    }
    const key = keyOf(gateway);
    const { certificate, resolved } = this.#clientCertificate(gateway);
    this.#listeners.set(key, listeners);
    this.#views.set(key, { key, certificate });
    return { listeners, resolved };
  }

  /** What the Gateway shows to backends. */
  #clientCertificate({ metadata, spec }: Gateway): { certificate: Certificate | null; resolved: Told } {
    const reference = spec.tls?.backend?.clientCertificateRef;
    if (!reference) return { certificate: null, resolved: isTrue("ResolvedRefs") };
    const { objects } = this.#context;
    const own = metadata.namespace ?? "";
    const { group = "", kind = "Secret", namespace = own, name } = reference;
    const from = { group: gatewayGroup, kind: "Gateway", namespace: own };
    const failed = (reason: string, message: string) => {
      return { certificate: null, resolved: isFalse("ResolvedRefs", reason, message) };
    };
    if (group !== "" || kind !== "Secret") return failed("InvalidClientCertificateRef", `${kind} ${name} is no Secret`);
    if (!isGranted(objects, from, { group, kind, namespace, name })) {
      return failed("RefNotPermitted", `No ReferenceGrant lets it refer to Secret ${namespace}/${name}`);
    }
    const certificate = certificateFrom(objects, namespace, name);
    if (!certificate) return failed("InvalidClientCertificateRef", `Secret ${namespace}/${name} holds no certificate`);
    return { certificate, resolved: isTrue("ResolvedRefs") };
  }

  #route(kind: RouteKindName, routes: Iterable<RouteObject>): void {
    for (const route of [...routes].sort(byAge)) {
      const parents = attach(kind, route, this.#listeners, this.#context);
      const told = parents.map((parent) => {
        const problems = this.#compile(kind, route, parent);
        const first = (type: string): Told | undefined => problems.find((problem) => problem.type === type);
        const accepted = parent.accepted.isTrue ? (first("Accepted") ?? parent.accepted) : parent.accepted;
        const conditions = [accepted, first("ResolvedRefs") ?? isTrue("ResolvedRefs")];
        return { reference: parent.reference, conditions };
      });
      const status = routeStatus(kind, route, told, this.#context);
      if (status) this.#statuses.push(status);
    }
  }

  #count(listener: OwnListener): void {
    this.#attached.set(listener, (this.#attached.get(listener) ?? 0) + 1);
  }

  /** Attaches it, and gives what is wrong with it. */
  #compile(kind: RouteKindName, route: RouteObject, { gateway, attachments }: ParentResult): Told[] {
    for (const { listener } of attachments) this.#count(listener);
    const own = {
      context: this.#context,
      policies: this.#policies,
      gateway: this.#views.get(keyOf(gateway))!,
      namespace: route.metadata.namespace ?? "",
      kind,
    };
    if (kind === "TLSRoute") {
      const problems: Told[] = [];
      const backends = (route as TlsRoute).spec.rules.flatMap(({ backendRefs = [] }) =>
        backendRefs.map(({ weight = 1, ...reference }): WeightedBackend => {
          const { backend, problem } = resolveReference(reference, own);
          if (problem) problems.push(problem);
          return { backend, weight, requestHeaders: noHeaderChanges, responseHeaders: noHeaderChanges };
        }),
      );
      this.#tls.push(...attachments.map((one) => ({ ...one, object: route, backends })));
      return problems;
    }
    const { routes, problems } =
      kind === "HTTPRoute" ? compileHttpRoute(route as HttpRoute, own) : compileGrpcRoute(route as GrpcRoute, own);
    this.#http.push(...attachments.map((one) => ({ ...one, object: route, routes })));
    return problems;
  }
}
