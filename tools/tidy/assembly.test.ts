// A trap ends the whole VM, so plugin code has no way to make one: raw memory, unchecked casts, `!` and `throw`
// live in sdk/assembly alone, where each is looked at.
import ts from "typescript";
import { expect, test } from "vitest";
import { isAssembly, readText, repositoryFiles } from "./repository.ts";

/** The SDK owns raw memory; the plugins of these tests exist to trap. */
const exempt = /^sdk\/(assembly|conformance)\/|^e2e\/plugins\/(trap|trace)\//;

const rawCalls = new Set(["load", "store", "changetype", "unchecked", "unreachable", "__new", "__free"]);
const rawNamespaces = new Set(["memory", "heap", "v128"]);

function isRawCall(node: ts.Node): boolean {
  if (!ts.isCallExpression(node)) return false;
  const called = node.expression;
  if (ts.isIdentifier(called)) return rawCalls.has(called.text);
  return (
    ts.isPropertyAccessExpression(called) &&
    ts.isIdentifier(called.expression) &&
    rawNamespaces.has(called.expression.text)
  );
}

function canTrap(node: ts.Node): boolean {
  return ts.isNonNullExpression(node) || ts.isThrowStatement(node) || isRawCall(node);
}

function findings(file: string): string[] {
  const source = ts.createSourceFile(file, readText(file), ts.ScriptTarget.ESNext, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (canTrap(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${file}:${line + 1}: ${node.getText().slice(0, 80)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test("AssemblyScript outside the SDK has no raw memory, cast, `!` or throw", () => {
  const files = repositoryFiles(/\.ts$/).filter((file) => isAssembly(file) && !exempt.test(file));
  expect(files.flatMap(findings)).toEqual([]);
});
