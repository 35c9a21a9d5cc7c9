// What went wrong in a way that the user can mend: printed as it is, without a stack.

/** The message names what, where and the fix. Exit code 1. */
export class UserError extends Error {
  override name = "UserError";
}

/** How `weir` ends. Usage mistakes have a code of their own, so that scripts can tell them from refusals. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
