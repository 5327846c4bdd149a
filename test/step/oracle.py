"""Twenty distillation steps of PyTorch with each optimizer, for optimizers.test.ts:

    python test/step/oracle.py > test/step/optimizers.json
"""

import copy
import json

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

STEPS, BATCH, FEATURES, CLASSES = 20, 8, 6, 4
torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


def rounded(tensor, digits=4):
    """What JSON shows is what is computed with."""
    return tensor.mul(10**digits).round().div(10**digits)


def network():
    made = nn.Sequential(nn.Linear(FEATURES, 5), nn.Tanh(), nn.Linear(5, CLASSES))
    for parameter in made.parameters():
        parameter.data = rounded(parameter.data)
    return made


teacher, student = network(), network()
inputs = rounded(torch.randn(STEPS, BATCH, FEATURES))
labels = torch.randint(0, CLASSES, (STEPS, BATCH))


def loss_of(z, v, y, alpha=0.9, t=4.0):
    soft = F.kl_div(F.log_softmax(z / t, 1), F.softmax(v / t, 1), reduction="batchmean")
    return alpha * t * t * soft + (1 - alpha) * F.cross_entropy(z, y)


def rate(step, lr):
    """A rate that changes, as schedules make it."""
    return lr * (1 - step / 40)


def run(name, kind, lr, options, make, clip_norm=None, clip_value=None, accumulate=1):
    model = copy.deepcopy(student)
    optimizer = make(model)
    losses, norms = [], []
    for step in range(STEPS):
        loss = loss_of(model(inputs[step]), teacher(inputs[step]).detach(), labels[step])
        (loss / accumulate).backward()
        losses.append(loss.item())
        if (step + 1) % accumulate:
            continue
        if clip_norm:
            norms.append(clip_grad_norm_(model.parameters(), clip_norm).item())
        if clip_value:
            clip_grad_value_(model.parameters(), clip_value)
        for group in optimizer.param_groups:
            group["lr"] = rate(step, group.setdefault("initial_lr", group["lr"]))
        optimizer.step()
        optimizer.zero_grad()
    return {
        "name": name,
        "optimizer": kind,
        "options": {"lr": lr, **options},
        "clipNorm": clip_norm,
        "clipValue": clip_value,
        "accumulate": accumulate,
        "losses": losses,
        "gradNorm": norms[-1] if norms else None,
        "weights": {key: value.flatten().tolist() for key, value in model.state_dict().items()},
    }


O = torch.optim


def all_of(optimizer, **options):
    return lambda model: optimizer(model.parameters(), **options)


def grouped(model):
    decay = [model[0].weight, model[2].weight]
    return O.AdamW([
        {"params": decay, "weight_decay": 0.1},
        {"params": [model[0].bias], "weight_decay": 0.0, "lr": 0.05},
        {"params": [model[2].bias], "weight_decay": 0.02},
    ], lr=0.02, weight_decay=0.02)


groups = [
    {"parameters": ["0.weight", "2.weight"], "weightDecay": 0.1},
    {"parameters": ["0.bias"], "weightDecay": 0, "lr": 0.05},
]

runs = [
    run("plain", "sgd", 0.1, {}, all_of(O.SGD, lr=0.1)),
    run("weight decay", "sgd", 0.1, {"weightDecay": 0.05}, all_of(O.SGD, lr=0.1, weight_decay=0.05)),
    run("momentum", "sgd", 0.1, {"momentum": 0.9}, all_of(O.SGD, lr=0.1, momentum=0.9)),
    run("dampening", "sgd", 0.1, {"momentum": 0.9, "dampening": 0.4, "weightDecay": 0.01},
        all_of(O.SGD, lr=0.1, momentum=0.9, dampening=0.4, weight_decay=0.01)),
    run("nesterov", "sgd", 0.05, {"momentum": 0.9, "nesterov": True, "weightDecay": 0.01},
        all_of(O.SGD, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01)),
    run("maximize", "sgd", 0.05, {"momentum": 0.5, "maximize": True},
        all_of(O.SGD, lr=0.05, momentum=0.5, maximize=True)),
    run("clipped by norm", "sgd", 0.1, {"momentum": 0.9}, all_of(O.SGD, lr=0.1, momentum=0.9), clip_norm=0.2),
    run("clipped by value", "sgd", 0.1, {"momentum": 0.9}, all_of(O.SGD, lr=0.1, momentum=0.9), clip_value=0.02),
    run("accumulated", "sgd", 0.1, {"momentum": 0.9, "nesterov": True},
        all_of(O.SGD, lr=0.1, momentum=0.9, nesterov=True), accumulate=4),
    run("plain", "adam", 0.02, {}, all_of(O.Adam, lr=0.02)),
    run("weight decay", "adam", 0.02, {"weightDecay": 0.05, "betas": [0.8, 0.95], "eps": 1e-6},
        all_of(O.Adam, lr=0.02, weight_decay=0.05, betas=(0.8, 0.95), eps=1e-6)),
    run("amsgrad", "adam", 0.02, {"amsgrad": True}, all_of(O.Adam, lr=0.02, amsgrad=True)),
    run("maximize", "adam", 0.02, {"maximize": True}, all_of(O.Adam, lr=0.02, maximize=True)),
    run("plain", "adamw", 0.02, {}, all_of(O.AdamW, lr=0.02)),
    run("amsgrad, accumulated", "adamw", 0.02, {"amsgrad": True, "weightDecay": 0.2},
        all_of(O.AdamW, lr=0.02, amsgrad=True, weight_decay=0.2), accumulate=2),
    run("groups", "adamw", 0.02, {"weightDecay": 0.02, "groups": groups}, grouped),
    run("plain", "rmsprop", 0.01, {}, all_of(O.RMSprop, lr=0.01)),
    run("weight decay", "rmsprop", 0.01, {"weightDecay": 0.1, "alpha": 0.9, "eps": 1e-6},
        all_of(O.RMSprop, lr=0.01, weight_decay=0.1, alpha=0.9, eps=1e-6)),
    run("momentum", "rmsprop", 0.01, {"momentum": 0.8}, all_of(O.RMSprop, lr=0.01, momentum=0.8)),
    run("centered", "rmsprop", 0.01, {"centered": True, "momentum": 0.8},
        all_of(O.RMSprop, lr=0.01, centered=True, momentum=0.8)),
    run("maximize", "rmsprop", 0.002, {"maximize": True}, all_of(O.RMSprop, lr=0.002, maximize=True)),
]

if __name__ == "__main__":
    state = lambda module: {k: {"shape": list(v.shape), "data": v.flatten().tolist()} for k, v in module.state_dict().items()}
    print(json.dumps({
        "torch": torch.__version__,
        "teacher": state(teacher),
        "student": state(student),
        "features": FEATURES,
        "classes": CLASSES,
        "inputs": inputs.tolist(),
        "labels": labels.tolist(),
        "runs": runs,
    }))
