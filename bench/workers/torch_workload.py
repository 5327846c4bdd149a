"""A workload with PyTorch: eager, compiled, tuned, or only its products and convolutions (`limit`)."""

import resource

import torch
from torch import nn
from torch_bare import Bare
from torch_data import distillation, read
from torch_networks import load
from torch_products import Products
from torch_turns import Turns


def samples(folder, workload):
    count = workload["batch"] * workload["batches"]
    dtype = torch.int64 if "vocabulary" in workload else torch.float32
    inputs = read(folder, "inputs", [count, *workload["sample"]], dtype)
    labels = read(folder, "labels", [count], torch.int64)
    split = [
        [part.clone() for part in each.split(workload["batch"])] for each in (inputs, labels)
    ]
    return list(zip(*split))


class Hooked(nn.Module):
    """A model that also returns what some of its modules gave."""

    def __init__(self, model, paths):
        super().__init__()
        self.model = model
        self.kept = {}
        self.paths = paths
        for path in paths:
            model.get_submodule(path).register_forward_hook(self.keep(path))

    def keep(self, path):
        def hook(module, inputs, output):
            self.kept[path] = output

        return hook

    def forward(self, x):
        output = self.model(x)
        return output, [self.kept[path] for path in self.paths]


class Pair:
    """Teacher, student and connectors from their initial weights."""

    def __init__(self, config):
        self.workload = workload = config["workload"]
        self.folder = folder = config["folder"]
        hidden = workload.get("hidden", {"student": [], "teacher": []})
        self.teacher = Hooked(load(folder, workload, "teacher").eval(), hidden["teacher"])
        self.teacher.requires_grad_(False)
        self.student = Hooked(load(folder, workload, "student").train(), hidden["student"])
        self.connectors = nn.ModuleList()
        for i in range(len(hidden["student"])):
            sizes = [workload[name]["dim"] for name in ("teacher", "student")]
            connector = nn.Linear(sizes[1], sizes[0])
            with torch.no_grad():
                for key, parameter in connector.named_parameters():
                    values = read(folder, f"terms.1.{i}.{key}", parameter.shape)
                    parameter.copy_(values)
            self.connectors.append(connector)
        parameters = [*self.student.parameters(), *self.connectors.parameters()]
        settings = dict(workload["optimizer"])
        kind = settings.pop("kind")
        if "weightDecay" in settings:
            settings["weight_decay"] = settings.pop("weightDecay")
        optimizers = {"sgd": torch.optim.SGD, "adamw": torch.optim.AdamW}
        self.optimizer = optimizers[kind](parameters, fused=True, **settings)

    def loss(self, inputs, labels, target, target_hidden):
        workload = self.workload
        output, hidden = self.student(inputs)
        loss = distillation(output, target, labels, workload["alpha"], workload["temperature"])
        for connector, own, theirs in zip(self.connectors, hidden, target_hidden):
            loss = loss + nn.functional.mse_loss(connector(own), theirs)
        return loss


def frozen(model, x):
    """TorchScript, with weights folded and the layouts of oneDNN."""
    if model.paths:
        return None
    traced = torch.jit.freeze(torch.jit.trace(model.model, x))
    optimized = torch.jit.optimize_for_inference(traced)
    return lambda inputs: (optimized(inputs), [])


def compiled(model):
    import torch._inductor.config as inductor

    inductor.freezing = True
    return torch.compile(model)


class Step(Turns):
    """`styles` are names of ways to run the teacher and the student's loss."""

    def __init__(self, config, teacher="eager", student="eager", bf16=False):
        self.config = config
        self.ways = (teacher, student, bf16)
        super().__init__(samples(config["folder"], config["workload"]))
        self.info = {
            "way": f"teacher {teacher}, student {student}",
            "dtype": "bfloat16" if bf16 else "float32",
        }

    def make(self):
        teacher_way, student_way, bf16 = self.ways
        pair = Pair(self.config)
        x = self.batches[0][0]
        last = torch.channels_last
        images = x.dim() == 4
        if images and "channels-last" in teacher_way:
            pair.teacher.to(memory_format=last)
        if images and "channels-last" in student_way:
            pair.student.to(memory_format=last)
        teacher = pair.teacher
        with torch.no_grad():
            if "frozen" in teacher_way:
                teacher = frozen(teacher, x)
            elif "compiled" in teacher_way:
                teacher = compiled(teacher)
        objective = torch.compile(pair.loss) if "compiled" in student_way else pair.loss
        cast = [images and "channels-last" in way for way in (teacher_way, student_way)]

        def step(inputs, labels):
            given = [
                inputs.contiguous(memory_format=last) if wanted else inputs for wanted in cast
            ]
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                with torch.no_grad():
                    target, hidden = teacher(given[0])
                loss = objective(given[1], labels, target, hidden)
            pair.optimizer.zero_grad()
            loss.backward()
            pair.optimizer.step()
            return loss

        return step

    def memory(self):
        return {"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def best_of(config, ways, make, repeat=4):
    """The fastest of several steps, each run in turns."""
    steps = []
    for way in ways:
        try:
            step = make(way)
            step.block(2)
            steps.append((way, step))
        except Exception as error:
            print(f"{way}: {error}")
    best = {way: float("inf") for way, _ in steps}
    for _ in range(repeat):
        for way, step in steps:
            best[way] = min(best[way], step.block(1)["seconds"])
    print(best)
    return min(best, key=best.get)


def tuned(config, bf16):
    """The best teacher beside an eager student, then the best student beside that teacher."""
    workload = config["workload"]
    teachers = ["eager", "channels-last", "frozen", "compiled", "compiled channels-last"]
    if "hidden" in workload:
        teachers.remove("frozen")
    students = ["eager", "channels-last", "compiled", "compiled channels-last"]
    if "images" not in workload:
        teachers, students = [
            [way for way in ways if "channels-last" not in way] for ways in (teachers, students)
        ]
    teacher = best_of(config, teachers, lambda way: Step(config, way, "eager", bf16))
    torch._dynamo.reset()
    student = best_of(config, students, lambda way: Step(config, teacher, way, bf16))
    torch._dynamo.reset()
    return Step(config, teacher, student, bf16)


def start(config):
    style, workload = config["style"], config["workload"]
    bf16 = config.get("dtype") == "bfloat16"
    if style == "limit" and workload["network"] == "mlp":
        return Products(workload, torch.bfloat16 if bf16 else torch.float32)
    if style == "limit":
        # The encoder's fast path is one call from outside, and would not be seen into.
        torch.backends.mha.set_fastpath_enabled(False)
        return Bare.of_step(Pair(config), samples(config["folder"], workload)[0], bf16)
    if style == "tuned":
        return tuned(config, bf16)
    if style == "compile":
        return Step(config, "compiled", "compiled", bf16)
    return Step(config, bf16=bf16)
