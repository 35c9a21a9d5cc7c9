// `weir keys list`, `rotate`, `disable`, `enable`, `delete`: the keys of a running Weir, by its admin API.
import { Command, InvalidArgumentError, Option } from "commander";
import { askAdmin, defaultAdminUrl } from "./admin-client.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

interface AdminOptions {
  admin: string;
  json?: boolean;
}

interface KeyShown {
  consumer: string;
  name: string;
  sha256: string;
  expires: string | null;
  disabled: boolean;
  kind: string;
  source: string;
}

export function adminOption(): Option {
  return new Option("--admin <url>", "the admin API's address").default(process.env["WEIR_ADMIN"] ?? defaultAdminUrl);
}

export function storedKeysCommands(terminal: Terminal): Command[] {
  return [
    listCommand(terminal),
    rotateCommand(terminal),
    switchCommand(terminal, { name: "disable", disabled: true, description: "refuse a key from now on" }),
    switchCommand(terminal, { name: "enable", disabled: false, description: "take a key again that was disabled" }),
    deleteCommand(terminal),
  ];
}

function listCommand(terminal: Terminal): Command {
  return new Command("list")
    .description("show the keys that are in force at a running Weir")
    .option("-c, --consumer <name>", "only those of this consumer")
    .option("--json", "as JSON, for scripts")
    .addOption(adminOption())
    .action(async ({ admin, consumer, json }: AdminOptions & { consumer?: string }) => {
      const path = consumer === undefined ? "/v1/keys" : `/v1/consumers/${encodeURIComponent(consumer)}/keys`;
      const { items } = await askAdmin<{ items: KeyShown[] }>(admin, "GET", path);
      if (json) return terminal.print(JSON.stringify(items, null, 2));
      const heading = ["KEY", "STATE", "EXPIRES", "SHA-256", "KEPT IN"];
      terminal.print(
        items.length === 0 ? "There is no key" : table([heading, ...items.map(rowOf)], terminal).join("\n"),
      );
    });
}

function rowOf({ consumer, name, sha256, expires, disabled, source }: KeyShown): string[] {
  const isOver = expires !== null && Date.parse(expires) <= Date.now();
  return [
    `${consumer}/${name}`,
    disabled ? "disabled" : isOver ? "expired" : "good",
    expires ?? "never",
    sha256,
    source,
  ];
}

function rotateCommand(terminal: Terminal): Command {
  return new Command("rotate")
    .description("replace a stored key by a new one, which is shown once; the old one is good for a while")
    .argument("<consumer/key>", "which one", keyPath)
    .option("-g, --grace <time>", "how long the old one is still good: 30m, 24h, 7d; 0m ends it at once", "24h")
    .option("--json", "as JSON, for scripts")
    .addOption(adminOption())
    .action(async (path: string, { admin, grace, json }: AdminOptions & { grace: string }) => {
      const made = await askAdmin<{ key: string; until: string }>(admin, "POST", `${path}/rotate`, { grace });
      if (json) return terminal.print(JSON.stringify(made));
      terminal.print(made.key);
      terminal.note(`This is the only time that the key is shown. The old one is good until ${made.until}.`);
    });
}

interface Switch {
  name: string;
  disabled: boolean;
  description: string;
}

function switchCommand(terminal: Terminal, { name, disabled, description }: Switch): Command {
  return new Command(name)
    .description(description)
    .argument("<consumer/key>", "which one", keyPath)
    .addOption(adminOption())
    .action(async (path: string, { admin }: AdminOptions) => {
      await askAdmin(admin, "PATCH", path, { disabled });
      terminal.note(`The key is ${name}d`);
    });
}

function deleteCommand(terminal: Terminal): Command {
  return new Command("delete")
    .description("remove a stored key")
    .argument("<consumer/key>", "which one", keyPath)
    .addOption(adminOption())
    .action(async (path: string, { admin }: AdminOptions) => {
      await askAdmin(admin, "DELETE", path);
      terminal.note("The key is deleted");
    });
}

export function keyPath(text: string): string {
  const [, consumer, key] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (consumer === undefined || key === undefined)
    throw new InvalidArgumentError("It is consumer/key, such as search/ci.");
  return `/v1/consumers/${encodeURIComponent(consumer)}/keys/${encodeURIComponent(key)}`;
}
