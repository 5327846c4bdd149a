/** LeNet-5 (LeCun et al., 1998). */

import { type ActivationName, activationNames, activations } from "../activation.js";
import { count, oneOf, read } from "../check.js";
import { conv2d } from "../conv.js";
import { define, type ModuleDef } from "../definition.js";
import { linear } from "../linear.js";
import { avgPool2d, maxPool2d } from "../pooling.js";

export interface LenetOptions {
  /** Default 10. */
  classes?: number | undefined;
  /** Channels of the input; default 1. */
  channels?: number | undefined;
  /** Default "relu"; the paper has "tanh". */
  activation?: ActivationName | undefined;
  /** Default "max"; the paper averages. */
  pool?: "max" | "avg" | undefined;
}

/**
 * LeNet-5 on 28×28 images: `[B, 1, 28, 28]` → `[B, classes]`; 61,706 parameters.
 *
 * Children: `conv1`, `conv2`, `pool`, `act`, `fc1`, `fc2`, `fc3`.
 */
export function lenet(options?: LenetOptions): ModuleDef {
  const o = read("models.lenet", options, {
    classes: count(10),
    channels: count(1),
    activation: oneOf(activationNames, "relu"),
    pool: oneOf(["max", "avg"], "max"),
  });
  return define({
    className: "LeNet",
    modules: {
      conv1: conv2d(o.channels, 6, 5, { padding: 2 }),
      conv2: conv2d(6, 16, 5),
      pool: o.pool === "max" ? maxPool2d(2) : avgPool2d(2),
      act: activations[o.activation](),
      fc1: linear(400, 120),
      fc2: linear(120, 84),
      fc3: linear(84, o.classes),
    },
    source: `def forward(self, x: Tensor) -> Tensor:
    x = self.pool(self.act(self.conv1(x)))
    x = self.pool(self.act(self.conv2(x)))
    x = torch.flatten(x, 1)
    x = self.act(self.fc2(self.act(self.fc1(x))))
    return self.fc3(x)
`,
  });
}
