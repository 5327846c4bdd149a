"""Writes divergences.json: loss and gradient of the operators on logits, in float64 by PyTorch.

    python test/oracles/divergences.py

Each is written from the equation of its paper and differentiated by PyTorch. Inputs follow a
formula that test/ops/inputs.ts repeats, so the file holds results only: rounded to the case's
dtypes first, computed in float64 after that.
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from soft_target_ce import logits

ROWS = 4


def kl(log_a, log_b):
    return (log_a.exp() * (log_a - log_b)).sum(-1)


def pair(z, v, temperature):
    """log q, log p"""
    return F.log_softmax(z / temperature, -1), F.log_softmax(v / temperature, -1)


def mixture(log_a, log_b, share_of_a):
    """log(share * a + (1 - share) * b)"""
    share = torch.tensor(share_of_a, dtype=torch.float64)
    return torch.logaddexp(log_a + share.log(), log_b + (1 - share).log())


def reverse_kl(z, v, y, temperature=1.0):
    log_q, log_p = pair(z, v, temperature)
    return temperature**2 * kl(log_q, log_p)


def jsd(z, v, y, beta=0.5, temperature=1.0, scale=False):
    log_q, log_p = pair(z, v, temperature)
    factor = temperature**2 if scale else 1
    if beta == 0:
        return factor * kl(log_p, log_q)
    if beta == 1:
        return factor * kl(log_q, log_p)
    log_m = mixture(log_p, log_q, beta)
    return factor * (beta * kl(log_p, log_m) + (1 - beta) * kl(log_q, log_m))


def skew_kl(z, v, y, skew=0.1, temperature=1.0, scale=False):
    log_q, log_p = pair(z, v, temperature)
    return (temperature**2 if scale else 1) * kl(log_p, mixture(log_p, log_q, skew))


def skew_reverse_kl(z, v, y, skew=0.1, temperature=1.0, scale=False):
    log_q, log_p = pair(z, v, temperature)
    return (temperature**2 if scale else 1) * kl(log_q, mixture(log_q, log_p, skew))


def logit_standardization(z, v, y, temperature=2.0):
    def standard(x):
        return (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-7)

    log_q, log_p = pair(standard(z), standard(v), temperature)
    return temperature**2 * kl(log_p, log_q)


def logit_mse(z, v, y):
    return (z - v).square().mean(-1)


def dkd(z, v, y, alpha=1.0, beta=8.0, temperature=4.0):
    log_q, log_p = pair(z, v, temperature)
    label = F.one_hot(y, z.shape[-1]).bool()

    def binary(logs):
        of_label = logs[label][:, None]
        return torch.cat([of_label, torch.log1p(-of_label.exp())], -1)

    def others(x):
        rest = x[~label].reshape(x.shape[0], -1)
        return F.log_softmax(rest / temperature, -1)

    target = kl(binary(log_p), binary(log_q))
    return temperature**2 * (alpha * target + beta * kl(others(v), others(z)))


def dist(z, v, y, beta=1.0, gamma=1.0, temperature=1.0, scale=False):
    q, p = (F.softmax(x / temperature, -1) for x in (z, v))

    def apart(a, b):
        a, b = (x - x.mean(-1, keepdim=True) for x in (a, b))
        return 1 - F.cosine_similarity(a, b, -1, eps=1e-8).mean()

    loss = beta * apart(p, q) + gamma * apart(p.T, q.T)
    return (temperature**2 if scale else 1) * loss


def case(function, classes, student="float64", teacher=None, masked=(), **options):
    teacher = teacher or student
    z = logits(ROWS, classes, 0.3, student).double().requires_grad_()
    v = logits(ROWS, classes, 2.1, teacher).double()
    y = torch.tensor([(7 * row + 3) % classes for row in range(ROWS)])
    kept = [row for row in range(ROWS) if row not in masked]
    loss = function(z[kept], v[kept], y[kept], **options).mean()
    loss.backward()
    digits = 17 if "float64" in (student, teacher) else 9

    def short(x):
        return float(f"{x:.{digits}g}")

    return {
        "op": function.__name__, "options": options, "rows": ROWS, "classes": classes,
        "student": student, "teacher": teacher, "masked": list(masked),
        "loss": short(loss.item()), "gradient": [short(g) for g in z.grad.flatten().tolist()],
    }  # fmt: skip


def main():
    variants = [
        (reverse_kl, [{"temperature": 1.0}, {"temperature": 4.0}, {"temperature": 0.5}]),
        (jsd, [{}, {"beta": 0.1, "temperature": 3.0}, {"beta": 0.9, "scale": True, "temperature": 2.0},
               {"beta": 0.0, "temperature": 2.0}, {"beta": 1.0, "temperature": 2.0, "scale": True}]),
        (skew_kl, [{}, {"skew": 0.7, "temperature": 2.5}, {"skew": 0.3, "scale": True, "temperature": 4.0}]),
        (skew_reverse_kl, [{}, {"skew": 0.7, "temperature": 2.5},
                           {"skew": 0.3, "scale": True, "temperature": 4.0}]),
        (logit_standardization, [{}, {"temperature": 0.7}]),
        (logit_mse, [{}]),
        (dkd, [{}, {"alpha": 0.3, "beta": 2.0, "temperature": 1.0}, {"alpha": 0.0}, {"beta": 0.0}]),
        (dist, [{}, {"beta": 2.0, "gamma": 0.5, "temperature": 3.0, "scale": True}, {"beta": 0.0},
                {"gamma": 0.0}]),
    ]  # fmt: skip
    cases = []
    for function, choices in variants:
        for options in choices:
            for classes in (2, 11):
                cases.append(case(function, classes, **options))
                cases.append(case(function, classes, "float32", **options))
        for masked in ((1,), (0, 2)):
            cases.append(case(function, 7, masked=masked, **choices[0]))
        for classes in (3, 16, 17, 33, 70):
            cases.append(case(function, classes, "float32", **choices[0]))
        for student, teacher in (
            ("bfloat16", "bfloat16"), ("float16", "float16"), ("float32", "bfloat16"),
            ("float16", "float32"), ("bfloat16", "float64"), ("float64", "float16"),
        ):  # fmt: skip
            cases.append(case(function, 9, student, teacher, **choices[0]))
    path = pathlib.Path(__file__).with_suffix(".json")
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    path.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
