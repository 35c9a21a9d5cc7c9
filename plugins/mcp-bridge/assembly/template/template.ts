// A template of tools: Go's text/template over JSON, with gjson's paths and the functions of sprig that tools use.
// https://pkg.go.dev/text/template, https://masterminds.github.io/sprig
import { Slice } from "@weir/sdk/assembly";
import { Ambient } from "./ambient";
import { functions } from "./functions/table";
import { Block, outputOf } from "./node";
import { TemplateParser } from "./parser";
import { Run } from "./run";
import { Value } from "./value";

/** A template that can be executed any number of times. */
@final
export class Template {
  /** Why the last execution has failed; empty where it has not. */
  problem: string = "";

  private constructor(
    private readonly block: Block,
    private readonly isCompatible: bool,
    /** What is wrong with its text; empty where nothing is. */
    readonly mistake: string,
  ) {}

  /** Reads `text`. `isCompatible`: values are what Higress's library makes of them, quirks included. */
  static parse(text: Slice, isCompatible: bool): Template {
    const parser = new TemplateParser(text, functions());
    const block = parser.parse();
    return new Template(block, isCompatible, parser.problem);
  }

  /** What it makes of `data`; null where it fails, and `problem` then says why. */
  execute(data: Value, ambient: Ambient): Slice | null {
    const run = new Run(data, ambient, this.isCompatible);
    const output = outputOf(this.block, run);
    this.problem = this.mistake.length ? this.mistake : run.problem;
    return this.problem.length ? null : output;
  }
}
