// Reads what stands in an action: pipelines of commands, and their operands.
// https://pkg.go.dev/text/template#hdr-Pipelines
import { parseInteger, parseNumber, Slice } from "@weir/sdk/assembly";
import { FunctionEntry } from "./function-entry";
import { Lexer, TokenKind } from "./lexer";
import { Call, Dot, FieldPath, Literal, Nil, Operand, Pipeline, Variable } from "./operand";
import { Value } from "./value";

const DEPTH_MAX: i32 = 48;

/** Parses the actions of one template, one after the other. */
@final
export class PipelineParser {
  /** What is wrong with the template; empty where nothing is. */
  problem: string = "";
  /** The action at hand. */
  lexer: Lexer = new Lexer(Slice.empty());
  private depth: i32 = 0;
  private readonly variables: Slice[] = [];

  constructor(private readonly functions: Map<string, FunctionEntry>) {}

  /** Notes what is wrong. Only the first reason counts. */
  fail(problem: string): void {
    if (!this.problem.length) this.problem = problem;
  }

  /** Goes one level deeper; false where that is too deep. */
  enter(): bool {
    if (++this.depth > DEPTH_MAX) this.fail("blocks or parentheses are nested too deep");
    return !this.problem.length;
  }

  leave(): void {
    --this.depth;
  }

  /** How many variables are known: what `forget` goes back to. */
  get mark(): i32 {
    return this.variables.length;
  }

  forget(mark: i32): void {
    this.variables.length = mark;
  }

  /** The action must be over. */
  expectEnd(): void {
    if (this.lexer.kind != TokenKind.End) this.unexpected();
  }

  private unexpected(): void {
    const lexer = this.lexer;
    this.fail(
      lexer.kind == TokenKind.Wrong ? lexer.text.toText() : "unexpected " + lexer.text.toText() + " in operand",
    );
  }

  /** Commands with pipes between them; up to `namesMax` variables are declared before them. */
  parsePipeline(namesMax: i32): Pipeline {
    const pipeline = new Pipeline();
    if (!this.enter()) return pipeline;
    if (this.lexer.kind == TokenKind.Variable && namesMax) this.parseDeclaration(pipeline, namesMax);
    else this.parseCommands(pipeline, null);
    this.leave();
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
