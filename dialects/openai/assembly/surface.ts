// The surfaces of OpenAI's API that a gateway serves, and how a client's path names one: by its end, so that an API
// may stand below any prefix. https://platform.openai.com/docs/api-reference
import { Slice } from "@weir/sdk/assembly";

/** How many surfaces there are: `Surface.index` is below it. */
export const SURFACE_COUNT: i32 = 11;

/** One operation of the API. */
@final
export class Surface {
  /** The end of a path that names it: a slash and its name. */
  readonly suffix: Slice;
  /** Its name. */
  readonly name: Slice;

  constructor(
    /** Its place in `surfaces`. */
    readonly index: i32,
    name: string,
    /** Whether the body may be a multipart form. */
    readonly takesForm: bool = false,
    /** Whether a streamed answer tells its usage only when `stream_options.include_usage` asks for it. */
    readonly hasStreamOptions: bool = false,
  ) {
    this.suffix = Slice.of("/" + name);
    this.name = Slice.of(name);
  }
}

/** All surfaces. One whose name ends with another's stands before it. */
export const surfaces: StaticArray<Surface> = [
  new Surface(0, "chat/completions", false, true),
  new Surface(1, "completions", false, true),
  new Surface(2, "embeddings"),
  new Surface(3, "images/generations"),
  new Surface(4, "images/edits", true),
  new Surface(5, "images/variations", true),
  new Surface(6, "audio/speech"),
  new Surface(7, "audio/transcriptions", true),
  new Surface(8, "audio/translations", true),
  new Surface(9, "rerank"),
  new Surface(10, "responses"),
];

const RESPONSES: i32 = 10;
const BELOW_RESPONSES = Slice.of("/responses/");

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
  ) {}
}

/** Reads the `:path` of a request; null if it names no surface. */
export function findSurface(path: Slice): SurfacePath | null {
  const mark = path.indexOf(0x3f);
  const query = mark < 0 ? Slice.empty() : path.slice(mark);
  const bare = mark < 0 ? path : path.slice(0, mark);
  for (let i = 0; i < SURFACE_COUNT; ++i) {
    if (bare.endsWith(surfaces[i].suffix)) return new SurfacePath(surfaces[i], Slice.empty(), query);
  }
  const below = bare.find(BELOW_RESPONSES);
  if (below < 0) return null;
  const rest = bare.slice(below + BELOW_RESPONSES.length - 1);
  return staysBelow(rest) ? new SurfacePath(surfaces[RESPONSES], rest, query) : null;
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
    if (byte != 0x2f && i < rest.length) continue;
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
