// A target: a provider with one credential, as ai-proxy needs to know it.
import { Slice, Writer } from "@weir/sdk/assembly";
import { EncodeOptions } from "@weir/dialects/hub/assembly/options";
import { Endpoint, ProviderDialect } from "@weir/dialects/hub/assembly/provider-dialect";
import { providers } from "@weir/dialects/registry/assembly/registry";
import { Family, Purpose, Surface, SURFACE_COUNT, surfaceNamed } from "@weir/dialects/surfaces/assembly/surface";
import { ContextWindows } from "@weir/dialects/surfaces/assembly/context-window";
import { ModelMapping } from "@weir/dialects/surfaces/assembly/model-mapping";
import { SurfacePath } from "@weir/dialects/surfaces/assembly/surface-path";
import { Authorizer } from "./credential/authorizer";
import { Meter } from "./meter";
import { joinQuery, namesModel, withModel, withoutKey } from "./path-template";

/** A request header that the provider is to see. */
@final
export class HeaderField {
  constructor(
    /** Lower case. */
    readonly name: Slice,
    readonly value: Slice,
    /** Whether a client's own header of this name stays. */
    readonly ifAbsent: bool = false,
  ) {}
}

/** Who serves a dialect. */
export const enum Platform {
  /** The one whose dialect it is, or one that is like it. */
  Own = 0,
  /** Vertex AI, with Google's models. */
  VertexGemini = 1,
  /** Vertex AI, with Anthropic's models. */
  VertexAnthropic = 2,
}

// https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude
const RAW_PREDICT = new Endpoint("rawPredict", "/models/{model}:rawPredict");
const STREAM_RAW_PREDICT = new Endpoint("streamRawPredict", "/models/{model}:streamRawPredict");
const VERTEX = Slice.of("vertex");
const VERTEX_ANTHROPIC = Slice.of("vertex-anthropic");
const VERTEX_PREDICT = Slice.of("vertex-predict");
const VERTEX_EMBED_CONTENT = Slice.of("vertex-embed-content");
/** From here on Vertex AI embeds with `embedContent`. */
const NEWER_EMBEDDING = Slice.of("gemini-embedding-2");

/** One row of the configuration's `targets`. */
@final
export class Target {
  /** What it is called, to clients and in the log. */
  name: Slice = Slice.empty();
  /** The provider's type, for telemetry. */
  provider: Slice = Slice.empty();
  /** What requests are translated into where the client's surface is not the provider's own. */
  dialect: ProviderDialect = providers[0];
  /** Which platform serves the dialect, where it has endpoints of its own. */
  platform: Platform = Platform.Own;
  /** How the provider wants what is translated. */
  readonly encode: EncodeOptions = new EncodeOptions();
  /** The `:authority` that the provider sees; empty leaves the client's. */
  authority: Slice = Slice.empty();
  basePath: Slice = Slice.empty();
  /** The whole path of each surface, by `Surface.index`; null for one that the provider does not have. */
  readonly paths: StaticArray<Slice | null> = new StaticArray<Slice | null>(SURFACE_COUNT);
  /** Whole paths of the dialect's endpoints, where they are not below the base path as the dialect says. */
  readonly endpoints: HeaderField[] = [];
  /** Set on each request: the configured headers, then the credential. */
  readonly headers: HeaderField[] = [];
  /** Makes the credential anew for each request, where it is not just a header. */
  authorizer: Authorizer | null = null;
  /** False when the credential's environment variable is not there. */
  hasCredential: bool = true;
  readonly mapping: ModelMapping = new ModelMapping();
  /** Whether the provider understands `stream_options.include_usage`. */
  takesStreamOptions: bool = true;
  /** What must not be repeated to a client. */
  readonly secrets: Slice[] = [];
  /** Whether a surface's path does not end with its name, so that the client's path cannot be told from it. */
  hidesSurface: bool = false;
  /** What the last resort says: it answers by itself. Empty for a provider. */
  lastResort: Slice = Slice.empty();
  /** What tells its configuration from others, without telling its credential. */
  fingerprint: Slice = Slice.empty();
  /** Null where nothing is known of its models. */
  contextWindows: ContextWindows | null = null;
  /** Whether the provider refuses what has no room for all the output that is asked for. */
  contextHoldsOutput: bool = false;
  /** Where its numbers are kept; null where nobody wants them. */
  meter: Meter | null = null;
  /** The next one in the same bucket of the table. */
  next: Target | null = null;

  constructor(
    /** The cluster's name. */
    readonly cluster: Slice,
  ) {}

  /** Whether it is no provider, but answers by itself. */
  get isLastResort(): bool {
    return this.lastResort.length > 0;
  }

  /** What the provider's embedding models speak; `model` is the provider's, empty where it is not known yet. */
  embeddingDialect(model: Slice): Slice {
    if (this.platform != Platform.VertexGemini) return this.dialect.name;
    return model.startsWith(NEWER_EMBEDDING) ? VERTEX_EMBED_CONTENT : VERTEX_PREDICT;
  }

  /** What the provider counts tokens in. */
  get countDialect(): Slice {
    if (this.platform == Platform.VertexGemini) return VERTEX;
    return this.platform == Platform.VertexAnthropic ? VERTEX_ANTHROPIC : this.dialect.name;
  }

  /** Whether the provider has the surface. */
  serves(surface: Surface): bool {
    return this.paths[surface.index] != null;
  }

  /**
   * Whether the provider has its dialect's endpoint. One that is a client's surface too it has where `surfaces` says
   * so, others always.
   */
  has(endpoint: Endpoint): bool {
    const surface = surfaceNamed(endpoint.name);
    return !surface || this.serves(surface);
  }

  /** Whether the surface's path depends on the model's name, or on whether the answer is to be a stream. */
  hasLatePath(surface: Surface): bool {
    if (this.platform == Platform.VertexAnthropic && surface.purpose == Purpose.Chat) return true;
    const path = this.paths[surface.index];
    return path ? namesModel(path) : false;
  }

  /** The provider's path for what the client asked for, query included; `model` is the provider's. */
  pathFor(wanted: SurfacePath, model: Slice): Slice {
    const path = this.paths[wanted.surface.index];
    if (!path) return Slice.empty();
    const whole = namesModel(path) ? withModel(path, model) : path;
    const query = wanted.surface.family == Family.Gemini ? withoutKey(wanted.query) : wanted.query;
    return wanted.rest.length || query.length ? joinQuery(whole, wanted.rest, query) : whole;
  }

  /** The provider's path of one of its dialect's endpoints. */
  endpointPath(endpoint: Endpoint, model: Slice): Slice {
    for (let i = 0; i < this.endpoints.length; ++i) {
      if (this.endpoints[i].name.equals(endpoint.name)) return withModel(this.endpoints[i].value, model);
    }
    return withModel(new Writer().bytes(this.basePath).bytes(endpoint.path).take(), model);
  }

  /** Where the dialect's endpoint is on this target's platform. */
  chatEndpoint(endpoint: Endpoint, isStream: bool): Endpoint {
    if (this.platform != Platform.VertexAnthropic) return endpoint;
    return isStream ? STREAM_RAW_PREDICT : RAW_PREDICT;
  }

  /** Whether the target itself sets the header `name`, whatever the client sends. */
  sets(name: Slice): bool {
    const headers = this.headers;
    for (let i = 0, count = headers.length; i < count; ++i) if (headers[i].name.equals(name)) return true;
    return false;
  }
}
