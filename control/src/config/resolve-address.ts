// Where a provider's endpoints are: its base URL, and the paths that do not follow from it.
import { fillIn, vertexHost } from "../catalog/choose-api.ts";
import type { ProviderApi } from "../catalog/row.ts";
import { findService, type Dialect } from "../model/dialect.ts";
import type { Target } from "../model/model.ts";
import { surfaces, type Surface } from "../model/surface.ts";
import { isKeyAddress } from "./provider-requirements.ts";
import type { ProviderConfig } from "./schema/provider.ts";
import { readBaseUrl, type BaseUrl } from "./schema/url.ts";

export type Address = Pick<Target, "surfaces" | "paths"> & { url: BaseUrl };

/** For a provider that meets its type's requirements. */
export function resolveAddress(config: ProviderConfig, api: ProviderApi): Address {
  const own = ownUrl(config, api);
  const url = withoutApi(readBaseUrl(config.baseUrl ?? own!) as BaseUrl, api);
  if (config.azure) return { url, ...azureDeployments(config, config.azure.apiVersion, url, api) };
  const paths = apiPaths(api, url, own ? (readBaseUrl(own) as BaseUrl).path : "");
  const offered = config.surfaces ?? offeredSurfaces(api, paths);
  return { url, ...withGiven(config, offered, paths) };
}

/** Ollama's own page calls `/api` the base URL, but it belongs to the endpoints. */
function withoutApi(url: BaseUrl, { dialect }: ProviderApi): BaseUrl {
  return dialect === "ollama" ? { ...url, path: url.path.replace(/\/api$/, "") } : url;
}

/** Who gives a surface's path says that the provider has it. */
function withGiven(
  config: ProviderConfig,
  offered: readonly Surface[],
  paths: Target["paths"],
): Pick<Target, "surfaces" | "paths"> {
  const given = surfaces.filter((surface) => surface in config.paths);
  return {
    surfaces: [...new Set([...offered, ...given])],
    paths: { ...paths, ...(config.paths as Target["paths"]) },
  };
}

/** The address that the catalogue knows, with the account's part in it; null where only the user knows one. */
function ownUrl(config: ProviderConfig, api: ProviderApi): string | null {
  if (isKeyAddress(config, api)) return api.keyBaseUrl;
  const { region = "" } = config.aws ?? {};
  const { project = "", location = "" } = config.google ?? {};
  const url = api.baseUrl ?? api.baseUrlExample;
  return url && toChina(fillIn(url, { region, project, location, vertexHost: vertexHost(location) }), region);
}

/** https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-arns.html */
function toChina(url: string, region: string): string {
  return region.startsWith("cn-") ? url.replace(".amazonaws.com", ".amazonaws.com.cn") : url;
}

/** The catalogue's paths belong to its own base URL. Behind one that ends alike (a proxy), they move with it. */
function apiPaths(api: ProviderApi, url: BaseUrl, ownPath: string): Target["paths"] {
  const prefix = url.path.endsWith(ownPath) ? url.path.slice(0, url.path.length - ownPath.length) : null;
  return Object.fromEntries(
    Object.entries(api.paths).flatMap(([name, path]) => {
      if (path.startsWith("./")) return [[name, url.path + path.slice(1)]];
      return prefix === null ? [] : [[name, prefix + path]];
    }),
  );
}

/** Without those whose path is not known here, where translation does as well. */
function offeredSurfaces(api: ProviderApi, paths: Target["paths"]): Surface[] {
  const found = api.surfaces.filter((surface) => !(surface in api.paths) || surface in paths);
  const servant = { dialect: api.dialect as Dialect, surfaces: found, paths };
  return api.surfaces.filter((surface) => found.includes(surface) || !findService(servant, surface));
}

/**
 * Azure OpenAI by deployments and dated versions, from whichever of its addresses.
 * https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference
 */
function azureDeployments(
  config: ProviderConfig,
  apiVersion: string,
  url: BaseUrl,
  api: ProviderApi,
): Pick<Target, "surfaces" | "paths"> {
  const [, prefix = "", deployment = "{model}"] =
    /^(.*?)(?:\/openai(?:\/v1|\/deployments(?:\/([^/]+))?)?)?$/.exec(url.path) ?? [];
  const pathOf = (name: Surface) =>
    name === "responses" ? "/openai/responses" : `/openai/deployments/${deployment}/${name}`;
  // Only some previews have responses beside deployments; elsewhere they are translated.
  const usual = api.surfaces.filter((name) => name !== "responses" || api.dialect === "openai-responses");
  const offered = config.surfaces ?? usual;
  const paths = offered.map((name) => [name, `${prefix}${pathOf(name)}?api-version=${apiVersion}`]);
  return withGiven(config, offered, Object.fromEntries(paths));
}
