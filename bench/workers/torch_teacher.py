"""The forward of a teacher with PyTorch: eager, compiled, tuned, or its bare convolutions (`limit`)."""

import os
import sys
import time

import torch
from torch_bare import Bare
from torch_networks import load
from torch_workload import compiled, samples

last = torch.channels_last


def export(config, model, x):
    """For ONNX Runtime, which reads no TorchScript; `bench:setup` brings the module it takes."""
    sys.path.append(os.path.join(os.path.dirname(__file__), "..", "peers", "python"))
    file = f"{config['folder']}/teacher.onnx"
    torch.onnx.export(model, (x,), file, dynamo=False, opset_version=17)


def frozen(model, x):
    return torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(model, x)))


class Forward:
    def __init__(self, config, way="eager"):
        self.x = samples(config["folder"], config["workload"])[0][0]
        self.model = load(config["folder"], config["workload"], "teacher").eval()
        self.info = {"way": way}
        bf16 = config.get("dtype") == "bfloat16"
        if config["style"] == "eager" and not bf16 and not os.path.exists(f"{config['folder']}/teacher.onnx"):
            try:
                export(config, self.model, self.x)
            except Exception as error:
                print(f"no ONNX file: {error}")
        with torch.no_grad():
            if bf16:
                self.model, self.x = self.model.bfloat16(), self.x.bfloat16()
            if "channels-last" in way:
                self.model = self.model.to(memory_format=last)
                self.x = self.x.contiguous(memory_format=last)
            if "frozen" in way:
                self.model = frozen(self.model, self.x)
            if "compiled" in way:
                self.model = compiled(self.model)

    def check(self):
        with torch.no_grad():
            return {"losses": self.model(self.x).float().abs().mean(1).tolist()}

    def block(self, steps):
        with torch.no_grad():
            began = time.perf_counter()
            for _ in range(steps):
                self.model(self.x)
            return {"seconds": time.perf_counter() - began}


def tuned(config):
    best, found = float("inf"), None
    for way in ("channels-last", "frozen", "frozen channels-last", "compiled channels-last"):
        forward = Forward(config, way)
        forward.block(3)
        seconds = min(forward.block(1)["seconds"] for _ in range(5))
        if seconds < best:
            best, found = seconds, forward
    return found


def start(config):
    style = config["style"]
    if style == "limit":
        forward = Forward(config)
        return Bare.of_teacher(forward.model, forward.x)
    if style == "tuned":
        return tuned(config)
    return Forward(config, "compiled" if style == "compile" else "eager")
