// Sessions of servers in front of others: whose they are, how long they live, and which Envoys know them.
import { describe, expect, test } from "vitest";
import { isKnown, multiplexOf, openSession, proxyOf, startRelay } from "./relay.ts";

const servers = [proxyOf("issues"), proxyOf("other"), multiplexOf("all", ["issues"])];
const secrets = ["fake-session-secret-one"];
const hourMs = 3600 * 1000;

describe.each(["issues", "all"])("a session at %s", (server) => {
  test("is known to whoever has begun it, there", async () => {
    const { plugin } = await startRelay(servers);
    const session = openSession(plugin, server);
    expect(isKnown(plugin, session, server)).toBe(true);
    expect(isKnown(plugin, session, "other")).toBe(false);
  });

  test("is no other consumer's, no other user's, and nobody's without a key", async () => {
    const { plugin } = await startRelay(servers);
    const ada = { "weir.consumer": "ada", "weir.user": "u1" };
    const session = openSession(plugin, server, ada);
    expect(isKnown(plugin, session, server, ada)).toBe(true);
    for (const who of [
      { ...ada, "weir.consumer": "eve" },
      { ...ada, "weir.user": "u2" },
      { "weir.consumer": "ada" },
      {},
    ])
      expect(isKnown(plugin, session, server, who), JSON.stringify(who)).toBe(false);
    // The parts of a name must not run into each other.
    expect(isKnown(plugin, session, server, { "weir.consumer": "ad", "weir.user": "au1" })).toBe(false);
  });

  test("is unknown when any character of it is another", async () => {
    const { plugin } = await startRelay(servers);
    const session = openSession(plugin, server);
    for (let at = 3; at < session.length - 1; at++) {
      const changed = session.slice(0, at) + (session[at] === "A" ? "B" : "A") + session.slice(at + 1);
      expect(isKnown(plugin, changed, server), `character ${at}`).toBe(false);
    }
    for (const name of [session.slice(0, -2), `${session}AA`, "v1.", "v1.AAAA", session.replace("v1", "v2")])
      expect(isKnown(plugin, name, server), name).toBe(false);
    expect(isKnown(plugin, session, server)).toBe(true);
  });

  test("lives for a day", async () => {
    const { host, plugin } = await startRelay(servers);
    const session = openSession(plugin, server);
    host.advance(23.9 * hourMs);
    expect(isKnown(plugin, session, server)).toBe(true);
    host.advance(0.2 * hourMs);
    expect(isKnown(plugin, session, server)).toBe(false);
  });

  test("is known to every Envoy that has the secret, started anew or another one", async () => {
    const first = await startRelay(servers, { secrets });
    const session = openSession(first.plugin, server);
    const second = await startRelay(servers, { secrets, seed: 2 });
    expect(isKnown(second.plugin, session, server)).toBe(true);
    const stranger = await startRelay(servers, { secrets: ["fake-session-secret-two"], seed: 3 });
    expect(isKnown(stranger.plugin, session, server)).toBe(false);
    const withoutAny = await startRelay(servers, { seed: 4 });
    expect(isKnown(withoutAny.plugin, session, server)).toBe(false);
  });

  test("outlives its secret for as long as that is kept beside the new one", async () => {
    const [old, fresh] = ["fake-session-secret-old", "fake-session-secret-new"];
    const before = await startRelay(servers, { secrets: [old] });
    const session = openSession(before.plugin, server);
    const during = await startRelay(servers, { secrets: [fresh, old], seed: 2 });
    expect(isKnown(during.plugin, session, server)).toBe(true);
    const after = await startRelay(servers, { secrets: [fresh], seed: 3 });
    expect(isKnown(after.plugin, session, server)).toBe(false);
    // What is begun in between is encrypted with the new one.
    expect(isKnown(after.plugin, openSession(during.plugin, server), server)).toBe(true);
  });

  test("tells nothing of what it holds", async () => {
    const { plugin } = await startRelay(servers);
    const names = [openSession(plugin, server), openSession(plugin, server)];
    expect(names[0]).not.toBe(names[1]);
    for (const name of names) {
      const bytes = Buffer.from(name.slice(3), "base64url").toString("latin1");
      expect(bytes).not.toMatch(/up-session|issues|2025/);
    }
  });
});
