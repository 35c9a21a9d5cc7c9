// A process that owns an Envoy, for the test that kills it. Tells its parent the Envoy's process id.
import { buildStaticBootstrap } from "../bootstrap.ts";
import { EnvoyProcess } from "../envoy-process.ts";

const envoy = new EnvoyProcess({
  path: process.argv[2] ?? "",
  concurrency: 1,
  bootstrap: (admin) => buildStaticBootstrap({ nodeId: "test", admin, listeners: [], clusters: [] }),
});
await envoy.start();
process.send?.(envoy.pid);
