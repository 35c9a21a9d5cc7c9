// Compiles the plugins of a checkout in a thread of its own: the compiler holds its thread for seconds, and the main
// one has progress to show and Ctrl-C to hear.
import { parentPort } from "node:worker_threads";
import { buildPlugin, pluginNames } from "../../../tools/build-plugins.ts";

/** `path` comes with the second message about a plugin, when it is compiled. */
export interface CompileMessage {
  name: string;
  path?: string;
}

function tell(message: CompileMessage): void {
  parentPort?.postMessage(message);
}

for (const name of pluginNames()) {
  tell({ name });
  const { path } = await buildPlugin(name);
  tell({ name, path });
}
