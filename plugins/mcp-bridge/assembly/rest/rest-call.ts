// A call of a tool that is on its way to an API.
import { Slice } from "@weir/sdk/assembly";
import { RoutedCall, UpstreamAnswer } from "../protocol/outcome";
import { AnswerReader } from "./answer-reader";
import { failure } from "./result";

/** One call. */
@final
export class RestCall extends RoutedCall {
  constructor(private readonly reader: AnswerReader) {
    super();
  }

  resultOf(answer: UpstreamAnswer): Slice {
    return this.reader.read(answer);
  }

  failureOf(status: i32): Slice {
    if (status == 504) return failure("The API did not answer in time");
    return failure("The API could not be reached (" + status.toString() + ")");
  }
}
