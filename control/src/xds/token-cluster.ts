// The clusters that plugins ask for tokens, and Envoy for the keys of those who sign tokens: one for each address, with
// no filter in its chain.
import type { GoogleCredential } from "../model/credential.ts";
import type { Model } from "../model/model.ts";
import { tokenClusterName } from "./cluster-name.ts";
import { addressedCluster } from "./cluster.ts";
import type { TranslateOptions } from "./options.ts";
import type { NamedResource } from "./resources.ts";

const connectTimeoutMs = 5000;

export function translateTokenClusters(model: Model, options: TranslateOptions): NamedResource[] {
  const tokens = model.targets
    .map(({ credential }) => credential)
    .filter((credential): credential is GoogleCredential => credential?.kind === "google")
    .map(({ token }) => token);
  const keys = (model.auth?.jwt ?? []).flatMap(({ jwks }) => (jwks.kind === "remote" ? jwks.endpoint : []));
  const endpoints = [...tokens, ...keys].map((endpoint) => [tokenClusterName(endpoint), endpoint] as const);
  return [...new Map(endpoints)].map(([name, endpoint]) => ({
    name,
    resource: addressedCluster(
      { name, statName: `token.${endpoint.host}`, ...endpoint, connectTimeoutMs, filters: [] },
      options,
    ),
  }));
}
