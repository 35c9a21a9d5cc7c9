// Whether an Envoy that has just started serves what it was told to.
import type { Gateway } from "../model/model.ts";
import type { EnvoyStatus } from "../serve/envoy-status.ts";
import { explainPort } from "./listen-check.ts";
import { UserError } from "./user-error.ts";

export const addressInUse = /address already in use/i;

/** An Envoy that could not listen, or refused a plugin, runs all the same: only its refusal tells. */
export async function requireAccepted(own: EnvoyStatus | undefined, { address, port }: Gateway): Promise<void> {
  // Without one cluster the others are served; without any other resource nobody is.
  const refused = own?.resources.find(({ kind, state }) => kind !== "cluster" && state === "rejected");
  if (!refused) return;
  if (addressInUse.test(refused.message ?? "")) throw new UserError(await explainPort(address, port, "EADDRINUSE"));
  throw new UserError(`Envoy refuses ${refused.kind} ${refused.name}: ${refused.message}`);
}
