// What transforms of the AssemblyScript compiler put into its syntax trees.
import { type Expression, Parser, Source, Tokenizer } from "assemblyscript";

/** The expression that `text` is. The compiler asks of every expression which file it stands in. */
export function parseExpression(text: string, { sourceKind, normalizedPath }: Source): Expression {
  const source = new Source(sourceKind, normalizedPath, text);
  const expression = new Parser().parseExpression(new Tokenizer(source));
  if (!expression) throw new Error(`Not an expression: ${text}`);
  return expression;
}
