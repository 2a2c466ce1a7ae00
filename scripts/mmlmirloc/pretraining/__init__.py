"""A small encoder of hairpins, trained on all of miRBase to guess masked bases; see :mod:`network`."""
