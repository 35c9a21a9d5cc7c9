// How the targets of an Envoy are, in its own words.
import type { Model } from "../model/model.ts";
import { readTargetStatus, targetStats, type TargetStatus } from "../serve/target-status.ts";
import type { EnvoyProcess } from "../../../envoy/envoy-process.ts";

/** Other Envoys of the fleet are asked by whoever runs them. An Envoy that is just starting has nothing to say. */
export async function askTargets(envoy: EnvoyProcess | null, model: Model): Promise<TargetStatus[]> {
  const ask = (path: string) => envoy?.askAdmin(path).catch(() => null);
  const [clusters, stats] = await Promise.all([ask("/clusters?format=json"), ask(`/stats?filter=${targetStats}`)]);
  return clusters?.status === 200 ? readTargetStatus(clusters.body, stats?.body ?? "", model) : [];
}
