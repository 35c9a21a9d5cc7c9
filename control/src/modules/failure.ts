// Why a module cannot be had: words for whoever wrote its address, and never what a server said.

export const failureReasons = ["FetchFailed", "WrongDigest", "NotSigned", "NotAModule"] as const;
export type FailureReason = (typeof failureReasons)[number];

export class ModuleFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
