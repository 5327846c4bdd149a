// The networks of the workloads in potstill; torch_networks.py has the same under the same paths.

import { models, nn } from "../../dist/index.js";

function cnn({ sample, classes }, { channels }) {
  const layers = channels.flatMap((width, index) => [
    nn.conv2d(index === 0 ? sample[0] : channels[index - 1], width, 3, {
      stride: index === 0 ? 1 : 2,
      padding: 1,
    }),
    nn.relu(),
  ]);
  return nn.sequential(
    ...layers,
    nn.adaptiveAvgPool2d(1),
    nn.flatten(),
    nn.linear(channels.at(-1), classes),
  );
}

/** Token numbers to classes: embeddings, encoder, mean over the tokens. */
function encoder({ sample, vocabulary, classes }, { layers, dim, heads }) {
  const layer = nn.transformerEncoderLayer(dim, heads, {
    dimFeedforward: 4 * dim,
    activation: "gelu",
    dropout: 0,
    batchFirst: true,
  });
  return nn.script({
    className: "TokenClassifier",
    modules: {
      embedding: nn.embedding(vocabulary, dim),
      encoder: nn.transformerEncoder(layer, layers),
      head: nn.linear(dim, classes),
    },
    parameters: {
      positions: { shape: [sample[0], dim], init: { kind: "normal", mean: 0, std: 0.02 } },
    },
    source: `def forward(self, tokens: Tensor) -> Tensor:
    x = self.embedding(tokens) + self.positions
    return self.head(self.encoder(x).mean(1))
`,
  });
}

const makers = {
  cnn,
  encoder,
  mlp: (_, { sizes }) => nn.mlp(sizes),
  resnet: ({ classes }, { depth }) => models[`resnet${depth}`]({ classes }),
  resnetCifar: ({ classes }, { depth }) => models.resnetCifar(depth, { classes }),
};

/** The description of a workload's `teacher` or `student`. */
export function network(workload, name) {
  return makers[workload.network](workload, workload[name]);
}
