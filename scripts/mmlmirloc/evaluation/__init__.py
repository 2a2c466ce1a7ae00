"""From scores to decisions, metrics and the statistics that say how far to trust them."""
