// Reads a template: texts and actions, blocks inside blocks.
// https://pkg.go.dev/text/template
import { Slice } from "@weir/sdk/assembly";
import { FunctionEntry } from "./function-entry";
import { isSpace, Lexer, TokenKind } from "./lexer";
import { Block, ConditionNode, Flow, FlowNode, PrintNode, RangeNode, TemplateCall, TextNode } from "./node";
import { Pipeline } from "./operand";
import { PipelineParser } from "./pipeline-parser";

const OPEN = Slice.of("{{");
const CLOSE = Slice.of("}}");
const COMMENT = Slice.of("/*");
const COMMENT_END = Slice.of("*/");
const MINUS: u8 = 0x2d;

/** What ends a block. */
const enum Stop {
  /** The text is over. */
  Text = 0,
  End,
  Else,
}

/** Parses one text. */
@final
export class TemplateParser {
  private at: i32 = 0;
  /** Whether the text behind the last action begins without its spaces. */
  private trimsNext: bool = false;
  private stop: Stop = Stop.Text;
  private loops: i32 = 0;
  private readonly names: Slice[] = [];
  private readonly blocks: Block[] = [];
  private readonly calls: TemplateCall[] = [];

  private readonly actions: PipelineParser;

  constructor(
    private readonly text: Slice,
    functions: Map<string, FunctionEntry>,
  ) {
    this.actions = new PipelineParser(functions);
  }

  /** What is wrong with the text; empty where nothing is. */
  get problem(): string {
    return this.actions.problem;
  }

  private get lexer(): Lexer {
    return this.actions.lexer;
  }

  /** The whole template. */
  parse(): Block {
    const block = new Block();
    this.parseBlock(block);
    if (this.stop != Stop.Text) this.fail("unexpected {{" + (this.stop == Stop.End ? "end" : "else") + "}}");
    for (let i = 0; i < this.calls.length; ++i) {
      const call = this.calls[i];
      const at = this.indexOf(call.name);
      if (at < 0) this.fail("template " + call.name.toText() + " not defined");
      else call.called = this.blocks[at];
    }
    return block;
  }

  private fail(problem: string): void {
    this.actions.fail(problem);
  }

  private indexOf(name: Slice): i32 {
    for (let i = 0; i < this.names.length; ++i) if (this.names[i].equals(name)) return i;
    return -1;
  }

  /** Reads nodes into `block` up to what ends it, which is in `stop` then. */
  private parseBlock(block: Block): void {
    const mark = this.actions.mark;
    this.actions.enter();
    this.stop = Stop.Text;
    while (!this.problem.length && this.parseText(block) && this.parseAction(block));
    this.actions.leave();
    this.actions.forget(mark);
  }

  /** The text before the next action; false where there is none. */
  private parseText(block: Block): bool {
    const open = this.text.find(OPEN, this.at);
    let text = this.text.slice(this.at, open < 0 ? this.text.length : open);
    if (this.trimsNext) text = withoutLeading(text);
    const isTrimmed = open >= 0 && this.text.at(open + 2) == MINUS && isSpace(this.text.at(open + 3));
    if (isTrimmed) text = withoutTrailing(text);
    if (text.length) block.nodes.push(new TextNode(text));
    if (open < 0) {
      this.at = this.text.length;
      return false;
    }
    return this.openAction(open + (isTrimmed ? 3 : 2));
  }

  /** Finds the end of the action whose content begins at `from`. */
  private openAction(from: i32): bool {
    let start = from;
    while (isSpace(this.text.at(start))) ++start;
    const isComment = this.text.slice(start).startsWith(COMMENT);
    const end = isComment ? this.commentEnd(start) : this.actionEnd(from);
    if (end < 0) {
      this.fail(isComment ? "unclosed comment" : "unclosed action");
      return false;
    }
    this.trimsNext = this.text.at(end - 1) == MINUS && isSpace(this.text.at(end - 2));
    const action = this.text.slice(from, this.trimsNext ? end - 1 : end);
    this.at = end + 2;
    this.actions.lexer = new Lexer(isComment ? Slice.empty() : action);
    return true;
  }

  private commentEnd(start: i32): i32 {
    const close = this.text.find(COMMENT_END, start + 2);
    return close < 0 ? -1 : this.text.find(CLOSE, close);
  }

  /** The place of the }} that ends an action, quotes left aside. */
  private actionEnd(from: i32): i32 {
    let quote: u8 = 0;
    for (let i = from; i < this.text.length; ++i) {
      const byte = this.text.at(i);
      if (quote) {
        if (byte == 0x5c && quote != 0x60) ++i;
        else if (byte == quote) quote = 0;
      } else if (byte == 0x22 || byte == 0x60 || byte == 0x27) quote = byte;
      else if (byte == 0x7d && this.text.at(i + 1) == 0x7d) return i;
    }
    return -1;
  }

  /** One action; false where it ends the block. */
  private parseAction(block: Block): bool {
    const lexer = this.lexer;
    // A comment.
    if (lexer.kind == TokenKind.End) return true;
    if (lexer.kind == TokenKind.Word && this.parseKeyword(block, lexer.text.toText())) {
      return this.stop == Stop.Text && !this.problem.length;
    }
    block.nodes.push(new PrintNode(this.actions.parsePipeline(1)));
    this.actions.expectEnd();
    return true;
  }

  /** Whether `word` is one, which is then read. */
  private parseKeyword(block: Block, word: string): bool {
    switch (word) {
      case "end":
        return this.parseStop(Stop.End);
      case "else":
        return this.parseStop(Stop.Else);
      case "if":
      case "with":
        this.parseCondition(block, word);
        return true;
      case "range":
        this.parseRange(block);
        return true;
      case "break":
      case "continue":
        return this.parseFlow(block, word);
      case "define":
        this.parseDefinition(null);
        return true;
      case "block":
        this.parseDefinition(block);
        return true;
      case "template":
        this.parseCall(block);
        return true;
    }
    return false;
  }

  private parseStop(stop: Stop): bool {
    this.lexer.next();
    if (stop == Stop.End) this.actions.expectEnd();
    this.stop = stop;
    return true;
  }

  private parseFlow(block: Block, word: string): bool {
    this.lexer.next();
    this.actions.expectEnd();
    if (!this.loops) this.fail("{{" + word + "}} outside {{range}}");
    block.nodes.push(new FlowNode(word == "break" ? Flow.Break : Flow.Continue));
    return true;
  }

  private parseCondition(block: Block, word: string): void {
    const mark = this.actions.mark;
    this.lexer.next();
    const pipeline = this.actions.parsePipeline(1);
    this.actions.expectEnd();
    const node = new ConditionNode(pipeline, word == "with");
    block.nodes.push(node);
    this.parseBlock(node.body);
    if (this.stop == Stop.Else) this.parseElse(node.otherwise);
    this.expectStop(word);
    this.actions.forget(mark);
  }

  /** `{{else}}`, or `{{else if …}}` and `{{else with …}}`, whose end is that of all. */
  private parseElse(otherwise: Block): void {
    const lexer = this.lexer;
    if (lexer.kind == TokenKind.End) return this.parseBlock(otherwise);
    const word = lexer.kind == TokenKind.Word ? lexer.text.toText() : "";
    if (word != "if" && word != "with") return this.fail("unexpected text in {{else}}");
    if (!this.actions.enter()) return;
    this.stop = Stop.Text;
    this.parseCondition(otherwise, word);
    this.actions.leave();
    if (!this.problem.length) this.stop = Stop.End;
  }

  private parseRange(block: Block): void {
    const mark = this.actions.mark;
    this.lexer.next();
    const pipeline = this.actions.parsePipeline(2);
    this.actions.expectEnd();
    const node = new RangeNode(pipeline, pipeline.names);
    // The loop declares them for each element; the pipeline itself keeps nothing.
    pipeline.names = [];
    block.nodes.push(node);
    ++this.loops;
    this.parseBlock(node.body);
    --this.loops;
    if (this.stop == Stop.Else) this.parseBlock(node.otherwise);
    this.expectStop("range");
    this.actions.forget(mark);
  }

  /** `define`; `block` also prints it where it stands. */
  private parseDefinition(printed: Block | null): void {
    this.lexer.next();
    const name = this.parseName();
    let pipeline: Pipeline | null = null;
    if (printed) pipeline = this.actions.parsePipeline(0);
    this.actions.expectEnd();
    const body = new Block();
    this.names.push(name);
    this.blocks.push(body);
    this.parseBlock(body);
    this.expectStop(printed ? "block" : "define");
    if (printed) this.addCall(printed, name, pipeline);
  }

  private parseCall(block: Block): void {
    this.lexer.next();
    const name = this.parseName();
    let pipeline: Pipeline | null = null;
    if (this.lexer.kind != TokenKind.End) pipeline = this.actions.parsePipeline(0);
    this.actions.expectEnd();
    this.addCall(block, name, pipeline);
  }

  private addCall(block: Block, name: Slice, pipeline: Pipeline | null): void {
    const call = new TemplateCall(name, pipeline);
    this.calls.push(call);
    block.nodes.push(call);
  }

  private parseName(): Slice {
    const name = this.lexer.text;
    if (this.lexer.kind != TokenKind.Text) this.fail("expected the name of a template");
    this.lexer.next();
    return name;
  }

  private expectStop(word: string): void {
    if (this.stop != Stop.End) this.fail("{{" + word + "}} without {{end}}");
    this.stop = Stop.Text;
  }
}

function withoutLeading(text: Slice): Slice {
  let from = 0;
  while (from < text.length && isSpace(text.at(from))) ++from;
  return text.slice(from);
}

function withoutTrailing(text: Slice): Slice {
  let end = text.length;
  while (end > 0 && isSpace(text.at(end - 1))) --end;
  return text.slice(0, end);
}
