"""One small operator from Python."""

import time

import torch


class Calls:
    def __init__(self):
        self.a = torch.full([8], 1.0)
        self.b = torch.full([8], 2.0)

    def check(self):
        return {"losses": torch.add(self.a, self.b).tolist()}

    def block(self, steps, **_):
        add, a, b = torch.add, self.a, self.b
        began = time.perf_counter()
        for _ in range(steps):
            add(a, b)
        return {"seconds": time.perf_counter() - began}


def start(config):
    return Calls()
