"""What the steps of PyTorch's workers share: batches in turn, checked and timed."""

import time


class Turns:
    """`make()` gives a step from the initial weights; it takes a batch and returns the loss."""

    def __init__(self, batches):
        self.batches = batches
        self.next = 0
        self.step = self.make()

    def check(self, steps):
        step = self.make()
        losses = [step(*self.batches[i % len(self.batches)]).item() for i in range(steps)]
        return {"losses": losses}

    def block(self, steps):
        began = time.perf_counter()
        for _ in range(steps):
            self.step(*self.batches[self.next % len(self.batches)])
            self.next += 1
        return {"seconds": time.perf_counter() - began}
