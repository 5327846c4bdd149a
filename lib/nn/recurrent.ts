/** Recurrent layers. */

import type { TensorSpec } from "../native/binding.js";
import { count, flag, integer, number, read } from "./check.js";
import { define, float, type ModuleDef, parameter } from "./definition.js";

export interface RecurrentOptions {
  /** Layers on top of each other; default 1. */
  numLayers?: number | undefined;
  bias?: boolean | undefined;
  /** Inputs are `[B, T, features]` rather than `[T, B, features]`; default false, as in PyTorch. */
  batchFirst?: boolean | undefined;
  /** In training, dropout between the layers; default 0. */
  dropout?: number | undefined;
  /** A second pass from the end; outputs are joined. Default false. */
  bidirectional?: boolean | undefined;
}

function recurrent(
  kind: "lstm" | "gru",
  inputSize: number,
  hiddenSize: number,
  options?: RecurrentOptions,
): ModuleDef {
  const where = `nn.${kind}`;
  integer(where, "inputSize", inputSize);
  integer(where, "hiddenSize", hiddenSize);
  const o = read(where, options, {
    numLayers: count(1),
    bias: flag(true),
    batchFirst: flag(false),
    dropout: number(0, 0, 1),
    bidirectional: flag(false),
  });
  const directions = o.bidirectional ? 2 : 1;
  const rows = (kind === "lstm" ? 4 : 3) * hiddenSize;
  const bound = 1 / Math.sqrt(hiddenSize);
  const parameters: TensorSpec[] = [];
  for (let layer = 0; layer < o.numLayers; layer++) {
    for (const suffix of ["", "_reverse"].slice(0, directions)) {
      const add = (name: string, shape: number[]) =>
        parameters.push(
          parameter(`${name}_l${layer}${suffix}`, shape, {
            kind: "uniform",
            from: -bound,
            to: bound,
          }),
        );
      add("weight_ih", [rows, layer === 0 ? inputSize : hiddenSize * directions]);
      add("weight_hh", [rows, hiddenSize]);
      if (o.bias) {
        add("bias_ih", [rows]);
        add("bias_hh", [rows]);
      }
    }
  }
  const state = kind === "lstm" ? "Tuple[Tensor, Tensor]" : "Tensor";
  const weights = `[${parameters.map(({ name }) => `self.${name}`).join(", ")}]`;
  const flags = [o.bias, o.numLayers, o.dropout, "self.training", o.bidirectional, o.batchFirst]
    .map((value) => (typeof value === "boolean" ? (value ? "True" : "False") : String(value)))
    .map((text, i) => (i === 2 ? float(o.dropout) : text))
    .join(", ");
  const zeros = `torch.zeros([${o.numLayers * directions}, x.size(${o.batchFirst ? 0 : 1}), ${hiddenSize}], dtype=x.dtype, device=x.device)`;
  const batchDim = o.batchFirst ? 0 : 1;
  const body =
    kind === "lstm"
      ? `    if hx is None:
        zeros = ${zeros}
        h0 = zeros
        c0 = zeros
    else:
        h0, c0 = hx
        if not batched:
            h0 = h0.unsqueeze(1)
            c0 = c0.unsqueeze(1)
    output, h, c = torch.lstm(x, [h0, c0], ${weights}, ${flags})
    if not batched:
        output = output.squeeze(${batchDim})
        h = h.squeeze(1)
        c = c.squeeze(1)
    return output, (h, c)`
      : `    if hx is None:
        h0 = ${zeros}
    else:
        h0 = hx
        if not batched:
            h0 = h0.unsqueeze(1)
    output, h = torch.gru(x, h0, ${weights}, ${flags})
    if not batched:
        output = output.squeeze(${batchDim})
        h = h.squeeze(1)
    return output, h`;
  return define({
    className: kind.toUpperCase(),
    parameters,
    source: `def forward(self, input: Tensor, hx: Optional[${state}] = None) -> Tuple[Tensor, ${state}]:
    if input.dim() != 2 and input.dim() != 3:
        raise ValueError("${kind.toUpperCase()} expects 2 or 3 dimensions, got " + str(input.size()))
    batched = input.dim() == 3
    x = input if batched else input.unsqueeze(${batchDim})
${body}
`,
  });
}

/**
 * Long short-term memory, as torch.nn.LSTM.
 *
 * `forward(input, (h0, c0)?)` gives `[output, [h, c]]`: `input` `[T, B, inputSize]` (see
 * `batchFirst`; without the batch `[T, inputSize]`), `output` `[T, B, directions · hiddenSize]`,
 * states `[numLayers · directions, B, hiddenSize]`. Parameters `weight_ih_l0`, `weight_hh_l0`,
 * `bias_ih_l0`, `bias_hh_l0`, …, with `_reverse` for the pass from the end.
 */
export function lstm(inputSize: number, hiddenSize: number, options?: RecurrentOptions): ModuleDef {
  return recurrent("lstm", inputSize, hiddenSize, options);
}

/** Gated recurrent unit, as torch.nn.GRU; one state `h` in place of LSTM's two. */
export function gru(inputSize: number, hiddenSize: number, options?: RecurrentOptions): ModuleDef {
  return recurrent("gru", inputSize, hiddenSize, options);
}
