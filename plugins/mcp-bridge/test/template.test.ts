// Templates: what the library does that Higress uses, and where the sane mode departs from it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadHarness, type Harness } from "./harness.ts";
import { saneOutputs } from "./sane-outputs.ts";

interface Vector {
  template: string;
  out?: string;
  error?: string;
}

const file = join(import.meta.dirname, "../fixtures/template-vectors.json");
const { data, vectors } = JSON.parse(readFileSync(file, "utf8")) as { data: object; vectors: Vector[] };
const text = JSON.stringify(data).replaceAll("1e+21", "1e21");

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("template");
});

/** The output, or whether the template could not be parsed or not be executed. */
function render(template: string, mode: "sane" | "higress", given = text): string {
  const output = harness.bytes("render", template, given, mode === "higress" ? 1 : 0);
  if (output) return output.toString();
  const why = harness.text("why") ?? "";
  expect(why).not.toBe("");
  return why.startsWith("parse:") ? "cannot be parsed" : "cannot be executed";
}

function expected({ out = "", error }: Vector): string {
  if (error === undefined) return out;
  return error.startsWith("parse:") ? "cannot be parsed" : "cannot be executed";
}

describe("as Higress has it", () => {
  test.each(vectors)("$template", (vector) => {
    expect(render(vector.template, "higress")).toBe(expected(vector));
  });
});

describe("sane", () => {
  test.each(vectors)("$template", (vector) => {
    expect(render(vector.template, "sane")).toBe(saneOutputs[vector.template] ?? expected(vector));
  });

  test("the departures are of templates that there are", () => {
    const known = vectors.map(({ template }) => template);
    expect(Object.keys(saneOutputs).filter((template) => !known.includes(template))).toEqual([]);
  });
});

describe("functions", () => {
  test.each<[string, string]>([
    ["{{uuidv4}}", "30313233-3435-4637-b839-616263646566"],
    ['{{now | date "2006-01-02T15:04:05.000Z07:00"}}', "2026-11-02T12:00:05.007Z"],
    ['{{dateInZone "Mon Jan _2 03:04PM 2006 -0700" now "Asia/Shanghai"}}', "Mon Nov  2 08:00PM 2026 +0800"],
    ['{{date "Monday, 2 January 06" 0}}', "Thursday, 1 January 70"],
    ['{{date "2006-01-02" 951782400}}', "2000-02-29"],
    ["{{unixEpoch now}}", "1793620805"],
    ["{{getRealIP}}", "192.0.2.7"],
    ["{{._status}} {{gjson `_headers.\\:status`}}", "404 404"],
    ["{{range .args.list}}{{._status}}{{end}}", ""],
    ["{{upper .args.uni}}", 'HÉLLO "Q" <B>&'],
    ["{{trunc 2 .args.uni}}|{{trunc -3 .args.name}}", "h|Bob"],
    ['{{.args.list | rest | join "+"}} {{last .args.list}} {{initial .args.list}}', 'b+c c ["a","b"]'],
    ['{{append .args.nums "x"}}{{uniq (list 1 1 2)}}{{reverse .args.nums}}', '[1,2,3,"x"][1,2][3,2,1]'],
    ["{{keys .args.obj}}{{values .args.obj}}", '["k","k2"]["v",2]'],
    ['{{regexFindAll "[ab]" "abc" -1}} {{regexReplaceAll "(b+)" "abbc" "<${1}>"}}', '["a","b"] a<bb>c'],
    ['{{printf "%5s|%-4d|%04d|%q|%t|%%|%x" "a" 7 7 "b" true 255}}', '    a|7   |0007|"b"|true|%|ff'],
    ["{{sub 1 2}} {{div 7 -2}} {{mod -7 3}} {{divf 1 4}} {{min 3 1 2}} {{ceil 1.2}}", "-1 -3 -1 0.25 1 2"],
    ['{{default 5 0}} {{coalesce "" 0 "x"}} {{ternary "y" "n" false}}', "5 x n"],
    ['{{quote "a\\"b"}} {{squote "c"}} {{cat "a" "b"}} {{nindent 2 "a\\nb"}}', '"a\\"b" \'c\' a b \n  a\n  b'],
    ["{{range $k, $v := .args.obj}}{{$k}}{{else}}none{{end}}{{range 0}}x{{else}}0{{end}}", "kk20"],
    ["{{join ',' .args.list}}{{`'`}}{{\"'\"}}", "a,b,c''"],
    ["{{with $x := .args.name}}{{$x}}{{end}}", "Bob"],
    ["{{if false}}a{{else if .args.fl}}b{{else}}c{{end}}", "c"],
    ['{{define "r"}}{{if .}}{{.}}{{template "r" (sub . 1)}}{{end}}{{end}}{{template "r" 3}}', "321"],
  ])("%s", (template, output) => {
    expect(render(template, "sane")).toBe(output);
  });
});

describe("what would go wrong does so in time", () => {
  test.each([
    "{{div 1 0}}",
    "{{mod 1 0}}",
    "{{range 1000000000}}x{{end}}",
    '{{repeat 100000000 "abc"}}',
    '{{define "r"}}{{template "r" .}}{{end}}{{template "r" .}}',
    '{{regexMatch "(" "a"}}',
    "{{untilStep 0 100000000 1}}",
    "{{1 2}}",
    '{{"a" | 1}}',
    "{{b64dec `*`}}",
  ])("%s", (template) => {
    expect(render(template, "sane")).toMatch(/^cannot be/);
  });

  test.each([
    "{{if}}",
    "{{end}}",
    "{{else}}",
    "{{if .a}}",
    "{{range .a}}{{else}}{{else}}{{end}}",
    "{{$x}}",
    "{{break}}",
    '{{template "no"}}',
    "{{(1}}",
    "{{1)}}",
    '{{"a}}',
    "{{`a}}",
    "{{/* a}}",
    "{{:}}",
    "{{.a |}}",
    "{{| .a}}",
    "(".repeat(3) + "{{" + "(".repeat(500) + "1" + ")".repeat(500) + "}}",
    "{{if 1}}".repeat(500),
  ])("%s", (template) => {
    expect(render(template, "sane")).toBe("cannot be parsed");
  });

  test("the smallest number by minus one is no trap", () => {
    expect(render("{{div -9223372036854775808 -1}}{{mod -9223372036854775808 -1}}", "sane")).toBe(
      "-92233720368547758080",
    );
  });
});

describe("a URL", () => {
  const given = JSON.stringify({
    config: { base: "https://a.example/v1" },
    args: { q: "a/../b?c&d=é", list: ["x y"] },
  });
  test.each<[string, string]>([
    ["{{.config.base}}/{{.args.q}}", "https://a.example/v1/a%2F..%2Fb%3Fc%26d%3D%C3%A9"],
    ["/x?q={{urlquery .args.q}}", "/x?q=a%2F..%2Fb%3Fc%26d%3D%C3%A9"],
    ["/{{.args.q | toString}}", "/a/../b?c&d=é"],
    ["/{{range .args.list}}{{.}}{{end}}{{$x := .args.q}}{{$x}}", "/x%20ya%2F..%2Fb%3Fc%26d%3D%C3%A9"],
  ])("%s", (template, url) => {
    expect(harness.text("renderUrl", template, given)).toBe(url);
  });
});
