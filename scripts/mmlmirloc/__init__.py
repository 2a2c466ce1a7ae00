"""Library of the MMLmiRLoc workflow: one package per stage, imported downwards along the road.

data -> views -> models -> evaluation -> reporting. Nothing here reads the Snakemake object or
the config file: functions take typed arguments.
"""

__version__ = "0.1.0"
