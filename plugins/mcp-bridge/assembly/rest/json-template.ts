// JSON in which texts are templates: content blocks, messages, what is asked of a client. All else is passed on as it
// is written.
import { JsonKind, JsonTape, Slice, Writer } from "@weir/sdk/assembly";
import { jsonString } from "@weir/sdk/assembly/json/string";
import { Scope } from "../template/run";
import { Template } from "../template/template";

const OPENING = Slice.of("{{");

/** A text in it that is a template. */
@final
class Place {
  constructor(
    /** Where it stands in the source. */
    readonly start: i32,
    readonly end: i32,
    readonly template: Template,
  ) {}
}

/** A JSON value with templates in it. */
@final
export class JsonTemplate {
  /** Why the last execution has failed; empty where it has not. */
  problem: string = "";
  private readonly places: Place[] = [];

  private constructor(private readonly source: Slice) {}

  /** Reads the value `node`, whose text must stay as it is. */
  static read(tape: JsonTape, node: i32, isCompatible: bool): JsonTemplate {
    const made = new JsonTemplate(tape.raw(node));
    const start = tape.start(node);
    const end = tape.end(node);
    // Values stand in the order of the text, so that those inside follow.
    for (let each = node; each < tape.length && tape.start(each) < end; ++each) {
      if (tape.kind(each) != JsonKind.String) continue;
      const text = tape.text(each);
      if (text.find(OPENING) < 0) continue;
      const template = Template.parse(text.copy(), isCompatible);
      if (template.mistake.length && !made.problem.length) made.problem = template.mistake;
      made.places.push(new Place(tape.start(each) - start, tape.end(each) - start, template));
    }
    return made;
  }

  /** What it makes of `scope`, JSON; null where it fails, and `problem` then says why. */
  execute(scope: Scope): Slice | null {
    const output = new Writer(this.source.length + 256);
    let from = 0;
    for (let i = 0; i < this.places.length; ++i) {
      const place = this.places[i];
      const text = place.template.execute(scope);
      if (!text) {
        this.problem = place.template.problem;
        return null;
      }
      jsonString(output.bytes(this.source.slice(from, place.start)), text);
      from = place.end;
    }
    return output.bytes(this.source.slice(from)).take();
  }
}
