// `weir bootstrap`: what another Envoy needs to join the fleet of a running control plane.
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { Command } from "commander";
import { stringify } from "yaml";
import { buildBootstrap } from "../../../envoy/bootstrap.ts";
import { defaultPorts } from "./control-plane.ts";
import { readPort } from "./options.ts";
import type { Terminal } from "./terminal.ts";

interface Options {
  controlAddress: string;
  xdsPort: number;
  nodeId: string;
  adminPort?: number;
  json?: boolean;
}

export function bootstrapCommand(terminal: Terminal): Command {
  return new Command("bootstrap")
    .description("print the bootstrap with which another Envoy joins a running Weir")
    .option("--control-address <host>", "where that Envoy reaches the control plane", "127.0.0.1")
    .option("--xds-port <port>", "the control plane's gRPC port", readPort, defaultPorts.xds)
    .option("--node-id <id>", "tells this Envoy from the others", `${hostname()}-${randomUUID().slice(0, 8)}`)
    .option("--admin-port <port>", "open Envoy's admin interface on loopback; it shows credentials", readPort)
    .option("--json", "as JSON in place of YAML")
    .addHelpText("after", notes)
    .action((options: Options) => {
      const bootstrap = bootstrapOf(options);
      terminal.print(
        options.json
          ? JSON.stringify(bootstrap, null, 2)
          : stringify(bootstrap, { aliasDuplicateObjects: false, lineWidth: 0 }).trimEnd(),
      );
    });
}

const notes = `
Start the control plane where the others can reach it, print, and start an Envoy:
  weir run weir.yaml --control-address 10.0.0.5
  weir bootstrap --control-address 10.0.0.5 > envoy.yaml
  envoy -c envoy.yaml

The control plane sends credentials and asks nobody who they are: keep its ports to a network of your own.
`;

function bootstrapOf({ controlAddress: address, xdsPort, nodeId, adminPort }: Options): object {
  return buildBootstrap({
    nodeId,
    xds: { address, port: xdsPort },
    admin: adminPort === undefined ? null : { address: "127.0.0.1", port: adminPort },
  });
}
