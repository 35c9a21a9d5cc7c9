// `GET …/models` and `GET …/models/{id}`, answered by Envoy itself: the models that this gateway serves, in the form of
// the API that the client speaks.
import { countsTokens, findService } from "../model/dialect.ts";
import { listModels, type ListedModel } from "../model/listed-models.ts";
import type { Model, Route } from "../model/model.ts";
import type { Price } from "../model/price.ts";
import { hasCallers } from "../model/serving.ts";
import { apiRoots, geminiSurfaces, type ClientApi } from "../model/surface.ts";
import { anthropicMark, clientMetadata, geminiMark } from "./client-api.ts";
import { errorBody, jsonContentType } from "./error-body.ts";
import type { ProtoJson } from "./resources.ts";
import { namesOf, withAuth } from "./route-auth.ts";
import { differentMatches, isCovered, matchOf } from "./route-match.ts";

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
    // What depends on who calls, a plugin shows to those that it is for.
    const open = listed.filter(isForAll);
    return formsOf(route).flatMap((form) => [
      withAuth(list(route, form, open), listing, model, listFacts(listed, form)),
      ...(model.auth ? listed : open).flatMap((one) => {
        const facts = { model: one.id, ...(!isForAll(one) && listFacts([one], form)), routes: namesOf(one.routes) };
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

// No provider-independent date exists, and a changing one would change the resource.
const createdAt = new Date(0).toISOString();

const models: Record<ClientApi, (model: ListedModel) => ProtoJson> = {
  // https://platform.openai.com/docs/api-reference/models, with OpenRouter's fields for what that leaves out:
  // https://openrouter.ai/docs/api-reference/list-available-models
  openai: ({ id, owner, facts }) => ({
    id,
    object: "model",
    created: 0,
    owned_by: owner,
    ...(facts?.contextWindow && { context_length: facts.contextWindow }),
    ...(facts?.price && { pricing: pricingOf(facts.price) }),
  }),
  // https://platform.claude.com/docs/en/api/models/list
  anthropic: ({ id, facts }) => ({
    type: "model",
    id,
    display_name: id,
    created_at: createdAt,
    ...(facts?.contextWindow && { max_input_tokens: facts.contextWindow }),
    ...(facts?.outputTokensMax && { max_tokens: facts.outputTokensMax }),
  }),
  // https://ai.google.dev/api/models
  gemini: ({ id, targets, facts }) => ({
    name: `models/${id}`,
    displayName: id,
    ...(facts?.contextWindow && { inputTokenLimit: facts.contextWindow }),
    ...(facts?.outputTokensMax && { outputTokenLimit: facts.outputTokensMax }),
    supportedGenerationMethods: geminiSurfaces.filter(
      (surface) => countsTokens(surface) || targets.some((target) => findService(target, surface)),
    ),
  }),
};

/** USD a token, as texts. */
function pricingOf({ picoUsd }: Price): ProtoJson {
  const { input, output, cacheRead, cacheWrite } = picoUsd;
  return {
    prompt: usdOf(input),
    completion: usdOf(output),
    ...(cacheRead !== undefined && { input_cache_read: usdOf(cacheRead) }),
    ...(cacheWrite !== undefined && { input_cache_write: usdOf(cacheWrite) }),
  };
}

/** 2000000 pico-dollars are `0.000002`. */
function usdOf(picoUsd: number): string {
  const digits = String(picoUsd).padStart(13, "0");
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, "");
}

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
function listFacts(listed: ListedModel[], form: Form): ProtoJson {
  const entries = listed.map((one) => ({
    id: one.id,
    routes: namesOf(one.routes.filter(isOpen)),
    ...(!one.routes.every(isOpen) && { callers: one.routes.filter((route) => !isOpen(route)).map(callersOf) }),
    entry: models[form.client](one),
  }));
  return {
    list: JSON.stringify(entries),
    ...(!listed.every(({ routes }) => routes.every(isOpen)) && { callers: "1" }),
  };
}

function isOpen({ callers }: Route): boolean {
  return !hasCallers(callers);
}

function isForAll({ routes }: ListedModel): boolean {
  return routes.some(isOpen);
}

/** Who a route is for: each list with one entry on each line. */
function callersOf({ name, callers }: Route): ProtoJson {
  const given = Object.entries(callers).filter(([, names]) => names.length > 0);
  return { route: name, ...Object.fromEntries(given.map(([kind, names]) => [kind, names.join("\n")])) };
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
