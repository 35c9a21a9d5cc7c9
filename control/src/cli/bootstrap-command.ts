// `weir bootstrap`: what another Envoy needs to join the fleet of a running control plane.
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { Command, Option } from "commander";
import { stringify } from "yaml";
import { buildBootstrap, heapShare } from "../../../envoy/bootstrap.ts";
import type { HostPort } from "../../../envoy/control-cluster.ts";
import { defaultPorts } from "./control-plane.ts";
import { readBytes, readHostPort, readPort } from "./options.ts";
import type { Terminal } from "./terminal.ts";
import { messageOf, UserError } from "./user-error.ts";

interface Options {
  xds: HostPort;
  xdsTlsCa?: string;
  nodeId: string;
  zone?: string;
  node?: string;
  adminPort?: number;
  probeListen?: HostPort;
  memoryBytes?: number;
  json?: boolean;
  output?: string;
}

export function bootstrapCommand(terminal: Terminal): Command {
  return new Command("bootstrap")
    .description("print the bootstrap with which another Envoy joins a running Weir")
    .addOption(xdsOption())
    .option("--xds-tls-ca <file>", "reach it with TLS; what has signed its certificate, a file on that Envoy's machine")
    .option("--node-id <id>", "tells this Envoy from the others", `${hostname()}-${randomUUID().slice(0, 8)}`)
    .option("--zone <name>", "where it is: of backends those near that zone are asked first")
    .option("--node <name>", "the node that it runs on, likewise")
    .option("--admin-port <port>", "open Envoy's admin interface on loopback; it shows credentials", readPort)
    .option("--probe-listen <host:port>", "serve /ready and /stats/prometheus there, and wait for xDS", readHostPort)
    .option("--memory-bytes <n>", "what Envoy may use; near it Envoy refuses requests", readBytes)
    .option("--json", "as JSON in place of YAML")
    .option("--output <file>", "write it there in place of printing it")
    .addHelpText("after", notes)
    .action((options: Options) => {
      const bootstrap = bootstrapOf(options);
      const text = options.json ? JSON.stringify(bootstrap, null, 2) : stringify(bootstrap, yamlForm).trimEnd();
      if (options.output === undefined) terminal.print(text);
      else write(options.output, `${text}\n`);
    });
}

const yamlForm = { aliasDuplicateObjects: false, lineWidth: 0 };

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new UserError(`--output ${file} cannot be written: ${messageOf(cause)}`, { cause });
  }
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

function bootstrapOf(options: Options): object {
  const { xds, xdsTlsCa, nodeId, zone = "", node = "", adminPort, probeListen, memoryBytes } = options;
  if (probeListen && adminPort === undefined) {
    throw new UserError("--probe-listen asks Envoy's admin interface: add --admin-port <port>");
  }
  return buildBootstrap({
    nodeId,
    place: { zone, node },
    xds: { ...xds, ...(xdsTlsCa && { caFile: xdsTlsCa }) },
    admin: adminPort === undefined ? null : { address: "127.0.0.1", port: adminPort },
    ...(probeListen && { probes: probeListen }),
    ...(memoryBytes && { heapBytesMax: Math.floor(memoryBytes * heapShare) }),
  });
}
