"""What a prediction costs: sequences per core second by stage, memory, start, batches, processes, and the encoder.

Run by `make benchmark`, on simulated hairpins (control data); a FASTA file as the argument is predicted in their place.
Ratios compare two ways of one run on one machine. One core except where it says two.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from measuring import clocked
from torch.utils.flop_counter import FlopCounterMode

from mmlmirloc.data.minhash import digests, forget
from mmlmirloc.data.simulated import Control, simulate
from mmlmirloc.features import side_by_side
from mmlmirloc.models.shared.trees import score_forest
from mmlmirloc.predicting.cleaning import clean
from mmlmirloc.predicting.predictor import Predictor
from mmlmirloc.predicting.reading import open_records
from mmlmirloc.pretraining.checkpoint import load
from mmlmirloc.pretraining.tokens import encode, pad

PROJECT = Path(__file__).parents[2]
CHECKPOINT = PROJECT / "resources/encoder/model.safetensors"
# Records of the stages, of the single predictions, and of the encoder's one batch.
STAGED, SINGLE, BATCHED = 1000, 100, 256
# How many times the records of the shorter file stand in the longer one.
TIMES = 4
MEASURED = """
import os, subprocess, sys
_, status, usage = os.wait4(subprocess.Popen(sys.argv[1:], stderr=subprocess.DEVNULL).pid, 0)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
sys.exit(status != 0)
"""


def main(fasta: str | None = None) -> None:
    """Print the tables."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        records = [record[:2] for record in open_records(fasta or simulated(Path(folder)))]
        staged = spread(records, STAGED)
        lengths = [len(sequence) for _, sequence in staged]
        print(f"{len(staged)} of {len(records)} hairpins, mean length {np.mean(lengths):.0f}\n")
        stages(staged)
        one_by_one(spread(records, SINGLE))
        files(staged, Path(folder))
    encoder([clean(sequence).sequence for _, sequence in spread(records, BATCHED)])


def simulated(folder: Path) -> Path:
    """Write hairpins of the control data."""
    simulate(Control(hairpins=STAGED), folder)
    return folder / "hairpin.fa"


def spread(records: list, count: int) -> list:
    """Return so many records from all over a list, all of them where there are fewer."""
    return records[:: max(len(records) // count, 1)][:count]


def seconds(work) -> tuple[float, object]:
    """Return the core seconds that a call takes, and what it returns."""
    spent, result = clocked(work)
    return spent.core, result


def stages(records: list) -> None:
    """Print sequences per core second of each stage of a prediction with the shipped model."""
    times = {}
    loaded, predictor = seconds(Predictor.load)
    times["clean"], cleaned = seconds(lambda: [clean(sequence).sequence for _, sequence in records])
    sequences = [sequence for sequence in dict.fromkeys(cleaned) if sequence]
    features = {}
    for name, view in predictor.views.items():
        times[f"view {name}"], features[name] = seconds(
            lambda: view.compute(sequences, predictor.sources)  # noqa: B023
        )
    values = side_by_side(features)
    times["forests"], scores = seconds(
        lambda: np.stack([score_forest(forest, values) for forest in predictor.model.forests])
    )
    times["probabilities and sets"], _ = seconds(
        lambda: (predictor.model.rules.calibrate(scores), predictor.model.rules.predict(predictor.model.rule, scores))
    )
    times["nearest training hairpin"], _ = seconds(
        lambda: (digests(sequences), predictor.training.identities(sequences))
    )
    times["part of a training hairpin"], _ = seconds(lambda: predictor.training.hold(sequences))
    whole = sum(times.values())
    print(f"the model is loaded in {loaded:.2f} core seconds")
    print(f"{'stage':26} {'sequences/s':>12} {'share':>6}   (who hashes k-mers first pays for it)")
    for name, taken in times.items():
        print(f"{name:26} {len(sequences) / taken:12.0f} {taken / whole:6.1%}")
    print(f"{'all':26} {len(sequences) / whole:12.0f}\n", flush=True)


def one_by_one(records: list) -> None:
    """Print the ratio of a prediction for each record to one for all of them."""
    predictor = Predictor.load()
    predictor.predict(records[:1])
    forget()
    single, _ = seconds(lambda: [predictor.predict([record]) for record in records])
    forget()
    together, _ = seconds(lambda: predictor.predict(records))
    print(f"{len(records)} calls of one record / one call of all: {single / together:.1f}\n")


def files(records: list, folder: Path) -> None:
    """Print core seconds and peak memory of the command: for one record, for a file, for a longer one, on two cores."""
    # Not the same sequences again: each copy is turned around by so many bases.
    turned = [
        (f"{name}_{turn}", sequence[turn:] + sequence[:turn]) for turn in range(TIMES) for name, sequence in records
    ]
    cases = {
        "1 record": (records[:1], 1),
        f"{len(records)} records": (records, 1),
        f"{len(turned)} records": (turned, 1),
        f"{len(turned)} records, 2 processes": (turned, 2),
    }
    print(f"{'command':32} {'seconds':>8} {'records/s':>10} {'peak MB':>8}")
    for name, (given, processes) in cases.items():
        path = folder / "given.fa"
        path.write_text("".join(f">{title}\n{sequence}\n" for title, sequence in given))
        taken, memory = command(path, folder / "predictions.tsv", processes)
        print(f"{name:32} {taken:8.1f} {len(given) / taken:10.1f} {memory:8.0f}", flush=True)
    print()


def command(fasta: Path, output: Path, processes: int) -> tuple[float, float]:
    """Run the command; return its core seconds, and the peak memory in MB of its largest process."""
    words = [
        sys.executable,
        "-m",
        "mmlmirloc.command",
        "predict",
        fasta,
        "--out",
        output,
        "--processes",
        str(processes),
    ]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "scripts")}
    # By way of a small process: one that this large one starts would be said to have been as large.
    measured = [sys.executable, "-c", MEASURED, *(str(word) for word in words)]
    done = subprocess.run(measured, env=environment, capture_output=True, text=True, check=True)
    taken, memory = map(float, done.stdout.split())
    return taken, memory / 1024


def encoder(sequences: list[str]) -> None:
    """Print how near the project's encoder comes to this machine's rate of matrix products, on one core."""
    network = load(CHECKPOINT)
    tokens = torch.from_numpy(pad([encode(sequence) for sequence in sorted(sequences, key=len)]))
    batches = tokens.split(32)
    with torch.inference_mode():
        with FlopCounterMode(display=False) as counted:
            for batch in batches:
                network(batch)
        taken = min(seconds(lambda: [network(batch) for batch in batches])[0] for _ in range(3))
        one = torch.rand(1024, 1024)
        product = min(seconds(lambda: one @ one)[0] for _ in range(5))
    reached, possible = counted.get_total_flops() / taken, 2 * 1024**3 / product
    print(f"encoder, batches of 32: {len(sequences) / taken:.0f} sequences/s, {reached / 1e9:.1f} Gflop/s")
    print(f"product of two 1024 x 1024 matrices: {possible / 1e9:.1f} Gflop/s; ratio {reached / possible:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
