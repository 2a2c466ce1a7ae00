"""Figures. One module per figure: ``prepare`` selects the data drawn, ``draw`` draws them.

A figure is remade when its own module, or one that it imports, is edited; what several share is in ``areas``,
``curves``, ``dataset``, ``marks`` and ``scores``.
"""
