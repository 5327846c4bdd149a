"""Writes features.json: losses on features and their gradients, in float64 by PyTorch.

    python test/oracles/features.py

Each loss is written as its paper has it or, where losses on features are named after code, as the
code does it. Inputs follow a formula that test/ops/features.ts repeats, so the file holds results
only: rounded to the case's dtypes first, computed in float64 after that. Of large cases it keeps
products of the gradient with a few fixed vectors.
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


def feature(shape, seed, dtype):
    count = math.prod(shape)
    values = [3 * math.sin(seed + 1.7 * i) * math.cos(0.37 * i * i) for i in range(count)]
    return torch.tensor(values, dtype=torch.float64).to(DTYPES[dtype]).reshape(shape)


def hint_mse(s, t, mask=None):
    if mask is None:
        return F.mse_loss(s, t)
    m = torch.tensor(mask, dtype=torch.float64).reshape(s.shape[: s.dim() - 1])
    squares = (s - t).pow(2).mean(-1)
    return (squares * m).sum() / m.sum()


def attention_transfer(s, t, paper=False):
    if paper:  # equation 2, with F_sum^2
        q_s = F.normalize(s.pow(2).sum(1).flatten(1))
        q_t = F.normalize(t.pow(2).sum(1).flatten(1))
        return (q_s - q_t).norm(dim=1).mean()
    q_s = F.normalize(s.pow(2).mean(1).flatten(1))
    q_t = F.normalize(t.pow(2).mean(1).flatten(1))
    return (q_s - q_t).pow(2).mean()


def similarity(s, t):
    g_s = F.normalize(s.flatten(1) @ s.flatten(1).t())
    g_t = F.normalize(t.flatten(1) @ t.flatten(1).t())
    return (g_t - g_s).pow(2).sum() / len(s) ** 2


def distances(x):
    squares = x.pow(2).sum(1)
    d = (squares[:, None] + squares[None] - 2 * x @ x.t()).clamp(min=1e-12).sqrt()
    d = d * (1 - torch.eye(len(x), dtype=d.dtype))
    return d / d[d > 0].mean()


def angles(x):
    e = F.normalize(x[None] - x[:, None], dim=2)
    return torch.bmm(e, e.transpose(1, 2))


def rkd(s, t, distance=25.0, angle=50.0):
    s, t = s.flatten(1), t.flatten(1)
    by_distance = F.smooth_l1_loss(distances(s), distances(t))
    return distance * by_distance + angle * F.smooth_l1_loss(angles(s), angles(t))


def pkt(s, t, eps=1e-7):
    def kernel(x):
        x = x.flatten(1)
        x = x / (x.pow(2).sum(1, keepdim=True).sqrt() + eps)
        k = (x @ x.t() + 1) / 2
        return k / k.sum(1, keepdim=True)

    p, q = kernel(t), kernel(s)
    return (p * ((p + eps) / (q + eps)).log()).mean()


def nst(s, t):
    s, t = F.normalize(s.flatten(2), dim=2), F.normalize(t.flatten(2), dim=2)

    def kernel(a, b):  # of every pair of channels of a sample
        return torch.bmm(a, b.transpose(1, 2)).pow(2).mean()

    return kernel(t, t) + kernel(s, s) - 2 * kernel(s, t)


OPERATORS = {f.__name__: f for f in (hint_mse, attention_transfer, similarity, rkd, pkt, nst)}


def case(op, student, teacher=None, dtypes=("float32", "float32"), whole=True, **options):
    teacher = teacher or student
    s = feature(student, 0.3, dtypes[0]).double().requires_grad_()
    t = feature(teacher, 2.1, dtypes[1]).double()
    loss = OPERATORS[op](s, t, **options)
    loss.backward()
    gradient = s.grad.flatten()
    digits = 17 if "float64" in dtypes else 9

    def short(x):
        return float(f"{x:.{digits}g}")

    result = {
        "op": op, "student": student, "teacher": teacher, "dtypes": dtypes, "options": options,
        "loss": short(loss.item()), "size": short(gradient.abs().max().item()),
    }  # fmt: skip
    if whole:
        result["gradient"] = [short(g) for g in gradient.tolist()]
    else:
        i = torch.arange(len(gradient), dtype=torch.float64)
        result["products"] = [short((gradient * (k * i).sin()).sum().item()) for k in (1, 2, 3)]
    return result


PAIRS = [
    ("float32", "float32"), ("float64", "float64"), ("bfloat16", "bfloat16"),
    ("float16", "float16"), ("float32", "float64"), ("bfloat16", "float16"),
    ("float16", "float32"), ("float64", "bfloat16"),
]  # fmt: skip


def main():
    cases = []
    mask = [True, False, True, True, False, True, False, False]
    for dtypes in PAIRS:
        cases.append(case("hint_mse", [4, 3, 5], None, dtypes))
        cases.append(case("attention_transfer", [3, 4, 3, 3], [3, 2, 3, 3], dtypes))
        cases.append(case("similarity", [5, 3, 2, 2], [5, 7], dtypes))
        cases.append(case("rkd", [5, 11], [5, 7], dtypes))
        cases.append(case("pkt", [5, 11], [5, 3, 2, 2], dtypes))
        cases.append(case("nst", [3, 4, 3, 2], [3, 2, 3, 2], dtypes))
    for dtypes in PAIRS[:2]:
        cases.append(case("hint_mse", [4, 2, 5], None, dtypes, mask=mask))
        cases.append(case("attention_transfer", [3, 4, 3, 3], [3, 2, 3, 3], dtypes, paper=True))
        cases.append(case("rkd", [5, 11], [5, 7], dtypes, distance=1.0, angle=0.0))
        cases.append(case("rkd", [5, 11], [5, 7], dtypes, distance=0.0, angle=2.0))
        cases.append(case("pkt", [5, 11], [5, 7], dtypes, eps=0.01))
        cases.append(case("nst", [3, 2, 3, 2], [3, 9, 3, 2], dtypes))
        for shapes in ([6, 70, 5, 7], [6, 66, 5, 7]), ([3, 200, 9, 9], [3, 130, 9, 9]):
            for op in ("attention_transfer", "similarity", "pkt", "rkd", "nst"):
                cases.append(case(op, *shapes, dtypes, whole=False))
            cases.append(case("hint_mse", shapes[0], None, dtypes, whole=False))
        for op in ("similarity", "pkt", "rkd"):
            cases.append(case(op, [37, 1100], [37, 33], dtypes, whole=False))
        cases.append(case("nst", [2, 6, 15, 15], [2, 5, 15, 15], dtypes, whole=False))
    path = pathlib.Path(__file__).with_suffix(".json")
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    path.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
