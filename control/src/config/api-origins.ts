// Which servers the tools of a server lead to. Envoy needs a cluster for each, so it has to be told by the URLs as they
// are written: their hosts may come from `config`, not from arguments.
import { Mistake } from "./schema/scalar.ts";

/** A template that stands for a value of the configuration. */
const configField = /\{\{-?\s*\.config\.([A-Za-z_][A-Za-z0-9_]*)\s*-?\}\}/g;

/** `https://api.example.com:8443` at the beginning of a URL, or what is wrong with it; null for one that is a path. */
export function originOf(url: string, config: Record<string, unknown>): string | Mistake | null {
  const written = url.trim().replace(configField, (match, name: string) => {
    const value = config[name];
    return typeof value === "string" ? value : match;
  });
  if (written.startsWith("/")) return null;
  const [, scheme, authority = ""] = /^(https?):\/\/([^/?#\s]*)/i.exec(written) ?? [];
  const fix = "Begin it with http:// or https:// and a host, or with a slash below baseUrl";
  if (scheme === undefined) {
    return written.startsWith("{{") ? unknownHost : new Mistake("is no URL of an API", fix);
  }
  if (authority.includes("{")) return unknownHost;
  const origin = `${scheme}://${authority}`;
  return authority !== "" && !authority.includes("@") && URL.canParse(origin)
    ? origin
    : new Mistake("has no host", fix);
}

/** The host is only known when the tool is called. */
export const unknownHost = new Mistake(
  "has a host that a template makes of a call's arguments",
  "Write the host itself or a value of config, or list what it may be in apiUrls",
);
