"""What the mains share: options, digits, training and pictures."""
import importlib
import os
import sys
from pathlib import Path

# The folder of the four modules, which the mains import by name.
ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

# A notebook hands Matplotlib's backend for notebooks to its child processes,
# whose environment may lack it: then Matplotlib, which Keras imports, fails.
backend = os.environ.get('MPLBACKEND', '')
if backend.startswith('module://'):
    try:
        importlib.import_module(backend[len('module://'):])
    except ImportError:
        del os.environ['MPLBACKEND']
