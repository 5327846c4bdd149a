import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Every file gets a process of its own: libtorch keeps process-wide state (thread counts,
    // random generators, registered operators), and a crash must not take other files along.
    pool: "forks",
    isolate: true,
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
  },
});
