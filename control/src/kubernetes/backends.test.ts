// Backends are made once of the same objects, and anew of others.
import { expect, test } from "vitest";
import type { WebBackend } from "../model/web.ts";
import { Backends, type BackendVariant } from "./backends.ts";
import { allKinds } from "./kinds.ts";
import { keyOf, type EndpointSlice, type Objects, type Service } from "./objects.ts";

const place = { namespace: "default", name: "web", port: 80 };

function serviceOf(appProtocol?: string): Service {
  const port = { name: "http", port: 80, ...(appProtocol && { appProtocol }) };
  return { metadata: { name: "web", namespace: "default" }, spec: { ports: [port] } };
}

function sliceOf(name: string, ...addresses: string[]): EndpointSlice {
  return {
    metadata: { name, namespace: "default", labels: { "kubernetes.io/service-name": "web" } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080 }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  };
}

function backendOf(service: Service, slices: EndpointSlice[], variant: BackendVariant = {}): WebBackend {
  const none = Object.fromEntries(allKinds.map((kind) => [kind, new Map()])) as unknown as Objects;
  const Service = new Map([[keyOf(service), service]]);
  const backends = new Backends({ ...none, Service, EndpointSlice: new Map(slices.map((one) => [keyOf(one), one])) });
  backends.use(place, variant);
  return backends.list()[0]!;
}

function addressesIn({ at }: WebBackend): string[] {
  return at.kind === "addresses" ? at.addresses.map(({ address }) => address) : [];
}

test("of the same objects the same one is given once more", () => {
  const [service, slice] = [serviceOf(), sliceOf("web-1", "10.0.0.1")];
  const backend = backendOf(service, [slice]);
  expect(backendOf(service, [slice])).toBe(backend);
  expect(backendOf(serviceOf(), [slice])).not.toBe(backend);
});

test("a slice that changes, comes or goes makes another", () => {
  const [service, slice] = [serviceOf(), sliceOf("web-1", "10.0.0.1")];
  expect(addressesIn(backendOf(service, [slice]))).toEqual(["10.0.0.1"]);
  expect(addressesIn(backendOf(service, [sliceOf("web-1", "10.0.0.2")]))).toEqual(["10.0.0.2"]);
  expect(addressesIn(backendOf(service, [slice, sliceOf("web-2", "10.0.0.3")]))).toEqual(["10.0.0.1", "10.0.0.3"]);
  expect(addressesIn(backendOf(service, []))).toEqual([]);
});

test("how it is spoken to makes another, and certificates are looked at each time", () => {
  const [service, slice] = [serviceOf("kubernetes.io/h2c"), sliceOf("web-1", "10.0.0.1")];
  expect(backendOf(service, [slice]).protocol).toBe("http2");
  expect(backendOf(service, [slice], { protocol: "http1" }).protocol).toBe("http1");
  const tls = { serverName: "web.test", authorities: { pem: "one" }, names: [], certificate: null };
  expect(backendOf(service, [slice], { tls }).tls).toEqual(tls);
  const renewed = { ...tls, authorities: { pem: "two" } };
  expect(backendOf(service, [slice], { tls: renewed }).tls).toEqual(renewed);
});
