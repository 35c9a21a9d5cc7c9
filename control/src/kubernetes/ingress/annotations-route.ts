// Annotations that say which requests are meant, and what becomes of their paths and headers.
import type { HeaderChanges, ValueMatch } from "../../model/web.ts";
import { isRegex } from "../regex.ts";
import { flag, hasControl, integer, isToken, items, word, type Annotations, type Apply } from "./annotation.ts";
import type { IngressSettings } from "./settings.ts";

function matches(field: "headers" | "query", type: ValueMatch["type"], prefix = ""): Apply {
  return (settings, value, rest) => {
    if (type === "regex" && !isRegex(value)) return "is no regular expression of RE2";
    if (field === "headers" && !isToken(rest)) return "ends in no name of a header";
    const name = field === "query" ? rest : prefix + rest.toLowerCase();
    settings.match[field].push({ name, type, value });
    return undefined;
  };
}

/** One for each line: the name, a space, the value. */
function headers(side: "requestHeaders" | "responseHeaders", field: "set" | "add"): Apply {
  return (settings, value) => {
    const lines = items(value, /\n/);
    const pairs = lines.map((line) => /^(\S+)\s+(.+)$/.exec(line));
    if (pairs.length === 0 || pairs.includes(null)) return "must have a name, a space and a value in each line";
    const wrong = pairs.find((pair) => pair && (!isToken(pair[1]!) || hasControl(pair[2]!)));
    if (wrong) return `cannot write the header ${wrong[1]}`;
    for (const [, name = "", text = ""] of pairs.filter((pair) => pair !== null)) {
      settings[side][field].push({ name: name.toLowerCase(), value: unquoted(text) });
    }
    return undefined;
  };
}

function unquoted(text: string): string {
  return /^"(.*)"$/.exec(text)?.[1] ?? text;
}

function removals(changes: (settings: IngressSettings) => HeaderChanges): Apply {
  return (settings, value) => {
    const names = items(value).map((name) => name.toLowerCase());
    const wrong = names.find((name) => !isToken(name) || name === "host");
    if (wrong !== undefined) return `cannot remove ${wrong}`;
    changes(settings).remove.push(...names);
    return undefined;
  };
}

const statuses = [301, 302, 303, 307, 308] as const;

function redirect(status: (typeof statuses)[number]): Apply {
  return (settings, value) => {
    if (!URL.canParse(value, "http://any.host")) return "must be a URL or a path";
    settings.redirect ??= { status, url: value.trim() };
    return undefined;
  };
}

const redirectCode: Apply = (settings, value) => {
  const status = statuses.find((one) => String(one) === value.trim());
  if (!status) return `must be one of ${statuses.join(", ")}`;
  if (settings.redirect?.status === 301) settings.redirect.status = status;
  return undefined;
};

export const routeAnnotations: Annotations = {
  "match-method": (settings, value) => {
    settings.match.methods = items(value.toUpperCase());
    return settings.match.methods.some((method) => !/^[A-Z-]+$/.test(method)) ? "must list methods" : undefined;
  },
  "exact-match-header-": matches("headers", "exact"),
  "prefix-match-header-": matches("headers", "prefix"),
  "regex-match-header-": matches("headers", "regex"),
  "exact-match-pseudo-header-": matches("headers", "exact", ":"),
  "prefix-match-pseudo-header-": matches("headers", "prefix", ":"),
  "regex-match-pseudo-header-": matches("headers", "regex", ":"),
  "exact-match-query-": matches("query", "exact"),
  "prefix-match-query-": matches("query", "prefix"),
  "regex-match-query-": matches("query", "regex"),
  "ignore-path-case": flag((settings, isOn) => (settings.path.ignoreCase = isOn)),
  "use-regex": flag((settings, isOn) => (settings.path.useRegex = isOn)),
  "full-path-regex": flag((settings, isOn) => (settings.path.fullPathRegex = isOn)),
  "rewrite-target": word((settings, value) => (settings.rewrite.target = value)),
  "rewrite-path": word((settings, value) => (settings.rewrite.path = value)),
  "upstream-vhost": word((settings, value) => (settings.rewrite.host = value)),
  "app-root": word((settings, value) => (settings.appRoot = value)),
  "permanent-redirect": redirect(301),
  "permanent-redirect-code": redirectCode,
  "temporal-redirect": redirect(302),
  "ssl-redirect": flag((settings, isOn) => {
    if (settings.sslRedirect !== "always") settings.sslRedirect = isOn ? "whenTls" : "never";
  }),
  "force-ssl-redirect": flag((settings, isOn) => {
    if (isOn) settings.sslRedirect = "always";
  }),
  "request-header-control-add": headers("requestHeaders", "add"),
  "request-header-control-update": headers("requestHeaders", "set"),
  "request-header-control-remove": removals((settings) => settings.requestHeaders),
  "response-header-control-add": headers("responseHeaders", "add"),
  "response-header-control-update": headers("responseHeaders", "set"),
  "response-header-control-remove": removals((settings) => settings.responseHeaders),
  timeout: integer((settings, seconds) => (settings.timeoutMs = seconds * 1000)),
};
