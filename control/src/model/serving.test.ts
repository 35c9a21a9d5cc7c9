// Which routes a request may end at: what is missed here would be open to whoever has no key.
import { expect, test } from "vitest";
import type { Route } from "./model.ts";
import { servingRoutes } from "./serving.ts";
import { plainRoute } from "./test/plain.ts";

const route = (name: string, more: Partial<Route> = {}): Route => ({ ...plainRoute(name, "t"), ...more });
const some = { models: ["a"] };
const header = (value: string): Partial<Route> => ({ headers: [{ name: "x-tier", value }] });

test.each<[string, Route, Route[], string[]]>([
  ["a direct one serves alone", route("one"), [route("other")], ["one"]],
  ["any with the same path", route("one", some), [route("two", some), route("three", some)], ["one", "two", "three"]],
  ["none behind one that takes all", route("one", some), [route("all"), route("behind", some)], ["one", "all"]],
  [
    "those behind one that takes only some",
    route("one", some),
    [route("gold", header("gold")), route("behind", some)],
    ["one", "gold", "behind"],
  ],
  [
    "none that differs in a condition",
    route("one", { ...some, ...header("gold") }),
    [route("two", { ...some, ...header("free") }), route("three", some)],
    ["one", "three"],
  ],
  [
    "one whose prefix the path is below, as the plugin goes by prefixes",
    route("nested", { ...some, pathPrefix: "/v1/team" }),
    [route("outer", some), route("root", { ...some, pathPrefix: "" }), route("apart", { ...some, pathPrefix: "/v10" })],
    ["nested", "outer", "root"],
  ],
  [
    "one that is below it",
    route("outer", { ...some, pathPrefix: "" }),
    [route("inner", { ...some, pathPrefix: "/images/v1" })],
    ["outer", "inner"],
  ],
  [
    "one below Gemini's prefix",
    route("nested", { ...some, pathPrefix: "/v1beta/x" }),
    [route("outer", some)],
    ["nested", "outer"],
  ],
])("%s", (_what, first, others, names) => {
  expect(servingRoutes(first, [first, ...others]).map(({ name }) => name)).toEqual(names);
});
