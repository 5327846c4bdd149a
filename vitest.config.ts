import { tmpdir } from "node:os";
import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Every file gets a process of its own: libtorch keeps process-wide state (thread counts,
    // random generators, registered operators), and a crash must not take other files along.
    pool: "forks",
    isolate: true,
    maxWorkers: 2,
    // What runs remember of this machine stays out of the user's own cache.
    env: {
      POTSTILL_CACHE_DIR: path.join(tmpdir(), `potstill-test-cache-${process.pid}`),
      // The same numbers on every CPU; what is about bfloat16 asks for it.
      POTSTILL_BFLOAT16: "0",
      // What test/gpu runs on here; see vitest.gpu.config.ts.
      POTSTILL_TEST_DEVICE: "cpu",
    },
    testTimeout: 120_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
  },
});
