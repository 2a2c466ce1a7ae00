"""What a person reads: figures, tables and the report, drawn from tables only."""
