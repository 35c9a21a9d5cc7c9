// `weir version`: Weir, the Envoy it is made for, and what runs it.
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { envoyVersion, envoyVersionMin } from "../../../envoy/pin.ts";
import type { Terminal } from "./terminal.ts";

export function weirVersion(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

export function versionCommand(terminal: Terminal): Command {
  return new Command("version")
    .description("print the versions of Weir, of the Envoy it is made for, and of Node")
    .option("--json", "as JSON")
    .action(({ json }: { json?: boolean }) => {
      const versions = {
        weir: weirVersion(),
        envoy: envoyVersion,
        envoyOldest: envoyVersionMin,
        node: process.versions.node,
      };
      if (json) return terminal.print(JSON.stringify(versions));
      const { weir, envoy, envoyOldest, node } = versions;
      terminal.print(`weir ${weir}\nenvoy ${envoy} (${envoyOldest} or newer)\nnode ${node}`);
    });
}
