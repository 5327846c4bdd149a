"""The losses as PyTorch's users write them: plain compositions, after the equations of the papers."""

import torch
from torch.nn import functional as F
from torch_data import distillation


def soft_target_ce(student, teacher, labels, w1):
    return distillation(student, teacher, labels, w1["alpha"], w1["temperature"])


def kl(p, log_p, log_q):
    return (p * (log_p - log_q)).sum(1).mean()


def reverse_kl(student, teacher, labels, w1, temperature=4.0):
    log_q = F.log_softmax(student / temperature, 1)
    log_p = F.log_softmax(teacher / temperature, 1)
    return temperature**2 * kl(log_q.exp(), log_q, log_p)


def jsd(student, teacher, labels, w1, beta=0.5):
    log_q, log_p = F.log_softmax(student, 1), F.log_softmax(teacher, 1)
    p, q = log_p.exp(), log_q.exp()
    log_m = (beta * p + (1 - beta) * q).log()
    return beta * kl(p, log_p, log_m) + (1 - beta) * kl(q, log_q, log_m)


def skew_kl(student, teacher, labels, w1, skew=0.1):
    log_p = F.log_softmax(teacher, 1)
    p, q = log_p.exp(), F.softmax(student, 1)
    return kl(p, log_p, (skew * p + (1 - skew) * q).log())


def skew_reverse_kl(student, teacher, labels, w1, skew=0.1):
    log_q = F.log_softmax(student, 1)
    p, q = F.softmax(teacher, 1), log_q.exp()
    return kl(q, log_q, ((1 - skew) * p + skew * q).log())


def dkd(student, teacher, labels, w1, alpha=1.0, beta=8.0, temperature=4.0):
    own = F.one_hot(labels, student.shape[1]).bool()
    p, q = F.softmax(teacher / temperature, 1), F.softmax(student / temperature, 1)

    def binary(x):
        return torch.stack([(x * own).sum(1), (x * ~own).sum(1)], 1)

    target = F.kl_div(binary(q).log(), binary(p), reduction="batchmean")
    rest = F.kl_div(
        F.log_softmax(student / temperature - 1000.0 * own, 1),
        F.softmax(teacher / temperature - 1000.0 * own, 1),
        reduction="batchmean",
    )
    return temperature**2 * (alpha * target + beta * rest)


def pearson(a, b, dim):
    return F.cosine_similarity(a - a.mean(dim, keepdim=True), b - b.mean(dim, keepdim=True), dim)


def dist(student, teacher, labels, w1, beta=1.0, gamma=1.0):
    p, q = F.softmax(teacher, 1), F.softmax(student, 1)
    return beta * (1 - pearson(q, p, 1).mean()) + gamma * (1 - pearson(q, p, 0).mean())


def standardized(logits):
    return (logits - logits.mean(1, keepdim=True)) / (logits.std(1, keepdim=True) + 1e-7)


def logit_standardization(student, teacher, labels, w1, temperature=2.0):
    soft = F.kl_div(
        F.log_softmax(standardized(student) / temperature, 1),
        F.softmax(standardized(teacher) / temperature, 1),
        reduction="batchmean",
    )
    return temperature**2 * soft


def logit_mse(student, teacher, labels, w1):
    return F.mse_loss(student, teacher)


def hint_mse(student, teacher, labels, w1):
    return F.mse_loss(student, teacher)


def attention_map(features):
    return F.normalize(features.pow(2).mean(1).flatten(1))


def attention_transfer(student, teacher, labels, w1):
    return (attention_map(student) - attention_map(teacher)).pow(2).mean()


def similarity(student, teacher, labels, w1):
    def gram(features):
        rows = features.flatten(1)
        return F.normalize(rows @ rows.t())

    return (gram(student) - gram(teacher)).pow(2).sum() / student.shape[0] ** 2


def distances(rows):
    square = rows.pow(2).sum(1)
    product = rows @ rows.t()
    result = (square[:, None] + square[None] - 2 * product).clamp(min=1e-12).sqrt()
    result = result * (1 - torch.eye(len(rows), dtype=rows.dtype))
    return result / result[result > 0].mean()


def angles(rows):
    difference = F.normalize(rows[None] - rows[:, None], dim=2)
    return torch.bmm(difference, difference.transpose(1, 2)).flatten()


def rkd(student, teacher, labels, w1, distance=25.0, angle=50.0):
    student, teacher = student.flatten(1), teacher.flatten(1)
    with torch.no_grad():
        wanted_distances, wanted_angles = distances(teacher), angles(teacher)
    return distance * F.smooth_l1_loss(distances(student), wanted_distances) + (
        angle * F.smooth_l1_loss(angles(student), wanted_angles)
    )


def pkt(student, teacher, labels, w1, eps=1e-7):
    def kernel(features):
        rows = features.flatten(1)
        rows = rows / (rows.norm(dim=1, keepdim=True) + eps)
        cosine = ((rows @ rows.t()).nan_to_num() + 1) / 2
        return cosine / cosine.sum(1, keepdim=True)

    k_t, k_s = kernel(teacher), kernel(student)
    return (k_t * ((k_t + eps) / (k_s + eps)).log()).mean()


def nst(student, teacher, labels, w1):
    s, t = F.normalize(student.flatten(2), dim=2), F.normalize(teacher.flatten(2), dim=2)

    def kernel(a, b):
        return torch.bmm(a, b.transpose(1, 2)).pow(2).mean()

    return kernel(t, t) + kernel(s, s) - 2 * kernel(s, t)
