// Annotations about requests: canaries, matching, rewriting, redirects, headers, CORS.
import { expect, test } from "vitest";
import { beside, serve, serverOf, serversOf } from "./annotation-bed.ts";
import { ask } from "./bed.ts";

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
  const names = { "exact-match-query-a": "1", "prefix-match-query-b": "b", "regex-match-query-c": "\\d+" };
  const { ask } = await serve(names);
  expect((await ask({ path: "/?a=1&b=bb&c=12" })).status).toBe(200);
  expect((await ask({ path: "/?a=1&b=bb&c=x" })).status).toBe(404);
  expect((await ask({ path: "/?a=2&b=bb&c=1" })).status).toBe(404);
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
