// A template of tools: Go's text/template over JSON, with gjson's paths and the functions of sprig that tools use.
// https://pkg.go.dev/text/template, https://masterminds.github.io/sprig
import { Slice } from "@weir/sdk/assembly";
import { functions } from "./functions/table";
import { Block, outputOf } from "./node";
import { TemplateParser } from "./parser";
import { Run, Scope } from "./run";

const OPENING = Slice.of("{{");

/** A template that can be executed any number of times. */
@final
export class Template {
  /** Why the last execution has failed; empty where it has not. */
  problem: string = "";

  private constructor(
    private readonly block: Block,
    private readonly isCompatible: bool,
    private readonly isUrl: bool,
    /** The text itself where there is nothing to execute in it, else null. */
    private readonly plain: Slice | null,
    /** What is wrong with its text; empty where nothing is. */
    readonly mistake: string,
  ) {}

  /** Whether it is the same whatever it is given. */
  get isPlain(): bool {
    return this.plain != null;
  }

  /** Reads `text`. `isCompatible`: values are what Higress's library makes of them, quirks included. */
  static parse(text: Slice, isCompatible: bool): Template {
    return Template.read(text, isCompatible, false);
  }

  /** As `parse`, of a URL: what a caller has given, and no function has worked on, cannot leave its place in it. */
  static parseUrl(text: Slice, isCompatible: bool): Template {
    return Template.read(text, isCompatible, !isCompatible);
  }

  private static read(text: Slice, isCompatible: bool, isUrl: bool): Template {
    const plain = text.find(OPENING) < 0 ? text : null;
    const parser = new TemplateParser(text, functions());
    const block = parser.parse();
    return new Template(block, isCompatible, isUrl, plain, parser.problem);
  }

  /** What it makes of `scope`; null where it fails, and `problem` then says why. */
  execute(scope: Scope): Slice | null {
    const plain = this.plain;
    if (plain) return plain;
    const run = new Run(scope, this.isCompatible, this.isUrl);
    const output = outputOf(this.block, run);
    this.problem = this.mistake.length ? this.mistake : run.problem;
    return this.problem.length ? null : output;
  }
}
