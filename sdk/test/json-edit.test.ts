// JsonEdit: commas at every place, untouched bytes, and a model in plain JavaScript over random edits.
import { beforeAll, describe, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { randomKey, randomObject, randomText } from "./random-json.ts";
import { seededRandom } from "./random.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("json");
});

const random = seededRandom("json-edit");

type Path = (string | number)[];
type Step = ["set", Path, string, string] | ["remove", Path, string] | ["replace", Path, string];

function edited(text: string, ...steps: Step[]): string | null {
  return harness.text("edit", text, JSON.stringify(steps));
}

describe("edits", () => {
  test.each<[string, string, Step[]]>([
    ['{"a":1,"b":2,"c":3}', '{"b":2,"c":3}', [["remove", [], "a"]]],
    ['{"a":1,"b":2,"c":3}', '{"a":1,"c":3}', [["remove", [], "b"]]],
    ['{"a":1,"b":2,"c":3}', '{"a":1,"b":2}', [["remove", [], "c"]]],
    [
      '{"a":1,"b":2,"c":3}',
      '{"c":3}',
      [
        ["remove", [], "a"],
        ["remove", [], "b"],
      ],
    ],
    [
      '{"a":1,"b":2,"c":3}',
      '{"b":2}',
      [
        ["remove", [], "a"],
        ["remove", [], "c"],
      ],
    ],
    [
      '{"a":1,"b":2,"c":3}',
      '{"a":1}',
      [
        ["remove", [], "c"],
        ["remove", [], "b"],
      ],
    ],
    [
      '{"a":1,"b":2,"c":3}',
      "{}",
      [
        ["remove", [], "b"],
        ["remove", [], "a"],
        ["remove", [], "c"],
      ],
    ],
    ['{"a":1}', "{}", [["remove", [], "a"]]],
    ['{ "a" : 1 , "b" : 2 }', '{ "b" : 2 }', [["remove", [], "a"]]],
    ['{ "a" : 1 , "b" : 2 }', '{ "a" : 1 }', [["remove", [], "b"]]],
    ['{ "a" : 1 }', "{  }", [["remove", [], "a"]]],
    ['{"a":1}', '{"a":1}', [["remove", [], "b"]]],
    ['{"a":1,"a":2,"b":3,"a":4}', '{"b":3}', [["remove", [], "a"]]],
    ['{"a":1,"\\u0061":2}', "{}", [["remove", [], "a"]]],
    ["{}", '{"a":1}', [["set", [], "a", "1"]]],
    ["{ }", '{"a":1 }', [["set", [], "a", "1"]]],
    ['{"a":1}', '{"a":2}', [["set", [], "a", "2"]]],
    ['{"a" :\n1 }', '{"a" :\n[2] }', [["set", [], "a", "[2]"]]],
    ['{"a":1}', '{"a":1,"b":2}', [["set", [], "b", "2"]]],
    [
      '{"a":1 }',
      '{"a":1,"b":2,"c":3 }',
      [
        ["set", [], "b", "2"],
        ["set", [], "c", "3"],
      ],
    ],
    [
      '{"a":1}',
      '{"a":3}',
      [
        ["set", [], "a", "2"],
        ["set", [], "a", "3"],
      ],
    ],
    [
      '{"a":1}',
      '{"a":1,"b":3}',
      [
        ["set", [], "b", "2"],
        ["set", [], "b", "3"],
      ],
    ],
    [
      '{"a":1}',
      '{"a":1}',
      [
        ["set", [], "b", "2"],
        ["remove", [], "b"],
      ],
    ],
    [
      '{"a":1}',
      '{"a":2}',
      [
        ["remove", [], "a"],
        ["set", [], "a", "2"],
      ],
    ],
    [
      '{"a":1}',
      "{}",
      [
        ["set", [], "a", "2"],
        ["remove", [], "a"],
      ],
    ],
    [
      '{"a":1}',
      '{"b":2}',
      [
        ["remove", [], "a"],
        ["set", [], "b", "2"],
      ],
    ],
    [
      '{"a":1,"b":2}',
      '{"a":1,"c":3}',
      [
        ["remove", [], "b"],
        ["set", [], "c", "3"],
      ],
    ],
    ['{"a":1,"a":2}', '{"a":3}', [["set", [], "a", "3"]]],
    ['{"a":1,"b":0,"a":2}', '{"b":0,"a":3}', [["set", [], "a", "3"]]],
    ['{"a":1}', '{"a":1,"q\\"\\n":2}', [["set", [], 'q"\n', "2"]]],
    ["[1,2,3]", "[1,9,3]", [["replace", [1], "9"]]],
    [
      "[1,2,3]",
      "[9,2,8]",
      [
        ["replace", [2], "8"],
        ["replace", [0], "9"],
      ],
    ],
    [" [1] ", " {} ", [["replace", [], "{}"]]],
    [
      '{"a":{"b":{"c":1}}}',
      '{"a":{"b":{"c":2,"d":3}},"e":4}',
      [
        ["set", ["a", "b"], "c", "2"],
        ["set", ["a", "b"], "d", "3"],
        ["set", [], "e", "4"],
      ],
    ],
    [
      '{"a":{"b":1}}',
      '{"a":{},"c":2}',
      [
        ["remove", ["a"], "b"],
        ["set", [], "c", "2"],
      ],
    ],
    [
      '{"a":{"b":1}}',
      "{}",
      [
        ["set", ["a"], "b", "2"],
        ["remove", [], "a"],
      ],
    ],
    [
      '{"a":{"b":1},"c":1}',
      '{"c":1}',
      [
        ["set", ["a"], "x", "2"],
        ["remove", [], "a"],
      ],
    ],
    [
      '{"a":{"b":1}}',
      '{"a":0}',
      [
        ["set", ["a"], "b", "2"],
        ["set", [], "a", "0"],
      ],
    ],
    [
      '[{"a":1},{"a":1}]',
      '[{"a":2},{}]',
      [
        ["set", [0], "a", "2"],
        ["remove", [1], "a"],
      ],
    ],
    [
      '[1,{"a":1}]',
      '[1,{"a":1}]',
      [
        ["set", [0], "a", "2"],
        ["remove", [5], "a"],
        ["replace", [7], "1"],
      ],
    ],
    [
      '{"a":1}',
      '{"a":3}',
      [
        ["replace", ["a"], "2"],
        ["replace", ["a"], "3"],
      ],
    ],
    ['{"a":[1,[2,{"b":[]}]]}', '{"a":[1,[2,{"b":[0]}]]}', [["replace", ["a", 1, 1, "b"], "[0]"]]],
  ])("%s becomes %s", (before, after, steps) => {
    expect(edited(before, ...steps)).toBe(after);
  });

  test("without any edit the bytes are the same", () => {
    const text = ' {"a" : [1, 2 ,3],\r\n"b":"\\u0041" } ';
    expect(edited(text)).toBe(text);
  });
});

/** The same steps on a parsed value: what JsonEdit must come to. */
function applied(value: unknown, steps: Step[]): unknown {
  const root = structuredClone(value) as Record<string, unknown>;
  for (const step of steps) {
    const target = step[1].reduce<unknown>(
      (node, key) => (node as Record<string | number, unknown>)[key],
      root,
    ) as Record<string, unknown>;
    if (step[0] === "set") target[step[2]] = JSON.parse(step[3]);
    else if (step[0] === "remove") delete target[step[2]];
  }
  return root;
}

/** All objects in `value`, as paths. */
function objectPaths(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== "object") return [];
  const below = Object.entries(value).flatMap(([key, item]) =>
    objectPaths(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return Array.isArray(value) ? below : [path, ...below];
}

test("random edits come to what the same edits of the parsed value come to", () => {
  for (let round = 0; round < 5000; ++round) {
    const value = JSON.parse(JSON.stringify(randomObject(random, 4)).replace(/\\ud800/g, "?")) as Record<
      string,
      unknown
    >;
    const text = randomText(random, value);
    const steps = Array.from({ length: 1 + random.below(6) }, () => randomStep(value));
    const result = edited(text, ...steps);
    expect(JSON.parse(result!), `${text}\n${JSON.stringify(steps)}`).toEqual(applied(value, sorted(steps)));
  }
});

function randomStep(value: Record<string, unknown>): Step {
  const path = random.of(objectPaths(value));
  const own = Object.keys(
    path.reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], value) as object,
  );
  const key = (own.length && random.below(3) ? random.of(own) : randomKey(random)).replaceAll("\uD800", "?");
  return random.below(2) ? ["set", path, key, random.of(["1", '"x"', "{}", "[null]"])] : ["remove", path, key];
}

/** Inner objects first: an edit inside a value that goes is dropped, whatever the order of the calls. */
function sorted(steps: Step[]): Step[] {
  return steps.toSorted((a, b) => b[1].length - a[1].length);
}

test("what is not edited stays byte for byte", () => {
  for (let round = 0; round < 1000; ++round) {
    const text = `{"head":${randomText(random, randomObject(random, 4))},"model" : "old" , "tail":${randomText(random, randomObject(random, 4))}}`;
    expect(edited(text, ["set", [], "model", '"new"'])).toBe(text.replace('"model" : "old"', '"model" : "new"'));
    expect(edited(text, ["remove", [], "model"])).toBe(text.replace('"model" : "old" , ', ""));
  }
});

test("a hundred thousand duplicate keys are set and removed in reasonable time", () => {
  const text = `{${'"a":1,"b":2,'.repeat(100_000)}"c":3}`;
  const started = performance.now();
  const b = '"b":2,'.repeat(100_000);
  expect(edited(text, ["remove", [], "a"]) === `{${b}"c":3}`).toBe(true);
  expect(edited(text, ["set", [], "a", "9"])?.endsWith('"b":2,"a":9,"b":2,"c":3}')).toBe(true);
  // Both around and inside an object that is edited too, so that the splices do not come in order.
  const nested = `{${'"a":1,"b":2,'.repeat(50_000)}"x":${text},${'"a":1,"b":2,'.repeat(50_000)}"c":3}`;
  const outer = '"b":2,'.repeat(50_000);
  const both = edited(nested, ["remove", [], "a"], ["remove", ["x"], "a"]);
  expect(both === `{${outer}"x":{${b}"c":3},${outer}"c":3}`).toBe(true);
  expect(performance.now() - started).toBeLessThan(5000);
});
