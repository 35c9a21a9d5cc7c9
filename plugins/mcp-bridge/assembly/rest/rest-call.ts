// A call of a tool that is on its way to an API.
import { Slice } from "@weir/sdk/assembly";
import { logNotification } from "../protocol/notification";
import { RoutedCall, UpstreamAnswer } from "../protocol/outcome";
import { Scope } from "../template/run";
import { AnswerReader } from "./answer-reader";
import { failure } from "./result";
import { RestTool } from "./tool";

/** One call. */
@final
export class RestCall extends RoutedCall {
  constructor(
    private readonly tool: RestTool,
    private readonly reader: AnswerReader,
    /** From which level on the client wants to be told. */
    private readonly level: i32,
  ) {
    super();
  }

  resultOf(answer: UpstreamAnswer): Slice {
    const isTold = hasLogs(this.tool, this.level);
    if (isTold) this.notifications = logsOf(this.tool, this.level, this.reader.scopeOf(answer));
    return this.reader.read(answer);
  }

  failureOf(status: i32): Slice {
    return failure(reasonOf(status));
  }
}

/** Why there is no answer, in words. */
export function reasonOf(status: i32): string {
  if (status == 504) return "The API did not answer in time";
  return "The API could not be reached (" + status.toString() + ")";
}

/** Whether the tool has anything to tell from this level on. */
export function hasLogs(tool: RestTool, level: i32): bool {
  for (let i = 0; i < tool.logs.length; ++i) if (tool.logs[i].level >= level) return true;
  return false;
}

/** What it tells. */
export function logsOf(tool: RestTool, level: i32, scope: Scope): Slice[] {
  const notifications: Slice[] = [];
  for (let i = 0; i < tool.logs.length; ++i) {
    const log = tool.logs[i];
    const text = log.level >= level ? log.text.execute(scope) : null;
    if (text && text.length) notifications.push(logNotification(log.level, log.logger, text));
  }
  return notifications;
}
