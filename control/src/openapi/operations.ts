// The operations of a document, and which of them are wanted.
import type { Path } from "../config/path.ts";
import { didYouMean } from "../config/did-you-mean.ts";
import type { Findings } from "./findings.ts";
import { listOf, mapping, textOf, type ApiDocument, type Part } from "./part.ts";

export interface Operation {
  /** Upper case. */
  method: string;
  /** As the document has it: `/pets/{petId}`. */
  path: string;
  /** Empty where it has none. */
  id: string;
  tags: string[];
  part: Part;
  /** What stands above it, and holds for it too. */
  item: Part;
}

/** Empty lists ask for nothing. Operations are named by their id or as in `GET /pets`, with `*` for anything. */
export interface Selection {
  tags: string[];
  operations: string[];
  excluded: string[];
  skipsDeprecated: boolean;
}

const methods = ["get", "put", "post", "delete", "patch"];
/** Their answers have no body that a model could read. */
const otherMethods = ["head", "options", "trace"];

export function operationsOf(document: ApiDocument, findings: Findings): Operation[] {
  if (mapping(document.root["webhooks"])) {
    findings.lost(["webhooks"], "Webhooks are left out: a tool is called, it does not call", "Nothing has to be done");
  }
  const paths: Part = { value: mapping(document.root["paths"]) ?? {}, place: ["paths"] };
  return Object.keys(paths.value).flatMap((path) => {
    // A path is what its key says, wherever a reference leads.
    const item = document.below(paths, path);
    if (path.startsWith("/")) return item ? operationsAt(path, item, document, findings) : [];
    const fix = "Begin it with a slash";
    if (!path.startsWith("x-")) findings.lost(["paths", path], "A path that is none is left out", fix);
    return [];
  });
}

function operationsAt(path: string, item: Part, document: ApiDocument, findings: Findings): Operation[] {
  for (const method of otherMethods.filter((each) => mapping(item.value[each]))) {
    const message = `${method.toUpperCase()} is left out: its answer has no body to read`;
    findings.lost([...item.place, method], message, "Use the GET beside it");
  }
  return methods.flatMap((method) => {
    const part = document.below(item, method);
    if (!part) return [];
    const tags = listOf(part.value["tags"]).map(String);
    return [{ method: method.toUpperCase(), path, id: textOf(part.value["operationId"]) ?? "", tags, part, item }];
  });
}

/** Those that are wanted, and every wish that nothing answers to. */
export function selectOperations(all: Operation[], selection: Selection): { chosen: Operation[]; unmet: string[] } {
  const { tags, operations, excluded, skipsDeprecated } = selection;
  const isAny = tags.length === 0 && operations.length === 0;
  const chosen = all.filter((operation) => {
    const isWanted =
      operation.tags.some((tag) => tags.includes(tag)) || operations.some((each) => fits(each, operation));
    if (!isAny && !isWanted) return false;
    if (skipsDeprecated && operation.part.value["deprecated"] === true) return false;
    return !excluded.some((each) => fits(each, operation));
  });
  const allTags = [...new Set(all.flatMap((operation) => operation.tags))];
  const names = all.flatMap(({ id, method, path }) => [...(id === "" ? [] : [id]), `${method} ${path}`]);
  const unmetTags = tags.filter((tag) => !allTags.includes(tag)).map((tag) => unmet("tag", tag, allTags));
  const wishes = [...operations, ...excluded].filter((wish) => !all.some((operation) => fits(wish, operation)));
  return { chosen, unmet: [...unmetTags, ...wishes.map((wish) => unmet("operation", wish, names))] };
}

function unmet(kind: string, wish: string, known: string[]): string {
  const meant = didYouMean(wish, known);
  return `There is no ${kind} ${wish}${meant === null ? "" : `. Did you mean ${meant}?`}`;
}

function fits(wish: string, { id, method, path }: Operation): boolean {
  const pattern = wish.replace(/[\\^$.+?()[\]{}|]/g, "\\$&").replaceAll("*", ".*");
  const regex = new RegExp(`^${pattern}$`, "i");
  return (id !== "" && regex.test(id)) || regex.test(`${method} ${path}`);
}

/** Where the operation's own fields are told of. */
export function placeIn(operation: Operation, ...steps: (string | number)[]): Path {
  return [...operation.part.place, ...steps];
}
