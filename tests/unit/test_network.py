"""What all torch learners promise by the protocol, on small planted data, and their training loop and files."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from sklearn.metrics import roc_auc_score

from mmlmirloc.errors import InputError
from mmlmirloc.features import Features, Rows
from mmlmirloc.models.shared.network import NetworkLearner, scaling_of
from mmlmirloc.models.shared.network_training import micro_f1
from mmlmirloc.registry import load
from mmlmirloc.views import kmer_tokens

LOCATIONS = ["nucleus", "exosome"]
TRAINING = {
    "learning_rate": 0.01,
    "weight_decay": 0.0001,
    "batch_size": 32,
    "epochs": 40,
    "patience": 10,
    "epoch_by": "loss",
}
VIEWS = {"pooling": {"semantic": "mean_filled"}, "width": 16, "dropout": 0.3, "standardise": True}
TOKENS = {"width": 8, "hidden": 8, "vocabulary": 4**2 + 2}
LEARNERS = {
    "mvfcnet": TRAINING | VIEWS | {"common": "shared", "private": True},
    "concatenation": TRAINING | VIEWS,
    "mirlocpredictor": TRAINING | TOKENS | {"pooling": "mean_all"},
    "textrnn": TRAINING | TOKENS | {"attention": 4, "dropout": 0.3},
    "rnaloc_lm_like": TRAINING
    | {"epochs": 15, "channels": 8, "hidden": 4, "layers": 2, "heads": 2, "dropout": 0.1, "standardise": True},
    "iloc_mirna_like": TRAINING | TOKENS | {"heads": 2, "dropout": 0.1},
}
everyone = pytest.mark.parametrize("name", LEARNERS)


def planted_views(n, random):
    """Two views; a column of the first drives one label, the level of the second's filled positions the other."""
    labels = random.integers(0, 2, size=(n, 2))
    flat = random.normal(size=(n, 5)) / 100
    flat[:, 2] += 0.03 * labels[:, 0]
    lengths = random.integers(3, 7, size=n)
    filled = np.arange(6) < lengths[:, None]
    values = (random.normal(size=(n, 6, 4)) + 2 * labels[:, 1, None, None]) * filled[:, :, None]
    return Rows(
        {"lexical": Features(flat.astype(np.float32)), "semantic": Features(values.astype(np.float32), lengths)}, labels
    )


def planted_tokens(n, random):
    """Random RNA of 20 to 30 letters with GGGGG where the first label is 1 and UUUUU where the second is."""
    labels = random.integers(0, 2, size=(n, 2))
    sequences = []
    for row in labels:
        letters = random.choice(list("ACGU"), size=random.integers(20, 31))
        for motif, start, present in zip(["G" * 5, "U" * 5], [random.integers(0, 6), random.integers(10, 15)], row):
            if present:
                letters[start : start + 5] = list(motif)
        sequences.append("".join(letters))
    return Rows({"tokens": kmer_tokens.View({"k": 2, "positions": 30}).compute(sequences)}, labels)


def data(name, shuffled=False):
    """Return 200 rows to train on, 60 to stop on and 200 to test on; ``shuffled``: labels of other rows."""
    random = np.random.default_rng(7)
    rows = (planted_tokens if "vocabulary" in LEARNERS[name] else planted_views)(460, random)
    if shuffled:
        rows = Rows(rows.views, random.permutation(rows.labels))
    return [part(rows, index) for index in np.split(np.arange(460), [200, 260])]


def part(rows, index):
    return Rows({name: view.rows(index) for name, view in rows.views.items()}, rows.labels[index])


def learner_of(name):
    return load("models", name, "a test").Learner


def fitted(name, train, validation, seed=1, **settings):
    learner = learner_of(name)(LEARNERS[name] | settings, LOCATIONS, seed)
    return learner, learner.fit(train, validation)


@pytest.fixture(scope="module")
def trained():
    """Every learner trained once: name to learner, history and its three parts of the data."""
    return {name: (*fitted(name, *data(name)[:2]), data(name)) for name in LEARNERS}


@everyone
def test_a_planted_signal_is_learnt(name, trained):
    learner, _, (*_, test) = trained[name]
    scores = learner.score(test)
    assert scores.shape == (200, 2) and scores.dtype == np.float64
    assert scores.min() >= 0 and scores.max() <= 1
    assert min(roc_auc_score(test.labels, scores, average=None)) > 0.9


@everyone
def test_shuffled_labels_are_not(name):
    train, validation, test = data(name, shuffled=True)
    scores = fitted(name, train, validation, epochs=10)[0].score(test)
    assert roc_auc_score(test.labels, scores, average=None) == pytest.approx(0.5, abs=0.12)


def weights_of(learner, tmp_path):
    learner.save(tmp_path / "fold-00.model")
    return (tmp_path / "fold-00.model").read_bytes()


@everyone
def test_the_seed_decides_the_weights_and_nothing_else_random_does(name, tmp_path):
    train, validation, _ = data(name)
    torch.manual_seed(5)
    first, history = fitted(name, train, validation, epochs=3)
    torch.manual_seed(6)
    again, again_history = fitted(name, train, validation, epochs=3)
    other, _ = fitted(name, train, validation, epochs=3, seed=2)
    assert weights_of(again, tmp_path) == weights_of(first, tmp_path)
    assert again_history == history
    assert weights_of(other, tmp_path) != weights_of(first, tmp_path)


def unlike(rows):
    """Return rows that have nothing in common with ``rows``: other values and the opposite labels."""
    views = {
        name: replace(view, values=view.values[::-1] * (1 if view.values.dtype.kind == "i" else 100) + 1)
        for name, view in rows.views.items()
    }
    return Rows({name: replace(v, values=np.minimum(v.values, 17)) for name, v in views.items()}, 1 - rows.labels)


@everyone
def test_validation_rows_only_choose_the_epoch(name, tmp_path):
    train, validation, _ = data(name)
    # With one epoch there is nothing to choose: scaling and weights are the training rows' alone.
    one, _ = fitted(name, train, validation, epochs=1)
    same, _ = fitted(name, train, unlike(validation), epochs=1)
    assert weights_of(same, tmp_path) == weights_of(one, tmp_path)
    # With more, training goes the same way until it stops.
    longer = fitted(name, train, validation, epochs=6, patience=6)[1]
    shorter = fitted(name, train, unlike(validation), epochs=6, patience=2)[1]
    both = range(len(shorter))
    assert [shorter[epoch]["train_loss"] for epoch in both] == [longer[epoch]["train_loss"] for epoch in both]
    assert [shorter[epoch]["validation_loss"] for epoch in both] != [longer[epoch]["validation_loss"] for epoch in both]


def cross_entropy(labels, scores):
    return -np.mean(labels * np.log(scores) + (1 - labels) * np.log(1 - scores))


@everyone
def test_training_stops_after_patience_and_keeps_the_best_epoch(name):
    # Few rows with labels of no meaning are learnt by heart, so the validation loss soon rises.
    train, validation, _ = data(name, shuffled=True)
    learner, history = fitted(name, part(train, np.arange(30)), validation, learning_rate=0.05, patience=4, epochs=100)
    losses = [epoch["validation_loss"] for epoch in history]
    best = int(np.argmin(losses))
    assert [epoch["epoch"] for epoch in history] == list(range(1, len(history) + 1))
    assert len(history) == best + 1 + 4 < 100
    assert losses[-1] > losses[best] + 0.002
    assert cross_entropy(validation.labels, learner.score(validation)) == pytest.approx(losses[best], abs=1e-5)


@everyone
def test_the_last_epoch_is_kept_when_it_is_the_best(name):
    train, validation, _ = data(name)
    learner, history = fitted(name, train, validation, epochs=2, learning_rate=0.001)
    assert history[1]["validation_loss"] < history[0]["validation_loss"]
    loss = cross_entropy(validation.labels, learner.score(validation))
    assert loss == pytest.approx(history[1]["validation_loss"], abs=1e-5)


class Line(NetworkLearner):
    """One number in, one logit out, weights 0 at the start: small enough to train by hand."""

    def arrays(self, views):
        return [view.values for view in views.values()]

    def build(self, widths):
        line = torch.nn.Linear(widths[0], 1)
        torch.nn.init.zeros_(line.weight)
        torch.nn.init.zeros_(line.bias)
        return line


def test_the_first_epoch_by_hand():
    # One batch of logits 0: the loss is log 2. Adam's first step is learning_rate against each gradient's sign:
    # the mean of (1/2 - label) x is -1/4 and of (1/2 - label) is 1/4, so weight 0.1 and bias -0.1.
    values, labels = np.array([[1.0], [2.0], [-1.0], [0.0]]), np.array([[0], [1], [0], [0]])
    settings = {
        "learning_rate": 0.1,
        "weight_decay": 0,
        "batch_size": 4,
        "epochs": 1,
        "patience": 1,
        "epoch_by": "loss",
    }
    learner = Line(settings, ["nucleus"], 1)
    rows = Rows({"lexical": Features(values)}, labels)
    (epoch,) = learner.fit(rows, rows)
    scores = 1 / (1 + np.exp(-(0.1 * values - 0.1)))
    assert epoch["train_loss"] == pytest.approx(np.log(2))
    assert epoch["validation_loss"] == pytest.approx(cross_entropy(labels, scores))
    assert learner.score(rows) == pytest.approx(scores)


def test_micro_f1_by_hand():
    # Logits from 0 on are predicted. Of the first network's, two of three predictions are right, and two of three
    # labels are found; its last row does not count. The second predicts nothing, and there is nothing.
    logits = torch.tensor([[[0.0, -1.0], [2.0, 3.0], [1.0, 1.0]], [[-1.0, -1.0]] * 3])
    labels = torch.tensor([[[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0]] * 3])
    counted = torch.tensor([[[1.0], [1.0], [0.0]], [[1.0], [1.0], [1.0]]])
    assert micro_f1(labels, logits, counted).tolist() == [pytest.approx(2 / 3), 0]


def test_the_best_epoch_by_micro_f1_is_kept_and_training_stops_after_patience():
    train, validation, _ = data("mvfcnet", shuffled=True)
    learner, history = fitted(
        "mvfcnet",
        part(train, np.arange(30)),
        validation,
        learning_rate=0.005,
        patience=4,
        epochs=100,
        epoch_by="micro_f1",
    )
    values = [epoch["validation_micro_f1"] for epoch in history]
    assert len(history) == int(np.argmax(values)) + 1 + 4 < 100
    predicted, labels = learner.score(validation) >= 0.5, validation.labels
    assert 2 * (predicted & labels).sum() / (predicted.sum() + labels.sum()) == pytest.approx(max(values), abs=1e-6)
    # The epoch of the lowest loss is another one, so that the choice shows.
    assert np.argmin([epoch["validation_loss"] for epoch in history]) != np.argmax(values)


@everyone
def test_learners_that_are_fitted_together_are_those_that_are_fitted_alone(name, tmp_path):
    train, validation, _ = data(name)
    points = [{"learning_rate": 0.01}, {"learning_rate": 0.002}]
    if name in ("mvfcnet", "concatenation"):
        points.append({"pooling": {"semantic": "mean_all+maximum"}})
    points = [LEARNERS[name] | {"epochs": 2} | point for point in points]
    together = [learner_of(name)(point, LOCATIONS, 1) for point in points]
    histories = learner_of(name).fit_many(together, [(train, validation)] * len(points))
    for point, one, history in zip(points, together, histories, strict=True):
        alone, own_history = fitted(name, train, validation, **point)
        assert own_history == history
        assert weights_of(alone, tmp_path) == weights_of(one, tmp_path)


@pytest.mark.parametrize("name", ["mvfcnet", "concatenation"])
def test_networks_side_by_side_are_those_that_are_trained_alone(name, tmp_path):
    # Parts of other sizes, of which two make as many batches; each network stops when it should, one of them last.
    train, validation, _ = data(name)
    parts = [
        (part(train, np.arange(rows)), part(validation, np.arange(stop)))
        for rows, stop in [(170, 60), (190, 41), (100, 50), (175, 13), (97, 5)]
    ]
    settings = LEARNERS[name] | {"epochs": 30, "patience": 2}
    together = [learner_of(name)(settings, LOCATIONS, seed) for seed in range(len(parts))]
    histories = learner_of(name).fit_many(together, parts)
    assert len({len(history) for history in histories}) > 2
    for seed, (one, rows, history) in enumerate(zip(together, parts, histories, strict=True)):
        alone, own_history = fitted(name, *rows, seed=seed, **settings)
        assert own_history == history
        assert weights_of(alone, tmp_path) == weights_of(one, tmp_path)


def test_one_network_that_diverges_is_told_whatever_is_trained_beside_it():
    train, validation, _ = data("mvfcnet")
    broken = Rows(
        {name: Features(view.values * np.nan, view.lengths) for name, view in train.views.items()}, train.labels
    )
    learners = [learner_of("mvfcnet")(LEARNERS["mvfcnet"], LOCATIONS, seed) for seed in range(2)]
    with pytest.raises(InputError, match="diverged"):
        learner_of("mvfcnet").fit_many(learners, [(train, validation), (broken, validation)])


def test_standardised_columns_by_hand():
    flat = np.array([[1.0, 5.0], [3.0, 5.0]], dtype=np.float32)
    by_position = np.array([[[0.0], [2.0]], [[4.0], [6.0]]], dtype=np.float32)
    scaling = scaling_of([flat, by_position])
    assert {name: value.tolist() for name, value in scaling.items()} == {
        "mean_0": [2, 5],
        "spread_0": [1, 1],  # the second column is constant
        "mean_1": [3],
        "spread_1": [pytest.approx(np.sqrt(5))],
    }


def test_a_constant_column_has_spread_one_though_its_value_is_no_binary_fraction():
    # The float32 mean of 378 times 0.1 is not 0.1, which made a spread of 7e-9 and values of 1e8 in other rows.
    assert scaling_of([np.full((378, 1), 0.1, dtype=np.float32)])["spread_0"].tolist() == [1]


def test_standardising_makes_the_scale_of_a_view_irrelevant():
    def scaled(rows):
        lexical = Features(rows.views["lexical"].values * 1000 + 50)
        return replace(rows, views=rows.views | {"lexical": lexical})

    train, validation, test = data("mvfcnet")
    as_it_is = fitted("mvfcnet", train, validation, epochs=3)[0].score(test)
    rescaled = fitted("mvfcnet", scaled(train), scaled(validation), epochs=3)[0].score(scaled(test))
    assert rescaled == pytest.approx(as_it_is, abs=1e-3)
    raw = fitted("mvfcnet", scaled(train), scaled(validation), epochs=3, standardise=False)[0].score(scaled(test))
    assert np.abs(raw - as_it_is).max() > 0.1


@pytest.mark.parametrize("wrong", ["views", "learning rate"])
def test_training_that_diverges_is_said(wrong):
    train, validation, _ = data("mvfcnet")
    if wrong == "views":
        train = replace(train, views=train.views | {"lexical": Features(np.full((200, 5), np.nan))})
    rate = 0.01 if wrong == "views" else 1e30
    with pytest.raises(InputError, match="Training diverged: none of 3 epochs had a finite validation loss") as caught:
        fitted("mvfcnet", train, validation, epochs=3, learning_rate=rate)
    assert caught.value.where == f"mmlmirloc.models.mvfcnet, learning_rate {rate}"
    assert "lower learning_rate" in caught.value.hint


def truncated(path):
    path.write_bytes(path.read_bytes()[:-10])


def emptied(path):
    path.write_bytes(b"")


def replaced_by_a_page(path):
    path.write_text("<html>not found</html>")


def without_widths(path):
    save_file(load_file(path), path)


def without_a_tensor(path):
    tensors = load_file(path)
    del tensors["module.predict.bias"]
    save_file(tensors, path, metadata={"widths": "[5, 4]"})


def with_broken_widths(path):
    save_file(load_file(path), path, metadata={"widths": "[5, "})


def of_another_width(path):
    save_file(load_file(path), path, metadata={"widths": "[5, 9]"})


@pytest.mark.parametrize(
    "damage",
    [truncated, emptied, replaced_by_a_page, without_widths, without_a_tensor, with_broken_widths, of_another_width],
)
def test_a_damaged_file_is_named(damage, trained, tmp_path):
    path = tmp_path / "fold-00.model"
    trained["mvfcnet"][0].save(path)
    damage(path)
    with pytest.raises(InputError, match="A cached file is damaged") as caught:
        learner_of("mvfcnet").load(path, LEARNERS["mvfcnet"], LOCATIONS)
    assert caught.value.where == str(path)
    assert caught.value.hint == "delete it and run the same command again"


def test_a_file_of_another_learner_is_refused(trained, tmp_path):
    path = tmp_path / "fold-00.model"
    trained["mvfcnet"][0].save(path)
    with pytest.raises(InputError, match="A cached file is damaged"):
        learner_of("concatenation").load(path, LEARNERS["concatenation"], LOCATIONS)


def test_saving_leaves_one_file_and_no_pickle(trained, tmp_path):
    trained["mvfcnet"][0].save(tmp_path / "fold-00.model")
    assert [path.name for path in tmp_path.iterdir()] == ["fold-00.model"]
    tensors = load_file(tmp_path / "fold-00.model")
    assert {name.split(".")[0] for name in tensors} == {"module", "scaling"}
