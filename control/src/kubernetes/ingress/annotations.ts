// The annotations of an Ingress: found under each of the prefixes, read by the tables of their topics. What nobody
// knows, or nobody can do, is told.
import type { Notice } from "../notice.ts";
import type { Ingress } from "../objects.ts";
import type { Annotations } from "./annotation.ts";
import { backendAnnotations } from "./annotations-backend.ts";
import { canaryAnnotations } from "./annotations-canary.ts";
import { policyAnnotations } from "./annotations-policy.ts";
import { routeAnnotations } from "./annotations-route.ts";
import { plainSettings, type IngressSettings } from "./settings.ts";

/** Of the same annotation under two of them, the first counts. */
export const annotationPrefixes = ["weir.dev/", "higress.io/", "nginx.ingress.kubernetes.io/"];

export const annotations: Annotations = {
  ...canaryAnnotations,
  ...routeAnnotations,
  ...backendAnnotations,
  ...policyAnnotations,
};

/** Known to Higress, and why they do nothing here. */
export const unsupportedAnnotations: Record<string, string> = {
  "custom-http-errors": "Envoy cannot ask another backend once an answer is there",
  "affinity-canary-behavior": "requests of a session stay where they are, canary or not",
  "auth-realm": "Envoy tells the URL as the realm",
  "http2rpc-name": "there is no translation to Dubbo",
  "rpc-destination-name": "there is no translation to Dubbo",
  "mcp-server": "write MCP servers into the configuration file",
  "mcp-server-match-rule-domains": "write MCP servers into the configuration file",
  "mcp-server-match-rule-type": "write MCP servers into the configuration file",
  "mcp-server-match-rule-value": "write MCP servers into the configuration file",
  "mcp-server-upstream-type": "write MCP servers into the configuration file",
  "mcp-server-enable-path-rewrite": "write MCP servers into the configuration file",
  "mcp-server-path-rewrite-prefix": "write MCP servers into the configuration file",
  "mcp-sse-stateful-param-name": "write MCP servers into the configuration file",
};

export function readAnnotations(ingress: Ingress): { settings: IngressSettings; notices: Notice[] } {
  const settings = plainSettings();
  const notices: Notice[] = [];
  for (const [name, { key, value }] of given(ingress)) {
    const tell = (reason: string, problem: string): void => {
      notices.push({ kind: "Ingress", object: ingress, reason, message: `${key} ${problem}` });
    };
    const unsupported = unsupportedAnnotations[name];
    const found = find(name);
    if (unsupported !== undefined) tell("UnsupportedAnnotation", `does nothing: ${unsupported}`);
    else if (!found) tell("UnknownAnnotation", "is not known and does nothing");
    else {
      const problem = found.apply(settings, value, found.rest);
      if (problem) tell("InvalidAnnotation", problem);
    }
  }
  return { settings, notices };
}

/** By name without prefix, in the order of names, so that the order in which they are written plays no part. */
function given({ metadata }: Ingress): [string, { key: string; value: string }][] {
  const all = Object.entries(metadata.annotations ?? {});
  const found = new Map<string, { key: string; value: string }>();
  for (const prefix of annotationPrefixes) {
    for (const [key, value] of all) {
      const name = key.slice(prefix.length);
      if (key.startsWith(prefix) && !found.has(name)) found.set(name, { key, value });
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

function find(name: string): { apply: Annotations[string]; rest: string } | null {
  const whole = annotations[name];
  if (whole) return { apply: whole, rest: "" };
  const start = Object.keys(annotations).find((one) => one.endsWith("-") && name.startsWith(one) && name !== one);
  return start ? { apply: annotations[start]!, rest: name.slice(start.length) } : null;
}
