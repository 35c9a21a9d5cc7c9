// One case for each annotation of an Ingress, on a real Envoy. The last test holds this to its word.
import { afterAll, beforeAll, expect, test } from "vitest";
import { annotations, unsupportedAnnotations } from "../../../control/src/kubernetes/ingress/annotations.ts";
import { bed, next, serve, startBed, used } from "./annotation-bed.ts";
import "./annotation-requests.ts";
import "./annotation-servers.ts";
import { ingress } from "./manifests.ts";

beforeAll(startBed);
afterAll(() => bed.stop());

test("the prefixes, and which of two counts", async () => {
  const name = `case-${next()}`;
  const values = {
    "nginx.ingress.kubernetes.io/upstream-vhost": "nginx.test",
    "higress.io/upstream-vhost": "higress.test",
    "nginx.ingress.kubernetes.io/rewrite-target": "/nginx",
  };
  await bed.apply(ingress(name, { hosts: { [`${name}.test`]: [{ to: "one" }] }, annotations: values }));
  const { seen } = await bed.until({ host: `${name}.test` }, ({ status }) => status === 200);
  expect([seen?.headers["host"], seen?.path]).toEqual(["higress.test", "/nginx"]);
});

test("one that is unknown, unsupported or wrong is told, and the rest is served", async () => {
  const { ask, name } = await serve(
    {},
    { annotations: { "higress.io/no-such-thing": "1", "weir.dev/timeout": "soon" } },
  );
  expect((await ask()).status).toBe(200);
  expect(await bed.event(name, "UnknownAnnotation")).toBe("higress.io/no-such-thing is not known and does nothing");
  expect(await bed.event(name, "InvalidAnnotation")).toBe("weir.dev/timeout must be a number from 0 on");
});

test("an expression that Envoy does not take costs nobody else's routes", async () => {
  const { name } = await serve({ "use-regex": "true" }, {}, "/(?=a)");
  expect(await bed.event(name, "InvalidPath")).toContain("/(?=a).* is no regular expression of RE2");
  const wrong = await serve({}, { annotations: { "weir.dev/regex-match-header-x-a": "(" } });
  expect(await bed.event(wrong.name, "InvalidAnnotation")).toContain("is no regular expression of RE2");
  expect((await wrong.ask()).status).toBe(200);
});

test.each(Object.entries(unsupportedAnnotations))("%s is told to do nothing", async (annotation, why) => {
  const name = `unsupported-${annotation}`;
  await bed.apply(ingress(name, { fallback: "one", annotations: { [`higress.io/${annotation}`]: "1" } }));
  expect(await bed.event(name, "UnsupportedAnnotation")).toBe(`higress.io/${annotation} does nothing: ${why}`);
});

test("every annotation has its case, and no Envoy has refused anything", () => {
  const isUsed = (name: string): boolean =>
    [...used].some((one) => (name.endsWith("-") ? one.startsWith(name) : one === name));
  expect(Object.keys(annotations).filter((name) => !isUsed(name))).toEqual([]);
  expect(bed.output()).not.toMatch(/REJECTED/);
});
