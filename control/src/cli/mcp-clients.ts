// How clients of the Model Context Protocol are told of a server: the file or the command of each, in its own words.
// A key is always a reference to an environment variable, or asked for; none is ever written into a file.

export interface ConnectedServer {
  name: string;
  url: string;
  /** The variable that holds the key; null where none is asked for. */
  keyVariable: string | null;
}

export interface McpClient {
  id: string;
  title: string;
  /** What to do with the snippet. */
  where: string;
  snippet(server: ConnectedServer): string;
  /** What else has to be known. */
  note?: string;
}

type Json = Record<string, unknown>;

/** The header that carries the key, as the client writes a variable. */
function bearer({ keyVariable }: ConnectedServer, written: (name: string) => string): Json {
  return keyVariable === null ? {} : { headers: { Authorization: `Bearer ${written(keyVariable)}` } };
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

const inBraces = (name: string): string => `\${${name}}`;
const afterEnv = (name: string): string => `\${env:${name}}`;

export const mcpClients: readonly McpClient[] = [
  {
    id: "claude-code",
    title: "Claude Code",
    // https://code.claude.com/docs/en/mcp
    where: "Put it into .mcp.json of the project",
    snippet: (server) =>
      json({ mcpServers: { [server.name]: { type: "http", url: server.url, ...bearer(server, inBraces) } } }),
  },
  {
    id: "claude-desktop",
    title: "Claude Desktop",
    // https://modelcontextprotocol.io/docs/develop/connect-local-servers, https://www.npmjs.com/package/mcp-remote
    where: "Put it into claude_desktop_config.json (Settings, Developer, Edit Config)",
    snippet: ({ name, url, keyVariable }) => {
      const header = keyVariable === null ? [] : ["--header", `Authorization:Bearer ${inBraces(keyVariable)}`];
      const plain = url.startsWith("http://") && !/^http:\/\/(localhost|127\.)/.test(url) ? ["--allow-http"] : [];
      return json({ mcpServers: { [name]: { command: "npx", args: ["-y", "mcp-remote", url, ...plain, ...header] } } });
    },
    note: "Its file knows servers on this machine alone: mcp-remote stands in between, and reads the variable.",
  },
  {
    id: "cursor",
    title: "Cursor",
    // https://cursor.com/docs/context/mcp
    where: "Put it into .cursor/mcp.json of the project, or ~/.cursor/mcp.json",
    snippet: (server) => json({ mcpServers: { [server.name]: { url: server.url, ...bearer(server, afterEnv) } } }),
  },
  {
    id: "vscode",
    title: "VS Code",
    // https://code.visualstudio.com/docs/copilot/reference/mcp-configuration
    where: "Put it into .vscode/mcp.json of the project",
    snippet: (server) => {
      const id = `${server.name}-key`;
      const input = { type: "promptString", id, description: `The key for ${server.name}`, password: true };
      const own = { type: "http", url: server.url, ...bearer(server, () => `\${input:${id}}`) };
      return json({ ...(server.keyVariable !== null && { inputs: [input] }), servers: { [server.name]: own } });
    },
    note: "It asks for the key once, and keeps it.",
  },
  {
    id: "codex",
    title: "Codex",
    // https://developers.openai.com/codex/mcp
    where: "Put it into ~/.codex/config.toml",
    snippet: ({ name, url, keyVariable }) => {
      const key = keyVariable === null ? [] : [`bearer_token_env_var = "${keyVariable}"`];
      return [`[mcp_servers.${name}]`, `url = "${url}"`, ...key].join("\n");
    },
  },
  {
    id: "gemini-cli",
    title: "Gemini CLI",
    // https://geminicli.com/docs/tools/mcp-server
    where: "Put it into .gemini/settings.json of the project, or ~/.gemini/settings.json",
    snippet: (server) => json({ mcpServers: { [server.name]: { httpUrl: server.url, ...bearer(server, inBraces) } } }),
  },
  {
    id: "windsurf",
    title: "Windsurf",
    // https://docs.windsurf.com/windsurf/cascade/mcp
    where: "Put it into ~/.codeium/windsurf/mcp_config.json",
    snippet: (server) =>
      json({ mcpServers: { [server.name]: { serverUrl: server.url, ...bearer(server, afterEnv) } } }),
  },
  {
    id: "opencode",
    title: "OpenCode",
    // https://opencode.ai/docs/mcp-servers
    where: "Put it into opencode.json of the project",
    snippet: (server) => {
      const own = { type: "remote", url: server.url, enabled: true, ...bearer(server, (name) => `{env:${name}}`) };
      return json({ $schema: "https://opencode.ai/config.json", mcp: { [server.name]: own } });
    },
  },
  {
    id: "inspector",
    title: "MCP Inspector",
    // https://modelcontextprotocol.io/docs/tools/inspector
    where: "Run it in a shell",
    snippet: ({ url, keyVariable }) => {
      const header = keyVariable === null ? "" : ` --header "Authorization: Bearer $${keyVariable}"`;
      return `npx @modelcontextprotocol/inspector --cli ${url} --transport http${header} --method tools/list`;
    },
  },
];
