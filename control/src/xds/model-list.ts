// `GET …/models` and `GET …/models/{id}`, answered by Envoy itself: the models that this gateway serves, in the form of
// the API that the client speaks.
import { countsTokens, findService } from "../model/dialect.ts";
import type { Model, Route, Target } from "../model/model.ts";
import { targetsOf } from "../model/routing.ts";
import { apiRoots, geminiSurfaces, type ClientApi } from "../model/surface.ts";
import { anthropicMark, clientMetadata, geminiMark } from "./client-api.ts";
import { errorBody, jsonContentType } from "./error-body.ts";
import type { ProtoJson } from "./resources.ts";
import { namesOf, withAuth } from "./route-auth.ts";
import { differentMatches, isCovered, matchOf } from "./route-match.ts";

interface ListedModel {
  id: string;
  /** Those that list it. */
  routes: Route[];
  /** Who may serve it; none when the route's targets are not there. */
  targets: Target[];
  owner: string;
}

/** One form of the answers, and who gets them. */
interface Form {
  client: ClientApi;
  /** The path that `/models` is below. */
  root: string;
  /** Envoy's header matchers that tell these clients. */
  headers: ProtoJson[];
}

/** The model routes of one virtual host: for each different match the lists, each model, and a 404 for the others. */
export function translateModelLists(routes: Route[], model: Model): ProtoJson[] {
  return differentMatches(routes).flatMap((route) => {
    const listing = routes.filter((other) => isCovered(route, other));
    const listed = listModels(listing, model);
    return formsOf(route).flatMap((form) => [
      withAuth(list(route, form, listed), listing, model, { list: entriesOf(listed, form) }),
      ...listed.flatMap((one) => {
        const facts = { model: one.id, routes: namesOf(one.routes) };
        return single(route, form, one).map((envoyRoute) => withAuth(envoyRoute, listing, model, facts));
      }),
      withAuth(unknownModel(route, form), listing, model),
    ]);
  });
}

/** Who tells by a header which API it means comes before those who do not. */
function formsOf({ pathPrefix: root }: Route): Form[] {
  return [
    { client: "anthropic", root, headers: [anthropicMark] },
    { client: "gemini", root, headers: [geminiMark] },
    { client: "openai", root, headers: [] },
    ...apiRoots(root)
      .slice(1)
      .map((beside): Form => ({ client: "gemini", root: beside, headers: [] })),
  ];
}

function listModels(routes: Route[], model: Model): ListedModel[] {
  const listed = new Map<string, ListedModel>();
  for (const route of routes) {
    const names = targetsOf(route);
    const targets = names.flatMap((name) => model.targets.find((target) => target.name === name) ?? []);
    const owner = targets[0]?.provider ?? names[0] ?? "";
    for (const id of route.listedModels) {
      const known = listed.get(id);
      if (known) known.routes.push(route);
      else listed.set(id, { id, routes: [route], targets, owner });
    }
  }
  return [...listed.values()];
}

// No provider-independent date exists, and a changing one would change the resource.
const createdAt = new Date(0).toISOString();

const models: Record<ClientApi, (model: ListedModel) => ProtoJson> = {
  // https://platform.openai.com/docs/api-reference/models
  openai: ({ id, owner }) => ({ id, object: "model", created: 0, owned_by: owner }),
  // https://platform.claude.com/docs/en/api/models/list
  anthropic: ({ id }) => ({ type: "model", id, display_name: id, created_at: createdAt }),
  // https://ai.google.dev/api/models
  gemini: ({ id, targets }) => ({
    name: `models/${id}`,
    displayName: id,
    supportedGenerationMethods: geminiSurfaces.filter(
      (surface) => countsTokens(surface) || targets.some((target) => findService(target, surface)),
    ),
  }),
};

const lists: Record<ClientApi, (models: ProtoJson[]) => ProtoJson> = {
  openai: (data) => ({ object: "list", data }),
  anthropic: (data) => ({
    data,
    has_more: false,
    first_id: data[0]?.["id"] ?? null,
    last_id: data.at(-1)?.["id"] ?? null,
  }),
  gemini: (models) => ({ models }),
};

/** For the plugin that tells callers only of what they may use. */
function entriesOf(listed: ListedModel[], form: Form): string {
  const entries = listed.map((one) => ({
    id: one.id,
    routes: namesOf(one.routes),
    entry: models[form.client](one),
  }));
  return JSON.stringify(entries);
}

function list(route: Route, form: Form, listed: ListedModel[]): ProtoJson {
  const body = JSON.stringify(lists[form.client](listed.map(models[form.client])));
  return answer(`${route.name}/models`, { route, form, path: { path: `${form.root}/models` } }, 200, body);
}

/** A client may escape the name or not; slashes have been unescaped by the listener. */
function single(route: Route, form: Form, listed: ListedModel): ProtoJson[] {
  const names = new Set([listed.id, encodeURIComponent(listed.id).replaceAll("%2F", "/")]);
  const body = JSON.stringify(models[form.client](listed));
  return [...names].map((id) => {
    const path = { path: `${form.root}/models/${id}` };
    return answer(`${route.name}/models/${listed.id}`, { route, form, path }, 200, body);
  });
}

function unknownModel(route: Route, form: Form): ProtoJson {
  const error = {
    status: 404,
    message: "This gateway lists no such model",
    type: "invalid_request_error",
    param: "model",
    code: "model_not_found",
  } as const;
  const where = { route, form, path: { prefix: `${form.root}/models/` } };
  return answer(`${route.name}/models/unknown`, where, 404, errorBody(error, form.client));
}

interface Place {
  route: Route;
  form: Form;
  /** One of Envoy's path specifiers. */
  path: ProtoJson;
}

function answer(name: string, { route, form, path }: Place, status: number, body: string): ProtoJson {
  return {
    name,
    match: matchOf(route, path, { method: "GET", headers: form.headers }),
    ...clientMetadata(form.client),
    direct_response: { status, body: { inline_string: body } },
    response_headers_to_add: [jsonContentType],
  };
}
