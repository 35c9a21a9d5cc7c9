// How a client's path names a surface: by its end, so that an API may stand below any prefix.
//   /v1/chat/completions?x     chat/completions
//   /v1/responses/resp_1       responses, and what stands below it
//   /v1beta/models/<m>:<op>    Gemini's <op>, with the model
import { decodePercent, isUtf8, Slice } from "@weir/sdk/assembly";
import { Family, responsesSurface, Surface, surfaceBySuffix, surfaceNamed } from "./surface";

const BELOW_RESPONSES = Slice.of("/responses/");
const MODELS = Slice.of("/models/");
const MESSAGES = Slice.of("/messages");
const ALT_SSE = Slice.of("alt=sse");
const ALT_SSE_FIRST = Slice.of("alt=sse&");
const COLON: u8 = 0x3a;
const SLASH: u8 = 0x2f;
const QUESTION_MARK: u8 = 0x3f;

/** What a path says: a surface, what stands below it, and the query. */
@final
export class SurfacePath {
  constructor(
    /** The surface. */
    readonly surface: Surface,
    /** The rest of the path, with its slash: `/resp_1/cancel`. Empty for the surface itself. */
    readonly rest: Slice,
    /** The query with its question mark, or nothing. */
    readonly query: Slice,
    /** The model's name, where the path names it. */
    readonly model: Slice = Slice.empty(),
  ) {}

  /** Whether a streamed answer is to be one list, as Google's is where the query does not ask for events. */
  get wantsList(): bool {
    return this.surface.isStream && !this.query.endsWith(ALT_SSE) && this.query.find(ALT_SSE_FIRST) < 0;
  }
}

/** Reads the `:path` of a request; null if it names no surface. */
export function findSurface(path: Slice): SurfacePath | null {
  const mark = path.indexOf(QUESTION_MARK);
  const query = mark < 0 ? Slice.empty() : path.slice(mark);
  const bare = mark < 0 ? path : path.slice(0, mark);
  const surface = surfaceBySuffix(bare);
  if (surface) return new SurfacePath(surface, Slice.empty(), query);
  const below = bare.find(BELOW_RESPONSES);
  if (below < 0) return findGemini(bare, query);
  const rest = bare.slice(below + BELOW_RESPONSES.length - 1);
  return staysBelow(rest) ? new SurfacePath(responsesSurface, rest, query) : null;
}

/** The model's name may hold slashes and colons: the operation stands behind the last colon. */
function findGemini(bare: Slice, query: Slice): SurfacePath | null {
  const models = bare.find(MODELS);
  const colon = bare.lastIndexOf(COLON);
  if (models < 0 || colon < models + MODELS.length) return null;
  const surface = surfaceNamed(bare.slice(colon + 1));
  const model = decodePercent(bare.slice(models + MODELS.length, colon));
  if (!surface || !surface.namesModel || !model.length || !isUtf8(model)) return null;
  return new SurfacePath(surface, Slice.empty(), query, model);
}

/** Whose clients call such a path: also of one that names no surface, so that its error has the right form. */
export function familyOf(path: Slice): Family {
  if (path.find(MESSAGES) >= 0) return Family.Anthropic;
  const models = path.find(MODELS);
  return models >= 0 && path.indexOf(COLON, models) >= 0 ? Family.Gemini : Family.OpenAi;
}

/**
 * Whether a path that is appended to the provider's own stays below it: what a provider's server would take for a way
 * up (`..`, however encoded), or for another path altogether, would reach other parts of its API with its credential.
 */
function staysBelow(rest: Slice): bool {
  let segmentStart = 1;
  for (let i = 1; i <= rest.length; ++i) {
    const byte = rest.at(i);
    if (byte == 0x5c || byte == 0x23 || (byte == 0x25 && isHiddenSeparator(rest, i))) return false;
    if (byte != SLASH && i < rest.length) continue;
    if (isDots(rest, segmentStart, i) || i == segmentStart) return false;
    segmentStart = i + 1;
  }
  return true;
}

/** Whether `%2e`, `%2f` or `%5c` stands at `at`: a dot, a slash or a backslash. */
function isHiddenSeparator(path: Slice, at: i32): bool {
  const high = path.at(at + 1);
  const low = path.at(at + 2) | 0x20;
  return (high == 0x32 && (low == 0x65 || low == 0x66)) || (high == 0x35 && low == 0x63);
}

/** Whether [from, to) is `.` or `..`. */
function isDots(path: Slice, from: i32, to: i32): bool {
  const length = to - from;
  return path.at(from) == 0x2e && (length == 1 || (length == 2 && path.at(from + 1) == 0x2e));
}
