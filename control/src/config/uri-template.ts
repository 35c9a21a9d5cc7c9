// Templates of URIs, as far as the plugin knows them: {name}, {+name}, and {?a,b} at the end.
// https://www.rfc-editor.org/rfc/rfc6570
import { Mistake } from "./schema/scalar.ts";

const expression = /\{([^{}]*)\}/g;
const name = "[A-Za-z_][A-Za-z0-9_]*";
const simple = new RegExp(`^\\+?${name}$`);
const query = new RegExp(`^\\?${name}(,${name})*$`);

/** The names of its variables, in their order. */
export function uriVariables(template: string): string[] {
  return [...template.matchAll(expression)].flatMap(([, inside = ""]) => inside.replace(/^[+?]/, "").split(","));
}

/** What is wrong with it, or null. */
export function uriTemplateMistake(template: string): Mistake | null {
  const expressions = [...template.matchAll(expression)].map(([, inside = ""]) => inside);
  if (expressions.length === 0) return new Mistake("has no variable", "Write uri, or a variable such as {id}");
  if (/[{}]/.test(template.replace(expression, ""))) return new Mistake("has a brace without its other", "Close it");
  const odd = expressions.find((inside) => !simple.test(inside) && !query.test(inside));
  if (odd !== undefined) return new Mistake(`has {${odd}}, which is not known`, "Use {name}, {+name} or {?name,name}");
  const isQueryLast = expressions.slice(0, -1).every((inside) => simple.test(inside));
  if (!isQueryLast || (query.test(expressions.at(-1)!) && !template.endsWith("}"))) {
    return new Mistake("has something behind its parameters", "Write {?…} at the end");
  }
  if (/\}\{[^?]/.test(template)) return new Mistake("has two variables without anything between", "Set them apart");
  const names = uriVariables(template);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  return twice === undefined ? null : new Mistake(`has the variable ${twice} twice`, "Give each a name of its own");
}
