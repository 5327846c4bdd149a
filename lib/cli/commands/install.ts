/** `potstill doctor` and `potstill setup`: they have to work where the addon does not load. */

import { runDoctor } from "../../install/doctor.js";
import { runSetup } from "../../install/setup.js";
