// Ingresses on a real API server and a real Envoy, case by case after the specification:
// https://kubernetes.io/docs/concepts/services-networking/ingress/
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ask, Bed, service, slice, type Asked, type IngressStatus, type Manifest } from "./bed.ts";
import { certificate, ingress, ingressClass } from "./manifests.ts";

const bed = new Bed();
const servers = ["one", "two", "three", "four", "five"];

beforeAll(async () => {
  await bed.start("address: 127.0.0.1\ndefaultCertificate: default/any-certificate");
  await bed.apply(ingressClass("weir", "weir.dev/ingress"), ingressClass("other", "example.com/other"));
  for (const [index, name] of servers.entries()) {
    await bed.serve(`10.244.0.${index + 1}`, name);
    await bed.apply(...service(name, [`10.244.0.${index + 1}`]));
  }
  await bed.apply(certificate(bed.folder, "any-certificate", ["any.test"]));
});
afterAll(() => bed.stop());

/** What is expected: the server that answers, or a status. */
type Case = [what: string, asked: Asked, answer: string | number];

/** Applies `manifests`, waits until they are in force, and makes a test of each case. */
function table(name: string, manifests: () => Manifest[], cases: Case[]): void {
  describe(name, () => {
    beforeAll(async () => {
      await bed.apply(...manifests());
      await bed.inForce(...manifests());
    });
    afterAll(() => bed.remove(...manifests()));
    test.each(cases)("%s", async (_what, asked, answer) => {
      const { server, status, text } = await ask(asked);
      expect(typeof answer === "string" ? server || `${status} ${text}` : status).toBe(answer);
    });
  });
}

const exact = "Exact" as const;

table(
  "paths",
  () => [
    ingress("paths", {
      hosts: {
        "paths.test": [
          { path: "/exact", type: exact, to: "one" },
          { path: "/slash/", type: exact, to: "one" },
          { path: "/prefix", to: "two" },
          { path: "/closed/", to: "three" },
          { path: "/prefix/longer", to: "four" },
          { path: "/both", to: "two" },
          { path: "/both", type: exact, to: "one" },
          { path: "/aaa/bbb", to: "three" },
          { path: "/aaa", to: "four" },
          { path: "/specific", type: "ImplementationSpecific", to: "five" },
        ],
      },
    }),
  ],
  [
    ["an exact path", { host: "paths.test", path: "/exact" }, "one"],
    ["an exact path with a query", { host: "paths.test", path: "/exact?a=b" }, "one"],
    ["no trailing slash where an exact path has none", { host: "paths.test", path: "/exact/" }, 404],
    ["nothing below an exact path", { host: "paths.test", path: "/exact/more" }, 404],
    ["no other case", { host: "paths.test", path: "/Exact" }, 404],
    ["an exact path with its slash", { host: "paths.test", path: "/slash/" }, "one"],
    ["an exact path without its slash", { host: "paths.test", path: "/slash" }, 404],
    ["a prefix itself", { host: "paths.test", path: "/prefix" }, "two"],
    ["a prefix with a trailing slash", { host: "paths.test", path: "/prefix/" }, "two"],
    ["something below a prefix", { host: "paths.test", path: "/prefix/a/b" }, "two"],
    ["a prefix by whole elements alone", { host: "paths.test", path: "/prefixed" }, 404],
    ["a prefix that ends in a slash, with it", { host: "paths.test", path: "/closed/" }, "three"],
    ["a prefix that ends in a slash, without it", { host: "paths.test", path: "/closed" }, "three"],
    ["something below such a prefix", { host: "paths.test", path: "/closed/a" }, "three"],
    ["the longest prefix", { host: "paths.test", path: "/prefix/longer/a" }, "four"],
    ["the longest prefix itself", { host: "paths.test", path: "/prefix/longer" }, "four"],
    ["a shorter one beside the longest", { host: "paths.test", path: "/prefix/long" }, "two"],
    ["exact before prefix", { host: "paths.test", path: "/both" }, "one"],
    ["prefix where exact is not", { host: "paths.test", path: "/both/" }, "two"],
    ["the specification's /aaa/bbb", { host: "paths.test", path: "/aaa/bbb/ccc" }, "three"],
    ["the specification's /aaa", { host: "paths.test", path: "/aaa/bbbxyz" }, "four"],
    ["what a controller does with its own type", { host: "paths.test", path: "/specific/a" }, "five"],
    ["no path that nobody has", { host: "paths.test", path: "/nothing" }, 404],
    ["any method", { host: "paths.test", path: "/prefix", method: "DELETE" }, "two"],
    ["doubled slashes as one", { host: "paths.test", path: "//prefix//a" }, "two"],
  ],
);

table(
  "hosts",
  () => [
    ingress("hosts", {
      hosts: {
        "a.hosts.test": [{ to: "one" }],
        "*.hosts.test": [{ to: "two" }],
        "b.hosts.test": [{ path: "/only", to: "three" }],
      },
    }),
  ],
  [
    ["an exact host", { host: "a.hosts.test" }, "one"],
    ["a host in capitals", { host: "A.Hosts.Test" }, "one"],
    ["a host with its port", { host: "a.hosts.test:80" }, "one"],
    ["a wildcard's one label", { host: "x.hosts.test" }, "two"],
    ["a wildcard's label with a port", { host: "x.hosts.test:8080" }, "two"],
    ["not two labels of a wildcard", { host: "y.x.hosts.test" }, 404],
    ["not the wildcard's own domain", { host: "hosts.test" }, 404],
    ["an exact host before the wildcard, whatever the path", { host: "b.hosts.test", path: "/else" }, 404],
    ["the exact host's path", { host: "b.hosts.test", path: "/only" }, "three"],
    ["no host that nobody has", { host: "c.test" }, 404],
  ],
);

table(
  "default backends",
  () => [
    ingress("with-default", {
      hosts: { "default.test": [{ path: "/own", to: "one" }], "*.default.test": [{ to: "three" }] },
      fallback: "two",
    }),
    ingress("any-host", { hosts: { "": [{ path: "/anywhere", to: "four" }] } }),
  ],
  [
    ["a rule before the default", { host: "default.test", path: "/own" }, "one"],
    ["the default of the Ingress for its host", { host: "default.test", path: "/other" }, "two"],
    ["the default for any host", { host: "nobody.test", path: "/other" }, "two"],
    ["a wildcard before the default", { host: "x.default.test" }, "three"],
    ["the default for what lies deeper than a wildcard", { host: "y.x.default.test" }, "two"],
    ["a rule without a host", { host: "nobody.test", path: "/anywhere/a" }, "four"],
  ],
);

table(
  "backends",
  () => [
    ingress("backends", {
      hosts: {
        "backends.test": [
          { path: "/number", to: "one", port: { number: 80 } },
          { path: "/name", to: "two", port: { name: "http" } },
          { path: "/no-service", to: "missing" },
          { path: "/no-port", to: "one", port: { number: 81 } },
          { path: "/no-endpoints", to: "empty" },
        ],
      },
    }),
    ...service("empty", []),
  ],
  [
    ["a port by its number", { host: "backends.test", path: "/number" }, "one"],
    ["a port by its name", { host: "backends.test", path: "/name" }, "two"],
    ["a Service that is not there", { host: "backends.test", path: "/no-service" }, 503],
    ["a port that the Service does not have", { host: "backends.test", path: "/no-port" }, 503],
    ["a Service with nobody behind it", { host: "backends.test", path: "/no-endpoints" }, 503],
  ],
);

describe("TLS", () => {
  const manifests = (): Manifest[] => [
    certificate(bed.folder, "first-certificate", ["first.tls.test"]),
    certificate(bed.folder, "wildcard-certificate", ["*.wild.test"]),
    ingress("tls", {
      hosts: {
        "first.tls.test": [{ to: "one" }],
        "*.wild.test": [{ to: "two" }],
        "lost.tls.test": [{ to: "three" }],
      },
      tls: [
        { hosts: ["first.tls.test"], secretName: "first-certificate" },
        { hosts: ["*.wild.test"], secretName: "wildcard-certificate" },
        { hosts: ["lost.tls.test"], secretName: "no-certificate" },
      ],
    }),
  ];
  beforeAll(async () => {
    await bed.apply(...manifests());
    await bed.inForce(...manifests());
    await bed.until({ host: "first.tls.test", serverName: "first.tls.test" }, ({ status }) => status === 200);
  });

  test.each([
    ["first.tls.test", "first.tls.test", "one"],
    ["a.wild.test", "*.wild.test", "two"],
    ["lost.tls.test", "any.test", "three"],
  ])("%s is shown the certificate of %s", async (host, subject, server) => {
    const answer = await ask({ host, serverName: host });
    expect([answer.certificate, answer.server]).toEqual([subject, server]);
  });

  test("who asks for no name gets the default certificate", async () => {
    expect((await ask({ host: "first.tls.test", serverName: "" })).certificate).toBe("any.test");
  });

  test("the same is served without TLS", async () => {
    expect((await ask({ host: "first.tls.test" })).server).toBe("one");
  });

  test("servers learn how the client came", async () => {
    const { seen } = await ask({ host: "first.tls.test", serverName: "first.tls.test" });
    expect(seen?.headers).toMatchObject({ "x-forwarded-proto": "https", "x-forwarded-for": "127.0.0.1" });
  });

  test("a certificate that is renewed is shown to the next client", async () => {
    await bed.apply({
      ...certificate(bed.folder, "renewed", ["renewed.test"]),
      metadata: { name: "first-certificate" },
    });
    const asked = { host: "first.tls.test", serverName: "first.tls.test" };
    await bed.until(asked, (answer) => answer.certificate === "renewed.test");
  });
});

describe("classes", () => {
  const at = (name: string) => ({ hosts: { [`${name}.classes.test`]: [{ to: "one" }] } });
  beforeAll(async () => {
    const annotations = { "kubernetes.io/ingress.class": "weir" };
    const ours = [
      ingress("own", { ...at("own") }),
      ingress("annotated", { ...at("annotated"), ingressClass: null, annotations }),
    ];
    await bed.apply(
      ingress("foreign", { ...at("foreign"), ingressClass: "other" }),
      ingress("none", { ...at("none"), ingressClass: null }),
      ...ours,
    );
    await bed.inForce(...ours);
  });

  test.each([
    ["own", 200],
    ["annotated", 200],
    ["foreign", 404],
    ["none", 404],
  ])("%s is answered %i", async (name, status) => {
    expect((await ask({ host: `${name}.classes.test` })).status).toBe(status);
  });

  test("ours are told where they are served, and others nothing", async () => {
    const told = async (name: string): Promise<unknown> => {
      const { status } = await bed.read<IngressStatus>("Ingress", name);
      return status.loadBalancer?.ingress;
    };
    await vi.waitFor(async () => expect(await told("own")).toEqual([{ ip: "127.0.0.1" }]), { timeout: 10_000 });
    expect(await told("foreign")).toBeUndefined();
    expect(await told("none")).toBeUndefined();
  });

  test("one that changes its class is served no more", async () => {
    await bed.apply(ingress("own", { ...at("own"), ingressClass: "other" }));
    await bed.until({ host: "own.classes.test" }, ({ status }) => status === 404);
  });
});

describe("two Ingresses", () => {
  test("share a host, each with its paths; of the same path the older one has it", async () => {
    await bed.apply(ingress("older", { hosts: { "shared.test": [{ path: "/a", to: "one" }] } }));
    await pause(1100);
    await bed.apply(
      ingress("a-younger", {
        hosts: {
          "shared.test": [
            { path: "/b", to: "two" },
            { path: "/a", to: "three" },
          ],
        },
      }),
    );
    await bed.until({ host: "shared.test", path: "/b" }, ({ server }) => server === "two");
    expect((await ask({ host: "shared.test", path: "/a" })).server).toBe("one");
    const message = await bed.event("a-younger", "Conflict");
    expect(message).toBe("shared.test/a is taken by the older Ingress default/older");
  });

  test("the younger one takes over when the older goes", async () => {
    await bed.remove(ingress("older", {}));
    await bed.until({ host: "shared.test", path: "/a" }, ({ server }) => server === "three");
  });
});

describe("replicas", () => {
  const addresses = Array.from({ length: 10 }, (_, index) => `10.244.1.${index + 1}`);
  const asked = { host: "replicas.test" };
  beforeAll(async () => {
    for (const address of addresses) await bed.serve(address, address);
    await bed.apply(
      ...service("replicas", addresses),
      ingress("replicas", { hosts: { "replicas.test": [{ to: "replicas" }] } }),
    );
    await bed.until(asked, ({ status }) => status === 200);
  });

  async function seen(requests: number): Promise<Set<string>> {
    const answers = await Promise.all(Array.from({ length: requests }, () => ask(asked)));
    return new Set(answers.map(({ server }) => server));
  }

  const untilSeen = (requests: number, wanted: string[]): Promise<void> =>
    vi.waitFor(async () => expect(await seen(requests)).toEqual(new Set(wanted)), { timeout: 10_000, interval: 100 });

  test("ten of them are all asked", async () => {
    expect(await seen(200)).toEqual(new Set(addresses));
  });

  test("one that is not ready is asked no more", async () => {
    const [first = "", ...others] = addresses;
    const ready = slice("replicas", others);
    const endpoints = [...(ready["endpoints"] as object[]), { addresses: [first], conditions: { ready: false } }];
    await bed.apply({ ...ready, endpoints });
    await untilSeen(200, others);
  });

  test("scaling down and up under load drops no request, and is followed", async () => {
    const failures: string[] = [];
    let asks = 0;
    const over = new AbortController();
    const load = async (): Promise<void> => {
      while (!over.signal.aborted) {
        const { status, text } = await ask(asked).catch((error: Error) => ({ status: 0, text: error.message }));
        asks++;
        if (status !== 200) failures.push(`${status} ${text}`);
      }
    };
    const running = Promise.all([load(), load(), load()]);
    for (const count of [1, 10, 3, 7]) {
      const [wanted, before] = [addresses.slice(0, count), asks];
      await bed.apply(slice("replicas", wanted));
      await untilSeen(40 * count, wanted);
      await vi.waitFor(() => expect(asks).toBeGreaterThan(before + 25), 20_000);
    }
    over.abort();
    await running;
    expect(failures).toEqual([]);
  });
});

test("no Envoy has refused anything", () => {
  expect(bed.output()).not.toMatch(/REJECTED/);
});
