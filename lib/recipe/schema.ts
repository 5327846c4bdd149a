/** The shape of a recipe: the options of `distill()` and `train()`, as YAML or JSON can hold them. */

import { z } from "zod";
import { augmentSchema, normalizeSchema } from "../data/index.js";
import { autocastSchema } from "../train/autocast.js";
import { channelsLastSchema } from "../train/channels-last.js";
import { cudaGraphSchema } from "../train/cuda-graph.js";
import { scalerSchema } from "../train/scaler.js";

const whole = (least: number) => {
  const error = `expected a whole number of at least ${least}`;
  return z.int({ error }).min(least, { error });
};
const positive = whole(1);

/**
 * Something that is made by a function of the API: its name (`nn.relu`, `mnist`), or a mapping of
 * the name to its arguments (`response: { alpha: 0.9 }`; a list is several arguments). What the
 * names are and which arguments they take is checked when the thing is made.
 */
const made = (what: string) =>
  z.union([z.string().min(1), z.record(z.string(), z.unknown())], {
    error: `expected ${what}: a name, or a mapping of a name to its arguments`,
  });

const file = z.string().min(1);
const output = z.union([z.string(), whole(0)], {
  error: "expected a key or an index of the model's output",
});

const modelFile = z.strictObject({
  path: file.describe("TorchScript file, relative to the recipe."),
  output: output.optional().describe("Which part of the model's output holds the logits."),
  normalize: normalizeSchema.optional().describe("What this model's inputs want."),
});

const size = z
  .tuple([positive, positive], { error: "expected [height, width] in pixels" })
  .describe("Size that images are brought to, [height, width].");

const objective = z.union([made("a loss"), z.array(made("a loss")).min(1)], {
  error: "expected a loss such as { response: { alpha: 0.9, temperature: 4 } }, or a list of them",
});

const device = z
  .string()
  .regex(/^(cpu|cuda(:\d+)?)$/, { error: "expected a device: cpu, cuda, or one such as cuda:1" });

const training = {
  objective: objective
    .optional()
    .describe("A loss, or several that are added; default: response, in train crossEntropy."),
  optimizer: made("an optimizer such as { sgd: { lr: 0.05, momentum: 0.9 } }"),
  schedule: made("a schedule such as { cosine: {} }")
    .optional()
    .describe("Of the learning rate; default constant."),
  epochs: positive.optional().describe("Passes over the training data."),
  steps: positive.optional().describe("Optimizer updates; wins over epochs."),
  batchSize: positive.optional().describe("Samples per batch; default 128."),
  dropLast: z.boolean().optional().describe("Leave the last, smaller batch of an epoch out."),
  seed: whole(0).optional().describe("Default 0."),
  accumulate: positive.optional().describe("Batches per optimizer update; default 1."),
  clip: z
    .strictObject({
      norm: z.number().positive().optional().describe("Largest norm of all gradients together."),
      value: z.number().positive().optional().describe("Largest size of each element."),
    })
    .optional()
    .describe("Clip gradients by their total norm, or by value."),
  ema: z.number().gt(0).lt(1).optional().describe("Decay of an average of the weights."),
  validation: z
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe("Share of the training data held out to select the best weights."),
  monitor: z.enum(["accuracy", "loss"]).optional().describe("What selects; default accuracy."),
  keepBest: z.boolean().optional().describe("Return the best weights; default: with validation."),
  patience: whole(0).optional().describe("Epochs without progress before it stops early."),
  allowBaked: z
    .boolean()
    .optional()
    .describe("Train a traced model whose trace fixes its mode all the same."),
  autocast: autocastSchema
    .optional()
    .describe("Compute in bfloat16 beside float32 weights; default auto: where the CPU has it."),
  scaler: scalerSchema
    .optional()
    .describe(
      "Scale the loss so that gradients fit float16; default: where it is trained in that.",
    ),
  channelsLast: channelsLastSchema
    .optional()
    .describe(
      "Convolutions channels-last in memory; default auto: where it is faster, by measuring.",
    ),
  gradientCheckpointing: z
    .array(z.string().min(1))
    .optional()
    .describe("Submodules (paths or patterns) whose values are computed again in backward."),
  cudaGraph: cudaGraphSchema
    .optional()
    .describe("On GPUs: record the step as a CUDA graph and replay it; default false."),
  checkpointEvery: positive.optional().describe("Epochs between checkpoints; default 1."),
  keepCheckpoints: positive
    .optional()
    .describe("Checkpoints that are kept, the latest included; default 2."),
  augment: augmentSchema
    .optional()
    .describe("Of training images; teacher and student see the same."),
  normalize: normalizeSchema
    .nullable()
    .optional()
    .describe("Instead of the data's own constants; null: pixels from 0 to 1."),
  output: output.optional().describe("Which part of the trained model's output holds the logits."),
  resize: size.optional(),
} as const;

const stage = z.strictObject({
  name: z.string().min(1).optional().describe('In events and reports; default "stage 1", …'),
  objective,
  epochs: positive.optional().describe("Passes over the training data; this or steps."),
  steps: positive.optional().describe("Optimizer updates."),
  optimizer: made("an optimizer").optional().describe("Default: that of the recipe."),
  schedule: made("a schedule").optional().describe("Default: that of the recipe."),
  trainable: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Paths of what is trained; the rest stays as it is. Default: everything."),
});

const data = z
  .union(
    [
      z.string().min(1),
      z
        .looseObject({
          labels: z.boolean().optional().describe("false: train without them."),
          withoutClasses: z
            .array(whole(0))
            .optional()
            .describe("Classes that training does not see."),
          samples: z
            .union([positive, z.number().gt(0).lt(1)])
            .optional()
            .describe("A number of training samples, or a share of them."),
        })
        .describe("A mapping of a data set's name to its options, and what to leave out."),
    ],
    { error: "expected a data set: a name such as mnist, or { idx: { images: …, labels: … } }" },
  )
  .describe(
    "mnist, fashionMnist or idx, with labels: false, withoutClasses, or a number of samples.",
  );

const absentTeacher = z.strictObject({
  model: made("a model such as { nn.mlp: [[784, 1200, 1200, 10]] }"),
  ...training,
});

const ema = z.strictObject({
  ema: z.number().gt(0).lt(1).describe("Decay of the average of the student's weights."),
  weight: z.number().positive().optional().describe("Among several teachers; default 1."),
});

const teacher = z.union(
  [
    file,
    ema,
    modelFile.partial({ path: true }).extend({
      weight: z.number().positive().optional().describe("Among several teachers; default 1."),
      resize: size.optional(),
      device: device.optional().describe("Where this teacher runs; default: the run's device."),
      train: absentTeacher
        .optional()
        .describe(
          "How the teacher is trained if its file does not exist; kept there afterwards. Without a " +
            "path it is teacher.pt in the folder of the run.",
        ),
    }),
  ],
  { error: "expected the path of a TorchScript file, or { path: …, train: … }, or { ema: 0.999 }" },
);

const model = z.union([z.string().min(1), z.record(z.string(), z.unknown())], {
  error:
    "expected a model: a path, or a name with arguments such as { nn.mlp: [[784, 800, 800, 10]] }",
});

const common = {
  version: z
    .literal(1, {
      error: "expected 1: recipes of another version need another version of potstill",
    })
    .optional()
    .describe("Version of the recipe's format."),
  device: device
    .optional()
    .describe("Where models run and are trained: cpu, cuda, cuda:1; default cpu."),
  threads: z
    .union([positive, z.literal("auto")], {
      error: 'expected a whole number of at least 1, or "auto"',
    })
    .optional()
    .describe("Cap on the threads of one operator; auto: the best of several, by measuring."),
  allowTf32: z
    .boolean()
    .optional()
    .describe("On GPUs: float32 products and convolutions may round to TF32; default: PyTorch's."),
  out: file.optional().describe("Folder of the run, relative to the recipe."),
  tensorboard: z.boolean().optional().describe("Write TensorBoard's event files as well."),
} as const;

const cacheRecipe = z.union(
  [
    file,
    z.strictObject({
      dir: file,
      dtype: z
        .enum(["float32", "float16", "bfloat16"])
        .optional()
        .describe("What values are kept in; default float32."),
      top: positive
        .optional()
        .describe(
          "Keep the largest logits of each sample and the mass of the others; default: all.",
        ),
      views: positive.optional().describe("Augmented versions of each sample; default 1."),
      sample: positive
        .optional()
        .describe("Draws from the teacher's distribution for each sample, instead of its logits."),
      verify: z.boolean().optional().describe("Compare files with their checksums; default true."),
    }),
  ],
  { error: "expected a folder, or { dir, dtype, top, sample, views, verify }" },
);

/** What two students have no use for. */
const onlyWithTeacher = [
  ...(["teacher", "teachers", "ensemble", "student", "studentWeights"] as const),
  ...(["alone", "stages", "cache", "optimizeTeacher"] as const),
];

/** Recipe of `potstill distill`. */
export const distillSchema = z
  .strictObject({
    teacher: teacher
      .optional()
      .describe("A TorchScript file, one that is trained first, or the student's own average."),
    teachers: z.array(teacher).min(1).optional().describe("Several teachers, with weights."),
    ensemble: z
      .enum(["probabilities", "logits"])
      .optional()
      .describe("What is averaged over several teachers; default probabilities."),
    student: model.optional().describe("A model by its name, or a TorchScript file."),
    students: z
      .tuple([model, model], { error: "expected two models" })
      .optional()
      .describe("Two students that learn from each other, instead of teacher and student."),
    studentWeights: file.optional().describe("State to start from: safetensors or TorchScript."),
    data,
    alone: z.boolean().optional().describe("Train the student without the teacher as well."),
    stages: z
      .array(stage)
      .min(1)
      .optional()
      .describe("Trainings one after the other, instead of objective, epochs and steps."),
    optimizeTeacher: z
      .union([z.literal(false), z.enum(["auto", "float32"])])
      .optional()
      .describe("Run teachers in the fastest way that is exact enough; default auto."),
    cache: cacheRecipe
      .optional()
      .describe("Keep what the teachers say: a folder, relative to the recipe, or { dir, … }."),
    ...training,
    optimizer: training.optimizer
      .optional()
      .describe("May be left out where every stage has its own."),
    ...common,
  })
  .superRefine((recipe, context) => {
    const { student, students, optimizer, stages } = recipe;
    const missing = (key: string, message: string) =>
      context.addIssue({ code: "custom", path: [key], message });
    if (student === undefined && students === undefined) {
      missing("student", "expected a model such as { nn.mlp: [[784, 800, 800, 10]] }");
    }
    if (optimizer === undefined && !stages?.every((each) => each.optimizer !== undefined)) {
      missing("optimizer", "expected an optimizer such as { sgd: { lr: 0.05, momentum: 0.9 } }");
    }
    if (students === undefined) return;
    for (const key of onlyWithTeacher) {
      if (recipe[key] !== undefined) {
        context.addIssue({
          code: "custom",
          path: [key],
          message: "expected nothing beside students, which learn from each other",
        });
      }
    }
  });

/** Recipe of `potstill train`. */
export const trainSchema = z.strictObject({
  model,
  weights: file.optional().describe("State to start from: safetensors or TorchScript."),
  data,
  ...training,
  ...common,
});

export type DistillRecipe = z.infer<typeof distillSchema>;
export type TrainRecipe = z.infer<typeof trainSchema>;
export type TeacherRecipe = z.infer<typeof teacher>;
/** A teacher that is a file, or is to be one. */
export type FileTeacherRecipe = Exclude<TeacherRecipe, { ema: number }>;
export type StageRecipe = z.infer<typeof stage>;
export type TrainingRecipe = z.infer<typeof absentTeacher>;

/** The schema of a recipe as JSON Schema, for editors. */
export function recipeJsonSchema(kind: "distill" | "train" = "distill"): Record<string, unknown> {
  const schema = kind === "distill" ? distillSchema : trainSchema;
  // What is gone once a recipe has been read.
  const written = schema.extend({
    extends: z
      .union([file, z.array(file).min(1)])
      .optional()
      .describe("Recipes whose keys this one takes over; paths relative to this file."),
  });
  const json = z.toJSONSchema(written, { io: "input" }) as Record<string, unknown>;
  if (kind === "train") return json;
  return { ...json, anyOf: [{ required: ["student"] }, { required: ["students"] }] };
}

/** Keys that the object at this path takes; none where it takes any. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let candidates: z.ZodType[] = [schema];
  for (const key of path) candidates = candidates.flatMap((each) => step(each, key));
  return [...new Set(candidates.flatMap(open).flatMap((each) => Object.keys(shapeOf(each))))];
}

function step(schema: z.ZodType, key: PropertyKey): z.ZodType[] {
  return open(schema).flatMap((each) => {
    if (each instanceof z.ZodArray) return [each.element as z.ZodType];
    const next = shapeOf(each)[String(key)];
    return next ? [next] : [];
  });
}

/** Optional, nullable and union schemas opened up. */
function open(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return open(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(open);
  return [schema];
}

function shapeOf(schema: z.ZodType): Record<string, z.ZodType> {
  return schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {};
}
