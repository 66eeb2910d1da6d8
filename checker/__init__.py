"""Judges solutions of the assignment "Autoencoders"."""
import os

# For matrices as small as these, NumPy's threads would mostly wait.
os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
