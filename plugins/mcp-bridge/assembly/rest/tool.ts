// A tool made of an HTTP API: its arguments, what is sent, and what the answer becomes.
import { Slice } from "@weir/sdk/assembly";
import { MirroredArgument } from "../protocol/mirrored-headers";
import { Template } from "../template/template";
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

/** One tool. */
@final
export class RestTool {
  constructor(readonly name: Slice) {}

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
  responseBody: Template | null = null;
  prepend: Slice = Slice.empty();
  append: Slice = Slice.empty();
  errorBody: Template | null = null;
}
