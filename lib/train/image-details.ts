/** Samples as small pictures. */

import type { ImageDetails } from "./report.js";

/** Longest side of a picture in a report. */
const side = 64;

/** Channels, height and width of samples that are images: one channel or three. */
export interface ImageShape {
  channels: number;
  height: number;
  width: number;
}

/** Null where samples of this shape are no images. */
export function imageShape(shape: readonly number[] | null): ImageShape | null {
  if (shape?.length !== 3) return null;
  const [channels, height, width] = shape as [number, number, number];
  if ((channels !== 1 && channels !== 3) || height < 2 || width < 2) return null;
  return { channels, height, width };
}

/**
 * One image of a batch `[B, C, H, W]`, averaged down to at most 64 pixels a side. Values outside of
 * [0, 1] stretch the range.
 */
export function imageOf(values: ArrayLike<number>, index: number, shape: ImageShape): ImageDetails {
  const { channels, height, width } = shape;
  const factor = Math.max(1, Math.ceil(Math.max(height, width) / side));
  const rows = Math.ceil(height / factor);
  const columns = Math.ceil(width / factor);
  const start = index * channels * height * width;
  let low = 0;
  let high = 1;
  const means = new Float64Array(rows * columns * channels);
  for (let c = 0; c < channels; c++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        let count = 0;
        for (let y = row * factor; y < Math.min(height, (row + 1) * factor); y++) {
          for (let x = column * factor; x < Math.min(width, (column + 1) * factor); x++) {
            sum += Number(values[start + (c * height + y) * width + x]);
            count += 1;
          }
        }
        const mean = sum / count;
        low = Math.min(low, mean);
        high = Math.max(high, mean);
        means[(row * columns + column) * channels + c] = mean;
      }
    }
  }
  const bytes = Uint8Array.from(means, (mean) => Math.round((255 * (mean - low)) / (high - low)));
  return {
    width: columns,
    height: rows,
    channels,
    data: Buffer.from(bytes).toString("base64"),
  };
}
