/** potstill::encoder_layer against ATen's operator, which it stands for. */

import { expect, test } from "vitest";
import { noGrad, ops, type Tensor, zeros } from "../../lib/tensor/index.js";
import { distance, logits } from "./inputs.js";

const { aten, potstill } = ops;
const [batch, length, width, heads, wide] = [3, 7, 12, 3, 20];

function layer(dtype: "float32" | "float64", gelu: boolean, normFirst: boolean) {
  let seed = 0;
  const filled = (...shape: number[]) =>
    logits(
      1,
      shape.reduce((a, b) => a * b),
      ++seed,
      "float32",
    )
      .div(Math.sqrt(shape.at(-1)!))
      .reshape(shape)
      .to(dtype);
  const x = filled(batch, length, width);
  const attention = [filled(3 * width, width), filled(3 * width)];
  const projection = [filled(width, width), filled(width)];
  const norms = [filled(width), filled(width), filled(width), filled(width)];
  const feed = [filled(wide, width), filled(wide), filled(width, wide), filled(width)];
  return [
    ...[x, width, heads, ...attention, ...projection, gelu, normFirst, 1e-5],
    ...[...norms, ...feed],
  ] as unknown as Parameters<typeof potstill.encoder_layer>;
}

test.each([
  [false, false],
  [true, false],
  [true, true],
])("GELU %s, norm first %s: agrees with ATen in float64", (gelu, normFirst) => {
  noGrad(() => {
    const made: Tensor = potstill.encoder_layer(...layer("float32", gelu, normFirst));
    const exact = aten._transformer_encoder_layer_fwd(...layer("float64", gelu, normFirst));
    expect(made.shape).toEqual([batch, length, width]);
    expect(exact.abs().max().item()).toBeGreaterThan(0.5);
    expect(distance(made, exact)).toBeLessThan(1e-5);
  });
});

test("masks and other dtypes are ATen's", () => {
  noGrad(() => {
    const wideArguments = layer("float64", true, false);
    const exact = aten._transformer_encoder_layer_fwd(...wideArguments);
    expect(distance(potstill.encoder_layer(...wideArguments), exact)).toBe(0);
    const masked = [...layer("float32", true, false), zeros([batch, length], { dtype: "bool" }), 1];
    const [a, b] = [potstill.encoder_layer, aten._transformer_encoder_layer_fwd].map((operator) =>
      operator(...(masked as unknown as Parameters<typeof potstill.encoder_layer>)),
    );
    expect(distance(a!, b!)).toBe(0);
  });
});
