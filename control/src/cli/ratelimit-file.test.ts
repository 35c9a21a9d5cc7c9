// The file for envoyproxy/ratelimit: what stands in it, when it is written, and what is said where it cannot be.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary, toJson } from "@bufbuild/protobuf";
import { afterAll, expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { translateRatelimit } from "../xds/ratelimit-config.ts";
import { encodeResource, envoyRegistry } from "../xds/registry.ts";
import { typeUrls } from "../xds/resources.ts";
import { readCase } from "../xds/test/golden-case.ts";
import { ratelimitYaml, writeRatelimitFile } from "./ratelimit-file.ts";

const root = mkdtempSync(join(tmpdir(), "weir-ratelimit-file-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const modelOf = (configFile: string, limit = 10, type = "envoyproxy"): Model =>
  readCase(`
gateway:
  limitService: { type: ${type}, host: 10.0.0.7, port: 8081, domain: europe, tls: null, timeoutMs: 100, token: null, configFile: ${configFile} }
limits:
  - name: each-team
    match: [{ by: team, name: "", match: each, pattern: "" }]
    windows:
      - { unit: requests, limit: ${limit}, period: minute, algorithm: calendar }
      - { unit: totalTokens, limit: 5000, period: day, algorithm: calendar }
  - name: everybody
    windows: [{ unit: requests, limit: 100, period: hour, algorithm: calendar }]
routes: []
`);

test("by xDS it is the same", () => {
  const [resource] = translateRatelimit(modelOf("/dev/null"));
  const { value } = encodeResource(typeUrls.ratelimit, resource!.resource);
  const schema = envoyRegistry().getMessage("ratelimit.config.ratelimit.v3.RateLimitConfig")!;
  expect(toJson(schema, fromBinary(schema, value))).toEqual({
    name: "europe",
    domain: "europe",
    descriptors: [
      {
        key: "limit",
        value: "each-team",
        descriptors: [
          counted("requests/minute/calendar", "MINUTE", 10),
          counted("totalTokens/day/calendar", "DAY", 5000),
        ],
      },
      {
        key: "limit",
        value: "everybody",
        descriptors: [
          {
            key: "window",
            value: "requests/hour/calendar",
            rateLimit: { unit: "HOUR", requestsPerUnit: 100 },
          },
        ],
      },
    ],
  });
  expect(translateRatelimit(modelOf("/dev/null", 10, "weir"))).toEqual([]);
});

const counted = (value: string, unit: string, requestsPerUnit: number): object => ({
  key: "window",
  value,
  descriptors: [{ key: "counter", rateLimit: { unit, requestsPerUnit } }],
});

test("each window is a descriptor; one for each value has another below it", () => {
  expect(ratelimitYaml(modelOf("/dev/null"))).toBe(`# Written by Weir, from limits.
domain: europe
descriptors:
  - key: limit
    value: each-team
    descriptors:
      - key: window
        value: requests/minute/calendar
        descriptors:
          - key: counter
            rate_limit:
              unit: minute
              requests_per_unit: 10
      - key: window
        value: totalTokens/day/calendar
        descriptors:
          - key: counter
            rate_limit:
              unit: day
              requests_per_unit: 5000
  - key: limit
    value: everybody
    descriptors:
      - key: window
        value: requests/hour/calendar
        rate_limit:
          unit: hour
          requests_per_unit: 100
`);
  expect(ratelimitYaml(modelOf("/dev/null", 10, "weir"))).toBeNull();
});

test("it is written where it is missing or says something else, and nothing lies beside it", () => {
  const file = join(root, "config", "weir.yaml");
  expect(writeRatelimitFile(modelOf(file))).toBeNull();
  const first = statSync(file).ino;
  expect(writeRatelimitFile(modelOf(file))).toBeNull();
  expect(statSync(file).ino).toBe(first);
  expect(writeRatelimitFile(modelOf(file, 11))).toBeNull();
  expect(readFileSync(file, "utf8")).toContain("requests_per_unit: 11\n");
  expect(readdirSync(join(root, "config"))).toEqual(["weir.yaml"]);
});

test("where it cannot be written, that is said", () => {
  writeFileSync(join(root, "taken"), "");
  const file = join(root, "taken", "weir.yaml");
  expect(writeRatelimitFile(modelOf(file))).toMatch(/^.*weir\.yaml could not be written, .* goes by what it has: /);
});
