"""miRLocator (Xiao et al. 2017): an encoder of words, and a decoder with attention that writes the set of locations."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mmlmirloc.declarations import Setting, with_defaults
from mmlmirloc.features import Features, Rows
from mmlmirloc.models.shared import network, tokens
from mmlmirloc.models.shared.recurrent import states_of

# Stands after the last location of a sequence, where no loss is counted.
NOTHING = -100


class Learner(network.NetworkLearner):
    """Word embeddings, BiLSTM encoder, LSTM decoder with additive attention, cross-entropy of what is written.

    The decoder writes one location after another, the one with most training rows first, and then an end. Trained, it
    is told at each step what stands before; scoring, it goes on from what is most probable. The score of a location is
    its highest probability over the steps up to the one that writes the end.

    As in the public implementation: words of four letters, widths, dropout and label smoothing; the decoder's memory
    begins as a linear image of the encoder's last state, and the embeddings of the locations are also the weights that
    predict them. Our choice: random embeddings of words where the paper has trained ones, locations by frequency where
    it goes by entropy, Adam with early stopping in place of gradient descent, no beam, and scores, since the original
    gives sets alone.
    """

    SETTINGS = (
        Setting("width", int, "width of the embeddings of words and of locations", default=100, minimum=1),
        Setting("hidden", int, "width of the decoder, and of the encoder per direction", default=100, minimum=1),
        Setting("attention", int, "width of the attention", default=512, minimum=1),
        Setting("dropout", float, "share of features left out while training", default=0.1, minimum=0, below=1),
        Setting(
            "smoothing",
            float,
            "share of the target that is spread over all locations and the end",
            default=0.1,
            minimum=0,
            below=1,
        ),
        *with_defaults(tokens.SETTINGS, vocabulary=258),
        *with_defaults(
            network.SETTINGS,
            learning_rate=0.001,
            weight_decay=0.0,
            batch_size=32,
            epochs=20,
            patience=3,
            epoch_by="loss",
        ),
    )

    TOKENS = True
    SLOW = True

    def __init__(self, settings: Mapping[str, Any], locations: list[str], seed: int):
        super().__init__(settings, locations, seed)
        # The columns of the labels in the order in which they are written.
        self.order = np.arange(len(locations))

    def prepare(self, train: Rows) -> None:
        """Take the order of the locations from ``train``: the most frequent first, the first of equals first."""
        self.order = np.argsort(-train.labels.sum(axis=0), kind="stable")

    def arrays(self, views: Mapping[str, Features]) -> list[np.ndarray]:
        """Hand the token numbers over."""
        return tokens.tokens_of(views, self.settings["vocabulary"])

    def losses(self, module, inputs, labels):
        """Return the cross-entropy of each row's sequence, summed over its steps, and the logits of the scores."""
        from torch.nn.functional import cross_entropy

        targets = written(labels, self.order)
        steps = module.told(inputs[0], targets)
        losses = cross_entropy(
            steps.transpose(1, 2),
            targets,
            ignore_index=NOTHING,
            label_smoothing=self.settings["smoothing"],
            reduction="none",
        )
        return losses.sum(dim=1), None if module.training else module(*inputs)

    def build(self, widths: list[int]):
        """Return the network; its symbols are the locations in column order, the end and the start."""
        import torch
        from torch import nn

        settings, end = self.settings, len(self.locations)
        width, hidden = settings["width"], settings["hidden"]

        class Mirlocator(nn.Module):
            def __init__(self):
                super().__init__()
                self.embedding = nn.Embedding(settings["vocabulary"], width, padding_idx=0)
                self.encoder = nn.LSTM(width, hidden, batch_first=True, bidirectional=True)
                self.bridge = nn.Linear(2 * hidden, hidden)
                self.symbols = nn.Embedding(end + 2, width)
                self.decoder = nn.LSTMCell(width + 2 * hidden, hidden)
                self.of_states = nn.Linear(2 * hidden, settings["attention"], bias=False)
                self.of_decoder = nn.Linear(hidden, settings["attention"], bias=False)
                self.energy = nn.Linear(settings["attention"], 1, bias=False)
                self.output = nn.Linear(3 * hidden + width, width)
                self.bias = nn.Parameter(torch.zeros(end + 1))
                self.dropout = nn.Dropout(settings["dropout"])

            def encode(self, numbers):
                words = self.dropout(self.embedding(numbers))
                states, filled, lengths = states_of(self.encoder, words, (numbers > 0).sum(dim=1))
                memory = self.bridge(states[torch.arange(len(states)), lengths - 1])
                context = torch.zeros(len(states), 2 * hidden)
                return states, self.of_states(states), filled, (torch.zeros_like(memory), memory), context

            def step(self, encoded, symbol):
                """Return the logits of what is written after ``symbol``, (n, end + 1), and where that leaves off."""
                states, keys, filled, state, context = encoded
                before = self.symbols(symbol)
                state = self.decoder(torch.cat([before, context], dim=1), state)
                energy = self.energy(torch.tanh(keys + self.of_decoder(state[0])[:, None, :])).squeeze(-1)
                weights = torch.softmax(energy.masked_fill(~filled, -torch.inf), dim=1)
                context = torch.einsum("np,nph->nh", weights, states)
                output = self.dropout(self.output(torch.cat([state[0], context, before], dim=1)))
                logits = output @ self.symbols.weight[: end + 1].T + self.bias
                return logits, (states, keys, filled, state, context)

            def told(self, numbers, targets):
                """Return the logits of each step, (n, steps, end + 1), where each is told what stands before."""
                encoded, steps = self.encode(numbers), []
                symbol = torch.full((len(numbers),), end + 1)
                for target in targets.T:
                    logits, encoded = self.step(encoded, symbol)
                    steps.append(logits)
                    # What follows the end is not counted.
                    symbol = target.clamp(min=0)
                return torch.stack(steps, dim=1)

            def forward(self, numbers):
                """Return the logits of the scores, (n, end)."""
                encoded, highest = self.encode(numbers), torch.zeros(len(numbers), end)
                symbol, writing = torch.full((len(numbers),), end + 1), torch.ones(len(numbers), 1, dtype=torch.bool)
                for _ in range(end):
                    logits, encoded = self.step(encoded, symbol)
                    highest = torch.where(writing, highest.maximum(torch.softmax(logits, dim=1)[:, :end]), highest)
                    symbol = logits.argmax(dim=1)
                    writing = writing & (symbol != end)[:, None]
                return torch.logit(highest, eps=1e-6)

        return Mirlocator()


def written(labels, order: np.ndarray):
    """Return the sequences of label sets: symbols in ``order``, the end, and then :data:`NOTHING`.

    Parameters
    ----------
    labels : torch.Tensor
        Shape (n, locations), 0 or 1.
    order : numpy.ndarray
        The columns in the order in which they are written.

    Returns
    -------
    torch.Tensor
        Whole numbers, shape (n, locations + 1); the end is the number of locations.
    """
    import torch

    rows, end = labels.shape
    targets = torch.full((rows, end + 1), NOTHING)
    place = torch.zeros(rows, dtype=torch.long)
    for column in map(int, order):
        holds = torch.nonzero(labels[:, column] > 0).squeeze(1)
        targets[holds, place[holds]] = column
        place[holds] += 1
    targets[torch.arange(rows), place] = end
    return targets
