import { describe, expect, it } from "vitest";
import { models, nn, parameterCount } from "../../lib/nn/index.js";
import { randn } from "../../lib/tensor/index.js";
import { errorOf } from "./oracle.js";

describe("parameter counts", () => {
  // torchvision's for the same architectures; the papers' for the others.
  it.each([
    ["resnet18", models.resnet18(), 11_689_512],
    ["resnet34", models.resnet34(), 21_797_672],
    ["resnet50", models.resnet50(), 25_557_032],
    ["mobilenetV2", models.mobilenetV2(), 3_504_872],
    ["vit_b_16", models.vit(), 86_567_656],
    ["lenet", models.lenet(), 61_706],
    ["resnetCifar 20", models.resnetCifar(20), 269_722],
    ["resnetCifar 110", models.resnetCifar(110), 1_727_962],
    ["mlp", nn.mlp([784, 800, 800, 10]), 1_276_810],
  ])("%s", (_, def, count) => {
    expect(parameterCount(def)).toBe(count);
  });

  it("is what the built module has", async () => {
    const module = await nn.build(models.mobilenetV2());
    let total = 0;
    for (const { shape } of module.parameters().values()) total += shape.reduce((a, b) => a * b, 1);
    expect(total).toBe(3_504_872);
    expect(module.modules()[0]).toMatchObject({ path: "", className: "MobileNetV2" });
  });
});

describe("options", () => {
  it("shapes the output by classes, channels and stem", async () => {
    const run = async (def: nn.ModuleDef, shape: number[]) => {
      const module = await nn.build(def);
      return (await module.eval().predict(randn(shape))).shape;
    };
    expect(await run(models.lenet({ classes: 7, channels: 3 }), [2, 3, 28, 28])).toEqual([2, 7]);
    expect(await run(models.resnet18({ classes: 5, channels: 1 }), [1, 1, 64, 64])).toEqual([1, 5]);
    expect(await run(models.resnetCifar(8, { classes: 100 }), [1, 3, 32, 32])).toEqual([1, 100]);
    const mobile = models.mobilenetV2({ classes: 3, widthMult: 0.35, stem: "cifar" });
    expect(await run(mobile, [1, 3, 32, 32])).toEqual([1, 3]);
  });

  it("keeps the resolution with the CIFAR stem", async () => {
    const module = await nn.build(models.resnet18({ classes: 10, stem: "cifar" }));
    const summary = await module.eval().summary(randn([1, 3, 32, 32]));
    const shapeOf = (path: string) => summary.rows.find((row) => row.path === path)?.outputShape;
    expect(shapeOf("conv1")).toEqual([1, 64, 32, 32]);
    expect(shapeOf("layer1")).toEqual([1, 64, 32, 32]);
    expect(shapeOf("layer4")).toEqual([1, 512, 4, 4]);
  });

  it("starts blocks as the identity with zeroInitResidual", async () => {
    const module = await nn.build(models.resnet18({ zeroInitResidual: true, classes: 2 }));
    const parameters = module.parameters();
    const sum = (path: string) => Number(parameters.get(path)!.abs().sum().item());
    expect(sum("layer1.0.bn2.weight")).toBe(0);
    expect(sum("layer1.0.bn1.weight")).toBe(64);
  });

  it("initializes ResNet's convolutions by He's rule for the outputs", async () => {
    const module = await nn.build(models.resnet18({ classes: 2 }));
    const weight = module.parameters().get("layer3.1.conv2.weight")!;
    // Five standard errors of 589,824 draws: std/√(2n) for the deviation, std/√n for the mean.
    const spread = Math.abs(Number(weight.std().item()) - Math.sqrt(2 / (256 * 9)));
    expect(spread).toBeLessThan(1.4e-4);
    expect(Math.abs(Number(weight.mean().item()))).toBeLessThan(2e-4);
  });

  it("explains what does not fit", async () => {
    expect(await errorOf(() => models.resnetCifar(21))).toMatchObject({
      code: "ERR_CONFIG",
      message: expect.stringContaining("6n + 2"),
    });
    expect((await errorOf(() => models.vit({ imageSize: 30 }))).message).toContain(
      "patchSize (16)",
    );
    const wrongStem = () => models.resnet18({ stem: "cifar10" as "cifar" });
    expect((await errorOf(wrongStem)).message).toContain('"imagenet", "cifar"');
    const wrongName = () => models.resnet18({ clases: 3 } as object);
    expect((await errorOf(wrongName)).message).toContain('did you mean "classes"?');
    const vit = await nn.build(
      models.vit({ imageSize: 32, patchSize: 8, dim: 16, depth: 1, heads: 2, classes: 3 }),
    );
    expect((await errorOf(() => vit.forward(randn([1, 3, 24, 24])))).message).toContain("32x32");
  });
});
