// The control plane as the one who keeps counters: its own service in memory, behind the Node host's gRPC.
import { create, fromBinary, toBinary, type DescMethod } from "@bufbuild/protobuf";
import type { ConnectRouter } from "@connectrpc/connect";
import { CounterService } from "../../../control/src/counters/counter-service.ts";
import { countersService } from "../../../control/src/counters/protocol.ts";
import type { GrpcCall } from "../../../sdk/host/grpc-callout.ts";

type Methods = Record<string, (request: unknown) => Record<string, unknown>>;

export class CounterKeeper {
  readonly service: CounterService;
  /** `Restore` and `Save`, as they came. */
  readonly calls: { method: string; request: any; call: GrpcCall }[] = [];
  /** Whether nothing is answered; each call then waits in `calls`. */
  isHanging = false;
  isGone = false;
  readonly #methods: Methods;

  constructor(now: () => number) {
    this.service = new CounterService({ path: ":memory:", now });
    let methods: Methods = {};
    const router = { service: (_: unknown, all: Methods) => void (methods = all) };
    this.service.routes(router as unknown as ConnectRouter);
    this.#methods = methods;
  }

  readonly take = (call: GrpcCall): void => {
    call.onMessage = (message) => {
      const method = countersService().methods.find(({ name }) => name === call.method)!;
      const request = fromBinary(method.input, message);
      this.calls.push({ method: method.name, request, call });
      if (this.isGone) call.close(14, "connection refused");
      else if (!this.isHanging) this.answer(this.calls.length - 1);
    };
  };

  /** Answers a call that waits. */
  answer(number: number): void {
    const { method: name, request, call } = this.calls[number]!;
    const method = countersService().methods.find((one) => one.name === name) as DescMethod;
    call.send(toBinary(method.output, create(method.output, this.#methods[method.localName]!(request))));
  }

  callsOf(method: string): any[] {
    return this.calls.filter((call) => call.method === method).map(({ request }) => request);
  }
}
