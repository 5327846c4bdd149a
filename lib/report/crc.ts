/** Cyclic redundancy checks, 32 bits, reflected. */

/** Remainders of every byte for a (reversed) polynomial. */
function tableOf(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
}

function crcBy(polynomial: number): (bytes: Uint8Array) => number {
  const table = tableOf(polynomial);
  return (bytes) => {
    let value = 0xffffffff;
    for (const byte of bytes) value = (value >>> 8) ^ table[(value ^ byte) & 0xff]!;
    return (value ^ 0xffffffff) >>> 0;
  };
}

/** As PNG and zip have it. */
export const crc32 = crcBy(0xedb88320);

/** CRC-32C (Castagnoli, RFC 3720), as TFRecord has it. */
export const crc32c = crcBy(0x82f63b78);
