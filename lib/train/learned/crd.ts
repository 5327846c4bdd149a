/** The module of `losses.crd`. */

import type { LossOf } from "../../losses/index.js";
import { type ModuleDef, nn } from "../../nn/index.js";
import { type FeatureShapes, pairsOf, refuse } from "./shapes.js";

/** Two embeddings and the memories of both, one row for each sample of the training data. */
export function crdModule(
  { dimension, negatives, temperature, momentum, otherClasses }: LossOf<"crd">,
  shapes: FeatureShapes & { samples: number | null },
): ModuleDef {
  const pairs = pairsOf(shapes);
  if (pairs.length !== 1) refuse(`it takes one path of each side, got ${pairs.length}`);
  const { samples } = shapes;
  if (samples === null || samples < 2) {
    refuse(
      "it remembers every sample of the training data, and needs to know how many there are; a " +
        "stream says it with datasets.from(source, { length })",
    );
  }
  const width = (shape: readonly number[]) => shape.slice(1).reduce((a, b) => a * b, 1);
  const bound = 1 / Math.sqrt(dimension / 3);
  const memory = {
    shape: [samples, dimension],
    init: { kind: "uniform", from: -bound, to: bound },
  } as const;
  const { student, teacher } = pairs[0]!;
  return nn.script({
    className: "Crd",
    modules: {
      ofStudent: nn.linear(width(student), dimension),
      ofTeacher: nn.linear(width(teacher), dimension),
    },
    buffers: {
      students: memory,
      teachers: memory,
      // Z of both directions; below 0 until the first batch.
      constants: { shape: [2], init: { kind: "constant", value: -1 } },
      // The id that each row belongs to, as they come.
      keys: { shape: [samples], init: { kind: "constant", value: -1 }, dtype: "int64" },
      // Its class, where that is asked.
      ...(otherClasses
        ? { classes: { shape: [samples], init: { kind: "constant", value: -1 }, dtype: "int64" } }
        : {}),
    },
    attributes: {
      negatives: Math.min(negatives, samples - 1),
      temperature: { type: "float", value: temperature },
      momentum: { type: "float", value: momentum },
    },
    source: common + (otherClasses ? apart : anyOther),
  });
}

const common = `
def rows(self, ids: Tensor) -> Tensor:
    found = self.keys.unsqueeze(0) == ids.unsqueeze(1)
    if not bool(found.any(1).all()):
        for i in range(ids.size(0)):
            if not bool((self.keys == ids[i]).any()):
                used = int((self.keys >= 0).sum())
                if used >= self.keys.size(0):
                    raise RuntimeError("crd: there are more ids than samples in the training data")
                self.keys.narrow(0, used, 1).fill_(int(ids[i]))
        found = self.keys.unsqueeze(0) == ids.unsqueeze(1)
    return found.to(torch.int64).argmax(1)

def scores(self, x: Tensor, memory: Tensor, index: Tensor, which: int) -> Tensor:
    if memory.size(0) <= index.numel():
        # A copy, since the memory is renewed before the backward pass.
        dots = (x @ memory.clone().t()).gather(1, index)
    else:
        chosen = memory.index_select(0, index.reshape([-1]))
        dots = (chosen.view([index.size(0), index.size(1), -1]) @ x.unsqueeze(2)).squeeze(2)
    raw = torch.exp(dots / self.temperature)
    if float(self.constants[which]) < 0:
        mean = raw.detach().mean() * float(memory.size(0))
        self.constants.narrow(0, which, 1).fill_(float(mean))
    return raw / self.constants[which].clone()

def contrast(self, p: Tensor) -> Tensor:
    noise = float(p.size(1) - 1) / float(self.keys.size(0))
    near = p.select(1, 0)
    far = p.narrow(1, 1, p.size(1) - 1)
    likely = torch.log(near / (near + (noise + 1e-7)))
    unlikely = torch.log(noise / (far + (noise + 1e-7)))
    return -(likely.sum() + unlikely.sum()) / float(p.size(0))

def renew(self, memory: Tensor, rows: Tensor, x: Tensor) -> Tensor:
    mixed = memory.index_select(0, rows) * self.momentum + x.detach() * (1.0 - self.momentum)
    memory.index_copy_(0, rows, F.normalize(mixed, dim=1))
    return memory

def compare(self, student: Tensor, teacher: Tensor, rows: Tensor, index: Tensor) -> Tensor:
    s = F.normalize(self.ofStudent(student.flatten(1)), dim=1)
    t = F.normalize(self.ofTeacher(teacher.detach().flatten(1)), dim=1)
    of_teacher = self.scores(t, self.students, index, 0)
    of_student = self.scores(s, self.teachers, index, 1)
    self.renew(self.students, rows, s)
    self.renew(self.teachers, rows, t)
    return self.contrast(of_student) + self.contrast(of_teacher)
`;

const anyOther = `
def drawn(self, rows: Tensor) -> Tensor:
    count = self.keys.size(0)
    others = torch.randint(0, count - 1, [rows.size(0), self.negatives], device=rows.device)
    own = rows.unsqueeze(1)
    # Over the other rows: those from the own one on are the next.
    return torch.cat([own, others + (others >= own).to(torch.int64)], 1)

def forward(self, student: Tensor, teacher: Tensor, ids: Tensor) -> Tensor:
    rows = self.rows(ids)
    return self.compare(student, teacher, rows, self.drawn(rows))
`;

const apart = `
def drawn(self, rows: Tensor, labels: Tensor) -> Tensor:
    self.classes.index_copy_(0, rows, labels)
    count = rows.size(0)
    index = torch.empty([count, self.negatives + 1], dtype=torch.int64, device=rows.device)
    done = torch.zeros([count], dtype=torch.bool, device=rows.device)
    for i in range(count):
        if not bool(done[i]):
            # All samples of a class choose from the same rows.
            alike = labels == labels[i]
            mine = alike.nonzero().squeeze(1)
            others = (self.classes != labels[i]).nonzero().squeeze(1)
            if others.size(0) == 0:
                raise RuntimeError("crd: there is no sample of another class to draw")
            draw = torch.randint(0, others.size(0), [mine.size(0), self.negatives], device=rows.device)
            chosen = others.index_select(0, draw.reshape([-1])).view([mine.size(0), -1])
            own = rows.index_select(0, mine).unsqueeze(1)
            index.index_copy_(0, mine, torch.cat([own, chosen], 1))
            done = done.logical_or(alike)
    return index

def forward(self, student: Tensor, teacher: Tensor, ids: Tensor, labels: Tensor) -> Tensor:
    rows = self.rows(ids)
    return self.compare(student, teacher, rows, self.drawn(rows, labels.to(torch.int64)))
`;
