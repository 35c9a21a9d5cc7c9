// How the person at the terminal calls this command, so that what a message suggests can be typed as it stands.

type Environment = Record<string, string | undefined>;

/** `weir`, or `npx weir` where npm found it for them. */
export function commandName(env: Environment = process.env): string {
  return env["npm_execpath"] ? "npx weir" : "weir";
}

/** What starts the gateway again with another option: `weir run`, or `npm start --` below `npm start`. */
export function runCommandName(env: Environment = process.env): string {
  return env["npm_lifecycle_event"] === "start" ? "npm start --" : `${commandName(env)} run`;
}
