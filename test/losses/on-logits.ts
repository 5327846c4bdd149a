/** Losses on logits that compare with a teacher, as they are by default. */

import { losses } from "../../lib/losses/index.js";

export const divergences = [
  losses.reverseKl(),
  losses.jsd(),
  losses.skewKl(),
  losses.skewReverseKl(),
  losses.dkd(),
  losses.dist(),
  losses.logitStandardization(),
  losses.logitMse(),
];
