"""The forward of a ResNet-18 with PyTorch: eager with hooks, TorchScript without, bare convolutions."""

import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch_data import read

sys.path.append(str(Path(__file__).parents[2] / "test" / "fixtures"))
from tap_models import BasicBlock  # noqa: E402


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        sizes = [64, 64, 128, 256, 512]
        for i in range(1, 5):
            first = BasicBlock(sizes[i - 1], sizes[i], 1 if i == 1 else 2)
            setattr(self, f"layer{i}", nn.Sequential(first, BasicBlock(sizes[i], sizes[i], 1)))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512, 1000)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def images(config):
    return read(config["folder"], "images", config["wTaps"]["shape"])


def load(config):
    return torch.jit.load(f"{config['folder']}/resnet18.pt").eval()


def eager(config):
    model = ResNet18().eval()
    model.load_state_dict(load(config).state_dict())
    return model


class Eager:
    """Hooks keep what the layers return; nothing overwrites it, so none has to copy."""

    def __init__(self, config):
        self.x = images(config)
        self.model = eager(config)
        self.taps = {}
        for path in config["wTaps"]["taps"]:
            self.model.get_submodule(path).register_forward_hook(self.keep(path))

    def keep(self, path):
        def hook(module, inputs, output):
            self.taps[path] = output

        return hook

    def once(self):
        self.taps.clear()
        return [self.model(self.x), *self.taps.values()]

    def check(self):
        with torch.no_grad():
            return {"losses": [value.abs().mean().item() for value in self.once()]}

    def block(self, steps):
        with torch.no_grad():
            began = time.perf_counter()
            for _ in range(steps):
                self.once()
            return {"seconds": time.perf_counter() - began}


class TorchScript(Eager):
    """The file as Python loads it; TorchScript modules have no hooks on what they call inside."""

    def __init__(self, config):
        super().__init__(config)
        self.script = load(config)

    def check(self):
        with torch.no_grad():
            values = [self.script(self.x), *self.once()[1:]]
            return {"losses": [value.abs().mean().item() for value in values]}

    def block(self, steps):
        with torch.no_grad():
            began = time.perf_counter()
            for _ in range(steps):
                self.script(self.x)
            return {"seconds": time.perf_counter() - began}


class Convolutions:
    """Every convolution of the network alone, each the fastest way that PyTorch reaches here."""

    def __init__(self, config, repeat=4):
        seen = []

        def note(module, inputs, output):
            seen.append((inputs[0].clone(), module))

        model = eager(config)
        for module in model.modules():
            if isinstance(module, nn.Conv2d):
                module.register_forward_hook(note)
        with torch.no_grad():
            model(images(config))
            self.chain = [self.fastest(x, conv, repeat) for x, conv in seen]

    def fastest(self, x, conv, repeat):
        weight, stride, padding = conv.weight.detach(), conv.stride, conv.padding
        last = {"memory_format": torch.channels_last}
        x_last, w_last = x.contiguous(**last), weight.contiguous(**last)
        packed = torch._C._nn.mkldnn_reorder_conv2d_weight(
            weight.to_mkldnn(), padding, stride, (1, 1), 1, list(x.shape)
        )
        fused = torch.ops.mkldnn._convolution_pointwise
        ways = [
            lambda: nn.functional.conv2d(x, weight, None, stride, padding),
            lambda: nn.functional.conv2d(x_last, w_last, None, stride, padding),
        ] + [
            lambda given=given: fused(given, packed, None, padding, stride, (1, 1), 1, "none", [], "")
            for given in (x, x_last)
        ]
        best = [float("inf")] * len(ways)
        for _ in range(repeat):
            for i, way in enumerate(ways):
                began = time.perf_counter()
                way()
                best[i] = min(best[i], time.perf_counter() - began)
        return ways[best.index(min(best))]

    def block(self, steps):
        with torch.no_grad():
            began = time.perf_counter()
            for _ in range(steps):
                for way in self.chain:
                    way()
            return {"seconds": time.perf_counter() - began}


def start(config):
    kinds = {"limit": Convolutions, "torchscript": TorchScript}
    return kinds.get(config["style"], Eager)(config)
