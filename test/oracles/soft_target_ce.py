"""Writes soft_target_ce.json: loss and gradient of soft and hard targets, in float64 by PyTorch.

    python test/oracles/soft_target_ce.py

Inputs follow a formula that test/ops/inputs.ts repeats, so the file holds results only: rounded to
the case's dtypes first, computed in float64 after that.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

DTYPES = {
    "float32": torch.float32,
    "float64": torch.float64,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


def logits(rows, classes, seed, dtype):
    values = [3 * math.sin(seed + 1.7 * i) * math.cos(0.37 * i * i) for i in range(rows * classes)]
    return torch.tensor(values, dtype=torch.float64).to(DTYPES[dtype]).reshape(rows, classes)


def labels(rows, classes, ignored):
    values = [-100 if row in ignored else (7 * row + 3) % classes for row in range(rows)]
    return torch.tensor(values)


def soft_target_ce(z, v, y, alpha, temperature, smoothing):
    """By the formula of arXiv 1503.02531, ignored rows taken out by hand."""
    counted = y != -100
    z, v, y = z[counted], v[counted], y[counted]
    loss = z.new_zeros(())
    if alpha != 0:
        log_p, log_q = F.log_softmax(v / temperature, -1), F.log_softmax(z / temperature, -1)
        divergence = F.kl_div(log_q, log_p, reduction="batchmean", log_target=True)
        loss = loss + alpha * temperature**2 * divergence
    if alpha != 1:
        loss = loss + (1 - alpha) * F.cross_entropy(z, y, label_smoothing=smoothing)
    return loss


def case(rows, classes, student="float32", teacher=None, alpha=0.9, temperature=4.0, smoothing=0.0,
         ignored=()):  # fmt: skip
    teacher = teacher or student
    z = logits(rows, classes, 0.3, student).double().requires_grad_()
    v = logits(rows, classes, 2.1, teacher).double()
    y = labels(rows, classes, ignored)
    loss = soft_target_ce(z, v, y, alpha, temperature, smoothing)
    loss.backward()
    digits = 17 if "float64" in (student, teacher) else 9

    def short(x):
        return float(f"{x:.{digits}g}")

    return {
        "rows": rows, "classes": classes, "student": student, "teacher": teacher, "alpha": alpha,
        "temperature": temperature, "smoothing": smoothing, "ignored": list(ignored),
        "loss": short(loss.item()), "gradient": [short(g) for g in z.grad.flatten().tolist()],
    }  # fmt: skip


def main():
    cases = []
    for student in DTYPES:
        for teacher in DTYPES:
            cases.append(case(3, 23, student, teacher))
    for alpha in (0.0, 0.3, 0.9, 1.0):
        for temperature in (1.0, 2.0, 3.0, 4.0, 20.0, 0.5):
            for smoothing in (0.0, 0.1):
                cases.append(case(3, 11, "float64", None, alpha, temperature, smoothing))
    for temperature in (1.0, 2.0, 3.0, 4.0, 8.0, 20.0, 0.5):
        cases.append(case(3, 21, "float32", None, 0.7, temperature, 0.1))
    for classes in (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100, 1000):
        cases.append(case(2, classes, "float32"))
    for classes in (1, 3, 8, 9, 17):
        cases.append(case(2, classes, "float64"))
    cases.append(case(5, 13, "float32", ignored=(0, 3)))
    cases.append(case(5, 13, "float64", None, 0.3, 2.0, 0.1, ignored=(1, 2, 4)))
    path = pathlib.Path(__file__).with_suffix(".json")
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    path.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
