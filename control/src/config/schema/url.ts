// `baseUrl`: the root of a provider's API.
import { readPath } from "./http.ts";
import { Mistake, text } from "./scalar.ts";

export interface BaseUrl {
  host: string;
  port: number;
  isTls: boolean;
  /** What a request's `:authority` says: the port is left out where it is the scheme's own. */
  authority: string;
  /** No trailing slash, empty for none. */
  path: string;
}

export const urlText = () =>
  text(
    (text) => {
      const url = readBaseUrl(text);
      return url instanceof Mistake ? url : text;
    },
    { form: "URL" },
  );

export function readBaseUrl(text: string): BaseUrl | Mistake {
  if (!/^https?:\/\//i.test(text))
    return new Mistake("must start with http:// or https://", "Write a URL such as https://api.example.com/v1");
  // The parser drops these silently, so the URL would not be the one that was written.
  if (/[\x00-\x20\x7f\\]/.test(text))
    return new Mistake(
      "has a space, a backslash or a control character",
      "Write a URL such as https://api.example.com/v1",
    );
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url)
    return new Mistake("is not a URL", "Write a URL such as https://api.example.com/v1, with a port from 1 to 65535");
  if (url.username || url.password)
    return new Mistake("has a user or password in it", "Remove what stands before @; a key belongs in apiKey");
  if (url.search || url.hash || text.endsWith("?") || text.endsWith("#")) {
    return new Mistake("has a query or a fragment", "Remove everything from ? or # on");
  }
  return toBaseUrl(text, url);
}

function toBaseUrl(text: string, url: URL): BaseUrl | Mistake {
  const isTls = url.protocol === "https:";
  const port = url.port === "" ? (isTls ? 443 : 80) : Number(url.port);
  if (port === 0) return new Mistake("has port 0", "Write the port that the provider listens on");
  const written = text.replace(/^https?:\/\/[^/]*/i, "") || "/";
  const path = readPath(written);
  if (path instanceof Mistake) return new Mistake(`has a path that ${path.message}`, path.fix);
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port, isTls, authority: url.host, path };
}
