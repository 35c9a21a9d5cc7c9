// How a route of plain HTTP tells requests apart, in Envoy's terms.
import type { PathMatch, ValueMatch, WebMatch } from "../../model/web.ts";
import type { ProtoJson } from "../resources.ts";
import { quote } from "./regex.ts";

export function matchOf({ path, method, headers, query, cookies, oneLabelBelow }: WebMatch): ProtoJson {
  const all = [
    ...(method ? [{ name: ":method", string_match: { exact: method } }] : []),
    ...(oneLabelBelow ? [{ name: ":authority", string_match: { safe_regex: { regex: below(oneLabelBelow) } } }] : []),
    ...headers.map(matcher),
    ...cookies.map(cookieMatcher),
  ];
  return {
    ...pathOf(path),
    ...(all.length > 0 && { headers: all }),
    ...(query.length > 0 && { query_parameters: query.map(matcher) }),
  };
}

function pathOf({ type, value, ignoreCase }: PathMatch): ProtoJson {
  const path = ignoreCase ? { case_sensitive: false } : {};
  if (type === "exact") return { path: value, ...path };
  if (type === "start") return { prefix: value, ...path };
  if (type === "regex") return { safe_regex: { regex: ignoreCase ? `(?i)${value}` : value } };
  const prefix = value.replace(/\/+$/, "");
  return { ...(prefix === "" ? { prefix: "/" } : { path_separated_prefix: prefix }), ...path };
}

function matcher({ name, type, value }: ValueMatch): ProtoJson {
  if (type === "present") return { name, present_match: true };
  return { name, string_match: stringMatch({ type, value }) };
}

function stringMatch({ type, value }: Pick<ValueMatch, "type" | "value">): ProtoJson {
  if (type === "regex") return { safe_regex: { regex: value } };
  // Envoy takes no empty prefix, which anything begins with.
  if (type === "prefix") return value === "" ? { safe_regex: { regex: ".*" } } : { prefix: value };
  return { exact: value };
}

/** One of the header's `name=value` pairs. */
function cookieMatcher({ name, type, value }: ValueMatch): ProtoJson {
  const inner = type === "regex" ? `(?:${value})` : type === "present" ? "[^;]*" : quote(value);
  const rest = type === "prefix" ? "[^;]*" : "";
  const regex = `(?:.*;)?\\s*${quote(name)}=${inner}${rest}\\s*(?:;.*)?`;
  return { name: "cookie", string_match: { safe_regex: { regex } } };
}

/** Exactly one more label, whatever the port. */
function below(domain: string): string {
  return `(?i)[^.:]+\\.${quote(domain)}(?::\\d+)?`;
}
