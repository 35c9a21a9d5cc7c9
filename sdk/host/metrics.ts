// Counters, gauges and histograms by name; ids are a VM's own, values belong to the whole host.
// Source: defineMetric, incrementMetric, recordMetric and getMetric of Envoy's wasm context.cc.
import { MetricType, Status } from "./abi.ts";

export interface Metric {
  name: string;
  type: number;
  value: bigint;
  /** What a histogram was given, in order. */
  records: bigint[];
}

/** The metrics of a host, shared by its VMs: two VMs that define one name write one metric. */
export class Metrics {
  readonly #byName = new Map<string, Metric>();

  define(type: number, name: string): Metric {
    const key = `${type}:${name}`;
    const metric = this.#byName.get(key) ?? { name, type, value: 0n, records: [] };
    this.#byName.set(key, metric);
    return metric;
  }

  /** The value of a counter or gauge; 0 when nobody defined it. */
  value(name: string): number {
    const metric = this.#byName.get(`${MetricType.Counter}:${name}`) ?? this.#byName.get(`${MetricType.Gauge}:${name}`);
    return Number(metric?.value ?? 0n);
  }

  /** What was recorded into a histogram, in order. */
  records(name: string): number[] {
    return (this.#byName.get(`${MetricType.Histogram}:${name}`)?.records ?? []).map(Number);
  }
}

/** One VM's table from metric id to metric. The lowest two bits of an id are its type. */
export class MetricTable {
  readonly #host: Metrics;
  readonly #byId = new Map<number, Metric>();
  readonly #lastId = [0, 1, 2];

  constructor(host: Metrics) {
    this.#host = host;
  }

  /** The new id. Defining a name again gives another id for the same metric. */
  define(type: number, name: string): number {
    const id = (this.#lastId[type] = this.#lastId[type]! + 4);
    this.#byId.set(id, this.#host.define(type, name));
    return id;
  }

  increment(id: number, offset: bigint): number {
    const type = id & 3;
    if (type >= MetricType.Histogram) return Status.BadArgument;
    const metric = this.#byId.get(id);
    if (!metric) return Status.NotFound;
    if (type === MetricType.Counter && offset <= 0n) return Status.BadArgument;
    metric.value += offset;
    return Status.Ok;
  }

  record(id: number, value: bigint): number {
    const metric = this.#byId.get(id);
    if (!metric) return Status.NotFound;
    if (metric.type === MetricType.Counter) metric.value += value;
    else if (metric.type === MetricType.Gauge) metric.value = value;
    else metric.records.push(value);
    return Status.Ok;
  }

  get(id: number): bigint | typeof Status.NotFound | typeof Status.BadArgument {
    if ((id & 3) >= MetricType.Histogram) return Status.BadArgument;
    return this.#byId.get(id)?.value ?? Status.NotFound;
  }
}
