/** Text of a tensor by the rules that PyTorch prints by. */

import { DTYPES, isDType, type TypedArray } from "./dtype.js";
import { ops } from "./ops.js";
import type { Tensor } from "./tensor.js";

const { aten } = ops;

export interface PrintOptions {
  /** Digits after the decimal point. */
  precision: number;
  /** More elements than this are summarized. */
  threshold: number;
  /** Items at either end of a dimension in a summary. */
  edgeItems: number;
  /** Characters per line. */
  lineWidth: number;
  /** Scientific notation; null decides by the values. */
  sciMode: boolean | null;
}

const settings: PrintOptions = {
  precision: 4,
  threshold: 1000,
  edgeItems: 3,
  lineWidth: 80,
  sciMode: null,
};

/** Sets how tensors print from now on, as `torch.set_printoptions`; returns what it was before. */
export function setPrintOptions(options: Partial<PrintOptions>): PrintOptions {
  const before = { ...settings };
  Object.assign(settings, options);
  return before;
}

type Element = number | bigint | boolean;
type Format = (value: Element) => string;

/** JavaScript rounds a tie up and Python to the even digit: takes the last digit back down. */
function toEven(text: string, isTie: boolean): string {
  if (!isTie) return text;
  const end = text.search(/e|$/);
  const digit = Number(text[end - 1]);
  return digit % 2 === 0 ? text : text.slice(0, end - 1) + String(digit - 1) + text.slice(end);
}

/** As Python's `f"{value:.{digits}f}"`. */
function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return special(value);
  if (Object.is(value, -0)) return `-${fixed(0, digits)}`;
  if (Math.abs(value) >= 1e21) {
    return BigInt(value).toString() + (digits === 0 ? "" : `.${"0".repeat(digits)}`);
  }
  // A tie has a binary expansion that ends right there: an odd multiple of 2^-(digits + 1).
  const scaled = Math.abs(value) * 2 ** (digits + 1);
  return toEven(value.toFixed(digits), Number.isInteger(scaled) && scaled % 2 === 1);
}

/** As Python's `f"{value:.{digits}e}"`. */
function scientific(value: number, digits: number): string {
  if (!Number.isFinite(value)) return special(value);
  const exact = value.toExponential(Math.min(100, digits + 40));
  const tail = exact.slice(exact.indexOf(".") + 1 + digits, exact.indexOf("e"));
  const text = toEven(value.toExponential(digits), /^50*$/.test(tail));
  const sign = Object.is(value, -0) ? "-" : "";
  return sign + text.replace(/e([+-])(\d)$/, "e$10$2");
}

function special(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}

/** How the elements of one tensor print: all alike, to one width. */
function formatter(values: Element[], isFloat: boolean): { format: Format; width: number } {
  const { precision } = settings;
  if (!isFloat) {
    const text: Format = (value) =>
      typeof value === "boolean" ? (value ? "True" : "False") : String(value);
    const width = Math.max(1, ...values.map((value) => text(value).length));
    return { width, format: (value) => text(value).padStart(width) };
  }
  const decisive = (values as number[]).filter((value) => Number.isFinite(value) && value !== 0);
  let least = Infinity;
  let most = 0;
  for (const value of decisive) {
    least = Math.min(least, Math.abs(value));
    most = Math.max(most, Math.abs(value));
  }
  const integral = decisive.every(Number.isInteger);
  const spread = most / least > 1000 || most > 1e8 || least < 1e-4;
  const sci = decisive.length > 0 && (settings.sciMode ?? spread);
  const text = (value: number): string => {
    if (sci) return scientific(value, precision);
    if (!integral) return fixed(value, precision);
    return Number.isFinite(value) ? `${fixed(value, 0)}.` : special(value);
  };
  const width = Math.max(1, ...decisive.map((value) => text(value).length));
  return { width, format: (value) => text(value as number).padStart(width) };
}

/** A dimension is cut when it is longer than its two edges together. */
interface Layout {
  shape: readonly number[];
  cut: readonly boolean[];
}

function vector(texts: string[], cut: boolean, width: number, indent: number): string {
  const { edgeItems, lineWidth } = settings;
  const items = cut
    ? [...texts.slice(0, edgeItems), " ...", ...texts.slice(texts.length - edgeItems)]
    : texts;
  const perLine = Math.max(1, Math.floor((lineWidth - indent) / (width + 2)));
  const lines: string[] = [];
  for (let i = 0; i < items.length; i += perLine) {
    lines.push(items.slice(i, i + perLine).join(", "));
  }
  return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
}

function nested(texts: string[], layout: Layout, width: number, indent: number): string {
  const [size = 1, ...rest] = layout.shape;
  const [cut = false, ...cuts] = layout.cut;
  if (layout.shape.length === 0) return texts[0] ?? "";
  if (rest.length === 0) return vector(texts, cut, width, indent);
  const step = texts.length / size;
  const parts = Array.from({ length: size }, (_, i) =>
    nested(texts.slice(i * step, (i + 1) * step), { shape: rest, cut: cuts }, width, indent + 1),
  );
  if (cut) parts.splice(settings.edgeItems, 0, "...");
  return `[${parts.join(`,${"\n".repeat(rest.length)}${" ".repeat(indent + 1)}`)}]`;
}

/** What is printed of the tensor: all, or only the edges of long dimensions where it is large. */
function read(tensor: Tensor): { data: TypedArray; layout: Layout } {
  const { edgeItems, threshold } = settings;
  const summarize = tensor.numel > threshold;
  const cut = tensor.shape.map((size) => summarize && size > 2 * edgeItems);
  let part = tensor.detach();
  for (const [dim, isCut] of cut.entries()) {
    if (!isCut) continue;
    const head = part.narrow(dim, 0, edgeItems);
    const tail = part.narrow(dim, part.size(dim) - edgeItems, edgeItems);
    const edges = aten.cat([head, tail], dim);
    for (const used of [part, head, tail]) used.dispose();
    part = edges;
  }
  const result = { data: part.dataSync(), layout: { shape: part.shape, cut } };
  part.dispose();
  return result;
}

function elements(data: TypedArray, dtype: string): Element[] {
  const values: Element[] = Array.from(data as ArrayLike<number | bigint>);
  return dtype === "bool" ? values.map(Boolean) : values;
}

function content(tensor: Tensor, indent: number): string {
  const { dtype } = tensor;
  const { data, layout } = read(tensor);
  const values = elements(data, dtype);
  const { format, width } = formatter(values, DTYPES[dtype].kind === "float");
  return nested(values.map(format), layout, width, indent);
}

function sizeSuffix(shape: readonly number[]): string {
  return `size=(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}

/**
 * Text of a tensor as PyTorch's `repr`, except that `requires_grad=True` stands for `grad_fn=<…>`.
 * Reads the elements: waits for a device.
 */
export function formatTensor(tensor: Tensor): string {
  const prefix = "tensor(";
  const { dtype, device, shape } = tensor;
  const suffixes: string[] = [];
  if (device !== "cpu") suffixes.push(`device='${device}'`);
  let text: string;
  if (device === "meta" || !isDType(dtype)) {
    suffixes.push(sizeSuffix(shape));
    if (dtype !== "float32") suffixes.push(`dtype=torch.${dtype}`);
    text = "...";
  } else if (tensor.numel === 0) {
    if (shape.length !== 1) suffixes.push(sizeSuffix(shape));
    if (dtype !== "float32") suffixes.push(`dtype=torch.${dtype}`);
    text = "[]";
  } else {
    if (!["float32", "int64", "bool"].includes(dtype)) suffixes.push(`dtype=torch.${dtype}`);
    text = content(tensor, prefix.length);
  }
  if (tensor.requiresGrad) suffixes.push("requires_grad=True");

  let result = prefix + text;
  let column = result.length - result.lastIndexOf("\n") + 1;
  for (const suffix of suffixes) {
    if (column + suffix.length + 2 > settings.lineWidth) {
      result += `,\n${" ".repeat(prefix.length)}${suffix}`;
      column = prefix.length + suffix.length;
    } else {
      result += `, ${suffix}`;
      column += suffix.length + 2;
    }
  }
  return `${result})`;
}
