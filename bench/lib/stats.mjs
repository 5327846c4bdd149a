// Order statistics, as the rows of the results report them.

/** Quantile by linear interpolation between the two nearest ranks. */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const low = Math.floor(position);
  const high = Math.ceil(position);
  return sorted[low] + (sorted[high] - sorted[low]) * (position - low);
}

export function median(values) {
  return quantile(values, 0.5);
}

/** `{ median, p10, p90 }` of values given in seconds, in `unit` (`scale` of them to a second). */
export function summary(values, scale = 1) {
  return {
    median: figure(median(values) * scale),
    p10: figure(quantile(values, 0.1) * scale),
    p90: figure(quantile(values, 0.9) * scale),
  };
}

/** Four significant digits: more would only be noise in the files. */
export function figure(value) {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}

/**
 * How a peer compares with potstill: its median over potstill's, and the spread of the quotient
 * over the rounds, in each of which both ran.
 */
export function ratios(peer, own) {
  const quotients = peer.map((value, round) => value / own[round]);
  return {
    ratio: figure(median(peer) / median(own)),
    ratioP10: figure(quantile(quotients, 0.1)),
    ratioP90: figure(quantile(quotients, 0.9)),
  };
}
