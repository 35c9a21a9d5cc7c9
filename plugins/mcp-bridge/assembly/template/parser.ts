// Reads a template: texts and actions, blocks inside blocks.
// https://pkg.go.dev/text/template
import { parseInteger, parseNumber, Slice } from "@weir/sdk/assembly";
import { FunctionEntry } from "./function-entry";
import { isSpace, Lexer, TokenKind } from "./lexer";
import { Block, ConditionNode, Flow, FlowNode, PrintNode, RangeNode, TemplateCall, TextNode } from "./node";
import { Call, Dot, FieldPath, Literal, Nil, Operand, Pipeline, Variable } from "./operand";
import { Value } from "./value";

const OPEN = Slice.of("{{");
const CLOSE = Slice.of("}}");
const COMMENT = Slice.of("/*");
const COMMENT_END = Slice.of("*/");
const MINUS: u8 = 0x2d;
const DEPTH_MAX: i32 = 48;

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
  /** What is wrong with the text; empty where nothing is. */
  problem: string = "";
  private at: i32 = 0;
  /** Whether the text behind the last action begins without its spaces. */
  private trimsNext: bool = false;
  private lexer: Lexer = new Lexer(Slice.empty());
  private stop: Stop = Stop.Text;
  private depth: i32 = 0;
  private loops: i32 = 0;
  private readonly names: Slice[] = [];
  private readonly blocks: Block[] = [];
  private readonly calls: TemplateCall[] = [];
  private readonly variables: Slice[] = [];

  constructor(
    private readonly text: Slice,
    private readonly functions: Map<string, FunctionEntry>,
  ) {}

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
    if (!this.problem.length) this.problem = problem;
  }

  private indexOf(name: Slice): i32 {
    for (let i = 0; i < this.names.length; ++i) if (this.names[i].equals(name)) return i;
    return -1;
  }

  /** Reads nodes into `block` up to what ends it, which is in `stop` then. */
  private parseBlock(block: Block): void {
    const mark = this.variables.length;
    if (++this.depth > DEPTH_MAX) this.fail("blocks are nested too deep");
    this.stop = Stop.Text;
    while (!this.problem.length && this.parseText(block) && this.parseAction(block));
    --this.depth;
    this.variables.length = mark;
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
    this.lexer = new Lexer(isComment ? Slice.empty() : action);
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
        if (byte == 0x5c && quote == 0x22) ++i;
        else if (byte == quote) quote = 0;
      } else if (byte == 0x22 || byte == 0x60) quote = byte;
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
    block.nodes.push(new PrintNode(this.parsePipeline(1)));
    this.expectEnd();
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
    if (stop == Stop.End) this.expectEnd();
    this.stop = stop;
    return true;
  }

  private parseFlow(block: Block, word: string): bool {
    this.lexer.next();
    this.expectEnd();
    if (!this.loops) this.fail("{{" + word + "}} outside {{range}}");
    block.nodes.push(new FlowNode(word == "break" ? Flow.Break : Flow.Continue));
    return true;
  }

  private parseCondition(block: Block, word: string): void {
    const mark = this.variables.length;
    this.lexer.next();
    const pipeline = this.parsePipeline(1);
    this.expectEnd();
    const node = new ConditionNode(pipeline, word == "with");
    block.nodes.push(node);
    this.parseBlock(node.body);
    if (this.stop == Stop.Else) this.parseElse(node.otherwise);
    this.expectStop(word);
    this.variables.length = mark;
  }

  /** `{{else}}`, or `{{else if …}}` and `{{else with …}}`, whose end is that of all. */
  private parseElse(otherwise: Block): void {
    const lexer = this.lexer;
    if (lexer.kind == TokenKind.End) return this.parseBlock(otherwise);
    const word = lexer.kind == TokenKind.Word ? lexer.text.toText() : "";
    if (word != "if" && word != "with") return this.fail("unexpected text in {{else}}");
    if (++this.depth > DEPTH_MAX) return this.fail("blocks are nested too deep");
    this.stop = Stop.Text;
    this.parseCondition(otherwise, word);
    --this.depth;
    if (!this.problem.length) this.stop = Stop.End;
  }

  private parseRange(block: Block): void {
    const mark = this.variables.length;
    this.lexer.next();
    const pipeline = this.parsePipeline(2);
    this.expectEnd();
    const node = new RangeNode(pipeline, pipeline.names);
    // The loop declares them for each element; the pipeline itself keeps nothing.
    pipeline.names = [];
    block.nodes.push(node);
    ++this.loops;
    this.parseBlock(node.body);
    --this.loops;
    if (this.stop == Stop.Else) this.parseBlock(node.otherwise);
    this.expectStop("range");
    this.variables.length = mark;
  }

  /** `define`; `block` also prints it where it stands. */
  private parseDefinition(printed: Block | null): void {
    this.lexer.next();
    const name = this.parseName();
    let pipeline: Pipeline | null = null;
    if (printed) pipeline = this.parsePipeline(0);
    this.expectEnd();
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
    if (this.lexer.kind != TokenKind.End) pipeline = this.parsePipeline(0);
    this.expectEnd();
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

  private expectEnd(): void {
    if (this.lexer.kind != TokenKind.End) this.unexpected();
  }

  private expectStop(word: string): void {
    if (this.stop != Stop.End) this.fail("{{" + word + "}} without {{end}}");
    this.stop = Stop.Text;
  }

  private unexpected(): void {
    const lexer = this.lexer;
    this.fail(
      lexer.kind == TokenKind.Wrong ? lexer.text.toText() : "unexpected " + lexer.text.toText() + " in operand",
    );
  }

  /** Commands with pipes between them; up to `namesMax` variables are declared before them. */
  private parsePipeline(namesMax: i32): Pipeline {
    const pipeline = new Pipeline();
    if (++this.depth > DEPTH_MAX) {
      this.fail("parentheses are nested too deep");
      return pipeline;
    }
    if (this.lexer.kind == TokenKind.Variable && namesMax) this.parseDeclaration(pipeline, namesMax);
    else this.parseCommands(pipeline, null);
    --this.depth;
    return pipeline;
  }

  /** A variable is a declaration's beginning, or a command's: what follows it tells. */
  private parseDeclaration(pipeline: Pipeline, namesMax: i32): void {
    const lexer = this.lexer;
    const first = lexer.text;
    lexer.next();
    if (lexer.kind == TokenKind.Comma && namesMax == 2) {
      lexer.next();
      pipeline.names.push(first);
      pipeline.names.push(lexer.text);
      if (lexer.kind != TokenKind.Variable) this.unexpected();
      lexer.next();
      if (lexer.kind != TokenKind.Declare && lexer.kind != TokenKind.Assign) this.unexpected();
    } else if (lexer.kind == TokenKind.Declare || lexer.kind == TokenKind.Assign) pipeline.names.push(first);
    else return this.parseCommands(pipeline, this.variableNamed(first));
    pipeline.isAssignment = lexer.kind == TokenKind.Assign;
    lexer.next();
    this.parseCommands(pipeline, null);
    for (let i = 0; i < pipeline.names.length; ++i) {
      if (pipeline.isAssignment) this.variableNamed(pipeline.names[i]);
      else this.variables.push(pipeline.names[i]);
    }
  }

  private variableNamed(name: Slice): Operand {
    let isKnown = !name.length;
    for (let i = 0; i < this.variables.length; ++i) if (this.variables[i].equals(name)) isKnown = true;
    if (!isKnown) this.fail("undefined variable $" + name.toText());
    return new Variable(name);
  }

  private parseCommands(pipeline: Pipeline, first: Operand | null): void {
    let begun = first;
    do {
      if (pipeline.commands.length) this.lexer.next();
      pipeline.commands.push(this.parseCommand(begun));
      begun = null;
    } while (this.lexer.kind == TokenKind.Pipe && !this.problem.length);
  }

  /** `first` is what has been read of it already. */
  private parseCommand(first: Operand | null): Operand {
    const lexer = this.lexer;
    if (!first && lexer.kind == TokenKind.Word) {
      const called = this.functionNamed(lexer.text.toText());
      if (called) return this.parseOperands(new Call(called));
    }
    const operand = this.parseFields(first ? first : this.parseOperand());
    if (!this.endsCommand()) this.fail("can't give an argument to what is no function");
    return operand;
  }

  private parseOperands(call: Call): Operand {
    this.lexer.next();
    while (!this.endsCommand() && !this.problem.length) {
      if (!this.lexer.isApart) this.unexpected();
      call.operands.push(this.parseFields(this.parseOperand()));
    }
    return call;
  }

  private endsCommand(): bool {
    const kind = this.lexer.kind;
    return kind == TokenKind.End || kind == TokenKind.Pipe || kind == TokenKind.RightParenthesis;
  }

  /** `.a.b` right behind an operand. */
  private parseFields(base: Operand): Operand {
    const lexer = this.lexer;
    if (lexer.kind != TokenKind.Field || lexer.isApart) return this.expectApart(base);
    const path = new FieldPath(base);
    for (; lexer.kind == TokenKind.Field && !lexer.isApart; lexer.next()) path.names.push(lexer.text);
    return this.expectApart(path);
  }

  private expectApart(operand: Operand): Operand {
    if (!this.lexer.isApart && !this.endsCommand()) this.unexpected();
    return operand;
  }

  private parseOperand(): Operand {
    const lexer = this.lexer;
    const text = lexer.text;
    let operand: Operand = new Dot();
    switch (lexer.kind) {
      case TokenKind.Dot:
        break;
      case TokenKind.Field:
        operand = fieldOf(text);
        break;
      case TokenKind.Variable:
        operand = this.variableNamed(text);
        break;
      case TokenKind.Text:
        operand = new Literal(Value.ofText(text));
        break;
      case TokenKind.Number:
        operand = this.numberOf(text);
        break;
      case TokenKind.Word:
        operand = this.wordOf(text.toText());
        break;
      case TokenKind.LeftParenthesis:
        lexer.next();
        operand = this.parsePipeline(1);
        if (lexer.kind != TokenKind.RightParenthesis) this.fail("unclosed left parenthesis");
        break;
      default:
        this.unexpected();
    }
    lexer.next();
    return operand;
  }

  private numberOf(text: Slice): Operand {
    const value = parseNumber(text.at(0) == 0x2b ? text.slice(1) : text);
    if (isNaN(value)) this.fail("bad number syntax");
    const isWhole = text.indexOf(0x2e) < 0 && (text.indexOf(0x65) & text.indexOf(0x45)) < 0;
    return new Literal(isWhole ? Value.ofInteger(parseInteger(text, <i64>value)) : Value.ofFloat(value));
  }

  private wordOf(word: string): Operand {
    if (word == "true" || word == "false") return new Literal(Value.ofBool(word == "true"));
    if (word == "nil") return new Nil();
    const called = this.functionNamed(word);
    if (called) return new Call(called);
    return new Nil();
  }

  /** Null for the words that are none; a problem where there is no such function. */
  private functionNamed(word: string): FunctionEntry | null {
    if (word == "true" || word == "false" || word == "nil") return null;
    if (this.functions.has(word)) return this.functions.get(word);
    this.fail('function "' + word + '" not defined');
    return null;
  }
}

function fieldOf(name: Slice): Operand {
  const path = new FieldPath(new Dot());
  path.names.push(name);
  return path;
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
