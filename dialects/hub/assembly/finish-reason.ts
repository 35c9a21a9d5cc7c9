// Why an answer ended.

/** The reason, whatever a dialect calls it. */
export const enum FinishReason {
  /** Nobody said. */
  Unknown = 0,
  /** The model was done. */
  Stop = 1,
  /** One of the client's stop sequences came. */
  StopSequence = 2,
  /** The limit of output tokens. */
  Length = 3,
  /** The model wants tools to be run. */
  ToolCalls = 4,
  /** The provider's filter held it back. */
  ContentFilter = 5,
  /** The model refused. */
  Refusal = 6,
  /** A long turn was paused: send it back to go on. */
  Pause = 7,
  /** The context window is full. */
  ContextWindow = 8,
}
