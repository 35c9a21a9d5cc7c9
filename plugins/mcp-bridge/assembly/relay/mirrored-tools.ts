// Which arguments of a server's tools headers have to repeat, as its lists say. A client of the second era knows from
// the list that it was given; for one of the first era the gateway repeats them.
// https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
import { HeaderList, JsonKind, JsonTape, Slice } from "@weir/sdk/assembly";
import { MirroredArgument, readMirrored } from "../protocol/mirrored-headers";
import { headerText } from "./header-text";

const TOOLS = Slice.of("tools");
const NAME = Slice.of("name");
const INPUT_SCHEMA = Slice.of("inputSchema");
const PARAMS = Slice.of("params");
const ARGUMENTS = Slice.of("arguments");

/** What is known of one server's tools. */
@final
export class MirroredTools {
  private readonly tools: Map<string, MirroredArgument[]> = new Map<string, MirroredArgument[]>();

  knows(tool: Slice): bool {
    return this.tools.has(tool.toText());
  }

  forget(): void {
    this.tools.clear();
  }

  /** Takes note of a page of a list: a result. */
  learn(tape: JsonTape, result: i32): void {
    const list = tape.find(result, TOOLS);
    if (tape.kind(list) != JsonKind.Array) return;
    for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
      const found: MirroredArgument[] = [];
      readMirrored(tape, tape.find(node, INPUT_SCHEMA), [], found);
      this.tools.set(tape.text(tape.find(node, NAME)).toText(), found);
    }
  }

  /** Has headers repeat what a call of the tool says, whose message is `body`. */
  write(headers: HeaderList, tool: Slice, body: Slice): void {
    const name = tool.toText();
    const mirrored = this.tools.has(name) ? this.tools.get(name) : null;
    const tape = new JsonTape();
    if (!mirrored || !mirrored.length || tape.scan(body)) return;
    const given = tape.find(tape.find(tape.root, PARAMS), ARGUMENTS);
    for (let i = 0; i < mirrored.length; ++i) {
      const node = mirrored[i].nodeIn(tape, given);
      const kind = tape.kind(node);
      if (kind == JsonKind.String) headers.set(mirrored[i].header, headerText(tape.text(node)));
      else if (kind == JsonKind.Number || kind == JsonKind.True || kind == JsonKind.False)
        headers.set(mirrored[i].header, tape.raw(node));
    }
  }
}
