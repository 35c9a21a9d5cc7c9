// Calls a tool as any client does: lists what there is, then asks for rates.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [url = "http://127.0.0.1:8080/mcp/rates", base = "EUR", ...symbols] = process.argv.slice(2);

const client = new Client({ name: "example", version: "1.0.0" });
// The package's own types differ where optional properties are exact.
await client.connect(new StreamableHTTPClientTransport(new URL(url)) as never);
const { tools } = await client.listTools();
console.log(tools.map(({ name, title }) => `${name}: ${title}`).join("\n"));
const wanted = symbols.length > 0 ? symbols : ["USD", "JPY"];
const result = await client.callTool({ name: "latestRates", arguments: { base, symbols: wanted } });
console.log(JSON.stringify(result.structuredContent ?? result.content));
await client.close();
