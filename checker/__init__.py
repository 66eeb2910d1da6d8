"""Judges a solution of the assignment by what its models do."""
