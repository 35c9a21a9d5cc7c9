// Higress's MCP servers in front of others, `mcp-proxy` and `toolSet`, → the modes `proxy` and `toolSet`.
// https://higress.ai/en/docs/latest/user/mcp-server/

type Json = Record<string, unknown>;

/** What an entry of `mcpServers` has beside its name. */
export function proxyOf(server: Json, root: Json, notes: string[]): Json {
  const { mcpServerURL, transport, timeout } = server;
  if (!/^https?:\/\//.test(String(mcpServerURL))) {
    notes.push("mcpServerURL is no whole URL: write the server's address in front of it");
  }
  if (Array.isArray(root["tools"]) && root["tools"].length > 0) {
    notes.push("The tools' own descriptions and security are left out: Weir takes them from the server itself");
  }
  const headers = credentialOf(server, notes);
  return {
    mode: "proxy",
    upstream: {
      url: mcpServerURL,
      ...(transport === "sse" && { transport }),
      ...(typeof timeout === "number" && { listTimeout: `${timeout}ms` }),
      ...(headers.length > 0 && { headers }),
    },
    ...(Array.isArray(root["allowTools"]) && { allowTools: root["allowTools"] }),
  };
}

export function toolSetOf(toolSet: Json): Json {
  return { mode: "toolSet", serverTools: toolSet["serverTools"] };
}

/** The header that `defaultUpstreamSecurity` means. */
function credentialOf({ securitySchemes, defaultUpstreamSecurity }: Json, notes: string[]): Json[] {
  const use = (defaultUpstreamSecurity ?? {}) as Json;
  const schemes = Array.isArray(securitySchemes) ? (securitySchemes as Json[]) : [];
  const scheme = schemes.find(({ id }) => id === use["id"]);
  if (scheme === undefined) return [];
  const credential = String(use["credential"] || scheme["defaultCredential"] || "");
  const header = credential === "" ? null : headerOf(scheme, credential);
  if (header === null)
    notes.push(`The credential of ${String(scheme["id"])} is left out: write it to upstream.headers`);
  return header === null ? [] : [header];
}

/** `user:password` becomes base64, as Higress does it; what has no colon is taken to be so already. */
function headerOf({ type, scheme, in: place, name }: Json, credential: string): Json | null {
  if (type === "apiKey") return place === "header" ? { key: name, value: credential } : null;
  if (type !== "http") return null;
  if (scheme === "bearer") return { key: "Authorization", value: `Bearer ${credential.replace(/^Bearer /, "")}` };
  const basic = credential.includes(":") ? Buffer.from(credential).toString("base64") : credential;
  return scheme === "basic" ? { key: "Authorization", value: `Basic ${basic.replace(/^Basic /, "")}` } : null;
}
