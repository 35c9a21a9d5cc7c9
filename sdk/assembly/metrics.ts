// Counters, gauges and histograms in the host's own statistics. A metric is defined at its first use, so it may be a
// module-level constant: the host allows no such call while the module is being initialised.
// Envoy shows them as `wasmcustom.<name>`; one name means one metric, in all VMs.
import { MetricType, Status } from "./abi";
import { Slice } from "./bytes/slice";
import { proxy_define_metric, proxy_get_metric, proxy_increment_metric, proxy_record_metric } from "./env";
import { numberSlot } from "./host-memory";

/** What the three kinds share. */
export abstract class Metric {
  // 0 until defined; no host numbers a metric 0.
  private id: u32 = 0;

  constructor(
    private readonly kind: MetricType,
    /** The metric's name. */
    readonly name: string,
  ) {}

  /** The host's number of the metric; 0 if it refuses to define it. */
  protected handle(): u32 {
    if (this.id == 0) {
      const bytes = Slice.of(this.name);
      const status = proxy_define_metric(this.kind, bytes.pointer, bytes.length, numberSlot);
      if (status == Status.Ok) this.id = load<u32>(numberSlot);
    }
    return this.id;
  }

  /** Present value over all threads; 0 for a histogram, or if there is none. */
  get value(): u64 {
    return proxy_get_metric(this.handle(), numberSlot) == Status.Ok ? load<u64>(numberSlot) : 0;
  }
}

/** A number that only grows. */
@final
export class Counter extends Metric {
  constructor(name: string) {
    super(MetricType.Counter, name);
  }

  /** Adds `delta`. */
  increment(delta: u64 = 1): Status {
    return delta == 0 ? Status.Ok : proxy_increment_metric(this.handle(), delta);
  }
}

/** A number that goes up and down. */
@final
export class Gauge extends Metric {
  constructor(name: string) {
    super(MetricType.Gauge, name);
  }

  /** Adds `delta`, which may be negative. Envoy's gauges do not go below 0. */
  add(delta: i64): Status {
    return proxy_increment_metric(this.handle(), delta);
  }

  /** Gives it this value. */
  record(value: u64): Status {
    return proxy_record_metric(this.handle(), value);
  }
}

/** A distribution of values. */
@final
export class Histogram extends Metric {
  constructor(name: string) {
    super(MetricType.Histogram, name);
  }

  /** Takes note of one value. */
  record(value: u64): Status {
    return proxy_record_metric(this.handle(), value);
  }
}
