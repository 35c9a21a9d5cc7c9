// Reads the plugin's configuration: the routes, in the order in which they are tried.
import { JsonFields, JsonKind, JsonTape, Slice } from "@weir/sdk/assembly";
import { BodyCondition } from "./body-condition";
import { CallerCondition, CallerField } from "./caller";
import { Load } from "./load";
import { Names } from "./names";
import { NameValue } from "./name-value";
import { readNames } from "./read-names";
import { readFallback, readTargets } from "./read-targets";
import { readLoads } from "./read-loads";
import { readMappings, readSurfaces } from "./read-surfaces";
import { readTexts } from "./read-texts";
import { Route } from "./route";
import { readContexts } from "./target-context";

const bodyBytesMaxDefault: i32 = 32 * 1024 * 1024;

/** The configuration of one plugin instance. */
@final
export class Configuration {
  bodyBytesMax: i32 = bodyBytesMaxDefault;
  readonly routes: Route[] = [];
  readonly names: Names = new Names();
  /** Of the targets whose requests are counted. */
  readonly loads: Load[] = [];
  /** Whether bodies are needed though the path names the model: for an affinity, a condition, a wish or its length. */
  needsBody: bool = false;
}

/** Reads `json` into `configuration`. Returns what is wrong, or nothing. */
export function readConfiguration(json: Slice, configuration: Configuration): string {
  const tape = new JsonTape();
  const fault = tape.scan(json);
  if (fault) return "the configuration is not valid JSON at byte " + fault.at.toString();
  if (tape.kind(tape.root) != JsonKind.Object) return "the configuration must be an object";
  const fields = new JsonFields(tape);
  configuration.bodyBytesMax = fields.integer(tape.root, "bodyBytesMax", 1, bodyBytesMaxDefault);
  const routes = fields.array(tape.root, "routes", "routes");
  if (routes < 0) fields.fail("routes", "a list");
  let index = 0;
  let hasDoors = false;
  for (let node = tape.first(routes); node >= 0; node = tape.next(node), ++index) {
    const path = "routes[" + index.toString() + "]";
    if (fields.objectOf(node, path) < 0) continue;
    const route = readRoute(fields, node, path);
    configuration.routes.push(route);
    if (route.affinity.needsBody || route.body.length) configuration.needsBody = true;
    if (route.doors.length) hasDoors = true;
  }
  for (let i = 0; i < configuration.routes.length; ++i) configuration.routes[i].hasDoors = hasDoors;
  readNames(fields, configuration.names);
  if (configuration.names.hasOptions) configuration.needsBody = true;
  readSurfaces(fields, configuration.routes);
  readMappings(fields, configuration.routes);
  if (readContexts(fields, configuration.routes)) configuration.needsBody = true;
  readLoads(fields, configuration.routes, configuration.loads);
  return fields.problem;
}

function readRoute(fields: JsonFields, node: i32, path: string): Route {
  const route = new Route(fields.text(node, "name", path + ".name"));
  const match = fields.object(node, "match", path + ".match");
  readPrefixes(fields, match, route, path + ".match.pathPrefixes");
  readTexts(fields, fields.array(match, "hosts", path + ".match.hosts"), route.hosts, path + ".match.hosts");
  readPairs(fields, fields.array(match, "headers", path + ".match.headers"), route.headers, path + ".match.headers");
  readPairs(fields, fields.array(match, "query", path + ".match.query"), route.query, path + ".match.query");
  readPairs(fields, fields.array(match, "cookies", path + ".match.cookies"), route.cookies, path + ".match.cookies");
  readCallers(fields, match, route, path + ".match");
  readBody(fields, fields.array(match, "body", path + ".match.body"), route, path + ".match.body");
  readTexts(fields, fields.array(node, "doors", path + ".doors"), route.doors, path + ".doors");
  readTexts(fields, fields.array(node, "models", path + ".models"), route.models, path + ".models");
  if (!route.models.length) fields.fail(path + ".models", "a list of at least one model");
  readTargets(fields, node, route, path);
  readFallback(fields, node, route, path);
  return route;
}

/** An empty one is the root of every path. */
function readPrefixes(fields: JsonFields, match: i32, route: Route, path: string): void {
  const tape = fields.tape;
  const list = fields.array(match, "pathPrefixes", path);
  for (let item = tape.first(list); item >= 0; item = tape.next(item)) {
    route.pathPrefixes.push(fields.textOf(item, path + "[" + route.pathPrefixes.length.toString() + "]"));
  }
  if (!route.pathPrefixes.length) fields.fail(path, "a list of at least one path");
}

function readPairs(fields: JsonFields, list: i32, pairs: NameValue[], path: string): void {
  const tape = fields.tape;
  for (let item = tape.first(list); item >= 0; item = tape.next(item)) {
    const itemPath = path + "[" + pairs.length.toString() + "]";
    if (fields.objectOf(item, itemPath) < 0) continue;
    const name = fields.requiredText(item, "name", itemPath + ".name");
    pairs.push(new NameValue(name, fields.text(item, "value", itemPath + ".value")));
  }
}

const CALLER_FIELDS: StaticArray<string> = ["consumers", "organizations", "teams"];

function readCallers(fields: JsonFields, match: i32, route: Route, path: string): void {
  for (let field = 0; field < CALLER_FIELDS.length; ++field) {
    const name = CALLER_FIELDS[field];
    const patterns: Slice[] = [];
    readTexts(fields, fields.array(match, name, path + "." + name), patterns, path + "." + name);
    if (patterns.length) route.callers.push(new CallerCondition(<CallerField>field, patterns));
  }
}

function readBody(fields: JsonFields, list: i32, route: Route, path: string): void {
  const tape = fields.tape;
  for (let item = tape.first(list); item >= 0; item = tape.next(item)) {
    const itemPath = path + "[" + route.body.length.toString() + "]";
    if (fields.objectOf(item, itemPath) < 0) continue;
    const names: Slice[] = [];
    readTexts(fields, fields.array(item, "path", itemPath + ".path"), names, itemPath + ".path");
    if (!names.length) {
      fields.fail(itemPath + ".path", "a list of at least one name");
      continue;
    }
    route.body.push(new BodyCondition(names, fields.text(item, "value", itemPath + ".value")));
  }
}
