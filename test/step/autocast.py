"""Five distillation steps of PyTorch under autocast, for autocast.test.ts:

    python test/step/autocast.py > test/step/autocast.json
"""

import copy
import json

import torch
import torch.nn.functional as F
from torch import nn

STEPS, BATCH, SIDE, CLASSES = 5, 8, 6, 4
SCALE = 2.0**18  # grown once it is too much
torch.manual_seed(0)


def rounded(tensor, digits=4):
    """What JSON shows is what is computed with."""
    return tensor.mul(10**digits).round().div(10**digits)


def network(channels):
    made = nn.Sequential(
        nn.Conv2d(1, channels, 3, padding=1),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(channels * SIDE * SIDE, CLASSES),
    )
    for parameter in made.parameters():
        parameter.data = rounded(parameter.data)
    return made


teacher, student = network(6).eval(), network(4)
inputs = rounded(torch.randn(STEPS, BATCH, 1, SIDE, SIDE))
labels = torch.randint(0, CLASSES, (STEPS, BATCH))


def loss_of(z, v, y, alpha=0.9, t=4.0):
    soft = F.kl_div(F.log_softmax(z / t, 1), F.softmax(v / t, 1), reduction="batchmean")
    return alpha * t * t * soft + (1 - alpha) * F.cross_entropy(z, y)


def run(narrow=None, scale=1.0):
    """With a scale above 1, under a scaler that grows after every second step."""
    model = copy.deepcopy(student)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scaler = torch.amp.GradScaler(
        "cpu", init_scale=scale, growth_interval=2, enabled=scale > 1
    )
    scales = []
    losses = []
    for step in range(STEPS):
        with torch.autocast("cpu", narrow, enabled=narrow is not None):
            output = model(inputs[step])
        with torch.no_grad():
            said = teacher(inputs[step])
        loss = loss_of(output.float(), said, labels[step])
        scaler.scale(loss).backward()
        losses.append(loss.item())
        scaler.step(optimizer)
        scaler.update()
        scales.append(scaler.get_scale())
        optimizer.zero_grad()
    return {"losses": losses, "scales": scales, "weights": state_of(model)}


def state_of(model):
    return {
        key: {"shape": list(value.shape), "data": [round(x, 7) for x in value.flatten().tolist()]}
        for key, value in model.state_dict().items()
        if value.is_floating_point()
    }


print(json.dumps({
    "torch": torch.__version__,
    "side": SIDE,
    "classes": CLASSES,
    "teacher": state_of(teacher),
    "student": state_of(student),
    "inputs": [[round(x, 4) for x in each.flatten().tolist()] for each in inputs],
    "labels": labels.tolist(),
    "bfloat16": run(torch.bfloat16),
    "float16": run(torch.float16, SCALE),
    "float32": run(),
}))
