import { describe, expect, test } from "vitest";
import { encodeResource, envoyRegistry } from "./registry.ts";
import { typed, typeUrls } from "./resources.ts";

describe("encodeResource()", () => {
  test("encodes what fits", () => {
    const any = encodeResource(typeUrls.cluster, { name: "one", connect_timeout: "5s" });
    expect(any.typeUrl).toBe(typeUrls.cluster);
    // Field 1 (name) and field 4 (connect_timeout, a message whose field 1 is 5).
    expect(Buffer.from(any.value).toString("hex")).toBe("0a036f6e6522020805");
  });

  test.each([
    ["an unknown field", { name: "one", connect_timeuot: "5s" }, "connect_timeuot"],
    ["a value of the wrong type", { name: "one", per_connection_buffer_limit_bytes: "many" }, "UInt32Value"],
    ["an unknown enum value", { name: "one", lb_policy: "FASTEST" }, "FASTEST"],
    ["an unknown field inside an Any", withFilter({ http_filterz: [] }), "http_filterz"],
    ["a message nobody knows", withFilter({ "@type": "type.googleapis.com/no.such.Message" }), "no.such.Message"],
  ])("refuses %s naming it", (_, resource, named) => {
    expect(() => encodeResource(typeUrls.cluster, resource)).toThrow(named);
  });

  test("refuses a type that is not in the descriptors", () => {
    expect(() => encodeResource("type.googleapis.com/no.such.Type", {})).toThrow("no.such.Type");
  });
});

test("the descriptors hold the service that Envoys call", () => {
  const service = envoyRegistry().getService("envoy.service.discovery.v3.AggregatedDiscoveryService");
  expect(service?.methods.map(({ name }) => name)).toEqual(["StreamAggregatedResources", "DeltaAggregatedResources"]);
});

function withFilter(message: object): object {
  const options = { ...typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions"), ...message };
  return { name: "one", typed_extension_protocol_options: { http: options } };
}
