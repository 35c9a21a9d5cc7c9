// Does what a Dockerfile says without Docker: each stage is an overlay upon this machine's own root, into which its
// commands are locked. So the base is not the image's, but every path, command and right is tried.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { execForm, isIgnored, type Instruction, readDockerfile, readPatterns, type Stage } from "./dockerfile.ts";

export interface Image {
  /** Where its files are. */
  root: string;
  base: string;
  workdir: string;
  user: string;
  env: Record<string, string>;
  entrypoint: string[];
  command: string[];
  healthcheck: string[];
}

export interface BuildOptions {
  dockerfile: string;
  /** The repository. */
  context: string;
  /** Its own, and on a file system that an overlay can be on. */
  folder: string;
  /** Puts in place what the base image would have. */
  prepare(image: Image): void;
}

/** Of the last stage. Throws where something cannot be done. */
export function buildImage(options: BuildOptions): Image {
  const built = new Map<string, Image>();
  let last: Image | null = null;
  for (const stage of readDockerfile(options.dockerfile)) {
    last = buildStage(stage, options, built);
    built.set(stage.name, last);
  }
  if (!last) throw new Error(`${options.dockerfile} has no stage`);
  return last;
}

function buildStage(stage: Stage, options: BuildOptions, built: Map<string, Image>): Image {
  const image: Image = {
    root: mountOverlay(join(options.folder, stage.name)),
    base: stage.base,
    workdir: "/",
    user: "0:0",
    env: {},
    entrypoint: [],
    command: [],
    healthcheck: [],
  };
  options.prepare(image);
  for (const instruction of stage.instructions) apply(instruction, image, (from) => sourceOf(from, options, built));
  return image;
}

/** Like a container's, its root has nothing of this machine's temporary files. */
function mountOverlay(folder: string): string {
  const [upper, work, root] = ["upper", "work", "root"].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [upper, work, root]) mkdirSync(path, { recursive: true });
  run("mount", ["-t", "overlay", "overlay", "-o", `lowerdir=/,upperdir=${upper},workdir=${work}`, root]);
  run("mount", ["-t", "tmpfs", "-o", "mode=1777", "tmpfs", join(root, "tmp")]);
  for (const path of ["proc", "dev"]) run("mount", ["--rbind", `/${path}`, join(root, path)]);
  return root;
}

function apply({ name, options, text }: Instruction, image: Image, source: (from?: string) => Source): void {
  if (name === "WORKDIR") {
    image.workdir = text;
    mkdirSync(join(image.root, text), { recursive: true });
  } else if (name === "COPY") copy(source(options.from), text.split(/\s+/), join(image.root, image.workdir));
  else if (name === "RUN") runIn(image, ["/bin/sh", "-c", text]);
  else if (name === "USER") image.user = text;
  else if (name === "ENV")
    Object.assign(image.env, Object.fromEntries(text.split(/\s+/).map((pair) => pair.split("="))));
  else if (name === "ENTRYPOINT") image.entrypoint = execForm(text);
  else if (name === "CMD") image.command = execForm(text);
  else if (name === "HEALTHCHECK") image.healthcheck = execForm(text);
}

/** Where a COPY copies from: a stage, or the repository as far as it is in the build's context. */
interface Source {
  root: string;
  /** Null: all that there is. */
  files: string[] | null;
}

function sourceOf(from: string | undefined, options: BuildOptions, built: Map<string, Image>): Source {
  if (from !== undefined) return { root: built.get(from)!.root, files: null };
  const ignore = `${options.dockerfile}.dockerignore`;
  const patterns = existsSync(ignore) ? readPatterns(ignore) : [];
  const files = gitFiles(options.context).filter((file) => !isIgnored(file, patterns));
  return { root: options.context, files };
}

/** What a fresh clone has not, no image may need. */
function gitFiles(folder: string): string[] {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { cwd: folder, encoding: "utf8", maxBuffer: outputBytesMax }).split("\n");
  return files.filter((file) => file !== "" && existsSync(join(folder, file)));
}

/** A folder's content goes into the target; files go into it when it ends in a slash, or is the folder itself. */
function copy(source: Source, paths: string[], workdir: string): void {
  const target = paths.pop()!;
  const into = join(workdir, target);
  for (const path of paths) {
    if (statSync(join(source.root, path)).isDirectory()) copyFolder(source, path, into);
    else copyFile(source, path, /^\.?\/?$|\/$/.test(target) ? join(into, basename(path)) : into);
  }
}

function copyFile({ root, files }: Source, path: string, to: string): void {
  if (files?.includes(path) === false) throw new Error(`COPY ${path}: it is not in the build's context`);
  mkdirSync(dirname(to), { recursive: true });
  run("cp", ["-a", join(root, path), to]);
}

function copyFolder({ root, files }: Source, path: string, into: string): void {
  mkdirSync(into, { recursive: true });
  if (!files) return run("cp", ["-aT", join(root, path), into]);
  const own = files.filter((file) => path === "." || file.startsWith(`${path}/`));
  if (own.length === 0) throw new Error(`COPY ${path}: nothing of it is in the build's context`);
  const pack = ["-C", join(root, path), "-c", ...own.map((file) => relative(path, file))];
  const archive = execFileSync("tar", pack, { maxBuffer: outputBytesMax });
  execFileSync("tar", ["-C", into, "-x"], { input: archive });
}

function runIn({ root, workdir }: Image, command: string[]): void {
  run("chroot", [root, "env", `--chdir=${workdir}`, ...command]);
}

const outputBytesMax = 1 << 28;

function run(command: string, args: string[]): void {
  execFileSync(command, args, { stdio: ["ignore", "pipe", "pipe"], maxBuffer: outputBytesMax });
}
