/** The name that somebody probably meant. */

/** Edits (insert, delete, replace, swap neighbors) between two words. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, before[j - 2]! + 1);
      }
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}

/** Case, dashes and underscores aside: `weight_decay` is `weightDecay`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9.]/g, "");
}

/** The known name closest to `name`, or null where none is close. */
export function nearest(name: string, known: readonly string[]): string | null {
  const wanted = plain(name);
  let best: string | null = null;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const other = plain(candidate);
    // What was left out in front is no typing mistake: `resnet18` for `models.resnet18`.
    const edits = other.endsWith(`.${wanted}`) ? 0 : distance(wanted, other);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

/** ` (did you mean "x"?)`, or nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const match = nearest(name, known);
  return match === null ? "" : ` (did you mean "${match}"?)`;
}
