// `GET …/models` and `GET …/models/{id}`, answered by Envoy itself: the models that this gateway serves.
// https://platform.openai.com/docs/api-reference/models
import type { Model, Route } from "../model/model.ts";
import { errorBody, jsonContentType } from "./openai-error.ts";
import type { ProtoJson } from "./resources.ts";
import { differentMatches, isCovered, matchOf } from "./route-match.ts";

interface ListedModel {
  id: string;
  object: "model";
  /** Seconds since 1970. No provider-independent date exists, and a changing one would change the resource. */
  created: 0;
  owned_by: string;
}

/** The model routes of one virtual host: for each different match the list, each model, and a 404 for the others. */
export function translateModelLists(routes: Route[], model: Model): ProtoJson[] {
  return differentMatches(routes).flatMap((route) => {
    const listed = listModels(
      routes.filter((other) => isCovered(route, other)),
      model,
    );
    return [list(route, listed), ...listed.flatMap((one) => single(route, one)), unknownModel(route)];
  });
}

function listModels(routes: Route[], model: Model): ListedModel[] {
  const owners = new Map<string, string>();
  for (const route of routes) {
    const owner = model.targets.find((target) => target.name === route.target)?.provider ?? route.target;
    for (const id of route.listedModels) if (!owners.has(id)) owners.set(id, owner);
  }
  return [...owners].map(([id, owned_by]) => ({ id, object: "model", created: 0, owned_by }));
}

function list(route: Route, data: ListedModel[]): ProtoJson {
  const path = { path: `${route.pathPrefix}/models` };
  return answer(`${route.name}/models`, matchOf(route, path, "GET"), 200, JSON.stringify({ object: "list", data }));
}

/** A client may escape the name or not; slashes have been unescaped by the listener. */
function single(route: Route, listed: ListedModel): ProtoJson[] {
  const names = new Set([listed.id, encodeURIComponent(listed.id).replaceAll("%2F", "/")]);
  return [...names].map((id) => {
    const match = matchOf(route, { path: `${route.pathPrefix}/models/${id}` }, "GET");
    return answer(`${route.name}/models/${listed.id}`, match, 200, JSON.stringify(listed));
  });
}

function unknownModel(route: Route): ProtoJson {
  const body = errorBody({
    message: "This gateway lists no such model",
    type: "invalid_request_error",
    param: "model",
    code: "model_not_found",
  });
  const path = { prefix: `${route.pathPrefix}/models/` };
  return answer(`${route.name}/models/unknown`, matchOf(route, path, "GET"), 404, body);
}

function answer(name: string, match: ProtoJson, status: number, body: string): ProtoJson {
  return {
    name,
    match,
    direct_response: { status, body: { inline_string: body } },
    response_headers_to_add: [jsonContentType],
  };
}
