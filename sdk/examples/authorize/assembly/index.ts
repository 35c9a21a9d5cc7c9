// Asks another service whether a request may pass, while the request waits. Whatever goes wrong, it does not pass.
import {
  continueRequest,
  HeaderList,
  HeadersStatus,
  HttpCallout,
  HttpContext,
  registerRoot,
  requestHeaders,
  RootContext,
  sendLocalResponse,
  Slice,
  Status,
} from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

const credential = Slice.of("authorization");
const timeoutMs: u32 = 500;

class Root extends RootContext {
  createHttpContext(id: u32): HttpContext {
    return new Gate(id);
  }
}

class Gate extends HttpContext {
  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const given = requestHeaders.get(credential);
    if (!given) return this.refuse(401, "missing_credential");
    const question = new HeaderList()
      .addText(":method", "GET")
      .addText(":path", "/check")
      .addText(":authority", "authorizer")
      .add(credential, given);
    const status = new Check().send("authorizer", question, Slice.empty(), timeoutMs);
    return status == Status.Ok ? HeadersStatus.StopAllIterationAndWatermark : this.refuse(503, "not_asked");
  }

  private refuse(status: u32, details: string): HeadersStatus {
    sendLocalResponse(status, null, Slice.empty(), details);
    return HeadersStatus.StopAllIterationAndWatermark;
  }
}

/** One question. At its reply, host calls act on the stream that asked. */
class Check extends HttpCallout {
  onReply(status: i32, headerCount: u32, body: Slice): void {
    if (status == 200) {
      requestHeaders.remove(credential);
      requestHeaders.set(Slice.of("x-user"), body);
      continueRequest();
    } else if (status == 401 || status == 403) {
      sendLocalResponse(status, null, body, "refused_by_authorizer");
    } else {
      sendLocalResponse(503, null, Slice.empty(), "authorizer_failed");
    }
  }
}

registerRoot((id) => new Root(id));
