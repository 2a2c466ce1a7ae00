"""The upstream files: how they are fetched, and a module for each format, which checks and reads it by one code."""
