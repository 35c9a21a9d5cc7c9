// The tests that `in-namespace.ts` runs.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["e2e/kubernetes/cases/*.cases.ts"], testTimeout: 60_000, hookTimeout: 180_000, maxWorkers: 1 },
});
