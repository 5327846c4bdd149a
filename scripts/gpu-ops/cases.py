"""The operators with inputs, and what they are held against: the oracles of test/oracles, which are
plain compositions of PyTorch, in float64 on the CPU."""

import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "test" / "oracles"))
import divergences  # noqa: E402
import features  # noqa: E402
import soft_target_ce  # noqa: E402

ops = torch.ops.potstill


class Case:
    """`run` on tensors of a device and dtype, `reference` on those of float64 on the CPU. Of
    `tensors` the first `wanted` have gradients; `extra` are labels and masks."""

    def __init__(self, name, run, reference, tensors, extra=(), wanted=1):
        self.name, self.run, self.reference = name, run, reference
        self.tensors, self.extra, self.wanted = tensors, extra, wanted


def on_logits(rows, classes, generator):
    def draw():
        return torch.randn(rows, classes, generator=generator, dtype=torch.float64) * 3

    z, v = draw(), draw()
    y = torch.randint(classes, (rows,), generator=generator)
    ignored = y.clone()
    ignored[1::3] = -100
    mask = torch.ones(rows, dtype=torch.bool)
    mask[2::3] = False
    size = f"({rows}, {classes})"

    def masked(function, **options):
        return lambda z, v, y, m: function(z[m], v[m], y[m], **options).mean()

    pairs = {
        "reverse_kl": dict(temperature=2.0),
        "jsd": dict(beta=0.3, temperature=1.5, scale=True),
        "skew_kl": dict(skew=0.1, temperature=1.0, scale=False),
        "skew_reverse_kl": dict(skew=0.1, temperature=2.0, scale=True),
        "logit_standardization": dict(temperature=2.0),
        "logit_mse": {},
        "dist": dict(beta=1.0, gamma=2.0, temperature=3.0, scale=True),
    }
    yield Case(
        f"soft_target_ce {size}",
        lambda z, v, y: ops.soft_target_ce(z, v, y, 0.7, 3.0, 0.1),
        lambda z, v, y: soft_target_ce.soft_target_ce(z, v, y, 0.7, 3.0, 0.1),
        (z, v), (ignored,))  # fmt: skip
    yield Case(
        f"soft_target_ce without labels {size}",
        lambda z, v: ops.soft_target_ce(z, v, None, 1.0, 4.0),
        lambda z, v: soft_target_ce.soft_target_ce(z, v, y, 1.0, 4.0, 0.0), (z, v))  # fmt: skip
    for name, options in pairs.items():
        op, oracle = getattr(ops, name), getattr(divergences, name)
        yield Case(
            f"{name} {size}",
            lambda z, v, y, m, op=op, options=options: op(z, v, mask=m, **options),
            masked(oracle, **options), (z, v), (y, mask))  # fmt: skip
    yield Case(
        f"dkd {size}", lambda z, v, y, m: ops.dkd(z, v, y, 1.0, 8.0, 4.0, m),
        masked(divergences.dkd), (z, v), (y, mask))  # fmt: skip


def on_features(generator):
    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    def case(name, s, t, extra=(), run=None, reference=None):
        op, oracle = getattr(ops, name), getattr(features, name)
        shape = "x".join(map(str, s.shape))
        return Case(f"{name} {shape}", run or op, reference or oracle, (s, t), extra)

    def masked(s, t, m):
        return (s - t).square().mean(-1)[m].mean()

    mask = torch.rand(32, 17, generator=generator) > 0.3
    yield case("hint_mse", draw(100003), draw(100003))
    yield case("hint_mse", draw(32, 17, 768), draw(32, 17, 768), (mask,), reference=masked)
    for mine, other, side in ((64, 96, 14), (7, 5, 33), (130, 40, 4), (1, 1, 1)):
        s, t = draw(8, mine, side, side), draw(8, other, side, side)
        yield case("attention_transfer", s, t)
        yield case(
            "attention_transfer", s, t, run=lambda s, t: ops.attention_transfer(s, t, True),
            reference=lambda s, t: features.attention_transfer(s, t, True))  # fmt: skip
        yield case("nst", s, t)
    for samples, mine, other in ((64, 512, 768), (9, 33, 65), (130, 70, 20)):
        for name in ("similarity", "rkd", "pkt"):
            yield case(name, draw(samples, mine), draw(samples, other))


def fused(generator):
    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    rows, classes = 75, 331
    h, w, b = draw(rows, 64), draw(classes, 64) / 4, draw(classes)
    g, u, c = draw(rows, 96), draw(classes, 96) / 4, draw(classes)
    y = torch.randint(classes, (rows,), generator=generator)
    y[1::4] = -100

    def reference(h, w, b, g, u, c, y):
        return soft_target_ce.soft_target_ce(F.linear(h, w, b), F.linear(g, u, c), y, 0.6, 2.0, 0.1)

    def run(h, w, b, g, u, c, y):
        return ops.fused_linear_soft_targets(h, w, b, g, u, c, y, 0.6, 2.0, 0.1, -100, 32)

    yield Case("fused_linear_soft_targets", run, reference, (h, w, b, g, u, c), (y,), wanted=3)


def all_cases():
    generator = torch.Generator().manual_seed(20)
    for rows, classes in ((33, 10), (19, 100), (7, 1000), (5, 4099), (6, 32003)):
        yield from on_logits(rows, classes, generator)
    yield from on_features(generator)
    yield from fused(generator)
