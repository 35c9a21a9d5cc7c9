// The configuration of envoyproxy/ratelimit as a file, which that service watches: written whole or not at all.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { stringify } from "yaml";
import type { Model } from "../model/model.ts";
import { ratelimitConfig } from "../xds/ratelimit-config.ts";
import { messageOf } from "./user-error.ts";

/** What the service reads; null where it is not in use. */
export function ratelimitYaml(model: Model): string | null {
  const config = ratelimitConfig(model);
  return config && `# Written by Weir, from limits.\n${stringify(config, { lineWidth: 0 })}`;
}

/** Brings the file up to date, if the configuration names one. Returns why it could not. */
export function writeRatelimitFile(model: Model): string | null {
  const file = model.gateway.limitService?.configFile ?? null;
  const yaml = ratelimitYaml(model);
  if (file === null || yaml === null || contentOf(file) === yaml) return null;
  // The service is told to leave files alone whose names begin with a dot.
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, yaml);
    renameSync(draft, file);
    return null;
  } catch (error) {
    return `${file} could not be written, so envoyproxy/ratelimit goes by what it has: ${messageOf(error)}`;
  }
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
