"""Our Adam changes parameters as torch's own class does, to the bit, and imports no compiler."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from mmlmirloc.models.shared.optimiser import Adam

SCRIPTS = Path(__file__).parents[2] / "scripts"


def trained(optimiser_of, steps=25):
    """Train a network whose last layer has no gradient in the first steps; return its parameters after each step."""
    torch.manual_seed(1)
    network = torch.nn.Sequential(torch.nn.Linear(7, 33), torch.nn.ReLU(), torch.nn.Linear(33, 4))
    later = torch.nn.Linear(4, 4)
    parameters = [*network.parameters(), *later.parameters()]
    optimiser = optimiser_of(parameters)
    generator, seen = torch.Generator().manual_seed(2), []
    for step in range(steps):
        inputs, labels = torch.randn(16, 7, generator=generator), torch.rand(16, 4, generator=generator).round()
        logits = network(inputs) if step < 5 else later(network(inputs))
        optimiser.zero_grad()
        torch.nn.BCEWithLogitsLoss()(logits, labels).backward()
        optimiser.step()
        seen.append(torch.cat([parameter.detach().ravel() for parameter in parameters]).numpy().tobytes())
    return seen


@pytest.mark.parametrize(("learning_rate", "weight_decay"), [(0.001, 0.0), (0.008, 0.0001), (0.5, 0.1)])
def test_parameters_are_those_of_torch(learning_rate, weight_decay):
    ours = trained(lambda parameters: Adam(parameters, learning_rate, weight_decay))
    theirs = trained(
        lambda parameters: torch.optim.Adam(parameters, lr=learning_rate, weight_decay=weight_decay, fused=True)
    )
    assert ours == theirs
    assert len(set(ours)) == len(ours)


@pytest.mark.parametrize("learner", ["mvfcnet", "textrnn"])
def test_training_does_not_import_the_compiler(learner):
    """A tiny network of each kind, in a process of its own."""
    code = f"""
import sys
import numpy as np
from mmlmirloc.features import Features, Rows
from mmlmirloc.models import {learner}
settings = dict(pooling={{}} if {learner == "mvfcnet"} else "mean_all", width=4, common="shared", private=True,
                dropout=0.0, hidden=4, standardise={learner == "mvfcnet"}, attention=2, vocabulary=6,
                learning_rate=0.01, weight_decay=0.0, batch_size=4, epochs=2, patience=1, epoch_by="loss")
tokens = Features(np.ones((8, 5), dtype=np.int64), np.full(8, 5))
view = Features(np.arange(16, dtype=np.float32).reshape(8, 2)) if {learner!r} == "mvfcnet" else tokens
rows = Rows({{"view": view}}, np.tile([[0, 1], [1, 0]], (4, 1)))
{learner}.Learner(settings, ["a", "b"], 1).fit(rows, rows)
print("torch._dynamo" in sys.modules)
"""
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("False\n", "", 0)
