"""Views of a sequence. One module per kind; a module declares ``KIND = True`` and ``FITTED``.

A kind that needs no fitting has ``compute(sequences, settings) -> Features``.
A fitted kind has ``fit(sequences, settings, seed) -> dict[str, numpy.ndarray]`` and
``transform(fitted, sequences, settings) -> Features``.
Modules are imported while the workflow is planned: heavy libraries belong inside functions.
"""
