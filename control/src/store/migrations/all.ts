// Every migration, in order. One that has been released never changes; what comes later is a new one.
import type { Migration, MigrationProvider } from "kysely/migration";
import * as admin from "./admin.ts";
import * as alerts from "./alerts.ts";
import * as bodies from "./bodies.ts";
import * as exceeded from "./exceeded.ts";
import * as generations from "./generations.ts";
import * as ledger from "./ledger.ts";
import * as market from "./market.ts";
import * as tags from "./tags.ts";
import * as tools from "./tools.ts";

const migrations: Record<string, Migration> = {
  "001-ledger": ledger,
  "002-alerts": alerts,
  "003-admin": admin,
  "004-generations": generations,
  "005-tags": tags,
  "006-exceeded": exceeded,
  "007-market": market,
  "008-tools": tools,
  "009-bodies": bodies,
};

export const allMigrations: MigrationProvider = { getMigrations: () => Promise.resolve(migrations) };
