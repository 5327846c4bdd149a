"""Losses with learned parts in PyTorch, from their equations:
python test/losses/learned.py > test/losses/learned.json

Every parameter is 0.1·cos(its index), plus 1 for the weights of batch norms, so that both sides have it.
"""

import json
import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(3)


def rounded(*shape):
    return torch.randn(*shape).mul(1e3).round().div(1e3)


def filled(*shape, offset=0.0):
    return (offset + 0.1 * torch.cos(torch.arange(math.prod(shape)).double())).view(shape)


def vid(s, t):
    middle = t.shape[1]
    weights = [filled(middle, s.shape[1], 1, 1), filled(middle, middle, 1, 1), filled(middle, middle, 1, 1)]
    height = min(s.shape[2], t.shape[2])
    s, t = F.adaptive_avg_pool2d(s, height), F.adaptive_avg_pool2d(t, height)
    mean = F.conv2d(F.relu(F.conv2d(F.relu(F.conv2d(s, weights[0])), weights[1])), weights[2])
    variance = (torch.log1p(torch.exp(filled(middle))) + 1e-5).view(1, -1, 1, 1)
    return 0.5 * ((t - mean) ** 2 / variance + variance.log()).mean()


def norm(x):
    mean = x.mean((0, 2, 3), keepdim=True)
    variance = ((x - mean) ** 2).mean((0, 2, 3), keepdim=True)
    channels = x.shape[1]
    scale, shift = filled(channels, offset=1.0), filled(channels)
    return (x - mean) / (variance + 1e-5).sqrt() * scale.view(1, -1, 1, 1) + shift.view(1, -1, 1, 1)


def fusion(s, t, middle, carried=None):
    x = norm(F.conv2d(s, filled(middle, s.shape[1], 1, 1)))
    if carried is not None:
        y = F.interpolate(carried, x.shape[2:], mode="nearest")
        a = torch.sigmoid(F.conv2d(torch.cat([x, y], 1), filled(2, 2 * middle, 1, 1), filled(2)))
        x = x * a[:, :1] + y * a[:, 1:]
    if x.shape[2:] != t.shape[2:]:
        x = F.interpolate(x, t.shape[2:], mode="nearest")
    return norm(F.conv2d(x, filled(t.shape[1], middle, 3, 3), padding=1)), x


def hcl(s, t):
    total, factors = ((s - t) ** 2).mean(), 1.0
    factor = 1.0
    for size in (4, 2, 1):
        if size >= s.shape[2]:
            continue
        factor /= 2
        factors += factor
        total = total + factor * ((F.adaptive_avg_pool2d(s, size) - F.adaptive_avg_pool2d(t, size)) ** 2).mean()
    return total / factors


def review(students, teachers):
    middle = students[-1].shape[1]
    out, carried = fusion(students[-1], teachers[-1], middle)
    total = hcl(out, teachers[-1])
    for s, t in list(zip(students, teachers))[-2::-1]:
        out, carried = fusion(s, t, middle, carried)
        total = total + hcl(out, t)
    return total


def plain(x):
    return {"data": x.detach().flatten().tolist(), "shape": list(x.shape)}


def case(kind, students, teachers, value):
    for s in students:
        s.requires_grad_()
    loss = value(students, teachers)
    loss.backward()
    return {"kind": kind, "students": [plain(s) for s in students], "teachers": [plain(t) for t in teachers],
            "value": loss.item(), "gradients": [s.grad.flatten().tolist() for s in students]}


if __name__ == "__main__":
    print(json.dumps([
        case("vid", [rounded(2, 3, 4, 4)], [rounded(2, 4, 2, 2)], lambda s, t: vid(s[0], t[0])),
        case("reviewKd", [rounded(2, 2, 6, 6), rounded(2, 3, 3, 3)], [rounded(2, 3, 6, 6), rounded(2, 4, 2, 2)], review),
    ]))
