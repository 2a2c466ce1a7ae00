"""From the upstream files to the data set and its splits."""
