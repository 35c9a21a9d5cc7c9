// What is written of many statuses while others come, and what becomes of what cannot be written.
import { beforeEach, expect, test, vi } from "vitest";
import { ApiError, type KubernetesApi } from "./api.ts";
import { allKinds } from "./kinds.ts";
import type { Notice } from "./notice.ts";
import { keyOf, type KubernetesObject, type Objects } from "./objects.ts";
import { StatusWriter } from "./status-writer.ts";
import type { StatusWrite } from "./translate.ts";

interface Asked {
  what: string;
  end: (error?: Error) => void;
}

let asked: Asked[];
let known: Map<string, KubernetesObject & { status?: object }>;
let misses: number;
let writer: StatusWriter;

/** Answers each when the test says so. */
function ask(what: string): Promise<unknown> {
  return new Promise<unknown>((resolve, reject) => {
    asked.push({ what, end: (error) => (error ? reject(error) : resolve(null)) });
  });
}

beforeEach(() => {
  [asked, known, misses] = [[], new Map(), 0];
  const api = {
    writeStatus: (_: string, object: KubernetesObject, status: object) =>
      ask(`${object.metadata.name} ${JSON.stringify(status)}`),
    ask: (_: string, __: string, { message }: { message: string }) => ask(message),
  };
  const objects = { ...Object.fromEntries(allKinds.map((kind) => [kind, new Map()])), Ingress: known };
  writer = new StatusWriter({
    api: api as unknown as KubernetesApi,
    objects: () => objects as unknown as Objects,
    onMiss: () => void misses++,
  });
});

function objectOf(name: string): KubernetesObject {
  const object = { metadata: { name, namespace: "default", uid: `uid-${name}` } };
  known.set(keyOf(object), object);
  return object;
}

function statusOf(object: KubernetesObject, status: object): StatusWrite {
  return { kind: "Ingress", object, status };
}

function noticeOf(object: KubernetesObject, message: string): Notice {
  return { kind: "Ingress", object, reason: "Conflict", message };
}

/** Ends all that is asked until nothing more is. */
async function endAll(error?: Error): Promise<string[]> {
  const all: string[] = [];
  while (asked.length > 0) {
    for (const { what, end } of asked.splice(0)) {
      all.push(what);
      end(error);
    }
    await new Promise(setImmediate);
  }
  return all;
}

test("so many are written at once, and all in the end", async () => {
  const objects = Array.from({ length: 70 }, (_, index) => objectOf(`many-${index}`));
  writer.write(
    objects.map((object) => statusOf(object, {})),
    [],
  );
  expect(asked.length).toBe(20);
  expect(new Set(await endAll()).size).toBe(70);
});

test("what comes takes the place of what is not written yet, and of nothing that is under way", async () => {
  const objects = Array.from({ length: 30 }, (_, index) => objectOf(`many-${index}`));
  writer.write(
    objects.map((object) => statusOf(object, { is: "old" })),
    [],
  );
  writer.write([statusOf(objects[25]!, { is: "new" })], []);
  const all = await endAll();
  expect(all.length).toBe(21);
  expect(all.at(-1)).toBe('many-25 {"is":"new"}');
});

test("a status that is there is not written", async () => {
  const object = objectOf("there");
  known.set(keyOf(object), { ...object, status: { is: "there" } });
  writer.write([statusOf(object, { is: "there" })], []);
  expect(await endAll()).toEqual([]);
});

test("what fails is told once all have been tried, but for objects that are gone", async () => {
  writer.write([statusOf(objectOf("gone"), {})], []);
  await endAll(new ApiError(404, "not found"));
  writer.write([statusOf(objectOf("a"), {}), statusOf(objectOf("b"), {})], []);
  await endAll(new ApiError(409, "newer"));
  await vi.waitFor(() => expect(misses).toBe(1));
});

test("whoever drops the rest is not told of what fails", async () => {
  writer.write([statusOf(objectOf("a"), {})], []);
  const dropped = writer.drop();
  await endAll(new ApiError(500, "away"));
  await dropped;
  writer.write([statusOf(objectOf("b"), {})], []);
  await endAll(new ApiError(500, "away"));
  await vi.waitFor(() => expect(misses).toBe(1));
});

test("an event is told once, though it comes again while it is under way, and again where that fails", async () => {
  const notice = noticeOf(objectOf("a"), "taken");
  writer.write([], [notice]);
  writer.write([], [notice]);
  expect(await endAll(new ApiError(500, "away"))).toEqual(["taken"]);
  writer.write([], [notice]);
  expect(await endAll()).toEqual(["taken"]);
  writer.write([], [notice]);
  expect(await endAll()).toEqual([]);
});
