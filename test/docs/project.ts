/** A folder as somebody who follows the documentation has it: data, models, a run, packages. */

import { chmod, cp, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { build, nn } from "../../lib/index.js";
import { main, node, potstill } from "../cli/cli.js";
import { idxBytes } from "../data/files.js";
import { blocksOf, root } from "./blocks.js";

/** `npx` and `npm` as the documentation uses them, without a registry behind them. */
async function writeCommands(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const script = async (name: string, lines: string[]) => {
    await writeFile(path.join(folder, name), `#!/bin/sh\n${lines.join("\n")}\n`);
    await chmod(path.join(folder, name), 0o755);
  };
  await script("npx", [
    'test "$1" = potstill || { echo "npx $1: not known here" >&2; exit 1; }',
    "shift",
    `exec "${process.execPath}" "${main}" "$@"`,
  ]);
  // What these do takes minutes of compiling and has tests of its own (test/install).
  await script("npm", [
    'case "$*" in',
    '  "ci --ignore-scripts") ln -s "$CHECKOUT/node_modules" node_modules ;;',
    '  "run build") ln -s "$CHECKOUT/dist" dist && ln -s "$CHECKOUT/build" build ;;',
    '  *) echo "npm $*: not known here" >&2; exit 1 ;;',
    "esac",
  ]);
}

/** Environment of the commands. */
export async function commandsIn(folder: string): Promise<Record<string, string>> {
  const bin = path.join(folder, "bin");
  await writeCommands(bin);
  return { PATH: `${bin}${path.delimiter}${process.env.PATH}`, CHECKOUT: root, PORT: "0" };
}

/** Runs a script with `bash -e`; `npx potstill` is this checkout's. */
export function shell(code: string, cwd: string, env: Record<string, string>) {
  return node(["-e", runner, code], { cwd, env });
}

const runner = `
const { spawnSync } = require("node:child_process");
const { status } = spawnSync("bash", ["-e", "-c", process.argv[1]], { stdio: "inherit" });
process.exit(status ?? 1);
`;

/** Packages that examples import, found as in a project that installed them. */
export async function linkPackages(folder: string): Promise<void> {
  const modules = path.join(folder, "node_modules");
  await mkdir(modules, { recursive: true });
  await symlink(root, path.join(modules, "potstill"));
  for (const name of ["fastify", "@types"]) {
    await symlink(path.join(root, "node_modules", name), path.join(modules, name));
  }
}

/** The script of the tutorial that draws images. */
export function makeData(): string {
  const block = blocksOf("docs/tutorial.md").find(({ mark }) => mark === "save make-data.mjs");
  if (!block) throw new Error("docs/tutorial.md has no make-data.mjs");
  return `${seeded}\n${block.code}`;
}

/** The tutorial draws at random; a test draws the same each time (the generator called mulberry32). */
const seeded = `
let state = 6;
Math.random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};`;

/** Data, a teacher, a recipe and its run, for images of 16 × 16 and three classes. */
export async function writeProject(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const small = makeData()
    .replace('["train", 1500]', '["train", 192]')
    .replace('["test", 300]', '["test", 60]');
  await writeFile(path.join(folder, "make-data.mjs"), small);
  const step = async (running: ReturnType<typeof node>) => {
    const { code, stderr } = await running;
    if (code !== 0) throw new Error(stderr);
  };
  await step(node(["make-data.mjs"], { cwd: folder }));
  using teacher = await build(nn.mlp([256, 24, 3]));
  await teacher.save(path.join(folder, "teacher.pt"));
  const files = ["--images", "data/train-images", "--labels", "data/train-labels"];
  const tests = ["--test-images", "data/test-images", "--test-labels", "data/test-labels"];
  const rest = ["--hidden", "8", "--epochs", "1", "--teacher", "teacher.pt"];
  await step(potstill(["init", "my.yaml", ...files, ...tests, ...rest], { cwd: folder }));
  await step(potstill(["distill", "my.yaml", "--out", "runs/mine"], { cwd: folder }));
}

/** Modules named as the pages name them: a deeper teacher and a thinner student for 3 × 16 × 16. */
export async function writeNetworks(folder: string): Promise<void> {
  const block = (from: number, to: number) =>
    nn.sequential({ conv1: nn.conv2d(from, to, 3, { padding: 1 }), relu: nn.relu() });
  const stage = (from: number, to: number) =>
    nn.sequential(
      block(from, to),
      nn.sequential({ relu: nn.relu(), conv2: nn.conv2d(to, to, 3, { padding: 1 }) }),
      nn.maxPool2d(2),
    );
  const channels = { layer1: stage(1, 4), layer2: stage(4, 8), layer3: stage(8, 8) };
  const head = { avgpool: nn.adaptiveAvgPool2d(1), flatten: nn.flatten(), fc: nn.linear(8, 3) };
  using teacher = await build(nn.sequential({ ...channels, ...head }));
  await teacher.save(path.join(folder, "deep.pt"));
  const features = nn.sequential(
    nn.conv2d(1, 4, 3, { padding: 1 }),
    nn.relu(),
    nn.conv2d(4, 4, 3, { padding: 1 }),
    nn.maxPool2d(2),
    nn.conv2d(4, 4, 3, { padding: 1 }),
  );
  using student = await build(
    nn.sequential({
      features,
      pool: nn.adaptiveAvgPool2d(1),
      flatten: nn.flatten(),
      fc: nn.linear(4, 3),
    }),
  );
  await student.save(path.join(folder, "thin.pt"));
}

const pixels = 28;

/** Files named as MNIST's are, with noise in them. */
async function writeSmallMnist(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, count] of [
    ["train", 128],
    ["t10k", 50],
  ] as const) {
    const images = Uint8Array.from({ length: count * pixels * pixels }, (_, i) => (i * 31) % 251);
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
    const file = (kind: string) => path.join(folder, `${name}-${kind}-ubyte`);
    await writeFile(file("images-idx3"), idxBytes([count, pixels, pixels], images));
    await writeFile(file("labels-idx1"), idxBytes([count], labels));
  }
}

/** A folder for the README: the demo's recipe with small models and little data, a photo. */
export async function writeReadmeProject(folder: string): Promise<void> {
  await mkdir(path.join(folder, "examples/mnist"), { recursive: true });
  await writeFile(
    path.join(folder, "examples/mnist/recipe.yaml"),
    `seed: 1
data: { mnist: { dir: small } }
teacher: { train: { model: { nn.mlp: [784, 16, 10] }, optimizer: adam, epochs: 1 } }
student: { nn.mlp: [784, 8, 10] }
objective: { response: { alpha: 0.9, temperature: 4 } }
optimizer: { sgd: { lr: 0.05 } }
epochs: 1
`,
  );
  await writeSmallMnist(path.join(folder, "examples/mnist/small"));
  await cp(
    path.join(root, "test/fixtures/taps/resnet-scripted.pt"),
    path.join(folder, "teacher.pt"),
  );
  const gray = { r: 90, g: 90, b: 90 };
  await sharp({ create: { width: 30, height: 30, channels: 3, background: gray } })
    .png()
    .toFile(path.join(folder, "photo.png"));
}
