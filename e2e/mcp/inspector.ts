// The MCP Inspector's command line, run as its users run it. https://github.com/modelcontextprotocol/inspector
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const manifest = createRequire(import.meta.url).resolve("@modelcontextprotocol/inspector/package.json");
const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
const program = join(dirname(manifest), bin["mcp-inspector"]!);

export type InspectorEra = "legacy" | "auto" | "modern";

/** What a second of calls, or ten, came to. */
export interface LoadReport {
  requests: number;
  ok: number;
  toolErrors: number;
  errors: number;
  elapsedMs: number;
  latencyMs: { p50: number; p99: number };
  errorMessages: unknown[];
}

export class Inspector {
  /** What it remembers between runs is not the user's own. */
  readonly #home = mkdtempSync(join(tmpdir(), "weir-inspector-"));

  /** The result that it prints; an error of what it says where it ends with another code than 0. */
  // oxlint-disable-next-line typescript/no-explicit-any -- what it prints is what servers say
  run(url: string, era: InspectorEra, args: string[]): Promise<any> {
    const line = [program, "--cli", url, "--transport", "http", "--protocol-era", era, "--format", "json", ...args];
    return new Promise((resolve, reject) => {
      execFile(process.execPath, line, { env: this.#environment(), timeout: 60_000 }, (error, output, complaint) => {
        if (error) reject(new Error(`${args.join(" ")} at ${url}: ${complaint || error.message}${output}`));
        else resolve((JSON.parse(output) as { result: unknown }).result);
      });
    });
  }

  /** Its load mode, which calls one tool over and over. */
  load(
    url: string,
    era: InspectorEra,
    options: { tool: string; seconds: number; inFlight: number },
  ): Promise<LoadReport> {
    const bounds = ["--load-duration", String(options.seconds), "--load-concurrency", String(options.inFlight)];
    return this.run(url, era, ["--method", "tools/call", "--tool-name", options.tool, "--load", ...bounds]);
  }

  forget(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, HOME: this.#home, NO_COLOR: "1" };
  }
}
