"""Checks solutions of the assignment by what their models compute."""
