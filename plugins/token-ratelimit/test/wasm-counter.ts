// The plugin's counter, compiled alone, with the interface of the reference.
import { Harness } from "../../../sdk/test/harness.ts";
import { compileModule } from "../../../tools/build-plugins.ts";
import { limitAlgorithms, limitPeriods, limitUnits } from "../../../control/src/model/limits.ts";
import type { Amounts, CounterWindow } from "./reference-counter.ts";

export class WasmCounter {
  readonly harness: Harness;

  private constructor(harness: Harness) {
    this.harness = harness;
  }

  static async load(): Promise<WasmCounter> {
    const entry = "plugins/token-ratelimit/test/assembly/counter.ts";
    const { bytes } = await compileModule(entry, ["--config", "sdk/test/asconfig.json"]);
    return new WasmCounter(new Harness(new WebAssembly.Module(bytes)));
  }

  begin(windows: CounterWindow[]): void {
    this.harness.number("begin");
    this.configure(windows);
  }

  configure(windows: CounterWindow[]): void {
    this.harness.number("clearWindows");
    for (const { unit, limit, algorithm, period } of windows) {
      const kinds = [algorithm ? limitAlgorithms.indexOf(algorithm) : 0, period ? limitPeriods.indexOf(period) : 0];
      this.harness.number("addWindow", limitUnits.indexOf(unit), BigInt(limit), ...kinds);
    }
  }

  reserve(asked: Amounts, now: number, isForced = false): number | null {
    const index = this.harness.number("reserve", BigInt(now), bytesOf(asked), Number(isForced));
    return index < 0 ? null : index;
  }

  settle(reservation: number, real: Amounts, now: number): void {
    this.harness.number("settle", BigInt(now), reservation, bytesOf(real), BigInt(real.requests ?? 1));
  }

  waitMs(asked: Amounts, now: number): number | null {
    const ms = Number(this.harness.bigint("waitMs", BigInt(now), bytesOf(asked)));
    return ms < 0 ? null : ms;
  }

  remaining(index: number, now: number): number {
    return Number(this.harness.bigint("remaining", BigInt(now), index));
  }

  /** As it is kept. */
  bytes(): Uint8Array {
    return this.harness.bytes("encoded") ?? new Uint8Array();
  }

  resetMs(index: number, now: number): number {
    return Number(this.harness.bigint("resetMs", BigInt(now), index));
  }
}

/** Varints, one for each unit. */
function bytesOf(amounts: Amounts): Uint8Array {
  return Uint8Array.from(limitUnits.flatMap((unit) => varint(BigInt(amounts[unit] ?? 0))));
}

function varint(value: bigint): number[] {
  return value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
}
