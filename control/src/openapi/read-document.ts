// An OpenAPI file of any version → a document of 3.1 without references to other files. What the specification forbids
// is told, and read as far as it can be: published documents are seldom without a mistake.
import SwaggerParser from "@apidevtools/swagger-parser";
import { upgrade } from "@scalar/openapi-upgrader";
import { Report } from "../config/report.ts";
import { readSource } from "../config/source.ts";
import { Findings } from "./findings.ts";
import { ApiDocument, mapping, placeOf, type Json } from "./part.ts";

/** The largest documents of public APIs have some 12 MiB and half a million values. */
const bounds = { valuesMax: 2_000_000, depthMax: 200 };
const violationsMax = 20;

export interface ReadDocument {
  /** Null where the file is none. */
  document: ApiDocument | null;
  report: Report;
  findings: Findings;
}

/** Reads `text`, the content of `file`. References to other files are followed, those to other hosts are not. */
export async function readDocument(text: string, file: string): Promise<ReadDocument> {
  const source = readSource(text, bounds);
  const report = new Report(file, source);
  for (const problem of source.problems) report.syntax(problem);
  const written = mapping(source.root);
  const version = written ? versionOf(written) : null;
  const findings = new Findings(report, version === "2.0");
  if (!written || version === null) {
    const fix = "Give a document that begins with openapi: 3.0 or 3.1, or swagger: 2.0";
    if (source.root !== undefined) report.error([], { message: "This is no OpenAPI document", fix });
    return { document: null, report, findings };
  }
  const whole = await bundled(asNamed(written, version), file, report);
  if (!whole) return { document: null, report, findings };
  if (version.startsWith("3.2")) {
    report.warning(["openapi"], { message: "OpenAPI 3.2 is read as 3.1", fix: "Check what the tools lack" });
  } else await reportViolations(whole, report);
  return { document: upgraded(whole, report), report, findings };
}

/** Null where the document is too far from what its version allows to be made one of 3.1. */
function upgraded(whole: Json, report: Report): ApiDocument | null {
  try {
    return new ApiDocument(upgrade(copyOf(whole), "3.1") as Json);
  } catch (error) {
    const message = `The document cannot be read as one of its version: ${(error as Error).message}`;
    report.error([], { message, fix: "Mend what is told to be against the specification" });
    return null;
  }
}

/** `2.0`, `3.0.3`, or null for what is neither. YAML has numbers where people mean versions. */
function versionOf({ swagger, openapi }: Json): string | null {
  if (swagger === "2.0" || swagger === 2) return "2.0";
  const version = typeof openapi === "number" ? openapi.toFixed(1) : openapi;
  return typeof version === "string" && /^3\.[012](\.|$)/.test(version) ? version : null;
}

function asNamed(written: Json, version: string): Json {
  const whole = copyOf(written);
  if (version === "2.0") return { ...whole, swagger: version };
  return { ...whole, openapi: /^3\.\d$/.test(version) ? `${version}.0` : version };
}

/** Plain objects, as libraries expect them. Halves of characters, which JSON can write and nobody send, are U+FFFD. */
function copyOf(value: Json): Json {
  const halves = /(\\\\)|\\ud[89a-f][0-9a-f]{2}/g;
  return JSON.parse(JSON.stringify(value).replaceAll(halves, (_, kept?: string) => kept ?? "\ufffd")) as Json;
}

async function bundled(whole: Json, file: string, report: Report): Promise<Json | null> {
  if (!leadsElsewhere(whole)) return whole;
  try {
    const options = { resolve: { http: false, external: true } } as SwaggerParser.Options;
    return (await SwaggerParser.bundle(file, whole as never, options)) as unknown as Json;
  } catch (error) {
    const [why] = (error as Error).message.split("\n");
    const fix = "References may lead to files beside it; what is on another host has to be put there first";
    report.error([], { message: `A reference leads to what cannot be read: ${why}`, fix });
    return null;
  }
}

function leadsElsewhere(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(leadsElsewhere);
  const object = mapping(value);
  if (!object) return false;
  const reference = object["$ref"];
  return (typeof reference === "string" && !reference.startsWith("#")) || Object.values(object).some(leadsElsewhere);
}

interface Violation {
  instancePath: string;
  keyword: string;
  message?: string;
}

async function reportViolations(whole: Json, report: Report): Promise<void> {
  const fix = "It is imported as far as it can be read; mend it if a tool lacks something";
  try {
    await SwaggerParser.validate(copyOf(whole) as never, { resolve: { external: false } });
  } catch (error) {
    const { details = [], message } = error as Error & { details?: Violation[] };
    for (const [place, why] of violationsOf(details).slice(0, violationsMax)) {
      report.warning(numbered(placeOf(`#${place}`) ?? []), { message: `Against the specification: ${why}`, fix });
    }
    const [first = "", second = ""] = message.split("\n").map((line) => line.trim());
    const text = second === "" ? first : second;
    if (details.length === 0) report.warning([], { message: `Against the specification: ${text}`, fix });
  }
}

/** Where the schema of OpenAPI has several forms, what is said of each of them says little. */
const choices = new Set(["oneOf", "anyOf"]);
const echoes = new Set(["allOf", "if", "not"]);

/** One for each place: the deepest say most. */
function violationsOf(details: Violation[]): [place: string, why: string][] {
  const places = new Map<string, string>();
  for (const { instancePath, keyword, message = "" } of details) {
    if (choices.has(keyword)) places.set(instancePath, "this has none of the forms that it may have");
    else if (!echoes.has(keyword) && !places.has(instancePath)) places.set(instancePath, message);
  }
  const all = [...places.keys()];
  return [...places].filter(([place]) => !all.some((other) => other.startsWith(`${place}/`)));
}

/** Steps into lists are numbers where places are shown. */
function numbered(place: readonly (string | number)[]): (string | number)[] {
  return place.map((step) =>
    /^\d{1,4}$/.test(String(step)) && !/^[1-5]\d\d$/.test(String(step)) ? Number(step) : step,
  );
}
