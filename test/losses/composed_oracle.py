"""Values and gradients of composed losses in PyTorch, written from their equations:
python test/losses/composed_oracle.py > test/losses/composed.json
"""

import json

import torch
import torch.nn.functional as F

torch.manual_seed(3)


def rounded(tensor, digits=3):
    """What JSON shows is what is computed with."""
    return tensor.double().mul(10**digits).round().div(10**digits)


def plain(tensor):
    return {
        "shape": list(tensor.shape),
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "data": tensor.flatten().tolist(),
    }


def cosine(students, teachers, mask):
    total = 0
    for s, t in zip(students, teachers):
        values = 1 - F.cosine_similarity(s, t, dim=1 if s.dim() == 4 else -1)
        total = total + (values.mean() if mask is None else values[mask].mean())
    return total


def fsp(students, teachers, mask):
    def flow(a, b):
        size = min(a.shape[2], b.shape[2]), min(a.shape[3], b.shape[3])
        a, b = F.adaptive_avg_pool2d(a, size), F.adaptive_avg_pool2d(b, size)
        return torch.einsum("bchw,bdhw->bcd", a, b) / (size[0] * size[1])

    pairs = zip(students, students[1:], teachers, teachers[1:])
    return sum(F.mse_loss(flow(s, s2), flow(t, t2)) for s, s2, t, t2 in pairs)


def ab(students, teachers, mask, margin=1.0):
    total = 0
    for s, t in zip(students, teachers):
        low = (s + margin) ** 2 * ((s > -margin) & (t <= 0))
        high = (s - margin) ** 2 * ((s <= margin) & (t > 0))
        total = total + (low + high).sum() / s.shape[0]
    return total


def ofd(students, teachers, mask, margins):
    total = 0
    for i, (s, t, m) in enumerate(zip(students, teachers, margins)):
        shape = [1, -1] + [1] * (s.dim() - 2)
        target = torch.max(t, torch.tensor(m, dtype=s.dtype).view(shape))
        loss = (s - target) ** 2 * ~((s <= target) & (target <= 0))
        total = total + loss.sum() / s.shape[0] / 2 ** (len(students) - i - 1)
    return total


def mini_lm(students, teachers, mask, heads, attention=1.0, values=1.0):
    def relation(a, b):
        size = a.shape[-1] // heads
        rows = []
        for head in range(heads):
            part = slice(head * size, (head + 1) * size)
            scores = a[..., part] @ b[..., part].transpose(1, 2) / size**0.5
            if mask is not None:
                scores = scores.masked_fill(~mask[:, None, :], -torch.inf)
            rows.append(scores.log_softmax(-1))
        return rows

    def divergence(s, t):
        total, count = 0, 0
        for log_q, log_p in zip(s, t):
            for sample in range(log_p.shape[0]):
                for token in range(log_p.shape[1]):
                    if mask is not None and not mask[sample, token]:
                        continue
                    some = slice(None) if mask is None else mask[sample]
                    p, q = log_p[sample, token][some], log_q[sample, token][some]
                    total = total + (p.exp() * (p - q)).sum()
                    count += 1
        return total / count

    (sq, sk, sv), (tq, tk, tv) = students, teachers
    return attention * divergence(relation(sq, sk), relation(tq, tk)) + values * divergence(
        relation(sv, sv), relation(tv, tv)
    )


def draw(*shapes):
    return [rounded(torch.randn(*shape)) for shape in shapes]


cases = []


def case(name, function, students, teachers, mask=None, **options):
    inputs = [s.clone().requires_grad_() for s in students]
    value = function(inputs, teachers, mask, **options)
    value.backward()
    cases.append(
        {
            "loss": name,
            "options": options,
            "student": [plain(s) for s in students],
            "teacher": [plain(t) for t in teachers],
            "mask": None if mask is None else plain(mask),
            "value": value.item(),
            "gradient": [s.grad.flatten().tolist() for s in inputs],
        }
    )


maps, tokens = (3, 4, 3, 2), (3, 5, 4)
mask = torch.tensor([[1, 1, 1, 0, 0], [1, 0, 1, 1, 0], [0, 0, 0, 0, 0]]).bool()
case("cosine", cosine, draw((4, 6)), draw((4, 6)))
case("cosine", cosine, draw(tokens, maps), draw(tokens, maps))
case("cosine", cosine, draw(tokens), draw(tokens), mask)
case("cosine", cosine, draw(tokens), draw(tokens), torch.tensor([True, False, True]))
case("fsp", fsp, draw((3, 2, 4, 4), (3, 3, 4, 4)), draw((3, 2, 5, 6), (3, 3, 5, 6)))
case("fsp", fsp, draw((2, 2, 5, 4), (2, 3, 3, 2), (2, 2, 2, 2)), draw((2, 2, 4, 4), (2, 3, 4, 4), (2, 2, 2, 2)))
case("ab", ab, draw(maps, (3, 5)), draw(maps, (3, 5)))
case("ab", ab, draw(maps), draw(maps), margin=0.4)
case("ofd", ofd, draw(maps), draw(maps), margins=[[-0.3, -0.8, -0.1, 0.0]])
case(
    "ofd",
    ofd,
    draw((3, 2, 4, 4), maps, (3, 3)),
    draw((3, 2, 4, 4), maps, (3, 3)),
    margins=[[-0.5, -0.2], [-0.3, -0.8, -0.1, -1.5], [-0.6, -0.9, -0.2]],
)
case("miniLm", mini_lm, draw(tokens, tokens, tokens), draw(*[(3, 5, 6)] * 3), heads=2)
case("miniLm", mini_lm, draw(tokens, tokens, tokens), draw(*[(3, 5, 8)] * 3), mask, heads=4)
case("miniLm", mini_lm, draw(tokens, tokens, tokens), draw(tokens, tokens, tokens), heads=1, attention=0.5, values=2.0)
print(json.dumps({"cases": cases}))
