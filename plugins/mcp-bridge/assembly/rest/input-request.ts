// What a server asks of its client before it answers: a form for its user, a word of its model, its roots.
// https://modelcontextprotocol.io/specification/2026-07-28/basic/utilities/mrtr
import { JsonKind, JsonTape, Slice } from "@weir/sdk/assembly";
import { SchemaChecker } from "../json-schema/checker";
import { JsonTemplate } from "./json-template";

export const ELICIT = Slice.of("elicitation/create");
const SAMPLE = Slice.of("sampling/createMessage");
const ROOTS = Slice.of("roots/list");
const ELICITATION = Slice.of("elicitation");
const SAMPLING = Slice.of("sampling");
const ROOTS_CAPABILITY = Slice.of("roots");
const ACTION = Slice.of("action");
const ACCEPT = Slice.of("accept");
export const CONTENT = Slice.of("content");
const ROLE = Slice.of("role");
const REQUESTED_SCHEMA = Slice.of("requestedSchema");

/** What has come of a question. */
export const enum Response {
  /** Nothing that can be used: it is asked again. */
  None = 0,
  Given,
  Declined,
}

/** One question. */
@final
export class InputRequest {
  /** Whether there is no result without it. */
  isRequired: bool = true;
  /** Those of a later round are asked when all of the earlier ones are answered. */
  round: i32 = 1;
  private schema: i32 = -1;

  constructor(
    readonly name: Slice,
    readonly method: Slice,
    readonly params: JsonTemplate,
  ) {}

  /** Remembers what the answer must be like; `params` is a node of the configuration. */
  readSchema(tape: JsonTape, params: i32): void {
    this.schema = tape.find(params, REQUESTED_SCHEMA);
  }

  /** What a client must have declared. */
  get capability(): Slice {
    return capabilityOf(this.method);
  }

  /** What a client's response comes to. */
  judge(tape: JsonTape, node: i32, checker: SchemaChecker): Response {
    if (tape.kind(node) != JsonKind.Object) return Response.None;
    if (this.method.equals(ROOTS)) return given(tape.kind(tape.find(node, ROOTS_CAPABILITY)) == JsonKind.Array);
    if (this.method.equals(SAMPLE)) return given(tape.find(node, ROLE) >= 0 && tape.find(node, CONTENT) >= 0);
    const judged = judgeForm(tape, node);
    if (judged != Response.Given || this.schema < 0) return judged;
    const content = new JsonTape();
    content.scan(tape.raw(tape.find(node, CONTENT)));
    return given(!checker.check(this.schema, content).length);
  }

  /** What templates see of a response that was given. */
  answerIn(tape: JsonTape, node: i32): Slice {
    return tape.raw(this.method.equals(ELICIT) ? tape.find(node, CONTENT) : node);
  }
}

/** As `judge`, of a form. */
export function judgeForm(tape: JsonTape, node: i32): Response {
  const action = tape.find(node, ACTION);
  if (tape.kind(action) != JsonKind.String) return Response.None;
  if (!tape.equals(action, ACCEPT)) return Response.Declined;
  return given(tape.kind(tape.find(node, CONTENT)) == JsonKind.Object);
}

function given(isUsable: bool): Response {
  return isUsable ? Response.Given : Response.None;
}

/** What a client must have declared to be asked by this method. */
export function capabilityOf(method: Slice): Slice {
  if (method.equals(ELICIT)) return ELICITATION;
  return method.equals(SAMPLE) ? SAMPLING : ROOTS_CAPABILITY;
}
