"""The files that bench/lib/data.mjs writes, as tensors; W1's settings are its own, passed along."""

import math
import os

import torch


def read(folder, name, shape, dtype=torch.float32):
    path = os.path.join(folder, name)
    return torch.from_file(path, size=math.prod(shape), dtype=dtype).clone().reshape(shape)


def mlp(folder, name, sizes):
    layers = []
    for i in range(1, len(sizes)):
        layers += [torch.nn.Linear(sizes[i - 1], sizes[i]), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    with torch.no_grad():
        for path, parameter in model.named_parameters():
            parameter.copy_(read(folder, f"{name}.{path}", parameter.shape))
    return model


def batches(folder, w1):
    count = w1["batch"] * w1["batches"]
    inputs = read(folder, "inputs", [count, w1["student"][0]])
    labels = read(folder, "labels", [count], torch.int64)
    return list(
        zip(
            [part.clone() for part in inputs.split(w1["batch"])],
            [part.clone() for part in labels.split(w1["batch"])],
        )
    )


def distillation(student, teacher, labels, alpha, temperature):
    """The loss as PyTorch's users write it."""
    functional = torch.nn.functional
    soft = functional.kl_div(
        functional.log_softmax(student / temperature, 1),
        functional.softmax(teacher / temperature, 1),
        reduction="batchmean",
    )
    hard = functional.cross_entropy(student, labels)
    return alpha * temperature**2 * soft + (1 - alpha) * hard
