// Builds the images of deploy/images, starts them as containers are started (not as root, on a root that cannot be
// written), and asks the gateway. images.test.ts runs it in namespaces of its own; each line that begins with `ok` or
// `failed` is one result.
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { selfSigned } from "../../control/src/serve/test/self-signed.ts";
import { findEnvoy } from "../../envoy/find-envoy.ts";
import { envoyVersion } from "../../envoy/pin.ts";
import {
  answersChat,
  becomes,
  ended,
  isHealthy,
  makeNetwork,
  makeReadOnly,
  mount,
  runOnce,
  say,
  start,
} from "./container.ts";
import { buildImage, type Image } from "./image-build.ts";
import { tryChart } from "./try-chart.ts";

const context = join(import.meta.dirname, "..", "..");

const configuration = `
gateway: { address: 0.0.0.0, port: 8080 }
providers: [{ name: play, type: simulated }]
routes: [{ name: all, models: ["*"], targets: [{ provider: play }] }]
`;

async function main(folder: string): Promise<void> {
  const envoy = await findEnvoy();
  const build = (name: string, prepare: (image: Image) => void): Image => {
    const dockerfile = join(context, "deploy", "images", `${name}.Dockerfile`);
    return buildImage({ dockerfile, context, folder: join(folder, name), prepare });
  };
  const control = build("control", prepareNode);
  const data = build("envoy", (image) => prepareEnvoy(image, envoy.path));
  say(control.base === `node:${process.versions.node}-bookworm-slim`, "the control plane's base has the tested Node");
  say(data.base === `envoyproxy/envoy:v${envoyVersion}`, "the data plane's base is the tested Envoy");
  for (const image of [control, data]) say(image.user === "65532:65532", "an image's user is nobody");
  makeNetwork();
  await tryTogether(control, data, folder);
  await tryChart(control, data, folder);
}

/** Base images of Node have it there. What this machine has compiled already is not compiled again. */
function prepareNode({ root }: Image): void {
  mkdirSync(join(root, "usr/local/bin"), { recursive: true });
  cpSync(process.execPath, join(root, "usr/local/bin/node"));
  const compiled = join(context, ".cache", "wasm");
  if (existsSync(compiled)) cpSync(compiled, join(root, "weir", ".cache", "wasm"), { recursive: true });
}

function prepareEnvoy({ root }: Image, program: string): void {
  mkdirSync(join(root, "usr/local/bin"), { recursive: true });
  cpSync(program, join(root, "usr/local/bin/envoy"));
}

async function tryTogether(control: Image, data: Image, folder: string): Promise<void> {
  const { certFile, keyFile } = selfSigned(folder, "xds", "IP:127.0.0.1");
  mount(control, {
    "/etc/weir/weir.yaml": configuration,
    "/etc/weir/tls/tls.crt": certFile,
    "/etc/weir/tls/tls.key": keyFile,
  });
  mount(data, { "/etc/weir/ca.crt": certFile, "/etc/envoy/bootstrap.yaml": "" });
  const bootstrap = ["--xds", "127.0.0.1:18000", "--xds-tls-ca", "/etc/weir/ca.crt", "--admin-port", "9901"];
  const printed = runOnce(control, [
    ...control.entrypoint,
    "bootstrap",
    ...bootstrap,
    "--probe-listen",
    "0.0.0.0:18002",
  ]);
  writeFileSync(join(data.root, "etc/envoy/bootstrap.yaml"), printed);
  for (const image of [control, data]) makeReadOnly(image);
  say(!isHealthy(data), "an Envoy that is not there is not healthy");
  const envoy = start(data);
  await pause(3_000);
  say(!isHealthy(data), "an Envoy without a control plane is not healthy");
  const plane = start(control);
  say(await becomes(() => isHealthy(control)), "the control plane is healthy");
  say(await becomes(() => isHealthy(data)), "the Envoy is healthy once it has its configuration");
  say(answersChat(), "a request is answered");
  const written = runOnce(control, ["sh", "-c", "touch /weir/x /etc/x 2>&1; id -u; ls -A /var/lib/weir"]);
  say(/65532/.test(written) && written.match(/Read-only/g)?.length === 2, "its root cannot be written");
  say((await ended(plane)) === 0, "the control plane stops at SIGTERM");
  say(isHealthy(data), "the Envoy stays healthy without it");
  await ended(envoy);
}

await main(process.argv[2]!);
console.log("All was tried");
process.exit(0);
