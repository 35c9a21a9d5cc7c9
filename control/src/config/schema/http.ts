// Values that end up in HTTP messages: checked here, so that nothing in a configuration can split a header, forge
// what Weir itself sets, or name a host that no request can have.
import { Mistake, kindOf, text } from "./scalar.ts";

/** What header names consist of in practice, and what the plugins take; RFC 9110 allows some more characters. */
const tokenPattern = /^[0-9A-Za-z._-]+$/;
/** https://www.rfc-editor.org/rfc/rfc9110#section-5.5, visible ASCII with inner spaces only. */
const fieldValuePattern = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Set by HTTP itself, by Envoy or by Weir for every request; a configuration that set them would break requests. */
const reservedHeaders = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const reservedPrefixes = [":", "x-weir-", "x-envoy-"];

/** The reason why a header may not be set, or null when it may. The name is lower-case. */
function whyReserved(name: string): string | null {
  if (reservedHeaders.has(name)) return "is set by HTTP itself and cannot be set here";
  const prefix = reservedPrefixes.find((prefix) => name.startsWith(prefix));
  return prefix ? `starts with "${prefix}", which the gateway keeps for itself` : null;
}

/** A header that may be set on a request, lower-case. */
export function readHeaderName(name: string): string | Mistake {
  const lower = name.toLowerCase();
  const reason = whyReserved(lower);
  if (reason) return new Mistake(reason, "Choose another header");
  if (name.length <= 256 && tokenPattern.test(name)) return lower;
  return new Mistake("is not a header's name", "Use letters, digits and hyphens, such as x-team");
}

/** A header that may be matched on, lower-case. */
export function readMatchedHeaderName(name: string): string | Mistake {
  const isRemoved = /^x-(weir|envoy)-/i.test(name);
  if (isRemoved) return new Mistake("is removed from every request before it is routed", "Choose another header");
  if (name.length <= 256 && tokenPattern.test(name)) return name.toLowerCase();
  return new Mistake("is not a header's name", "Use letters, digits and hyphens, such as x-team");
}

/** A query parameter or a cookie that may be matched on; its case counts. */
export function readParameterName(name: string): string | Mistake {
  if (name.length <= 256 && /^[0-9A-Za-z._~-]+$/.test(name)) return name;
  return new Mistake("is not a usable name", "Use letters, digits, hyphens and underscores");
}

export const headerName = () => text(readHeaderName, { form: "header name" });

export function readHeaderValue(value: string): string | Mistake {
  if (value.length <= 8192 && fieldValuePattern.test(value)) return value;
  return new Mistake("has a character that a header cannot carry", "Use printable ASCII without spaces at the ends");
}

/** `/v1` or `/`: without a trailing slash, empty for the root. */
export const pathPrefix = () => text(readPath, { form: "path", pattern: "^/" });

/** The whole path of one operation, with a query if the provider wants one: `/v1/{model}/embed?api-version=1`. */
export const operationPath = () => text(readOperationPath, { form: "path", pattern: "^/" });

/** Stands for `{model}` while the rest of a path is checked. */
const modelMark = "~model~";

function readOperationPath(given: string): string | Mistake {
  const mark = given.indexOf("?");
  const path = readPath((mark < 0 ? given : given.slice(0, mark)).replaceAll("{model}", modelMark));
  if (path instanceof Mistake) return path;
  const written = path.replaceAll(modelMark, "{model}");
  if (mark < 0) return written;
  if (/^\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{1,1024}$/.test(given.slice(mark))) return written + given.slice(mark);
  return new Mistake("has a query with a character that a URL cannot have", "Escape it, such as %20 for a space");
}

export function readPath(path: string): string | Mistake {
  if (!path.startsWith("/")) return new Mistake("must start with a slash", `Write a path such as /v1`);
  if (!/^(?:\/[A-Za-z0-9._~!$&'()*+,;=:@%-]*)+$/.test(path) || path.includes("//") || path.length > 1024) {
    return new Mistake("is not a plain path", "Write a path such as /v1, without query, fragment, spaces or //");
  }
  if (path.split("/").some((segment) => segment === "." || segment === "..")) {
    return new Mistake("has a . or .. in it", "Write the path that remains when they are resolved");
  }
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

const hostLabel = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
const hostPattern = new RegExp(`^(?:\\*\\.)?(?:${hostLabel}\\.)*${hostLabel}$|^\\[[0-9A-Fa-f:.]+\\]$`);

/** `api.example.com` or `*.example.com`, lower-case. */
export const hostName = () =>
  text(
    (host) => {
      if (hostPattern.test(host) && host.length <= 253) return host.toLowerCase();
      const fix = host.includes(":")
        ? "Write the name without a scheme or a port"
        : "Write a name such as api.example.com or *.example.com";
      return new Mistake("is not a host name", fix);
    },
    { form: "host name" },
  );

/** An address to listen on: IPv4, IPv6 or a host name is resolved by nobody, so only addresses. */
export function readAddress(value: unknown, isAddress: (text: string) => boolean): string | Mistake {
  if (typeof value !== "string") return new Mistake(`must be text, not ${kindOf(value)}`, "Write an IP address");
  if (isAddress(value)) return value;
  return new Mistake("is not an IP address", "Write 127.0.0.1 for this machine only, 0.0.0.0 or :: for every network");
}
