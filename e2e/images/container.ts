// What a container runtime does for the images: files are mounted, the root is made read-only, programs run as the
// image's user in a network of their own.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Image } from "./image-build.ts";

const token = "a-token-for-the-images";
const network = "images";
const readyMs = 120_000;

export function makeNetwork(): void {
  execFileSync("ip", ["netns", "add", network]);
  execFileSync("ip", ["netns", "exec", network, "ip", "link", "set", "lo", "up"]);
}

/** Files that somebody mounts: a path of this machine, or a content. */
export function mount({ root, user }: Image, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    if (content.startsWith("/")) cpSync(content, join(root, path));
    else writeFileSync(join(root, path), content);
    execFileSync("chown", ["-R", user, join(root, path)]);
  }
}

/** All but what a container has as volumes. */
export function makeReadOnly({ root, env, user }: Image): void {
  const state = join(root, env.WEIR_STATE ?? "/var/lib/weir");
  mkdirSync(state, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `uid=${user.split(":")[0]},mode=700`, "tmpfs", state]);
  execFileSync("mount", ["-o", "remount,ro,bind", root]);
}

function argumentsOf({ root, user, workdir, env }: Image, command: string[]): string[] {
  const usual = { HOME: "/tmp", PATH: "/usr/local/bin:/usr/bin:/bin", WEIR_XDS_TOKEN: token };
  const variables = Object.entries({ ...usual, ...env });
  const pairs = variables.map(([name, value]) => `${name}=${value}`);
  const inside = ["chroot", `--userspec=${user}`, root, "env", "-i", `--chdir=${workdir}`, ...pairs, ...command];
  return ["netns", "exec", network, ...inside];
}

export function start(image: Image): ChildProcess {
  const child = spawn("ip", argumentsOf(image, [...image.entrypoint, ...image.command]), {
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => console.log(`  ${String(data)}`));
  return child;
}

export function runOnce(image: Image, command: string[]): string {
  return execFileSync("ip", argumentsOf(image, command), { encoding: "utf8", timeout: readyMs });
}

export function isHealthy(image: Image): boolean {
  try {
    execFileSync("ip", argumentsOf(image, image.healthcheck), { stdio: "pipe", timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

export async function becomes(isSo: () => boolean): Promise<boolean> {
  const deadline = Date.now() + readyMs;
  while (!isSo()) {
    if (Date.now() > deadline) return false;
    await pause(500);
  }
  return true;
}

/** Whether the gateway answers a chat. */
export function answersChat(): boolean {
  const body = JSON.stringify({ model: "any", messages: [{ role: "user", content: "Hello" }] });
  const chat = ["-H", "content-type: application/json", "-d", body, "127.0.0.1:8080/v1/chat/completions"];
  return ask(...chat).includes('"object":"chat.completion"');
}

/** What curl prints; empty where it fails. */
export function ask(...args: string[]): string {
  try {
    return execFileSync("ip", ["netns", "exec", network, "curl", "-s", "-m", "20", ...args], { encoding: "utf8" });
  } catch {
    return "";
  }
}

export async function ended(child: ChildProcess): Promise<number | null> {
  const gone = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  return gone;
}

export function say(isRight: boolean, what: string): void {
  console.log(`${isRight ? "ok" : "failed"} ${what}`);
}
