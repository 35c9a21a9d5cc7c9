// An ordered set of threads: the instructions that wait for the next character, each once, each with its slots.

/** The threads at one position, the most wanted first. */
@final
export class ThreadList {
  length: i32 = 0;
  private instructions: StaticArray<i32>;
  // For each instruction the generation that last reached it.
  private marks: StaticArray<u32>;
  private generation: u32 = 1;
  private slots: StaticArray<i32>;

  constructor(
    instructionCount: i32,
    private slotCount: i32,
  ) {
    this.instructions = new StaticArray<i32>(instructionCount);
    this.marks = new StaticArray<u32>(instructionCount);
    this.slots = new StaticArray<i32>(instructionCount * slotCount);
  }

  clear(): void {
    this.length = 0;
    // After 2^32 positions the counter comes round: old marks must not look new.
    if (++this.generation == 0) {
      this.marks.fill(0);
      this.generation = 1;
    }
  }

  /** Whether the instruction is reached for the first time. */
  mark(index: i32): bool {
    if (this.marks[index] == this.generation) return false;
    this.marks[index] = this.generation;
    return true;
  }

  add(index: i32, slots: StaticArray<i32>): void {
    const from = this.length * this.slotCount;
    for (let i = 0; i < this.slotCount; ++i) this.slots[from + i] = slots[i];
    this.instructions[this.length++] = index;
  }

  instruction(thread: i32): i32 {
    return this.instructions[thread];
  }

  /** Copies a thread's slots into `target`. */
  readSlots(thread: i32, target: StaticArray<i32>): void {
    const from = thread * this.slotCount;
    for (let i = 0; i < this.slotCount; ++i) target[i] = this.slots[from + i];
  }

  copySlots(thread: i32): StaticArray<i32> {
    const copy = new StaticArray<i32>(this.slotCount);
    this.readSlots(thread, copy);
    return copy;
  }
}
