// `weir bootstrap`: what another Envoy needs to join the fleet of a running control plane.
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { Command, Option } from "commander";
import { stringify } from "yaml";
import { buildBootstrap } from "../../../envoy/bootstrap.ts";
import type { HostPort } from "../../../envoy/control-cluster.ts";
import { defaultPorts } from "./control-plane.ts";
import { readHostPort, readPort } from "./options.ts";
import type { Terminal } from "./terminal.ts";

interface Options {
  xds: HostPort;
  xdsTlsCa?: string;
  nodeId: string;
  adminPort?: number;
  json?: boolean;
}

export function bootstrapCommand(terminal: Terminal): Command {
  return new Command("bootstrap")
    .description("print the bootstrap with which another Envoy joins a running Weir")
    .addOption(xdsOption())
    .option("--xds-tls-ca <file>", "reach it with TLS; what has signed its certificate, a file on that Envoy's machine")
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
Let others reach the control plane, print, and start an Envoy. Both sides need the same token; Envoy reads it from its
environment, so the bootstrap holds no secret:
  export WEIR_XDS_TOKEN=$(openssl rand -hex 32)
  weir run weir.yaml --xds-listen 10.0.0.5:18000 --xds-tls-cert weir.pem --xds-tls-key weir.key
  weir bootstrap --xds 10.0.0.5:18000 --xds-tls-ca ca.pem > envoy.yaml
  envoy -c envoy.yaml
`;

function xdsOption(): Option {
  const usual = { address: "127.0.0.1", port: defaultPorts.xds };
  return new Option("--xds <host:port>", "where that Envoy reaches the control plane")
    .argParser(readHostPort)
    .default(usual, `${usual.address}:${usual.port}`);
}

function bootstrapOf({ xds, xdsTlsCa, nodeId, adminPort }: Options): object {
  return buildBootstrap({
    nodeId,
    xds: { ...xds, ...(xdsTlsCa && { caFile: xdsTlsCa }) },
    admin: adminPort === undefined ? null : { address: "127.0.0.1", port: adminPort },
  });
}
