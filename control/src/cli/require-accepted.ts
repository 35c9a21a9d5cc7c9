// Whether an Envoy that has just started serves what it was told to.
import type { Gateway } from "../model/model.ts";
import type { EnvoyStatus, ResourceStatus } from "../serve/envoy-status.ts";
import { explainPort } from "./listen-check.ts";
import { UserError } from "./user-error.ts";

export const addressInUse = /address already in use/i;

/** An Envoy that could not listen, or refused a plugin, runs all the same: only its refusal tells. */
export async function requireAccepted(all: EnvoyStatus[], id: string, { address, port }: Gateway): Promise<void> {
  const own = all.find((status) => status.id === id);
  const refused = own?.resources.find((resource) => resource.state === "rejected" && isNeeded(resource));
  if (!refused) return;
  if (addressInUse.test(refused.message ?? "")) throw new UserError(await explainPort(address, port, "EADDRINUSE"));
  throw new UserError(`Envoy refuses ${refused.kind} ${refused.name}: ${refused.message}`);
}

/** Without one cluster or plugin of others the rest is served; without any other resource nobody is. */
function isNeeded({ kind, name }: ResourceStatus): boolean {
  return kind !== "cluster" && !name.startsWith("plugin/");
}
