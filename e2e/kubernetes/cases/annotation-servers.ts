// Annotations about who may ask, and which servers are asked.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { selfSigned } from "../cluster.ts";
import { bed, next, serve, serverOf, serversOf, type Served } from "./annotation-bed.ts";
import { ask, service, type Manifest } from "./bed.ts";
import { base64, certificate } from "./manifests.ts";

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
  const answer = await ask({ headers: { "x-fail": `${next()}`, "x-fail-times": "2" } });
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
