"""What the mains share: options, digits, training and pictures."""
import sys
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
