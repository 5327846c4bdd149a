// `npm run test:gpu`: test/gpu on a GPU, which `npm test` runs on the CPU.

import { defineConfig } from "vitest/config";
import base from "./vitest.config.js";

export default defineConfig({
  test: {
    ...base.test,
    include: ["test/gpu/**/*.test.ts"],
    // One at a time: memory is measured.
    maxWorkers: 1,
    env: {
      ...base.test?.env,
      POTSTILL_TEST_DEVICE: process.env.POTSTILL_TEST_DEVICE ?? "cuda",
    },
  },
});
