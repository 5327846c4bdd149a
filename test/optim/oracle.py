"""Learning rates of PyTorch's schedulers, for rates.test.ts: python test/optim/oracle.py > test/optim/schedules.json
"""

import json
import warnings

import torch
from torch.optim import lr_scheduler as L

warnings.simplefilter("ignore")
PER_EPOCH = 7
STEPS = 70
LR = 0.3


def rates(make, per):
    """Rate of every update; `make` gets the optimizer, `per` says when the scheduler steps."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], LR)
    scheduler = make(optimizer)
    values = []
    for step in range(STEPS):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if (step + 1) % (1 if per == "step" else PER_EPOCH) == 0:
            scheduler.step()
    return values


def one_cycle(**options):
    return lambda o: L.OneCycleLR(o, cycle_momentum=False, **options)


def chained(o):
    return L.SequentialLR(
        o,
        [L.LinearLR(o, 0.1, total_iters=10), L.CosineAnnealingLR(o, STEPS - 10, 0.01)],
        [10],
    )


def chained_epochs(o):
    return L.SequentialLR(
        o, [L.ConstantLR(o, 1.0), L.ExponentialLR(o, 0.5), L.StepLR(o, 2, 0.2)], [2, 6]
    )


step, epoch = "step", "epoch"
cases = [
    (["step", {"stepSize": 3}], lambda o: L.StepLR(o, 3), epoch),
    (["step", {"stepSize": 4, "gamma": 0.7, "unit": "steps"}], lambda o: L.StepLR(o, 4, 0.7), step),
    (["multistep", {"milestones": [2, 5, 6], "gamma": 0.3}], lambda o: L.MultiStepLR(o, [2, 5, 6], 0.3), epoch),
    (["exponential", {"gamma": 0.9}], lambda o: L.ExponentialLR(o, 0.9), epoch),
    (["exponential", {"gamma": 0.97, "unit": "steps"}], lambda o: L.ExponentialLR(o, 0.97), step),
    (["cosine", {}], lambda o: L.CosineAnnealingLR(o, STEPS), step),
    (["cosine", {"etaMin": 0.02, "unit": "epochs"}], lambda o: L.CosineAnnealingLR(o, STEPS // PER_EPOCH, 0.02), epoch),
    (["cosine", {"tMax": 20, "etaMin": 0.05}], lambda o: L.CosineAnnealingLR(o, 20, 0.05), step),
    (["linearWarmup", {}], lambda o: L.LinearLR(o), step),
    (["linearWarmup", {"totalIters": 13, "startFactor": 0.01, "endFactor": 0.8}], lambda o: L.LinearLR(o, 0.01, 0.8, 13), step),
    (["linearWarmup", {"totalIters": 4, "startFactor": 0.25, "unit": "epochs"}], lambda o: L.LinearLR(o, 0.25, total_iters=4), epoch),
    (["oneCycle", {"maxLr": 0.5}], one_cycle(max_lr=0.5, total_steps=STEPS), step),
    (["oneCycle", {}], one_cycle(max_lr=LR, total_steps=STEPS), step),
    (["oneCycle", {"maxLr": 1, "pctStart": 0.2, "annealStrategy": "linear", "divFactor": 10, "finalDivFactor": 100}],
     one_cycle(max_lr=1, total_steps=STEPS, pct_start=0.2, anneal_strategy="linear", div_factor=10, final_div_factor=100), step),
    (["oneCycle", {"maxLr": 0.5, "totalSteps": 80, "pctStart": 0.4, "threePhase": True}],
     one_cycle(max_lr=0.5, total_steps=80, pct_start=0.4, three_phase=True), step),
    (["chain", {"schedules": [["linearWarmup", {"totalIters": 10, "startFactor": 0.1}], ["cosine", {"etaMin": 0.01}]]}], chained, step),
    (["chain", {"schedules": [["constant"], ["exponential", {"gamma": 0.5}], ["step", {"stepSize": 2, "gamma": 0.2}]], "milestones": [2, 6], "unit": "epochs"}], chained_epochs, epoch),
]

if __name__ == "__main__":
    print(json.dumps({
        "torch": torch.__version__,
        "lr": LR,
        "steps": STEPS,
        "stepsPerEpoch": PER_EPOCH,
        "cases": [{"schedule": call, "rates": rates(make, per)} for call, make, per in cases],
    }, indent=1))
