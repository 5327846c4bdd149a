"""The networks of the workloads as PyTorch's users write them; networks.mjs has them in potstill."""

import torch
from torch import nn


class Basic(nn.Module):
    expansion = 1

    def __init__(self, inputs, width, stride, shortcut):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = shortcut

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inputs, width, stride, shortcut):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, width * 4, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(width * 4)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = shortcut

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class Pad(nn.Module):
    """Every second pixel, and zeros for the new channels."""

    def __init__(self, inputs, outputs):
        super().__init__()
        left = (outputs - inputs) // 2
        self.sides = (0, 0, 0, 0, left, outputs - inputs - left)

    def forward(self, x):
        return nn.functional.pad(x[:, :, ::2, ::2], self.sides)


class ResNet(nn.Module):
    def __init__(self, depth, classes):
        super().__init__()
        block, blocks = {
            18: (Basic, [2, 2, 2, 2]),
            34: (Basic, [3, 4, 6, 3]),
            50: (Bottleneck, [3, 4, 6, 3]),
        }[depth]
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inputs = 64
        for i, width in enumerate([64, 128, 256, 512]):
            layers = []
            outputs = width * block.expansion
            for j in range(blocks[i]):
                stride = 2 if i > 0 and j == 0 else 1
                shortcut = None
                if stride != 1 or inputs != outputs:
                    shortcut = nn.Sequential(
                        nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
                    )
                layers.append(block(inputs, width, stride, shortcut))
                inputs = outputs
            setattr(self, f"layer{i + 1}", nn.Sequential(*layers))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class ResNetCifar(nn.Module):
    def __init__(self, depth, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.relu = nn.ReLU(inplace=True)
        inputs = 16
        for i, width in enumerate([16, 32, 64]):
            layers = []
            for _ in range((depth - 2) // 6):
                grows = inputs != width
                shortcut = Pad(inputs, width) if grows else None
                layers.append(Basic(inputs, width, 2 if grows else 1, shortcut))
                inputs = width
            setattr(self, f"layer{i + 1}", nn.Sequential(*layers))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(64, classes)

    def forward(self, x):
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class TokenClassifier(nn.Module):
    def __init__(self, length, vocabulary, classes, layers, dim, heads):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, dim)
        self.positions = nn.Parameter(torch.empty(length, dim))
        layer = nn.TransformerEncoderLayer(
            dim, heads, 4 * dim, dropout=0.0, activation="gelu", batch_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.head = nn.Linear(dim, classes)

    def forward(self, tokens):
        return self.head(self.encoder(self.embedding(tokens) + self.positions).mean(1))


def cnn(inputs, channels, classes):
    layers = []
    for i, width in enumerate(channels):
        layers += [nn.Conv2d(inputs, width, 3, 1 if i == 0 else 2, 1), nn.ReLU()]
        inputs = width
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes)]
    return nn.Sequential(*layers)


def mlp(sizes):
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def network(workload, name):
    own, classes = workload[name], workload["classes"]
    kind = workload["network"]
    if kind == "mlp":
        return mlp(own["sizes"])
    if kind == "cnn":
        return cnn(workload["sample"][0], own["channels"], classes)
    if kind == "encoder":
        return TokenClassifier(workload["sample"][0], workload["vocabulary"], classes, **own)
    return {"resnet": ResNet, "resnetCifar": ResNetCifar}[kind](own["depth"], classes)


def load(folder, workload, name):
    """The network with the weights that potstill wrote."""
    model = network(workload, name)
    state = torch.jit.load(f"{folder}/{name}.pt").state_dict()
    model.load_state_dict({key: value.detach().clone() for key, value in state.items()})
    return model
