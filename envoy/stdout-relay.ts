// Gives Envoy a standard output that it can open by name. An access log on /dev/stdout is opened, not just written to,
// and a socket cannot be opened: under systemd, or below a Node process, Envoy would refuse its whole listener. Then a
// named pipe stands in between.
import { execFile } from "node:child_process";
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Stdout {
  /** For the child's standard output. */
  fd: number;
  close(): void;
}

const stdoutFd = 1;

/** This process's standard output, or a pipe in `folder` whose content is copied to it. */
export async function relayedStdout(folder: string): Promise<Stdout> {
  if (canBeOpened()) return { fd: stdoutFd, close: () => undefined };
  const path = join(folder, "stdout");
  await promisify(execFile)("mkfifo", ["-m", "600", path]);
  // Read and write, so that it opens before there is a writer and does not end between two Envoys.
  const reader = new Socket({ fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK) });
  const fd = openSync(path, constants.O_WRONLY);
  reader.on("error", () => undefined).on("data", (bytes) => process.stdout.write(bytes));
  reader.unref();
  return {
    fd,
    close: () => {
      closeSync(fd);
      reader.destroy();
    },
  };
}

function canBeOpened(): boolean {
  try {
    return !fstatSync(stdoutFd).isSocket();
  } catch {
    return false;
  }
}
