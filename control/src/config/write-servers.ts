// Servers as text of a configuration.
import { stringify } from "yaml";

/** `mcpServers:` and the entries below it; no line is folded, so that templates stay readable. */
export function writeServers(entries: unknown[]): string {
  const options = { lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER };
  return stringify({ mcpServers: entries }, { ...options, aliasDuplicateObjects: false });
}
