// The ledger that a configuration names, for commands beside a running Weir.
import { existsSync } from "node:fs";
import { loadConfig } from "../config/load-config.ts";
import type { Model } from "../model/model.ts";
import { isPostgres, openStore, type Store } from "../store/store.ts";
import { ledgerFiles } from "./state-directory.ts";
import { messageOf, UserError } from "./user-error.ts";

/** Throws `UserError` where there is no such configuration, or no ledger in it. */
export async function loadLedgerModel(file: string): Promise<Model> {
  const { model } = await loadConfig(file, { env: process.env });
  if (!model) throw new UserError(`${file} has nothing that can be served; see weir check`);
  if (!model.ledger) throw new UserError(`${file} has no ledger: add the section ledger: {} to record requests`);
  return model;
}

/** The database as the configuration, or else the state directory, says. */
export function databaseOf({ ledger }: Model): string {
  return ledger?.database?.reveal() ?? ledgerFiles(process.env).database;
}

/** For reading: a file that is not there is not made. */
export async function openLedger(model: Model): Promise<Store> {
  const database = databaseOf(model);
  if (!isPostgres(database) && !existsSync(database)) {
    throw new UserError(
      `There is no ${database}. Has weir run recorded anything there? WEIR_STATE names another folder`,
    );
  }
  try {
    return await openStore({ database });
  } catch (cause) {
    throw new UserError(`The ledger cannot be opened: ${messageOf(cause)}`, { cause });
  }
}
