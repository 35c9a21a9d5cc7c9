// A PostgreSQL of the tests' own: in a folder that goes with it, on a free port of loopback, stopped at will.
import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { freePort } from "../../../../envoy/test/ports.ts";

/** Why there is none, for a test that is then skipped; null where there is one. */
export function whyNoPostgres(): string | null {
  if (!programs()) return "PostgreSQL is not installed (Debian: apt-get install postgresql)";
  return process.getuid?.() === 0 && !serviceUser()
    ? "PostgreSQL does not run as root, and there is no user postgres"
    : null;
}

/** Debian keeps the server's programs off the PATH, in a folder for each version. */
function programs(): string | null {
  const base = "/usr/lib/postgresql";
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(base, version, "bin")), "/usr/local/bin", "/usr/bin"];
  return folders.find((folder) => existsSync(join(folder, "initdb"))) ?? null;
}

function serviceUser(): { uid: number; gid: number } | null {
  try {
    const id = (flag: string): number =>
      Number(execFileSync("id", [flag, "postgres"], { stdio: ["ignore", "pipe", "ignore"] }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return null;
  }
}

export class TestPostgres {
  readonly #folder = mkdtempSync(join(tmpdir(), "weir-postgres-"));
  readonly #as: SpawnOptions;
  #port = 0;
  #server: ChildProcess | null = null;

  private constructor() {
    const user = process.getuid?.() === 0 ? serviceUser() : null;
    if (user) chownSync(this.#folder, user.uid, user.gid);
    this.#as = { ...user, cwd: this.#folder, stdio: "ignore" };
  }

  static async start(): Promise<TestPostgres> {
    const server = new TestPostgres();
    const options = ["-U", "weir", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"];
    execFileSync(server.#program("initdb"), ["-D", join(server.#folder, "data"), ...options], server.#as);
    server.#port = await freePort();
    await server.resume();
    return server;
  }

  /** The address of a new, empty database. */
  async database(name: string): Promise<string> {
    await this.#asAdmin(`create database ${name}`);
    return this.#url(name);
  }

  /** Ends every connection at once, as a crash does. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGQUIT");
    await gone;
  }

  async resume(): Promise<void> {
    const settings = {
      listen_addresses: "127.0.0.1",
      port: this.#port,
      unix_socket_directories: this.#folder,
      fsync: "off",
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    this.#server = spawn(this.#program("postgres"), ["-D", join(this.#folder, "data"), ...flags], this.#as);
    const deadline = performance.now() + 30_000;
    while (
      !(await this.#asAdmin("select 1").then(
        () => true,
        () => false,
      ))
    ) {
      if (performance.now() > deadline) throw new Error("PostgreSQL did not start");
      await pause(50);
    }
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #program(name: string): string {
    return join(programs() ?? "", name);
  }

  #url(database: string): string {
    return `postgres://weir@127.0.0.1:${this.#port}/${database}`;
  }

  async #asAdmin(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url("postgres"), connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      await client.query(sql);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
