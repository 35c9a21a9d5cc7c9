// One case for each annotation of an Ingress, on a real Envoy. A table at the end holds this to its word.
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { annotations, unsupportedAnnotations } from "../../../control/src/kubernetes/ingress/annotations.ts";
import { selfSigned } from "../cluster.ts";
import { ask, Bed, service, type Answered, type Asked, type Manifest } from "./bed.ts";
import { base64, certificate, ingress, ingressClass, type IngressParts } from "./manifests.ts";

const bed = new Bed();
const servers = ["one", "two", "three"];
const used = new Set<string>();
let count = 0;

beforeAll(async () => {
  await bed.start("address: 127.0.0.1");
  await bed.apply(ingressClass("weir", "weir.dev/ingress"));
  for (const [index, name] of servers.entries()) {
    await bed.serve(`10.244.0.${index + 1}`, name);
    await bed.apply(...service(name, [`10.244.0.${index + 1}`]));
  }
  await bed.apply(...service("nobody", []));
  await bed.apply(certificate(bed.folder, "secure-certificate", ["secure.test"]));
});
afterAll(() => bed.stop());

type Values = Record<string, string>;

function prefixed(values: Values, prefix = "weir.dev/"): Values {
  for (const name of Object.keys(values)) used.add(name);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));
}

interface Served {
  host: string;
  name: string;
  ask(asked?: Asked): Promise<Answered>;
}

/** An Ingress with these annotations at a host of its own, once it is in force. */
async function serve(values: Values, parts: Partial<IngressParts> = {}, path = "/"): Promise<Served> {
  const name = `case-${++count}`;
  const host = `${name}.test`;
  const marked = { ...prefixed(values), "weir.dev/response-header-control-update": headersOf(values, name) };
  const hosts = { [host]: [{ path, to: "one", type: "ImplementationSpecific" as const }] };
  await bed.apply(ingress(name, { hosts, ...parts, annotations: { ...marked, ...parts.annotations } }));
  await pause(400);
  return { host, name, ask: (asked = {}) => ask({ host, ...asked }) };
}

function headersOf(values: Values, name: string): string {
  const own = values["response-header-control-update"];
  return own ? `${own}\nx-case ${name}` : `x-case ${name}`;
}

/** The same host for another Ingress. */
async function beside(host: string, values: Values, to: string): Promise<void> {
  const name = `case-${++count}`;
  await bed.apply(
    ingress(name, { hosts: { [host]: [{ type: "ImplementationSpecific", to }] }, annotations: prefixed(values) }),
  );
  await pause(400);
}

async function serversOf(asked: Asked, requests: number): Promise<Record<string, number>> {
  const answers = await Promise.all(Array.from({ length: requests }, () => ask(asked)));
  return Object.fromEntries(servers.map((name) => [name, answers.filter(({ server }) => server === name).length]));
}

const serverOf = async (asked: Asked): Promise<string> => (await ask(asked)).server;

test("canary-by-header: always and never", async () => {
  const { host } = await serve({});
  await beside(host, { canary: "true", "canary-by-header": "X-Canary", "canary-weight": "100" }, "two");
  expect(await serverOf({ host, headers: { "x-canary": "always" } })).toBe("two");
  expect(await serverOf({ host, headers: { "x-canary": "never" } })).toBe("one");
  expect(await serverOf({ host, headers: { "x-canary": "else" } })).toBe("two");
});

test("canary-by-header-value: the value, or always", async () => {
  const { host } = await serve({});
  await beside(host, { canary: "true", "canary-by-header": "x-canary", "canary-by-header-value": "beta.1" }, "two");
  expect(await serverOf({ host, headers: { "x-canary": "beta.1" } })).toBe("two");
  expect(await serverOf({ host, headers: { "x-canary": "always" } })).toBe("two");
  expect(await serverOf({ host, headers: { "x-canary": "betax1" } })).toBe("one");
  expect(await serverOf({ host })).toBe("one");
});

test("canary-by-header-pattern", async () => {
  const { host } = await serve({});
  await beside(host, { canary: "true", "canary-by-header": "x-canary", "canary-by-header-pattern": "a|b" }, "two");
  expect(await serverOf({ host, headers: { "x-canary": "xxbxx" } })).toBe("two");
  expect(await serverOf({ host, headers: { "x-canary": "xxxx" } })).toBe("one");
});

test("canary-by-cookie, after the header and before the weight", async () => {
  const { host } = await serve({});
  const both = { "canary-by-header": "x-canary", "canary-by-cookie": "canary", "canary-weight": "0" };
  await beside(host, { canary: "true", ...both }, "two");
  expect(await serverOf({ host, headers: { cookie: "a=b; canary=always" } })).toBe("two");
  expect(await serverOf({ host, headers: { cookie: "canary=never" } })).toBe("one");
  expect(await serverOf({ host, headers: { cookie: "canary=always", "x-canary": "never" } })).toBe("one");
  expect(await serverOf({ host, headers: { cookie: "canary=never", "x-canary": "always" } })).toBe("two");
  expect(await serverOf({ host })).toBe("one");
});

test("canary-weight and canary-weight-total", async () => {
  const { host } = await serve({});
  await beside(host, { canary: "true", "canary-weight": "50", "canary-weight-total": "200" }, "two");
  const { one = 0, two = 0 } = await serversOf({ host }, 400);
  expect(one + two).toBe(400);
  expect(two).toBeGreaterThan(60);
  expect(two).toBeLessThan(140);
});

test("match-method", async () => {
  const { ask } = await serve({ "match-method": "PUT post" });
  expect([(await ask({ method: "PUT" })).status, (await ask({ method: "POST" })).status]).toEqual([200, 200]);
  expect((await ask({ method: "GET" })).status).toBe(404);
});

test("exact-, prefix- and regex-match-header", async () => {
  const names = { "exact-match-header-X-A": "one", "prefix-match-header-x-b": "be", "regex-match-header-x-c": "c+" };
  const { ask } = await serve(names);
  const headers = { "x-a": "one", "x-b": "begins", "x-c": "ccc" };
  expect((await ask({ headers })).status).toBe(200);
  for (const [name, value] of [
    ["x-a", "one2"],
    ["x-b", "abe"],
    ["x-c", "cd"],
  ]) {
    expect((await ask({ headers: { ...headers, [name!]: value! } })).status).toBe(404);
  }
});

test("exact-, prefix- and regex-match-query", async () => {
  await serve({ "exact-match-query-a": "1", "prefix-match-query-b": "b", "regex-match-query-c": "\\d+" }).then(
    async ({ ask }) => {
      expect((await ask({ path: "/?a=1&b=bb&c=12" })).status).toBe(200);
      expect((await ask({ path: "/?a=1&b=bb&c=x" })).status).toBe(404);
      expect((await ask({ path: "/?a=2&b=bb&c=1" })).status).toBe(404);
    },
  );
});

test("exact-, prefix- and regex-match-pseudo-header", async () => {
  const { ask } = await serve({
    "exact-match-pseudo-header-method": "GET",
    "prefix-match-pseudo-header-path": "/in",
    "regex-match-pseudo-header-scheme": "https?",
  });
  expect((await ask({ path: "/inside" })).status).toBe(200);
  expect((await ask({ path: "/outside" })).status).toBe(404);
  expect((await ask({ path: "/inside", method: "PUT" })).status).toBe(404);
});

test("ignore-path-case", async () => {
  const { ask } = await serve({ "ignore-path-case": "true" }, {}, "/Case");
  expect((await ask({ path: "/cASE/a" })).status).toBe(200);
});

test("use-regex, from the path's beginning", async () => {
  const { ask } = await serve({ "use-regex": "true" }, {}, "/v[0-9]+");
  expect((await ask({ path: "/v12/a" })).status).toBe(200);
  expect((await ask({ path: "/vx" })).status).toBe(404);
});

test("full-path-regex, to its end", async () => {
  const { ask } = await serve({ "full-path-regex": "true" }, {}, "/v[0-9]+");
  expect((await ask({ path: "/v12" })).status).toBe(200);
  expect((await ask({ path: "/v12/a" })).status).toBe(404);
});

test("rewrite-target with the path's groups", async () => {
  const { ask } = await serve({ "use-regex": "true", "rewrite-target": "/new/$2" }, {}, "/old(/|$)(.*)");
  expect((await ask({ path: "/old/a/b?c" })).seen?.path).toBe("/new/a/b?c");
  expect((await ask({ path: "/old" })).seen?.path).toBe("/new/");
});

test("rewrite-path in front of the rest", async () => {
  const { ask } = await serve({ "rewrite-path": "/new" }, {}, "/old");
  expect((await ask({ path: "/old/a" })).seen?.path).toBe("/new/a");
});

test("upstream-vhost", async () => {
  const { ask } = await serve({ "upstream-vhost": "inner.test" });
  expect((await ask()).seen?.headers["host"]).toBe("inner.test");
});

test("app-root", async () => {
  const { ask } = await serve({ "app-root": "/app" });
  const { status, headers } = await ask();
  expect([status, headers["location"]]).toEqual([302, expect.stringMatching(/\/app$/)]);
  expect((await ask({ path: "/app" })).server).toBe("one");
});

test("permanent-redirect and its code", async () => {
  const plain = await serve({ "permanent-redirect": "https://elsewhere.test/new" });
  const answer = await plain.ask({ path: "/a" });
  expect([answer.status, answer.headers["location"]]).toEqual([301, "https://elsewhere.test/new"]);
  const kept = await serve({ "permanent-redirect": "https://elsewhere.test/", "permanent-redirect-code": "308" });
  expect((await kept.ask()).status).toBe(308);
});

test("temporal-redirect", async () => {
  const { ask } = await serve({ "temporal-redirect": "http://elsewhere.test:8080/new" });
  const { status, headers } = await ask();
  expect([status, headers["location"]]).toEqual([302, "http://elsewhere.test:8080/new"]);
});

test("ssl-redirect where there is a certificate", async () => {
  const hosts = { "secure.test": [{ to: "one" }] };
  const tls = [{ hosts: ["secure.test"], secretName: "secure-certificate" }];
  await serve({ "ssl-redirect": "true" }, { hosts, tls });
  const { status, headers } = await ask({ host: "secure.test", path: "/a?b" });
  expect([status, headers["location"]]).toEqual([308, "https://secure.test/a?b"]);
  expect(await serverOf({ host: "secure.test", serverName: "secure.test" })).toBe("one");
  const without = await serve({ "ssl-redirect": "true" });
  expect((await without.ask()).status).toBe(200);
});

test("force-ssl-redirect wherever", async () => {
  const { ask, host } = await serve({ "force-ssl-redirect": "true" });
  expect((await ask()).headers["location"]).toBe(`https://${host}/`);
});

test("request-header-control", async () => {
  const { ask } = await serve({
    "request-header-control-add": "x-added one\nx-more two words",
    "request-header-control-update": "x-set set",
    "request-header-control-remove": "x-gone, x-lost",
  });
  const { seen } = await ask({ headers: { "x-set": "client", "x-gone": "1", "x-lost": "1", "x-added": "client" } });
  expect(seen?.headers).toMatchObject({ "x-added": "client, one", "x-more": "two words", "x-set": "set" });
  expect(seen?.headers).not.toHaveProperty("x-gone");
  expect(seen?.headers).not.toHaveProperty("x-lost");
});

test("response-header-control", async () => {
  const { ask } = await serve({
    "response-header-control-add": "x-added one",
    "response-header-control-update": "x-set set",
    "response-header-control-remove": "x-server",
  });
  const { headers } = await ask();
  expect(headers).toMatchObject({ "x-added": "one", "x-set": "set" });
  expect(headers).not.toHaveProperty("x-server");
});

test("timeout", async () => {
  const { ask } = await serve({ timeout: "1" });
  expect((await ask({ headers: { "x-answer-after-ms": "3000" } })).status).toBe(504);
  expect((await ask()).status).toBe(200);
});

test("enable-cors and all of its own", async () => {
  const { ask } = await serve({
    "enable-cors": "true",
    "cors-allow-origin": "https://a.test, https://*.b.test",
    "cors-allow-methods": "GET, PUT",
    "cors-allow-headers": "x-one,x-two",
    "cors-allow-credentials": "false",
    "cors-expose-headers": "x-three",
    "cors-max-age": "60",
  });
  const preflight = { "access-control-request-method": "PUT", origin: "https://x.b.test" };
  const { headers, status } = await ask({ method: "OPTIONS", headers: preflight });
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    "access-control-allow-origin": "https://x.b.test",
    "access-control-allow-methods": "GET, PUT",
    "access-control-allow-headers": "x-one, x-two",
    "access-control-max-age": "60",
  });
  expect(headers).not.toHaveProperty("access-control-allow-credentials");
  const asked = await ask({ headers: { origin: "https://a.test" } });
  expect(asked.headers).toMatchObject({ "access-control-expose-headers": "x-three" });
  const other = await ask({ headers: { origin: "https://c.test" } });
  expect(other.headers).not.toHaveProperty("access-control-allow-origin");
});

test("whitelist-source-range", async () => {
  const inside = await serve({ "whitelist-source-range": "10.0.0.0/8, 127.0.0.1" });
  expect((await inside.ask()).status).toBe(200);
  const outside = await serve({ "whitelist-source-range": "10.0.0.0/8" });
  expect((await outside.ask()).status).toBe(403);
  const wrong = await serve({ "whitelist-source-range": "everybody" });
  expect((await wrong.ask()).status).toBe(503);
});

const hashed = (password: string): string => `{SHA}${createHash("sha1").update(password).digest("base64")}`;

function secret(name: string, data: Record<string, string>): Manifest {
  const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]));
  return { apiVersion: "v1", kind: "Secret", metadata: { name }, type: "Opaque", data: encoded };
}

const basic = (user: string, password: string): string => `Basic ${base64(`${user}:${password}`)}`;

test("auth-type, auth-secret and auth-secret-type", async () => {
  await bed.apply(
    secret("users-file", { auth: `ann:${hashed("pass")}\n` }),
    secret("users-map", { bob: hashed("word") }),
  );
  const file = await serve({ "auth-type": "basic", "auth-secret": "users-file", "auth-secret-type": "auth-file" });
  const map = await serve({ "auth-type": "basic", "auth-secret": "default/users-map", "auth-secret-type": "auth-map" });
  expect((await file.ask({ headers: { authorization: basic("ann", "pass") } })).status).toBe(200);
  expect((await map.ask({ headers: { authorization: basic("bob", "word") } })).status).toBe(200);
  expect((await file.ask({ headers: { authorization: basic("ann", "wrong") } })).status).toBe(401);
  expect((await map.ask()).status).toBe(401);
  const lost = await serve({ "auth-type": "basic", "auth-secret": "not-there" });
  expect((await lost.ask({ headers: { authorization: basic("ann", "pass") } })).status).toBe(503);
});

test("route-limit-rps, route-limit-rpm and route-limit-burst-multiplier", async () => {
  const statuses = async ({ host }: Served, requests: number): Promise<number[]> => {
    const answers = await Promise.all(Array.from({ length: requests }, () => ask({ host })));
    return answers.map(({ status }) => status).filter((status) => status === 200);
  };
  const perMinute = await serve({ "route-limit-rpm": "3", "route-limit-burst-multiplier": "2" });
  expect(await statuses(perMinute, 20)).toHaveLength(6);
  const perSecond = await serve({ "route-limit-rps": "2" });
  const { length } = await statuses(perSecond, 40);
  expect(length).toBeGreaterThanOrEqual(10);
  expect(length).toBeLessThan(16);
});

test("auth-tls-secret", async () => {
  const client = selfSigned(bed.folder, "client", ["client.test"]);
  const host = "mutual.test";
  await bed.apply(
    certificate(bed.folder, "mutual-certificate", [host]),
    secret("client-ca", { "ca.crt": client.certificate }),
  );
  const tls = [{ hosts: [host], secretName: "mutual-certificate" }];
  await serve({ "auth-tls-secret": "default/client-ca" }, { hosts: { [host]: [{ to: "one" }] }, tls });
  await expect(ask({ host, serverName: host })).rejects.toThrow(/certificate|socket|reset/i);
  const shown = await ask({ host, serverName: host, tls: { cert: client.certificate, key: client.key } });
  expect(shown.server).toBe("one");
});

test("ssl-cipher, tls-min- and tls-max-protocol-version", async () => {
  const host = "versions.test";
  await bed.apply(certificate(bed.folder, "versions-certificate", [host]));
  const tls = [{ hosts: [host], secretName: "versions-certificate" }];
  const cipher = "ECDHE-ECDSA-AES128-GCM-SHA256";
  await serve(
    { "ssl-cipher": cipher, "tls-min-protocol-version": "TLSv1.2", "tls-max-protocol-version": "TLSv1.2" },
    { hosts: { [host]: [{ to: "one" }] }, tls },
  );
  expect((await ask({ host, serverName: host, tls: { maxVersion: "TLSv1.2", ciphers: cipher } })).server).toBe("one");
  await expect(ask({ host, serverName: host, tls: { minVersion: "TLSv1.3" } })).rejects.toThrow(/version|alert/i);
  const other = { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES256-GCM-SHA384" } as const;
  await expect(ask({ host, serverName: host, tls: other })).rejects.toThrow(/handshake|alert/i);
});

/** A Service with all servers. */
async function everybody(name: string): Promise<void> {
  await bed.apply(...service(name, ["10.244.0.1", "10.244.0.2", "10.244.0.3"]));
}

test("load-balance", async () => {
  await everybody("balanced");
  const hosts = { "balanced.test": [{ to: "balanced" }] };
  await serve({ "load-balance": "random" }, { hosts });
  const counts = Object.values(await serversOf({ host: "balanced.test" }, 150));
  expect(Math.min(...counts)).toBeGreaterThan(20);
});

test("upstream-hash-by", async () => {
  await everybody("hashed");
  await serve({ "upstream-hash-by": "$http_x_user" }, { hosts: { "hashed.test": [{ to: "hashed" }] } });
  const of = (user: string): Promise<string> => serverOf({ host: "hashed.test", headers: { "x-user": user } });
  const users = Array.from({ length: 30 }, (_, index) => `user-${index}`);
  const first = await Promise.all(users.map(of));
  expect(await Promise.all(users.map(of))).toEqual(first);
  expect(new Set(first).size).toBe(3);
});

test("affinity and its cookie", async () => {
  await everybody("sticky");
  const hosts = { "sticky.test": [{ to: "sticky" }] };
  await serve(
    {
      affinity: "cookie",
      "affinity-mode": "persistent",
      "session-cookie-name": "stay",
      "session-cookie-path": "/in",
      "session-cookie-max-age": "100",
      "session-cookie-expires": "100",
    },
    { hosts },
  );
  const { headers, server } = await ask({ host: "sticky.test", path: "/in" });
  const [cookie = ""] = headers["set-cookie"] ?? [];
  expect(cookie).toMatch(/^stay=.*Max-Age=100.*Path=\/in/i);
  const sent = { cookie: cookie.split(";")[0] ?? "" };
  const counts = await serversOf({ host: "sticky.test", path: "/in", headers: sent }, 30);
  expect(counts[server]).toBe(30);
});

test("proxy-next-upstream, its tries and its timeout", async () => {
  const { ask } = await serve({ "proxy-next-upstream": "http_503", "proxy-next-upstream-tries": "3" });
  const answer = await ask({ headers: { "x-fail": `${count}`, "x-fail-times": "2" } });
  expect([answer.status, answer.seen?.headers["x-attempts"]]).toEqual([200, "3"]);
  const slow = await serve({ "proxy-next-upstream": "timeout", "proxy-next-upstream-timeout": "1" });
  expect((await slow.ask({ headers: { "x-answer-after-ms": "3000" } })).status).toBe(504);
});

test("retriable-status-codes", async () => {
  const { ask } = await serve({ "retriable-status-codes": "503" });
  expect((await ask({ headers: { "x-fail": "codes", "x-fail-times": "1" } })).status).toBe(200);
});

test("destination", async () => {
  const { host } = await serve({ destination: "75% two.default.svc.cluster.local:80\n25% three" });
  const { one, two = 0, three = 0 } = await serversOf({ host }, 200);
  expect(one).toBe(0);
  expect(two).toBeGreaterThan(three);
  expect(three).toBeGreaterThan(20);
});

test("default-backend where nobody is ready", async () => {
  const hosts = { "fallback.test": [{ to: "nobody" }] };
  await serve({ "default-backend": "two" }, { hosts });
  expect(await serverOf({ host: "fallback.test" })).toBe("two");
});

test("mirror-target-service and mirror-percentage", async () => {
  const before = bed.asked("two");
  const { ask } = await serve({ "mirror-target-service": "default/two:80", "mirror-percentage": "100" });
  expect((await ask()).server).toBe("one");
  await expect.poll(() => bed.asked("two")).toBe(before + 1);
});

test("mirror-target-fqdn and mirror-target-fqdn-port", async () => {
  const before = bed.asked("three");
  const { ask } = await serve({ "mirror-target-fqdn": "10.244.0.3", "mirror-target-fqdn-port": "8080" });
  expect((await ask()).server).toBe("one");
  await expect.poll(() => bed.asked("three")).toBe(before + 1);
});

test("backend-protocol and proxy-ssl", async () => {
  const own = selfSigned(bed.folder, "backend", ["backend.test"]);
  await bed.serveSecure("10.244.0.9", "secure", own);
  await bed.apply(...service("secure", ["10.244.0.9"]), secret("backend-ca", { "ca.crt": own.certificate }));
  const hosts = (name: string) => ({ [name]: [{ to: "secure" }] });
  await serve({ "backend-protocol": "HTTPS" }, { hosts: hosts("unverified.test") });
  expect(await serverOf({ host: "unverified.test" })).toBe("secure");
  const verified = { "backend-protocol": "HTTPS", "proxy-ssl-secret": "backend-ca", "proxy-ssl-verify": "on" };
  await serve(
    { ...verified, "proxy-ssl-name": "backend.test", "proxy-ssl-server-name": "on" },
    { hosts: hosts("verified.test") },
  );
  expect(await serverOf({ host: "verified.test" })).toBe("secure");
  await serve({ ...verified, "proxy-ssl-name": "other.test" }, { hosts: hosts("wrong.test") });
  expect((await ask({ host: "wrong.test" })).status).toBe(503);
});

test("the prefixes, and which of two counts", async () => {
  const name = `case-${++count}`;
  const values = {
    "nginx.ingress.kubernetes.io/upstream-vhost": "nginx.test",
    "higress.io/upstream-vhost": "higress.test",
    "nginx.ingress.kubernetes.io/rewrite-target": "/nginx",
  };
  await bed.apply(ingress(name, { hosts: { [`${name}.test`]: [{ to: "one" }] }, annotations: values }));
  const { seen } = await bed.until({ host: `${name}.test` }, ({ status }) => status === 200);
  expect([seen?.headers["host"], seen?.path]).toEqual(["higress.test", "/nginx"]);
});

test("one that is unknown, unsupported or wrong is told, and the rest is served", async () => {
  const { ask, name } = await serve(
    {},
    { annotations: { "higress.io/no-such-thing": "1", "weir.dev/timeout": "soon" } },
  );
  expect((await ask()).status).toBe(200);
  expect(await bed.event(name, "UnknownAnnotation")).toBe("higress.io/no-such-thing is not known and does nothing");
  expect(await bed.event(name, "InvalidAnnotation")).toBe("weir.dev/timeout must be a number from 0 on");
});

test.each(Object.entries(unsupportedAnnotations))("%s is told to do nothing", async (annotation, why) => {
  const name = `unsupported-${annotation}`;
  await bed.apply(ingress(name, { fallback: "one", annotations: { [`higress.io/${annotation}`]: "1" } }));
  expect(await bed.event(name, "UnsupportedAnnotation")).toBe(`higress.io/${annotation} does nothing: ${why}`);
});

test("every annotation has its case, and no Envoy has refused anything", () => {
  const isUsed = (name: string): boolean =>
    [...used].some((one) => (name.endsWith("-") ? one.startsWith(name) : one === name));
  expect(Object.keys(annotations).filter((name) => !isUsed(name))).toEqual([]);
  expect(bed.output()).not.toMatch(/REJECTED/);
});
