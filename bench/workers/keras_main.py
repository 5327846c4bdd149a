"""Keras as a peer on W1 and W2, its step in a `tf.function`. Answers as torch_main.py does."""

import json
import os
import resource
import sys
import time
import traceback

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

config = json.loads(sys.argv[1])
tf.config.threading.set_intra_op_parallelism_threads(config["threads"])
tf.config.threading.set_inter_op_parallelism_threads(1)
layers = tf.keras.layers


def read(name, shape, dtype=np.float32):
    return np.fromfile(f"{config['folder']}/{name}", dtype).reshape(shape)


class Task:
    """W1 and W2 described alike."""

    def __init__(self):
        self.own = own = config["workload"]
        channels, *size = own["sample"]
        self.shape = [*size, channels]
        self.lr, self.momentum = own["optimizer"]["lr"], own["optimizer"]["momentum"]
        self.classes = own["classes"]
        self.batch, self.batches = own["batch"], own["batches"]
        self.alpha, self.temperature = own["alpha"], own["temperature"]

    def network(self, name):
        if self.own["network"] == "mlp":
            return self.dense(name, self.own[name]["sizes"])
        return self.convolutions(name, self.own[name]["channels"])

    def dense(self, name, sizes):
        model = tf.keras.Sequential([tf.keras.Input(self.shape)])
        for i in range(1, len(sizes)):
            model.add(layers.Dense(sizes[i], activation="relu" if i < len(sizes) - 1 else None))
        weights = []
        for i in range(1, len(sizes)):
            path = f"{name}.{2 * (i - 1)}"
            weights += [
                read(f"{path}.weight", [sizes[i], sizes[i - 1]]).T,
                read(f"{path}.bias", [sizes[i]]),
            ]
        model.set_weights(weights)
        return model

    def convolutions(self, name, channels):
        model = tf.keras.Sequential([tf.keras.Input(self.shape)])
        weights, inputs = [], self.shape[-1]
        for i, width in enumerate(channels):
            # What TensorFlow calls "same" pads one side only at stride 2.
            model.add(layers.ZeroPadding2D(1))
            model.add(layers.Conv2D(width, 3, 1 if i == 0 else 2, activation="relu"))
            weight = read(f"{name}.{2 * i}.weight", [width, inputs, 3, 3])
            weights += [weight.transpose(2, 3, 1, 0), read(f"{name}.{2 * i}.bias", [width])]
            inputs = width
        model.add(layers.GlobalAveragePooling2D())
        model.add(layers.Dense(self.classes))
        path = f"{name}.{2 * len(channels) + 2}"
        weights += [
            read(f"{path}.weight", [self.classes, inputs]).T,
            read(f"{path}.bias", [self.classes]),
        ]
        model.set_weights(weights)
        return model


class Step:
    info = {"versions": {"tensorflow": tf.__version__, "keras": tf.keras.__version__}}

    def __init__(self):
        self.task = task = Task()
        inputs = read("inputs", [task.batches, task.batch, *task.shape])
        labels = read("labels", [task.batches, task.batch], np.int64)
        self.batches = [(tf.constant(x), tf.constant(y)) for x, y in zip(inputs, labels)]
        self.teacher = task.network("teacher")
        self.step = self.make()
        self.next = 0

    def make(self):
        task, teacher, student = self.task, self.teacher, self.task.network("student")
        optimizer = tf.keras.optimizers.SGD(task.lr, momentum=task.momentum)
        optimizer.build(student.trainable_variables)
        alpha, temperature = task.alpha, task.temperature

        @tf.function
        def step(x, labels):
            p = tf.nn.softmax(teacher(x, training=False) / temperature)
            with tf.GradientTape() as tape:
                z = student(x, training=True)
                log_q = tf.nn.log_softmax(z / temperature)
                soft = tf.reduce_mean(tf.reduce_sum(p * (tf.math.log(p) - log_q), 1))
                hard = tf.reduce_mean(
                    tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=z)
                )
                loss = alpha * temperature**2 * soft + (1 - alpha) * hard
            variables = student.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
            return loss

        return step

    def check(self, steps):
        step = self.make()
        return {
            "losses": [float(step(*self.batches[i % len(self.batches)])) for i in range(steps)]
        }

    def block(self, steps):
        began = time.perf_counter()
        for _ in range(steps):
            loss = self.step(*self.batches[self.next % len(self.batches)])
            self.next += 1
        loss.numpy()
        return {"seconds": time.perf_counter() - began}

    def memory(self):
        return {"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


task = None
for line in sys.stdin:
    try:
        request = json.loads(line)
        command = request.pop("command")
        if command == "start":
            task = Step()
            answer = task.info
        else:
            answer = getattr(task, command)(**request)
    except Exception as error:
        traceback.print_exc()
        answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
