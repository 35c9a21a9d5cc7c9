// What goes wrong while requests are counted: Redis, the services that count in it, the lines between them, and the
// ledgers' databases. One after the other, each over soon; all of them in a random order before any comes again.
import { execFileSync, spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import type { CutLine } from "../../envoy/test/cut-line.ts";
import type { Redis } from "../../control/src/limits/test/redis.ts";
import type { TestPostgres } from "../../control/src/store/test/postgres.ts";
import type { Random } from "./random.ts";

export interface Faulty {
  redis: Redis;
  /** From each service to Redis. */
  lines: CutLine[];
  /** Kills the service of this number, and starts it again after a while. */
  restartService(number: number, downMs: number): Promise<void>;
  /** Puts another configuration in force at the gateway of this number. */
  configure(number: number): Promise<void>;
  /** Null where none is installed. The line is the ledger's to it, `url` the way past that. */
  postgres: { server: TestPostgres; url: string; line: CutLine } | null;
}

type Fault = (random: Random) => Promise<void>;

/** No file of this process, which has the ledgers in it, may grow beyond: the system refuses it as when full. */
const diskBytesMax = 65_536;
const hasPrlimit = spawnSync("prlimit", ["--version"]).status === 0;
const limitFiles = (bytes: number | "unlimited"): void =>
  void execFileSync("prlimit", ["--pid", String(process.pid), `--fsize=${bytes}:unlimited`]);

const faultsOf = (faulty: Faulty): Record<string, Fault> => {
  const { redis, lines, postgres } = faulty;
  const oneOf = (random: Random): CutLine => random.pick(lines);
  return {
    "Redis is restarted": async (random) => {
      await redis.stop();
      await pause(random.below(600));
      await redis.start();
    },
    "Redis hangs": async (random) => {
      redis.freeze();
      await pause(200 + random.below(2_000));
      redis.thaw();
    },
    "Redis is slow": async (random) => {
      for (let i = 0; i < 5; i++) {
        redis.freeze();
        await pause(random.below(120));
        redis.thaw();
        await pause(random.below(60));
      }
    },
    "a request to Redis is cut off": async (random) => void oneOf(random).cutAt("request"),
    "an answer of Redis is cut off": async (random) => void oneOf(random).cutAt("answer"),
    "a line to Redis is held": async (random) => {
      const line = oneOf(random);
      line.hold();
      await pause(200 + random.below(1_500));
      line.release();
    },
    "a held line to Redis is cut": async (random) => {
      const line = oneOf(random);
      line.hold();
      await pause(random.below(500));
      line.cut();
      line.release();
    },
    "a service is killed": (random) => faulty.restartService(random.below(lines.length), random.below(600)),
    "a configuration changes": (random) => faulty.configure(random.below(lines.length)),
    ...(postgres && {
      "PostgreSQL is killed": async (random: Random) => {
        await postgres.server.kill();
        await pause(random.below(600));
        await postgres.server.resume();
      },
      "the line to PostgreSQL is held and cut": async (random: Random) => {
        postgres.line.hold();
        await pause(random.below(1_000));
        postgres.line.cut();
        postgres.line.release();
      },
    }),
    ...(hasPrlimit && {
      "the disk is full": async (random: Random) => {
        limitFiles(diskBytesMax);
        await pause(300 + random.below(1_500));
        limitFiles("unlimited");
      },
    }),
  };
};

/** Until `over`; then all is well again. Gives how often each has happened. */
export async function causeFaults(faulty: Faulty, random: Random, over: AbortSignal): Promise<Record<string, number>> {
  const faults = faultsOf(faulty);
  const counts = Object.fromEntries(Object.keys(faults).map((name) => [name, 0]));
  let left: string[] = [];
  while (!over.aborted) {
    if (left.length === 0) left = Object.keys(faults);
    const name = random.pick(left);
    left = left.filter((other) => other !== name);
    counts[name]!++;
    await faults[name]!(random);
    await pause(400 + random.below(1_200));
  }
  return counts;
}
