// `weir ledger ingest`: takes a log that Envoy wrote into the database, on a machine where no control plane does.
import { existsSync } from "node:fs";
import { Command } from "commander";
import { Ledger } from "../ledger/ledger.ts";
import { openStore, type Store } from "../store/store.ts";
import { LedgerTail } from "../ledger/tail.ts";
import type { Model } from "../model/model.ts";
import { databaseOf, loadLedgerModel } from "./open-ledger.ts";
import { configFileDefault } from "./options.ts";
import type { Terminal } from "./terminal.ts";
import { messageOf, UserError } from "./user-error.ts";

interface Options {
  config: string;
  follow?: boolean;
}

export function ledgerCommand(terminal: Terminal): Command {
  const ingest = new Command("ingest")
    .description("take a log of Envoy's into the ledger, each request once, however often it is read")
    .argument("<log>", "the log; those that it was renamed to are read too")
    .option("-c, --config <file>", "the configuration, for the database and the prices", configFileDefault)
    .option("--follow", "go on with what Envoy writes, until Ctrl-C")
    .action(async (log: string, { config, follow }: Options) => {
      if (!log.endsWith(".jsonl")) throw new UserError(`${log} is no log of the ledger: its name ends in .jsonl`);
      const model = await loadLedgerModel(config);
      await (follow ? followLog(log, model, terminal) : ingestOnce(log, model, terminal));
    });
  return new Command("ledger").description("the record of every request").addCommand(ingest);
}

async function ingestOnce(path: string, model: Model, terminal: Terminal): Promise<void> {
  if (!existsSync(path)) throw new UserError(`There is no ${path}`);
  const totals = { records: 0, unreadable: 0 };
  const tail = new LedgerTail({
    path,
    models: () => model.models,
    onIngested: ({ records, unreadable }) => {
      totals.records += records;
      totals.unreadable += unreadable;
    },
  });
  const store = await open(model);
  try {
    await tail.run(store);
  } finally {
    await store.close();
  }
  const unreadable = totals.unreadable > 0 ? `, ${totals.unreadable} lines were cut or unreadable` : "";
  terminal.print(`${totals.records} requests recorded${unreadable}`);
}

async function open(model: Model): Promise<Store> {
  try {
    return await openStore({ database: databaseOf(model) });
  } catch (cause) {
    throw new UserError(`The ledger cannot be opened: ${messageOf(cause)}`, { cause });
  }
}

async function followLog(log: string, model: Model, terminal: Terminal): Promise<void> {
  const ledger = new Ledger({
    database: databaseOf(model),
    log,
    models: () => model.models,
    retention: () => model.ledger!.retention,
    onTrouble: (message) => terminal.error(message),
    onRecovery: (message) => terminal.note(message),
  });
  ledger.start();
  terminal.note(`Following ${log}. Ctrl-C stops it.`);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  await ledger.stop();
}
