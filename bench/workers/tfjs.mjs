// TensorFlow.js as a peer on W1 and W2, in the backend that `style` names: cpu, wasm or node.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { read } from "../lib/data.mjs";
import { peakBytes } from "../lib/machine.mjs";

async function loadBackend(style, threads, peers) {
  const require = createRequire(pathToFileURL(`${peers}/package.json`));
  if (style === "node") {
    // The binding counts threads by this.
    process.env.TF_NUM_INTRAOP_THREADS = String(threads);
    return require("@tensorflow/tfjs-node");
  }
  const tf = require("@tensorflow/tfjs");
  if (style === "wasm") {
    const wasm = require("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(`${peers}/node_modules/@tensorflow/tfjs-backend-wasm/dist/`);
    wasm.setThreadsCount(threads);
  }
  if (!(await tf.setBackend(style))) throw new Error(`the backend ${style} does not start`);
  await tf.ready();
  return tf;
}

/** A network as weights and a forward: of W1 dense layers, of W2 convolutions and a dense one. */
function network(tf, folder, name, { sizes, channels, inputs, classes }) {
  const layers = [];
  const variable = (path, shape, change) => {
    const raw = tf.tensor(read(folder, `${name}.${path}`), shape);
    return tf.variable(change(raw));
  };
  const dense = (index, from, to, relu) => {
    const weight = variable(`${index}.weight`, [to, from], (raw) => raw.transpose());
    const bias = variable(`${index}.bias`, [to], (raw) => raw);
    layers.push({ variables: [weight, bias], run: (x) => act(x.matMul(weight).add(bias), relu) });
  };
  const act = (x, relu) => (relu ? x.relu() : x);
  if (sizes) {
    for (let i = 1; i < sizes.length; i++)
      dense(2 * (i - 1), sizes[i - 1], sizes[i], i < sizes.length - 1);
  } else {
    channels.forEach((width, i) => {
      const from = i === 0 ? inputs : channels[i - 1];
      const weight = variable(`${2 * i}.weight`, [width, from, 3, 3], (raw) =>
        raw.transpose([2, 3, 1, 0]),
      );
      const bias = variable(`${2 * i}.bias`, [width], (raw) => raw);
      // What TensorFlow calls "same" pads one side only at stride 2.
      const sides = [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ];
      layers.push({
        variables: [weight, bias],
        run: (x) =>
          x
            .pad(sides)
            .conv2d(weight, i === 0 ? 1 : 2, "valid")
            .add(bias)
            .relu(),
      });
    });
    layers.push({ variables: [], run: (x) => x.mean([1, 2]) });
    dense(2 * channels.length + 2, channels.at(-1), classes, false);
  }
  return {
    variables: layers.flatMap(({ variables }) => variables),
    forward: (x) => layers.reduce((value, { run }) => run(value), x),
  };
}

/** W1 and W2 described alike. */
function described({ sample, classes, optimizer, teacher, student, ...rest }) {
  const [inputs, ...size] = sample;
  return {
    ...{ teacher: { inputs, classes, ...teacher }, student: { inputs, classes, ...student } },
    // With one channel the order of the dimensions is the same data.
    ...{ ...rest, classes, shape: [...size, inputs] },
    ...{ lr: optimizer.lr, momentum: optimizer.momentum },
  };
}

export async function start(config) {
  const { style, threads, folder, peers } = config;
  const tf = await loadBackend(style, threads, peers);
  const task = described(config.workload);
  const inputs = read(folder, "inputs");
  const labels = read(folder, "labels");
  const perBatch = inputs.length / task.batches;
  const batches = Array.from({ length: task.batches }, (_, index) => ({
    x: tf.tensor(inputs.slice(index * perBatch, (index + 1) * perBatch), [
      task.batch,
      ...task.shape,
    ]),
    y: tf.oneHot(
      tf.tensor1d(
        Array.from(labels.slice(index * task.batch, (index + 1) * task.batch), Number),
        "int32",
      ),
      task.classes,
    ),
  }));
  const teacher = network(tf, folder, "teacher", task.teacher);

  function make() {
    const student = network(tf, folder, "student", task.student);
    const optimizer = tf.train.momentum(task.lr, task.momentum);
    const { alpha, temperature } = task;
    return (index) => {
      const { x, y } = batches[index % batches.length];
      return tf.tidy(() => {
        const p = tf.softmax(teacher.forward(x).div(temperature));
        return optimizer.minimize(
          () => {
            const z = student.forward(x);
            const logQ = tf.logSoftmax(z.div(temperature));
            const soft = p.mul(p.log().sub(logQ)).sum(1).mean();
            const hard = y.mul(tf.logSoftmax(z)).sum(1).mean().neg();
            return soft.mul(alpha * temperature ** 2).add(hard.mul(1 - alpha));
          },
          true,
          student.variables,
        );
      });
    };
  }

  const step = make();
  let next = 0;
  return {
    info: { versions: { tfjs: tf.version.tfjs } },
    async check({ steps }) {
      const fresh = make();
      const losses = [];
      for (let i = 0; i < steps; i++) {
        const loss = fresh(i);
        losses.push((await loss.data())[0]);
        loss.dispose();
      }
      return { losses };
    },
    async block({ steps }) {
      const began = performance.now();
      for (let i = 0; i < steps; i++) {
        const loss = step(next++);
        // The step is done when its loss is there.
        if (i === steps - 1) await loss.data();
        loss.dispose();
      }
      return { seconds: (performance.now() - began) / 1000 };
    },
    memory: async () => ({ bytes: peakBytes() }),
  };
}
