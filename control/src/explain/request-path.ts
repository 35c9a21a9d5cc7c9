// A request's path as Envoy and the plugins see it: normalized first, then read from its end.
import { apiRoots, geminiSurfaces, surfaces, type Surface } from "../model/surface.ts";

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
const families = ["images", "audio", "responses", "messages"];

/** Whether an Envoy route of a model route with this prefix takes a POST to the path; not each names a surface. */
export function isRouted(path: string, prefix: string): boolean {
  if (surfaces.some((surface) => path === `${prefix}/${surface}`)) return true;
  if (apiRoots(prefix).some((root) => path.startsWith(`${root}/models/`))) return true;
  return families.some((family) => path.startsWith(`${prefix}/${family}/`));
}

export function isBelow(path: string, prefix: string): boolean {
  return apiRoots(prefix).some((root) => path.startsWith(`${root}/`));
}

/** What a path asks for. */
export interface WantedSurface {
  surface: Surface;
  /** What stands below it (`/resp_1/cancel`). */
  rest: string;
  /** The model, where the path names it. */
  model: string | null;
}

/** The surface that a path names: by its end, or as Gemini does; null for none. */
export function findSurface(path: string): WantedSurface | null {
  // `chat/completions` stands before `completions` in the list, so the longer of two ends wins.
  const surface = surfaces.find((surface) => path.endsWith(`/${surface}`) && !isGemini(surface));
  if (surface) return { surface, rest: "", model: null };
  const below = path.indexOf("/responses/");
  if (below < 0) return findGemini(path);
  return { surface: "responses", rest: path.slice(below + "/responses".length), model: null };
}

/** A model's name may hold slashes and colons: the operation stands behind the last colon. */
function findGemini(path: string): WantedSurface | null {
  const [, model, name] = /\/models\/(.+):([^:/]+)$/.exec(path) ?? [];
  const surface = geminiSurfaces.find((surface) => surface === name);
  return surface && model ? { surface, rest: "", model: decode(model) } : null;
}

function isGemini(surface: Surface): boolean {
  return (geminiSurfaces as readonly Surface[]).includes(surface);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
