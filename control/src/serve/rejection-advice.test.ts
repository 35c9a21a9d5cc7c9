import { expect, test } from "vitest";
import { hasAdvice, withAdvice } from "./rejection-advice.ts";

test("what an Envoy's own bootstrap stands against comes with what to add there", () => {
  const said = "Error adding listener(s) weir.mcp-inner: InternalListener bootstrap extension is mandatory\n";
  const advised = withAdvice(said);
  expect(advised).toContain("is mandatory. MCP servers");
  expect(advised).toContain("bootstrap_extensions: { name: envoy.bootstrap.internal_listener");
  expect([hasAdvice(said), hasAdvice(advised)]).toEqual([true, true]);
});

test("anything else is passed on as Envoy has said it", () => {
  expect([withAdvice("no such field: colour\n"), hasAdvice("no such field")]).toEqual([
    "no such field: colour\n",
    false,
  ]);
});
