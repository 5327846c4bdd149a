import type { OperatorSchema } from "../lib/tensor/schema.js";

/** The text of lib/tensor/generated/ops.ts for these operators. */
export function operatorDeclarations(input: {
  aten: OperatorSchema[];
  potstill: OperatorSchema[];
  /** `major.minor` of the version they come from. */
  libtorch: string;
}): string;
