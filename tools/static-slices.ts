// A transform of the AssemblyScript compiler: every `Slice.of("…")` becomes a slice that lies in static memory. So it
// costs its UTF-8 and one byte in the Wasm, where it cost UTF-16 with a header, code that makes it, at the start or
// whenever a function comes to it, and a visit by every garbage collection. sdk/assembly/bytes/constants.ts lays them
// out.
import {
  CallExpression,
  type Expression,
  IdentifierExpression,
  Node,
  type Parser,
  PropertyAccessExpression,
  type Source,
  StringLiteralExpression,
  type VariableDeclaration,
  VariableStatement,
} from "assemblyscript";
import type { Transform } from "assemblyscript/asc";
import binaryen from "assemblyscript/binaryen";
import { parseExpression } from "./compiler-expressions.ts";

/** Longer texts stay as they are: a length is one byte. */
const bytesMax = 255;
/** The distance from one slice in static memory to the next: a header of 20 bytes, three fields of 4. */
const slotBytes = 32;
const headerBytes = 20;
const constantsPath = "/assembly/bytes/constants";
const visitGlobals = "~lib/rt/__visit_globals";

function isIdentifier(expression: Expression, text: string): boolean {
  return expression instanceof IdentifierExpression && expression.text === text;
}

/** The text of `Slice.of("text")`. */
function literalOf(expression: Node): string | undefined {
  if (!(expression instanceof CallExpression) || expression.args.length !== 1) return undefined;
  const [argument] = expression.args;
  const callee = expression.expression;
  if (!(argument instanceof StringLiteralExpression) || !(callee instanceof PropertyAccessExpression)) return undefined;
  return isIdentifier(callee.expression, "Slice") && callee.property.text === "of" ? argument.value : undefined;
}

function isShort(node: Node): boolean {
  const text = literalOf(node);
  return text !== undefined && Buffer.byteLength(text) <= bytesMax;
}

function declarationsOf(source: Source): VariableDeclaration[] {
  return source.statements.flatMap((one) => (one instanceof VariableStatement ? one.declarations : []));
}

/** The global that `if (global) visit(global)` visits; undefined for what has another form. */
function visitedGlobal(expression: binaryen.ExpressionRef): string | undefined {
  const { id, condition } = binaryen.getExpressionInfo(expression) as binaryen.IfInfo;
  if (id !== binaryen.IfId) return undefined;
  const { value } = binaryen.getExpressionInfo(condition) as binaryen.LocalSetInfo;
  return (binaryen.getExpressionInfo(value) as binaryen.GlobalGetInfo).name;
}

/** The transform of one compilation. */
export function staticSlices(): Transform {
  // The compiler's type has what the compiler adds.
  return new StaticSlices() as Partial<Transform> as Transform;
}

class StaticSlices implements Pick<Transform, "afterParse" | "afterCompile"> {
  readonly #indexes = new Map<string, number>();
  readonly #globals = new Set<string>();

  afterParse(parser: Parser): void {
    const constants = parser.sources.find((source) => source.internalPath.endsWith(constantsPath));
    if (!constants) return;
    for (const source of parser.sources) this.#rewrite(source);
    if (this.#indexes.size) this.#fill(constants);
  }

  /** A garbage collection need not visit what never changes and points to static memory. */
  afterCompile(module: binaryen.Module): void {
    if (!this.#globals.size) return;
    const visit = binaryen.getFunctionInfo(module.getFunction(visitGlobals));
    const { children } = binaryen.getExpressionInfo(visit.body) as binaryen.BlockInfo;
    const kept = children.filter((child) => !this.#globals.has(visitedGlobal(child) ?? ""));
    module.removeFunction(visitGlobals);
    module.addFunction(visitGlobals, visit.params, visit.results, visit.vars, module.block(null, kept));
  }

  #rewrite(source: Source): void {
    for (const declaration of declarationsOf(source)) {
      if (declaration.initializer && isShort(declaration.initializer))
        this.#globals.add(`${source.internalPath}/${declaration.name.text}`);
    }
    for (const statement of source.statements) this.#rewriteBelow(statement, source);
  }

  /** Whatever kind of node it is: each holds others in its properties, by themselves or in lists. */
  #rewriteBelow(node: Node, source: Source): void {
    const properties = node as unknown as Record<string, unknown>;
    for (const [key, value] of Object.entries(properties)) {
      if (Array.isArray(value)) value.forEach((one, index) => (value[index] = this.#rewritten(one, source)));
      else properties[key] = this.#rewritten(value, source);
    }
  }

  #rewritten(value: unknown, source: Source): unknown {
    if (!(value instanceof Node)) return value;
    if (isShort(value)) return this.#slotOf(literalOf(value) ?? "", source);
    this.#rewriteBelow(value, source);
    return value;
  }

  #slotOf(text: string, source: Source): Expression {
    const index = this.#indexes.get(text) ?? this.#indexes.size;
    this.#indexes.set(text, index);
    return parseExpression(`changetype<Slice>(Slice.constants + ${index * slotBytes})`, source);
  }

  /** Puts the texts and the room for the slices into the source that lays them out. */
  #fill(constants: Source): void {
    const texts = Buffer.concat(
      [...this.#indexes.keys()].flatMap((text) => [Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]),
    );
    const header = Buffer.alloc(headerBytes);
    header.writeUInt32LE(texts.length, headerBytes - 4);
    const bytes = [...header, ...texts].join();
    for (const declaration of declarationsOf(constants)) {
      const { text } = declaration.name;
      if (text === "TEXTS")
        declaration.initializer = parseExpression(`memory.data<u8>([${bytes}]) + HEADER_SIZE`, constants);
      if (text === "CONSTANTS")
        declaration.initializer = parseExpression(
          `memory.data(${this.#indexes.size * slotBytes}) + HEADER_SIZE`,
          constants,
        );
    }
  }
}
