"""The atlas of known miRNAs: what the models predict for every hairpin and every mature miRNA of miRBase, by name.

``molecules`` and ``hairpins`` make it, in the workflow; ``shipped``, ``names``, ``lookup`` and ``words`` use it, and
need no pandas before a table is asked for, so that looking up a name takes no longer than starting Python.
"""
