// Where the API is: one of the document's servers, or an address that the user names.
// https://spec.openapis.org/oas/v3.1.1#server-object
import { readBaseUrl } from "../config/schema/url.ts";
import { Mistake } from "../config/schema/scalar.ts";
import type { Findings } from "./findings.ts";
import { listOf, mapping, textOf, type ApiDocument, type Part } from "./part.ts";

export interface ServerChoice {
  /** A URL, or a word of a server's description; the first server where there is none. */
  server: string | null;
  variables: Record<string, string>;
}

/** The address that paths are below, or why there is none. */
export function baseUrlOf(
  holder: Part,
  choice: ServerChoice,
  document: ApiDocument,
  findings: Findings,
): string | Mistake {
  const servers = document.allBelow(holder, "servers");
  const chosen = chooseServer(servers, choice, findings);
  if (chosen instanceof Mistake) return chosen;
  const written = chosen ? filled(chosen, choice, findings) : "/";
  if (written instanceof Mistake) return written;
  const isNamed = choice.server !== null && /^https?:\/\//i.test(choice.server);
  const isPath = !/^https?:\/\//i.test(written);
  const url = isPath && isNamed ? below(choice.server!, written) : written;
  const fix = "Name the API's address by --server https://…";
  if (isPath && !isNamed) return new Mistake(`The document does not say where the API is ("${written}")`, fix);
  const read = readBaseUrl(url);
  return read instanceof Mistake
    ? new Mistake(`The server's URL ${read.message}: ${url}`, fix)
    : url.replace(/\/+$/, "");
}

/** Null where the user's address stands in place of those of the document. */
function chooseServer(servers: Part[], { server, variables }: ServerChoice, findings: Findings): Part | null | Mistake {
  const [first] = servers;
  if (server === null) {
    if (servers.length > 1) {
      const others = servers
        .slice(1)
        .map(({ value }) => String(value["url"]))
        .join(", ");
      findings.chosen(first!.place, `The first server is taken; there are others: ${others}`, "Choose by --server");
    }
    return first ?? null;
  }
  const wanted = server.replace(/\/+$/, "");
  const named = servers.find(({ value }) => isServer(value, wanted, variables));
  if (named) return named;
  if (/^https?:\/\//i.test(server)) return first && isPath(first) && isHostAlone(server) ? first : address(server);
  const known = servers.map(({ value }) => String(value["description"] ?? value["url"])).join(", ");
  return new Mistake(`There is no server "${server}"`, `Use one of: ${known || "a URL"}`);
}

function isServer({ url, description }: Part["value"], wanted: string, variables: Record<string, string>): boolean {
  const plain = String(url).replace(/\{([^{}]+)\}/g, (match, name: string) => variables[name] ?? match);
  if ([String(url), plain].some((each) => each.replace(/\/+$/, "") === wanted)) return true;
  return textOf(description)?.toLowerCase().includes(wanted.toLowerCase()) ?? false;
}

function isPath({ value }: Part): boolean {
  return String(value["url"]).startsWith("/");
}

function isHostAlone(url: string): boolean {
  return URL.canParse(url) && new URL(url).pathname === "/";
}

function address(url: string): Part {
  return { value: { url }, place: [] };
}

function below(host: string, path: string): string {
  return isHostAlone(host) ? host.replace(/\/+$/, "") + (path === "/" ? "" : path) : host;
}

/** The server's URL with its variables as they are chosen, or as they are by default. */
function filled({ value, place }: Part, { variables }: ServerChoice, findings: Findings): string | Mistake {
  const declared = mapping(value["variables"]) ?? {};
  let mistake: Mistake | null = null;
  const url = String(value["url"] ?? "/").replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const variable = mapping(declared[name]) ?? {};
    const choices = listOf(variable["enum"]).map(String);
    const chosen = variables[name];
    if (chosen !== undefined) {
      if (choices.length > 0 && !choices.includes(chosen)) {
        mistake = new Mistake(`The server's ${name} cannot be ${chosen}`, `Use one of: ${choices.join(", ")}`);
      }
      return chosen;
    }
    if (variable["default"] === undefined) {
      mistake ??= new Mistake(`The server's ${name} is not known`, `Name it by --variable ${name}=…`);
      return "";
    }
    const others =
      choices.length > 1 ? ` (or: ${choices.filter((each) => each !== variable["default"]).join(", ")})` : "";
    const message = `The server's ${name} is ${String(variable["default"])}${others}`;
    findings.chosen([...place, "variables", name], message, `Choose by --variable ${name}=…`);
    return String(variable["default"]);
  });
  return mistake ?? url;
}
