// gjson's paths: what its documentation says of each form.
import { beforeAll, describe, expect, test } from "vitest";
import { loadHarness, type Harness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("template");
});

const data = {
  name: { first: "Ada", last: "Lovelace" },
  age: 37,
  children: ["Byron", "Anne", "Ralph"],
  "fav.movie": "none",
  friends: [
    { first: "Mary", last: "Somerville", age: 44, nets: ["ig", "fb"] },
    { first: "Charles", last: "Babbage", age: 68, nets: ["fb"] },
    { first: "Jane", last: "Somerville", age: 47, nets: ["ig", "tw"] },
  ],
  _headers: { ":status": "404", "x-error": "gone" },
  nested: [[1, 2], [3], 4],
  text: '{"a":1}',
};

test.each<[string, unknown]>([
  ["name.last", "Lovelace"],
  ["age", 37],
  ["children", ["Byron", "Anne", "Ralph"]],
  ["children.1", "Anne"],
  ["child*.2", "Ralph"],
  ["c?ildren.0", "Byron"],
  ["fav\\.movie", "none"],
  ["children.#", 3],
  ["friends.#.first", ["Mary", "Charles", "Jane"]],
  ["friends.1.last", "Babbage"],
  ["friends.#.first|0", "Mary"],
  ["friends.#.nets.0", ["ig", "fb", "ig"]],
  ['friends.#(last=="Somerville").first', "Mary"],
  ['friends.#(last=="Somerville")#.first', ["Mary", "Jane"]],
  ["friends.#(age>45)#.first", ["Charles", "Jane"]],
  ["friends.#(age>=47)#|#", 2],
  ['friends.#(first%"J*").age', 47],
  ['friends.#(first!%"J*")#.age', [44, 68]],
  ['friends.#(nets.#(=="fb"))#.first', ["Mary", "Charles"]],
  ['children.#(!="Anne")#', ["Byron", "Ralph"]],
  ["friends.#(nothing)", undefined],
  ["_headers.\\:status", "404"],
  ["_headers.x-error", "gone"],
  ["children.@reverse", ["Ralph", "Anne", "Byron"]],
  ["children.@reverse.0", "Ralph"],
  ["children|@reverse|0", "Ralph"],
  ["name.@keys", ["first", "last"]],
  ["name.@values", ["Ada", "Lovelace"]],
  ["nested.@flatten", [1, 2, 3, 4]],
  ["text.@fromstr.a", 1],
  ["age.@tostr", "37"],
  ["{name.first,years:age}", { first: "Ada", years: 37 }],
  ["[age,name.last,missing]", [37, "Lovelace"]],
  ['{"the first":children.0}', { "the first": "Byron" }],
  [
    "friends.#.{first,age}",
    [
      { first: "Mary", age: 44 },
      { first: "Charles", age: 68 },
      { first: "Jane", age: 47 },
    ],
  ],
  ['!"hello"', "hello"],
  ["missing.a.b", undefined],
  ["children.9", undefined],
  ["children.@nothing", undefined],
])("%s", (path, expected) => {
  const found = harness.text("query", JSON.stringify(data), path);
  expect(found ? JSON.parse(found) : undefined).toEqual(expected);
});

describe("a path that is no path", () => {
  test.each([
    "",
    ".",
    "..",
    "#",
    "#(",
    "#(#(",
    "{",
    "{a",
    "[",
    "@",
    "@:",
    "\\",
    "a\\",
    "|",
    '"',
    "#()#",
    "*".repeat(99),
  ])("%j does no harm", (path) => {
    expect(() => harness.text("query", JSON.stringify(data), path)).not.toThrow();
  });
});
