"""PyTorch as a peer: reads a request a line, answers a line. `main.mjs` is its counterpart."""

import importlib
import json
import os
import sys
import traceback

# Whatever else prints goes to stderr; the answers have the real stdout.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import torch

config = json.loads(sys.argv[1])
torch.set_num_threads(config["threads"])
tasks = importlib.import_module("torch_" + config["task"])
task = None

for line in sys.stdin:
    try:
        request = json.loads(line)
        command = request.pop("command")
        if command == "start":
            task = tasks.start(config)
            answer = {
                "versions": {
                    "pytorch": torch.__version__,
                    "python": sys.version.split()[0],
                },
                **getattr(task, "info", {}),
            }
        else:
            answer = getattr(task, command)(**request)
    except Exception as error:
        traceback.print_exc()
        answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
