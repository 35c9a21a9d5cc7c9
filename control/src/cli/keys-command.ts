// `weir keys`: makes keys for callers, and hashes those that there are already. No key is kept anywhere. Those that a
// running Weir has stored, stored-keys-command.ts changes.
import { createHash, randomBytes } from "node:crypto";
import { Command, InvalidArgumentError } from "commander";
import { namePattern } from "../config/schema/name.ts";
import { askAdmin } from "./admin-client.ts";
import { adminOption, storedKeysCommands } from "./stored-keys-command.ts";
import type { Terminal } from "./terminal.ts";
import { UserError } from "./user-error.ts";

interface NewOptions {
  consumer?: string;
  name: string;
  json?: boolean;
  store?: boolean;
  admin: string;
}

export function keysCommand(terminal: Terminal): Command {
  const keys = new Command("keys")
    .description("make a key for a caller, or hash one; change those of a running Weir")
    .addCommand(newCommand(terminal))
    .addCommand(hashCommand(terminal));
  for (const command of storedKeysCommands(terminal)) keys.addCommand(command);
  return keys;
}

function newCommand(terminal: Terminal): Command {
  return new Command("new")
    .description("make a key, show it once, and print what to paste into the configuration")
    .option("-c, --consumer <name>", "print a whole consumer of this name", readName)
    .option("-n, --name <name>", "the key's name", readName, `key-${new Date().toISOString().slice(0, 10)}`)
    .option("--json", "key and hash as JSON, for scripts")
    .option("--store", "keep it at a running Weir, in force at once, in place of printing what to paste")
    .addOption(adminOption())
    .action(async (options: NewOptions) => {
      if (options.store) return storeNew(options, terminal);
      // 256 bits: nobody gets from the hash to the key, so it needs neither salt nor a slow hash.
      const key = `wk-${randomBytes(32).toString("base64url")}`;
      const sha256 = hashOf(key);
      if (options.json) return terminal.print(JSON.stringify({ key, sha256 }));
      terminal.print(`${key}\n`);
      terminal.note("This is the only time that the key is shown. Hand it to the caller, and paste this:\n");
      terminal.print(yamlOf(options, sha256));
    });
}

/** The key is made there, so that it is nowhere else. */
async function storeNew({ consumer, name, json, admin }: NewOptions, terminal: Terminal): Promise<void> {
  if (consumer === undefined) throw new UserError("Say whose key it is: --consumer <name>");
  const path = `/v1/consumers/${encodeURIComponent(consumer)}/keys`;
  const made = await askAdmin<{ key: string; warnings: string[] }>(admin, "POST", path, { name });
  if (json) return terminal.print(JSON.stringify({ key: made.key }));
  terminal.print(made.key);
  terminal.note("This is the only time that the key is shown. It is in force.");
  for (const warning of made.warnings) terminal.note(warning);
}

function hashCommand(terminal: Terminal): Command {
  return new Command("hash").description("read a key from standard input and print its SHA-256").action(async () => {
    const key = await readKey(terminal);
    if (key === "")
      throw new UserError('There is no key on standard input. Send it there: printf %s "$KEY" | weir keys hash');
    if (/[^\x21-\x7e]/.test(key)) throw new UserError("The key holds a space or a character that no header carries");
    terminal.print(hashOf(key));
  });
}

function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

function yamlOf({ consumer, name }: NewOptions, sha256: string): string {
  const line = `- { name: ${name}, sha256: "${sha256}" }`;
  return consumer === undefined ? line : `consumers:\n  - name: ${consumer}\n    keys:\n      ${line}`;
}

/** Without the line's end that editors and `echo` put behind it. */
async function readKey(terminal: Terminal): Promise<string> {
  const { stdin } = process;
  if (stdin.isTTY) terminal.note("Paste the key, then press Enter and Ctrl-D:");
  let text = "";
  for await (const chunk of stdin) text += String(chunk);
  return text.replace(/\r?\n$/, "");
}

function readName(text: string): string {
  if (namePattern.test(text)) return text;
  throw new InvalidArgumentError("A name has 1 to 63 letters, digits, hyphens and underscores.");
}
