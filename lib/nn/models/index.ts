/** The namespace `models`: ready-made networks as plain descriptions. */

export { type LenetOptions, lenet } from "./lenet.js";
export { type MobilenetV2Options, mobilenetV2 } from "./mobilenet.js";
export {
  type ResnetCifarOptions,
  type ResnetOptions,
  resnet18,
  resnet34,
  resnet50,
  resnetCifar,
} from "./resnet.js";
export { type VitOptions, vit } from "./vit.js";
