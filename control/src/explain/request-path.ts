// A request's path as Envoy and the plugins see it: normalized first, then read from its end.
import { surfaces, type Surface } from "../model/model.ts";

export interface RequestPath {
  /** Normalized, without the query. */
  path: string;
  /** With its question mark; empty for none. */
  query: string;
}

/**
 * Envoy's `normalize_path`, `merge_slashes` and `UNESCAPE_AND_FORWARD`: escaped slashes become slashes, `.` and `..`
 * are resolved, repeated slashes merged.
 */
export function normalizePath(target: string): RequestPath {
  const [withoutFragment = ""] = target.split("#");
  const mark = withoutFragment.indexOf("?");
  const query = mark < 0 ? "" : withoutFragment.slice(mark);
  const raw = mark < 0 ? withoutFragment : withoutFragment.slice(0, mark);
  const unescaped = raw.replace(/%2f/gi, "/").replace(/%5c/gi, "\\").replaceAll("\\", "/");
  const decoded = unescaped.replace(/%([0-9a-f]{2})/gi, decodeUnreserved);
  return { path: resolveDots(decoded), query };
}

/** https://www.rfc-editor.org/rfc/rfc3986#section-2.3: what need not be escaped means the same unescaped. */
function decodeUnreserved(escape: string, hex: string): string {
  const character = String.fromCharCode(parseInt(hex, 16));
  return /[A-Za-z0-9._~-]/.test(character) ? character : escape;
}

function resolveDots(path: string): string {
  const segments = path.split("/").slice(1);
  const kept: string[] = [];
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment === "..") kept.pop();
    if ((segment === "" || segment === "." || segment === "..") && !isLast) return;
    kept.push(segment === "." || segment === ".." ? "" : segment);
  });
  return `/${kept.join("/")}`;
}

/** What stands first in the surfaces that have a second part; Envoy's routes go by these families. */
const families = ["images", "audio", "responses"];

/** Whether an Envoy route of a model route with this prefix takes the path; not every such path names a surface. */
export function isRouted(path: string, prefix: string): boolean {
  if (surfaces.some((surface) => path === `${prefix}/${surface}`)) return true;
  return families.some((family) => path.startsWith(`${prefix}/${family}/`));
}

export function isBelow(path: string, prefix: string): boolean {
  return path.startsWith(`${prefix}/`);
}

/** The surface that a path names by its end, and what stands below it (`/resp_1/cancel`); null for none. */
export function findSurface(path: string): { surface: Surface; rest: string } | null {
  // `chat/completions` stands before `completions` in the list, so the longer of two ends wins.
  const surface = surfaces.find((surface) => path.endsWith(`/${surface}`));
  if (surface) return { surface, rest: "" };
  const below = path.indexOf("/responses/");
  return below < 0 ? null : { surface: "responses", rest: path.slice(below + "/responses".length) };
}
