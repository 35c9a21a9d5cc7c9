// One entry as routes: those of its canaries first, in the order of Higress's precedence, and its own last.
import {
  noPolicies,
  type Forward,
  type PathRewrite,
  type Redirect,
  type Respond,
  type ValueMatch,
  type WebMatch,
  type WebPolicies,
  type WebRoute,
  type WeightedBackend,
} from "../../model/web.ts";
import { textOf } from "../certificates.ts";
import { Secret } from "../../model/secret.ts";
import { quote } from "../regex.ts";
import type { TranslateContext } from "../translate.ts";
import { backendsOf, mirrorOf } from "./backends.ts";
import { placeOf, type Entry } from "./entries.ts";

export interface RoutesContext {
  context: TranslateContext;
  canaries: Entry[];
  /** Whether the request came over TLS. */
  isSecure: boolean;
  /** Whether a host has a certificate. */
  hasTls(host: string): boolean;
}

export function routesOf(entry: Entry, { context, canaries, isSecure, hasTls }: RoutesContext): WebRoute[] {
  const { settings, ingress } = entry;
  const { namespace, name } = ingress.metadata;
  const match = matchOf(entry);
  const base = { name: `Ingress/${namespace}/${name}`, match };
  const upgrades = settings.sslRedirect === "always" || (settings.sslRedirect === "whenTls" && hasTls(entry.host));
  if (!isSecure && upgrades) return [{ ...base, action: toTls(context), policies: noPolicies }];
  const policies = policiesOf(entry, context);
  if (!policies) return [{ ...base, action: refusal, policies: noPolicies }];
  const own = settings.redirect
    ? [{ ...base, action: redirectOf(settings.redirect), policies }]
    : forwards(entry, base, { context, canaries, policies });
  if (settings.appRoot === null || entry.path.value !== "/") return own;
  const root: WebMatch = { ...match, path: { type: "exact", value: "/", ignoreCase: false } };
  const toRoot = redirectOf({ status: 302, url: settings.appRoot });
  return [{ ...base, match: root, action: toRoot, policies }, ...own];
}

const refusal: Respond = { kind: "respond", status: 503, body: "" };

interface ForwardContext {
  context: TranslateContext;
  canaries: Entry[];
  policies: WebPolicies;
}

function forwards(
  entry: Entry,
  base: Pick<WebRoute, "name" | "match">,
  { context, canaries, policies }: ForwardContext,
) {
  const main = backendsOf(entry, context);
  const own = canaries.filter((canary) => placeOf(canary) === placeOf(entry));
  const action = (backends: WeightedBackend[]): Forward | Respond =>
    backends.length === 0 ? refusal : forwardOf(entry, backends, context);
  const route = (backends: WeightedBackend[], condition?: Partial<WebMatch>): WebRoute => {
    return { ...base, match: joined(base.match, condition), action: action(backends), policies };
  };
  const byHeader = own.flatMap((canary) => headerRules(canary, context, main));
  const byCookie = own.flatMap((canary) => cookieRules(canary, context, main));
  const rules = [...byHeader, ...byCookie].map(({ condition, backends }) => route(backends, condition));
  return [...rules, route(withParts(main, own, context))];
}

interface Rule {
  condition: Partial<WebMatch>;
  backends: WeightedBackend[];
}

function headerRules(canary: Entry, context: TranslateContext, main: WeightedBackend[]): Rule[] {
  const { header, headerValue, headerPattern } = canary.settings.canary ?? {};
  if (!header) return [];
  const rule = (value: string, backends: WeightedBackend[]): Rule => {
    return { condition: { headers: [{ name: header, type: "regex", value }] }, backends };
  };
  const own = backendsOf(canary, context);
  if (headerValue) return [rule(`always|${quote(headerValue)}`, own)];
  if (headerPattern) return [rule(`.*(?:${headerPattern}).*`, own)];
  return [rule("always", own), rule("never", main)];
}

function cookieRules(canary: Entry, context: TranslateContext, main: WeightedBackend[]): Rule[] {
  const name = canary.settings.canary?.cookie;
  if (!name) return [];
  const rule = (value: string, backends: WeightedBackend[]): Rule => {
    return { condition: { cookies: [{ name, type: "exact", value }] }, backends };
  };
  return [rule("always", backendsOf(canary, context)), rule("never", main)];
}

/** What canaries leave is the main one's. */
function withParts(main: WeightedBackend[], canaries: Entry[], context: TranslateContext): WeightedBackend[] {
  const parts = canaries.flatMap((canary) => {
    const { weight, weightTotal } = canary.settings.canary!;
    const share = Math.min(weight, weightTotal) / weightTotal;
    return share > 0 ? backendsOf(canary, context).map((backend) => ({ ...backend, share })) : [];
  });
  if (parts.length === 0) return main;
  const left = Math.max(0, 1 - parts.reduce((sum, { share }) => sum + share, 0));
  const sum = main.reduce((total, { weight }) => total + weight, 0);
  const scaled = main.map((one) => ({ ...one, weight: Math.round((left * one.weight * scale) / sum) }));
  return [...scaled, ...parts.map(({ share, ...one }) => ({ ...one, weight: Math.round(share * scale) }))];
}

/** Weights are whole numbers. */
const scale = 100_000;

function joined(match: WebMatch, { headers = [], cookies = [] }: Partial<WebMatch> = {}): WebMatch {
  return { ...match, headers: [...match.headers, ...headers], cookies: [...match.cookies, ...cookies] };
}

function matchOf({ host, path, isDefault, settings: { match } }: Entry): WebMatch {
  const { methods, headers, query } = match;
  const byMethod: ValueMatch[] =
    methods.length > 0 ? [{ name: ":method", type: "regex", value: methods.join("|") }] : [];
  // https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards
  // What lies deeper fits no host, so a default backend has it.
  const oneLabelBelow = host.startsWith("*.") && !isDefault ? host.slice(2) : null;
  return { path, method: null, headers: [...byMethod, ...headers], query, cookies: [], oneLabelBelow };
}

function forwardOf(entry: Entry, backends: WeightedBackend[], context: TranslateContext): Forward {
  const { settings } = entry;
  return {
    kind: "forward",
    backends,
    rewrite: { host: settings.rewrite.host, path: rewriteOf(entry) },
    mirrors: mirrorOf(entry, context),
    timeoutMs: settings.timeoutMs,
    attemptTimeoutMs: settings.attemptTimeoutMs,
    retry: settings.retry,
    hashBy: settings.hashBy,
    session: settings.session,
  };
}

/** As nginx has it, the target takes the place of the whole path; `$1` is what the path's first group has matched. */
function rewriteOf({ path, settings: { rewrite } }: Entry): PathRewrite | null {
  const isRegex = path.type === "regex";
  const pattern = `^${isRegex ? path.value : quote(path.value)}.*$`;
  const flags = path.ignoreCase ? "(?i)" : "";
  const groups = (target: string): string => target.replaceAll("\\", "\\\\").replace(/\$(\d)/g, "\\$1");
  if (rewrite.target !== null) return { kind: "regex", pattern: flags + pattern, value: groups(rewrite.target) };
  if (rewrite.path === null) return null;
  return isRegex
    ? { kind: "regex", pattern: flags + pattern, value: groups(rewrite.path) }
    : { kind: "prefix", value: rewrite.path };
}

function redirectOf({ status, url }: { status: Redirect["status"]; url: string }): Redirect {
  const isPath = url.startsWith("/");
  const { protocol, hostname, port, pathname, search } = new URL(url, "http://any.host");
  const path: PathRewrite = { kind: "full", value: pathname + search };
  if (isPath) return { kind: "redirect", status, scheme: null, host: null, port: null, path };
  const scheme = protocol.replace(":", "");
  return { kind: "redirect", status, scheme, host: hostname, port: port === "" ? null : Number(port), path };
}

/** With the method kept, and to be remembered. */
function toTls({ settings: { httpsPort } }: TranslateContext): Redirect {
  const port = httpsPort === 443 ? null : httpsPort;
  return { kind: "redirect", status: 308, scheme: "https", host: null, port, path: null };
}

/** Null where whoever is to be kept out could not be. */
function policiesOf({ settings, ingress }: Entry, { objects }: TranslateContext): WebPolicies | null {
  const { requestHeaders, responseHeaders, cors, allowedNetworks, rateLimit, auth, refused } = settings;
  if (refused !== null) return null;
  const plain = { requestHeaders, responseHeaders, cors, allowedNetworks, rateLimit };
  if (!auth) return { ...plain, basicAuth: null };
  const [name = "", namespace = ingress.metadata.namespace ?? ""] = auth.secret.split("/").reverse();
  const object = objects.Secret.get(`${namespace}/${name}`);
  if (!object) return null;
  const users =
    auth.form === "file"
      ? textOf(object, "auth")
      : Object.keys(object.data ?? {})
          .map((user) => `${user}:${textOf(object, user)}`)
          .join("\n");
  const usable = users.split("\n").filter((line) => /^[^:]+:\{SHA\}[A-Za-z0-9+/]{27}=$/.test(line.trim()));
  if (usable.length === 0) return null;
  const text = usable.map((line) => line.trim()).join("\n");
  return { ...plain, basicAuth: { users: new Secret(text, { kind: "literal" }), realm: "" } };
}
