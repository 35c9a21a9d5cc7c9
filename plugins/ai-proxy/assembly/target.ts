// A target: a provider with one credential, as ai-proxy needs to know it, and the table that finds one by its cluster.
import { Slice, Writer } from "@weir/sdk/assembly";
import { Surface, SURFACE_COUNT, SurfacePath } from "@weir/dialects/openai/assembly/surface";
import { ModelMapping } from "./model-mapping";

/** A request header that the provider is to see. */
@final
export class HeaderField {
  constructor(
    /** Lower case. */
    readonly name: Slice,
    readonly value: Slice,
  ) {}
}

/** One row of the configuration's `targets`. */
@final
export class Target {
  /** The provider's type, for telemetry. */
  provider: Slice = Slice.empty();
  /** The `:authority` that the provider sees; empty leaves the client's. */
  authority: Slice = Slice.empty();
  /** The whole path of each surface, by `Surface.index`; null for one that the provider does not have. */
  readonly paths: StaticArray<Slice | null> = new StaticArray<Slice | null>(SURFACE_COUNT);
  /** Set on each request: the configured headers, then the credential. */
  readonly headers: HeaderField[] = [];
  /** False when the credential's environment variable is not there. */
  hasCredential: bool = true;
  readonly mapping: ModelMapping = new ModelMapping();
  /** Whether the provider understands `stream_options.include_usage`. */
  takesStreamOptions: bool = true;
  /** What must not be repeated to a client. */
  readonly secrets: Slice[] = [];
  /** Whether a surface's path does not end with its name, so that the client's path cannot be told from it. */
  hidesSurface: bool = false;
  /** The next one in the same bucket of the table. */
  next: Target | null = null;

  constructor(
    /** The cluster's name. */
    readonly cluster: Slice,
  ) {}

  /** Whether the provider has the surface. */
  serves(surface: Surface): bool {
    return this.paths[surface.index] != null;
  }

  /** The provider's path for what the client asked for, query included. */
  pathFor(wanted: SurfacePath): Slice {
    const path = this.paths[wanted.surface.index];
    if (!path) return Slice.empty();
    return wanted.rest.length || wanted.query.length ? joinPath(path, wanted.rest, wanted.query) : path;
  }

  /** Whether the target itself sets the header `name`. */
  sets(name: Slice): bool {
    const headers = this.headers;
    for (let i = 0, count = headers.length; i < count; ++i) if (headers[i].name.equals(name)) return true;
    return false;
  }
}

const QUESTION_MARK: u8 = 0x3f;
const AMPERSAND: u8 = 0x26;

/** A configured path may have a query of its own (`?api-version=…`), which the client's then follows. */
function joinPath(path: Slice, rest: Slice, query: Slice): Slice {
  const mark = path.indexOf(QUESTION_MARK);
  const own = mark < 0 ? Slice.empty() : path.slice(mark);
  const writer = new Writer(path.length + rest.length + query.length);
  writer
    .bytes(mark < 0 ? path : path.slice(0, mark))
    .bytes(rest)
    .bytes(own);
  if (mark < 0 || query.length < 2) return writer.bytes(mark < 0 ? query : Slice.empty()).take();
  return writer.byte(AMPERSAND).bytes(query.slice(1)).take();
}

// A gateway has dozens of targets, seldom hundreds.
const bucketCount: u32 = 128;

/** Finds targets by cluster name, without making a string of it. */
@final
export class TargetTable {
  /** Whether each target sets an authority, so that the client's never has to come back. */
  setsAuthority: bool = true;
  private buckets: StaticArray<Target | null> = new StaticArray<Target | null>(bucketCount);

  /** Adds a target. Of two for one cluster the later counts. */
  add(target: Target): void {
    const bucket = bucketOf(target.cluster);
    target.next = this.buckets[bucket];
    if (!target.authority.length) this.setsAuthority = false;
    this.buckets[bucket] = target;
  }

  /** The target of the cluster, or null. */
  find(cluster: Slice): Target | null {
    let target = this.buckets[bucketOf(cluster)];
    while (target && !target.cluster.equals(cluster)) target = target.next;
    return target;
  }
}

/** FNV-1a. */
function bucketOf(name: Slice): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let i = 0, length = name.length; i < length; ++i) hash = (hash ^ name.at(i)) * 0x01000193;
  return hash % bucketCount;
}
