"""Syntactic view: skip-gram word2vec over overlapping k-mers (eq. 3-4 of the paper)."""

from collections.abc import Mapping, Sequence

import numpy as np

from mmlmirloc.declarations import Setting
from mmlmirloc.errors import InputError
from mmlmirloc.features import Features
from mmlmirloc.views import base, kmer_tokens
from mmlmirloc.views.kmer_tokens import words


class View(base.View):
    """Vectors of overlapping words by position (eq. 3-4).

    The paper names the skip-gram, 120 positions and a width of 256; the rest is our choice.
    """

    SETTINGS = (
        *kmer_tokens.View.SETTINGS,
        Setting("width", int, "width of a word's vector", minimum=1),
        Setting("window", int, "neighbours to either side that a word is to predict", minimum=1),
        Setting("negative", int, "words drawn as counterexamples for each word", minimum=1),
        Setting("epochs", int, "passes over the training rows", minimum=1),
    )

    FITTED = True

    def fit(self, sequences: Sequence[str], seed: int) -> dict[str, np.ndarray]:
        """Train word vectors on ``sequences`` (the training rows of one fold) and on nothing else.

        Parameters
        ----------
        sequences : sequence of str
            RNA of the fold's training rows.
        seed : int
            gensim is deterministic for a seed on one worker.

        Returns
        -------
        dict
            ``words`` (v,) and ``vectors`` (v, width), by falling frequency.

        Raises
        ------
        InputError
            When no sequence has as many as ``k`` letters.
        """
        from gensim.models import Word2Vec

        sentences = [words(sequence, self.settings["k"]) for sequence in sequences]
        if not any(sentences):
            raise InputError(
                f"None of {len(sequences)} training sequences holds a word of {self.settings['k']} letters",
                "k of a word2vec view in config/views.yaml",
                "a k no longer than the sequences",
                "lower k",
            )
        model = Word2Vec(
            sentences=sentences,
            sg=1,
            vector_size=self.settings["width"],
            window=self.settings["window"],
            negative=self.settings["negative"],
            epochs=self.settings["epochs"],
            min_count=1,
            workers=1,
            seed=seed % 2**32,
        )
        return {"words": np.array(model.wv.index_to_key), "vectors": np.asarray(model.wv.vectors, dtype=np.float32)}

    def transform(self, fitted: Mapping[str, np.ndarray], sequences: Sequence[str]) -> Features:
        """Look the words of each sequence up.

        Returns
        -------
        Features
            Values (n, ``positions``, ``width``), zero padded; 120 x 256 in the paper. A word that the
            training rows do not hold is a zero vector.
        """
        number = {word: row for row, word in enumerate(fitted["words"].tolist())}
        table = np.vstack([fitted["vectors"], np.zeros((1, fitted["vectors"].shape[1]), dtype=np.float32)])
        unknown, positions = len(number), self.settings["positions"]
        index = np.full((len(sequences), positions), unknown, dtype=np.int64)
        lengths = np.zeros(len(sequences), dtype=np.int64)
        for row, sequence in enumerate(sequences):
            numbers = [number.get(word, unknown) for word in words(sequence, self.settings["k"])][:positions]
            index[row, : len(numbers)] = numbers
            lengths[row] = len(numbers)
        return Features(table[index], lengths)
