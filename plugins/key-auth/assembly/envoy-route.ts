// What Envoy's route says of itself to this plugin: metadata `weir`, written by the control plane.
import { getProperty, propertyPath, Slice } from "@weir/sdk/assembly";
import { Family } from "@weir/dialects/surfaces/assembly/surface";
import { familyOf } from "@weir/dialects/surfaces/assembly/surface-path";

const CLIENT = metadata("client");
const ROUTES = metadata("routes");
const LIST = metadata("list");
const MODEL = metadata("model");
const CALLERS = metadata("callers");
const CHALLENGE = metadata("challenge");
const ANTHROPIC = Slice.of("anthropic");
const GEMINI = Slice.of("gemini");

function metadata(name: string): Slice {
  return propertyPath("xds", "route_metadata", "filter_metadata", "weir", name);
}

/** Whose clients the route is for. One that does not say so is OpenAI's, or one that none was found for. */
export function clientFamily(path: Slice): Family {
  const client = getProperty(CLIENT);
  if (!client) return familyOf(path);
  if (client.equals(ANTHROPIC)) return Family.Anthropic;
  return client.equals(GEMINI) ? Family.Gemini : Family.OpenAi;
}

/** The names of the routes of the configuration that a request may be served by, one on each line; none for none. */
export function servingRoutes(): Slice {
  const routes = getProperty(ROUTES);
  return routes ? routes : Slice.empty();
}

/** The models that the route lists, in JSON; null where it lists none. */
export function listedModels(): Slice | null {
  return getProperty(LIST);
}

/** The one model that the route tells of; null where it does not. */
export function listedModel(): Slice | null {
  return getProperty(MODEL);
}

/** Where clients learn who gives tokens, as `WWW-Authenticate` says it; null where nobody does. */
export function challenge(): Slice | null {
  return getProperty(CHALLENGE);
}

/** Whether it depends on who calls what the route lists or tells of. */
export function dependsOnCaller(): bool {
  return getProperty(CALLERS) != null;
}
