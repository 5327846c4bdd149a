"""Values and gradients of losses in PyTorch, for losses.test.ts: python test/losses/oracle.py > test/losses/losses.json
"""

import json
import pathlib
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(0)


def rounded(tensor, digits=4):
    """What JSON shows is what is computed with."""
    return tensor.double().mul(10**digits).round().div(10**digits)


def kl(z, v, t):
    return t * t * F.kl_div(F.log_softmax(z / t, -1), F.softmax(v / t, -1), reduction="none").sum(-1)


def keep(labels, ignore=-100):
    return labels != ignore


def response(z, v, y, alpha=0.9, temperature=4, smoothing=0.0, ignore=-100):
    z, v, y = z.flatten(0, -2), v.flatten(0, -2), y.flatten()
    soft = kl(z, v, temperature)[keep(y, ignore)].mean()
    hard = F.cross_entropy(z, y, label_smoothing=smoothing, ignore_index=ignore)
    return alpha * soft + (1 - alpha) * hard


def cross_entropy(z, v, y, **options):
    return F.cross_entropy(z.flatten(0, -2), y.flatten(), **options)


B, C, T = 9, 7, 4
z, v = rounded(torch.randn(B, C) * 2), rounded(torch.randn(B, C) * 2)
y = torch.randint(0, C, (B,))
some = y.clone()
some[[1, 4, 8]] = -100
tokens = rounded(torch.randn(3, T, C)), rounded(torch.randn(3, T, C))
token_labels = torch.randint(0, C, (3, T))
token_labels[0, 2:] = 255
targets = rounded(torch.rand(B, C))
weights = [1, 0.5, 2, 0, 3, 1, 0.25]
saturated = torch.where(torch.arange(C) == torch.arange(B)[:, None] % C, 1e4, -1e4).double()

cases = []


def case(name, options, inputs, value):
    student = inputs[0].clone().requires_grad_()
    loss = value(student, *inputs[1:])
    loss.backward()
    cases.append((name, options, inputs, loss.detach(), student.grad))


case("response", {}, (z, v, y), response)
case("response", {"alpha": 0.3, "temperature": 20}, (z, v, y),
     lambda *i: response(*i, alpha=0.3, temperature=20))
case("response", {"alpha": 0.5, "temperature": 1, "labelSmoothing": 0.1}, (z, v, some),
     lambda *i: response(*i, alpha=0.5, temperature=1, smoothing=0.1))
case("response", {"alpha": 1}, (z, v, None), lambda z, v, y: kl(z, v, 4).mean())
case("response", {"alpha": 0}, (z, None, y), lambda z, v, y: F.cross_entropy(z, y))
case("response", {"ignoreIndex": 255}, (*tokens, token_labels), lambda *i: response(*i, ignore=255))
case("response", {}, (saturated, v, y), response)
case("response", {}, (z, saturated, y), response)
case("crossEntropy", {}, (z, None, y), cross_entropy)
case("crossEntropy", {"labelSmoothing": 0.2}, (z, None, some),
     lambda *i: cross_entropy(*i, label_smoothing=0.2))
case("crossEntropy", {"classWeights": weights}, (z, None, some),
     lambda *i: cross_entropy(*i, weight=torch.tensor(weights).double()))
case("crossEntropy", {"classWeights": weights, "labelSmoothing": 0.3}, (z, None, y),
     lambda *i: cross_entropy(*i, weight=torch.tensor(weights).double(), label_smoothing=0.3))
case("crossEntropy", {"ignoreIndex": 255}, (tokens[0], None, token_labels),
     lambda *i: cross_entropy(*i, ignore_index=255))
case("crossEntropy", {}, (saturated, None, y), cross_entropy)
case("binaryCrossEntropy", {}, (z, None, targets),
     lambda z, v, y: F.binary_cross_entropy_with_logits(z, y))
case("binaryCrossEntropy", {"positiveWeights": weights}, (z, None, targets),
     lambda z, v, y: F.binary_cross_entropy_with_logits(z, y, pos_weight=torch.tensor(weights).double()))
case("mse", {}, (z, None, targets), lambda z, v, y: F.mse_loss(z, y))
case("softTargets", {}, (z, v, None), lambda z, v, y: kl(z, v, 4).mean())
case("softTargets", {"temperature": 1.5}, (*tokens, None), lambda z, v, y: kl(z, v, 1.5).mean())
case("logitMse", {}, (z, v, None), lambda z, v, y: F.mse_loss(z, v))


def divergences():
    """Written out in test/oracles/divergences.py."""
    path = pathlib.Path(__file__).parents[1] / "oracles"
    sys.path.insert(0, str(path))
    import divergences as ops

    def mean(op, **options):
        def value(z, v, y):
            labels = None if y is None else y.flatten()
            return op(z.flatten(0, -2), v.flatten(0, -2), labels, **options).mean()

        return value

    def labeled(z, v, y):
        return ops.dkd(z[keep(y)], v[keep(y)], y[keep(y)], 0.5, 2.0, 3.0).mean()

    case("reverseKl", {}, (z, v, None), mean(ops.reverse_kl))
    case("reverseKl", {"temperature": 3}, (*tokens, None), mean(ops.reverse_kl, temperature=3.0))
    case("jsd", {}, (z, v, None), mean(ops.jsd))
    case("jsd", {"beta": 0.1, "temperature": 2, "scale": True}, (z, saturated, None),
         mean(ops.jsd, beta=0.1, temperature=2.0, scale=True))
    case("skewKl", {}, (z, v, None), mean(ops.skew_kl))
    case("skewKl", {"skew": 0.4, "temperature": 2, "scale": True}, (*tokens, None),
         mean(ops.skew_kl, skew=0.4, temperature=2.0, scale=True))
    case("skewReverseKl", {}, (z, v, None), mean(ops.skew_reverse_kl))
    case("skewReverseKl", {"skew": 0.4, "temperature": 2}, (*tokens, None),
         mean(ops.skew_reverse_kl, skew=0.4, temperature=2.0))
    case("dkd", {}, (z, v, y), mean(ops.dkd))
    case("dkd", {"alpha": 0.5, "beta": 2, "temperature": 3}, (z, v, some), labeled)
    case("dist", {}, (z, v, None), mean(ops.dist))
    case("dist", {"beta": 0.5, "gamma": 2, "temperature": 4, "scale": True}, (*tokens, None),
         mean(ops.dist, beta=0.5, gamma=2.0, temperature=4.0, scale=True))
    case("logitStandardization", {}, (z, v, None), mean(ops.logit_standardization))
    case("logitStandardization", {"temperature": 1}, (*tokens, None),
         mean(ops.logit_standardization, temperature=1.0))


divergences()


def plain(tensor):
    if tensor is None:
        return None
    kind = "int64" if tensor.dtype == torch.int64 else "float64"
    return {"data": tensor.flatten().tolist(), "shape": list(tensor.shape), "dtype": kind}


if __name__ == "__main__":
    print(json.dumps({
        "torch": torch.__version__,
        "cases": [
            {"loss": name, "options": options, "student": plain(z), "teacher": plain(v),
             "labels": plain(y), "value": value.item(), "gradient": gradient.flatten().tolist()}
            for name, options, (z, v, y), value, gradient in cases
        ],
    }))
