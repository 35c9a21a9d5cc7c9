// The Python clients, installed by the machine's own pip below `.cache/`; anew when what is wanted changes. No virtual
// environment: Debian packages what makes one apart, and pip alone is there wherever Envoy was fetched.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const requirements = join(import.meta.dirname, "python", "requirements.txt");
const cache = join(import.meta.dirname, "..", "..", ".cache", "python-clients");

/** The folder for `PYTHONPATH`. Throws what pip, or the machine, says is missing. */
export async function installPythonPackages(): Promise<string> {
  const { stdout: version } = await run("python3", ["--version"]);
  const wanted = createHash("sha256").update(version).update(readFileSync(requirements)).digest("hex").slice(0, 16);
  const folder = join(cache, wanted);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(cache, { recursive: true, force: true });
  const options = ["--quiet", "--disable-pip-version-check", "--no-input", "--target", unfinished];
  await run("python3", ["-m", "pip", "install", ...options, "--requirement", requirements]);
  renameSync(unfinished, folder);
  return folder;
}
