// Reads what the kernel accounted to one process. Linux only: the figures come from /proc.
import { readFileSync, readdirSync } from "node:fs";

/**
 * CPU time that the live threads of process `pid` have used so far, in milliseconds.
 * From each thread's `schedstat` (nanoseconds), which is finer than the 10 ms ticks of `stat`.
 * Source: https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat
 */
export function cpuTimeMs(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
  }
  return nanoseconds / 1e6;
}

/** Memory of process `pid` that is resident now, in MiB (`VmRSS` of proc_pid_status(5)). */
export function residentMiB(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(match?.[1]) / 1024;
}
