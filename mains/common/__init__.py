"""What the mains share: options, digits, training and pictures."""

import importlib
import os
import sys
import warnings
from pathlib import Path

# The folder of the four modules, which the mains import by name.
ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

# The modules, each with the arguments that the assignment gives it.
ARGUMENTS = {
    '0-vanilla': (784, [128, 64], 32),
    '1-sparse': (784, [128, 64], 32, 10e-6),
    '2-convolutional': ((28, 28, 1), [16, 8, 8], (4, 4, 8)),
    '3-variational': (784, [512], 2),
}

# A notebook hands Matplotlib's backend for notebooks to its child processes,
# whose environment may lack it: then Matplotlib, which Keras imports, fails.
backend = os.environ.get('MPLBACKEND', '')
if backend.startswith('module://'):
    try:
        importlib.import_module(backend[len('module://') :])
    except ImportError:
        del os.environ['MPLBACKEND']

# As by PYTHONWARNINGS=error: matplotlib, Keras and TensorFlow do warn.
if any(option.startswith('error') for option in sys.warnoptions):
    warnings.simplefilter('default')
