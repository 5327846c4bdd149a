"""The files that bench/lib/data.mjs writes, as tensors."""

import math
import os

import torch


def read(folder, name, shape, dtype=torch.float32):
    path = os.path.join(folder, name)
    return torch.from_file(path, size=math.prod(shape), dtype=dtype).clone().reshape(shape)


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
