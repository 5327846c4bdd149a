"""Times forward and backward of the operators on a GPU, beside the composition in eager PyTorch and
under torch.compile, and the bandwidth that they reach beside that of a copy in the same run.

    python scripts/gpu-ops/bench.py LIBRARY [--json FILE] [--rounds 30]
"""

import argparse
import json
import statistics
import sys

import torch
import torch.nn.functional as F


def milliseconds(work, rounds):
    """Median over rounds, by events on the stream."""
    for _ in range(3):
        work()
    times = []
    for _ in range(rounds):
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        work()
        end.record()
        torch.cuda.synchronize()
        times.append(begin.elapsed_time(end))
    return statistics.median(times)


def soft_targets(z, v):
    t = 2.0
    log_q, log_p = F.log_softmax(z.float() / t, -1), F.log_softmax(v.float() / t, -1)
    return t * t * F.kl_div(log_q, log_p, reduction="batchmean", log_target=True)


def reverse_kl(z, v):
    log_q, log_p = F.log_softmax(z.float(), -1), F.log_softmax(v.float(), -1)
    return F.kl_div(log_p, log_q, reduction="batchmean", log_target=True)


def attention(s, t):
    def of(x):
        return F.normalize(x.float().square().mean(1).flatten(1))

    return (of(s) - of(t)).square().mean()


def workloads(ops):
    """Name, operator, composition, shape of both sides, and how often a pass reads or writes as
    much as the student: logits and features twice, the gradient written, read and written."""
    soft = lambda z, v: ops.soft_target_ce(z, v, None, 1.0, 2.0)  # noqa: E731
    for rows, classes in ((4096, 1000), (4096, 32000), (8192, 128256)):
        yield f"soft_target_ce ({rows},{classes})", soft, soft_targets, (rows, classes)
    yield "reverse_kl (4096,32000)", lambda z, v: ops.reverse_kl(z, v), reverse_kl, (4096, 32000)
    yield "hint_mse (64,512,4096)", ops.hint_mse, F.mse_loss, (64, 512, 4096)
    yield "attention_transfer (256,256,56,56)", ops.attention_transfer, attention, (256, 256, 56, 56)


def measure(function, s, t, rounds):
    leaf = s.detach().requires_grad_()

    def work():
        leaf.grad = None
        function(leaf, t).backward()

    return milliseconds(work, rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library")
    parser.add_argument("--json")
    parser.add_argument("--rounds", type=int, default=30)
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("there is no GPU to measure on")
    torch.ops.load_library(arguments.library)
    device = torch.cuda.get_device_name()
    print(f"PyTorch {torch.__version__}, {device}")
    rows = []
    for dtype in (torch.bfloat16, torch.float32):
        for name, fused, composed, shape in workloads(torch.ops.potstill):
            try:
                s = torch.randn(shape, device="cuda", dtype=dtype)
                t = torch.randn(shape, device="cuda", dtype=dtype)
                target = torch.empty_like(s)
                # A copy reads and writes each byte once.
                copy = milliseconds(lambda: target.copy_(s), arguments.rounds)
                del target
                times = {"potstill": measure(fused, s, t, arguments.rounds)}
                torch.cuda.reset_peak_memory_stats()
                for peer, function in (("eager", composed), ("compile", torch.compile(composed))):
                    torch.compiler.reset()
                    try:
                        times[peer] = measure(function, s, t, arguments.rounds)
                    except Exception as error:  # a peer that does not run is no reason to stop
                        print(f"{name}: {peer} did not run: {error}".splitlines()[0])
                # What has to be moved at least: both sides read, the gradient written.
                size = s.numel() * s.element_size()
                reached = 3 * size / times["potstill"] / (2 * size / copy)
                row = {
                    "workload": name, "dtype": str(dtype).removeprefix("torch."), "device": device,
                    "milliseconds": times, "copy": copy, "ofCopyBandwidth": reached,
                }  # fmt: skip
                rows.append(row)
                text = ", ".join(f"{peer} {ms:.3f} ms" for peer, ms in times.items())
                print(f"{name} {row['dtype']}: {text}; {reached:.0%} of a copy's bandwidth")
                del s, t
            except torch.OutOfMemoryError as error:
                print(f"{name} {dtype}: left out, {str(error).splitlines()[0]}")
            torch.cuda.empty_cache()
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"torch": torch.__version__, "device": device, "rows": rows}, file, indent=2)


if __name__ == "__main__":
    main()
