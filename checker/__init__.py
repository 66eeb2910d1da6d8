"""Judges solutions of the assignment "Autoencoders"."""

import os

# For matrices as small as these, NumPy's threads would mostly wait for each
# other. It reads this once; nobody else is to.
KEY = 'OPENBLAS_NUM_THREADS'
if KEY not in os.environ:
    os.environ[KEY] = '1'
    import numpy  # noqa: F401

    del os.environ[KEY]
