// A tool made of an HTTP API: its arguments, what is sent, and what the answer becomes.
import { Slice } from "@weir/sdk/assembly";
import { MirroredArgument } from "../protocol/mirrored-headers";
import { Outcome } from "../protocol/outcome";
import { RpcError } from "../protocol/rpc-error";
import { Template } from "../template/template";
import { InputRequest } from "./input-request";
import { JsonTemplate } from "./json-template";
import { failure } from "./result";
import { SecurityUse } from "./security";

/** Where an argument goes. */
export const enum Position {
  /** Nowhere by itself: into what `argsTo` says, and into templates. */
  Default = 0,
  Query,
  Path,
  Header,
  Cookie,
  Body,
}

/** Where the arguments without a position go, all together. */
export const enum Gathering {
  None = 0,
  Json,
  Query,
  Form,
}

/** One argument. */
@final
export class Argument {
  constructor(
    readonly name: Slice,
    /** `string`, `number`, …: what a text is turned into. */
    readonly type: Slice,
    readonly position: Position,
    /** JSON; empty for none. */
    readonly rawDefault: Slice,
  ) {}

  /** Whether a list becomes several parameters of the query. */
  isExploded: bool = false;
}

/** A header that is always sent. */
@final
export class HeaderTemplate {
  constructor(
    readonly name: Slice,
    readonly value: Template,
  ) {}
}

/** A log message for the client, made of the API's answer. */
@final
export class LogTemplate {
  constructor(
    readonly level: i32,
    readonly logger: Slice,
    /** Where it comes out empty, nothing is told. */
    readonly text: Template,
  ) {}
}

/** A tool, or how a resource or a prompt is made: all three ask, call and answer in the same way. */
@final
export class RestTool {
  constructor(
    readonly name: Slice,
    /** Whether what goes wrong is a result that a model reads. Resources and prompts have errors of the protocol. */
    readonly hasErrorResults: bool,
  ) {}

  /** What its schema is, a node of the configuration; −1 for none. */
  inputSchema: i32 = -1;
  outputSchema: i32 = -1;
  readonly mirrored: MirroredArgument[] = [];
  readonly args: Argument[] = [];
  /** Null for a tool that answers by itself. */
  url: Template | null = null;
  method: Slice = Slice.empty();
  readonly headers: HeaderTemplate[] = [];
  body: Template | null = null;
  gathering: Gathering = Gathering.None;
  /** Whose credential the client has to bring; null where it is none of the tool's business. */
  clientSecurity: SecurityUse | null = null;
  /** How the API is convinced; null where it asks for nothing. */
  upstreamSecurity: SecurityUse | null = null;
  /** What the client is asked before. */
  readonly inputs: InputRequest[] = [];
  /** Whether the user is asked for required arguments that a call lacks. */
  asksForMissing: bool = false;
  readonly logs: LogTemplate[] = [];
  responseBody: Template | null = null;
  /** Content blocks, in place of a text. */
  content: JsonTemplate | null = null;
  prepend: Slice = Slice.empty();
  append: Slice = Slice.empty();
  errorBody: Template | null = null;

  /** Whether what is sent, or answered without asking an API, depends on what templates see. */
  get usesData(): bool {
    const url = this.url;
    const body = this.body;
    if (!url || !url.isPlain || (body && !body.isPlain)) return true;
    for (let i = 0; i < this.headers.length; ++i) if (!this.headers[i].value.isPlain) return true;
    return false;
  }

  /** What a call comes to that cannot be made, or is not worth making. */
  failed(message: string): Outcome {
    if (this.hasErrorResults) return Outcome.ofResult(failure(message));
    return Outcome.ofError(RpcError.params(message));
  }
}
