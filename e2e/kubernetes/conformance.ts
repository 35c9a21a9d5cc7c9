// The Gateway API's own tests against Weir: brings up a cluster with their definitions and pods, runs the suite, and
// prints its report. in-namespace.ts runs it where it can do no harm.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { startWeir, type Weir } from "../../control/src/cli/start-weir.ts";
import { KubernetesApi } from "../../control/src/kubernetes/api.ts";
import { supportedFeatures } from "../../control/src/kubernetes/gateway/features.ts";
import { Cluster } from "./cluster.ts";
import { applyDefinitions } from "./definitions.ts";
import { buildKubetest, type Kubetest } from "./kubetest.ts";
import { PodRunner } from "./pod-runner.ts";

const gatewayClass = "weir";
const profiles = ["GATEWAY-HTTP", "GATEWAY-GRPC", "GATEWAY-TLS"];
/** The first is what the suite asks for by name, the second what nobody has. */
const addresses = { usable: "127.0.1.250", unusable: "192.0.2.1" };

const configuration = (kubeconfig: string): string => `
gateway: { port: 8000 }
kubernetes:
  kubeconfig: ${kubeconfig}
  lease: default/weir
  address: 127.0.0.1
  gatewayAddresses: [${[...Array.from({ length: 60 }, (_, index) => `127.0.1.${index + 1}`), addresses.usable].join(", ")}]
`;

async function main(): Promise<number> {
  const programs = buildKubetest();
  const folder = mkdtempSync(join(tmpdir(), "weir-conformance-"));
  const cluster = await Cluster.start(programs, join(folder, "cluster"));
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  const pods = new PodRunner({ config, echo: programs.echo, folder: join(folder, "pods") });
  let weir: Weir | null = null;
  try {
    await applyDefinitions(programs, new KubernetesApi(config));
    await pods.start();
    weir = await serve(folder, cluster.kubeconfig);
    await createClass(new KubernetesApi(config));
    const report = join(folder, "report.yaml");
    const code = await runSuite(programs, cluster.kubeconfig, report);
    console.log(`Conformance report:\n${readFileSync(report, "utf8")}`);
    return code;
  } finally {
    await weir?.close();
    pods.stop();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function serve(folder: string, kubeconfig: string): Promise<Weir> {
  const configFile = join(folder, "weir.yaml");
  writeFileSync(configFile, configuration(kubeconfig));
  const say = (line: string): void => console.log(`weir: ${line}`);
  return startWeir({
    configFile,
    env: { ...process.env, WEIR_STATE: join(folder, "state") },
    concurrency: 2,
    watch: false,
    events: { onEnvoyLog: say, onReject: say, onTrouble: say, onRecovery: say },
  });
}

async function createClass(api: KubernetesApi): Promise<void> {
  const body = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    metadata: { name: gatewayClass },
    spec: { controllerName: "weir.dev/gateway-controller" },
  };
  await api.ask("POST", "/apis/gateway.networking.k8s.io/v1/gatewayclasses", body);
}

function runSuite({ conformance }: Kubetest, kubeconfig: string, report: string): Promise<number> {
  const args = [
    "-test.v",
    "-test.timeout=20m",
    "-gateway-class",
    gatewayClass,
    "-conformance-profiles",
    profiles.join(","),
    "-supported-features",
    supportedFeatures.join(","),
    "-report-output",
    report,
    ...["-organization", "weir", "-project", "weir", "-url", "https://weir.dev", "-version", "0.1.0"],
    ...["-contact", "weir"],
    ...["-usable-address", addresses.usable, "-unusable-address", addresses.unusable],
    ...process.argv.slice(2),
  ];
  const child = spawn(conformance, args, { env: { ...process.env, KUBECONFIG: kubeconfig }, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

// The informer of the pods has no end.
process.exit(await main());
