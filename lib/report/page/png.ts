/** Small images as PNG (https://www.w3.org/TR/png-3/), for `<img>`. */

import { deflateSync } from "node:zlib";
import type { ImageDetails } from "../../train/report.js";
import { crc32 } from "../crc.js";

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** `data:image/png;base64,…` */
export function pngUri(image: ImageDetails): string {
  return `data:image/png;base64,${png(image).toString("base64")}`;
}

/** An 8-bit gray or RGB image. */
export function png({ width, height, channels, data }: ImageDetails): Buffer {
  const pixels = Buffer.from(data, "base64");
  const stride = width * channels;
  const rows = Buffer.alloc(height * (stride + 1));
  // Every row begins with its filter: none.
  for (let y = 0; y < height; y++)
    pixels.copy(rows, y * (stride + 1) + 1, y * stride, (y + 1) * stride);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  header[9] = channels === 3 ? 2 : 0;
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}
