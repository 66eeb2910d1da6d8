"""The assignment: its modules, the arguments of its scripts, and its table."""

from checker.mistakes import fix  # noqa: F401
from checker.sentences import table  # noqa: F401

MODULES = ['0-vanilla', '1-sparse', '2-convolutional', '3-variational']
TITLES = [name[2:] for name in MODULES]
# The arguments of the main scripts.
MAIN = {
    0: (784, [128, 64], 32),
    1: (784, [128, 64], 32, 10e-6),
    2: ((28, 28, 1), [16, 8, 8], (4, 4, 8)),
    3: (784, [512], 2),
}
NAMES = {
    0: ('input_dims', 'hidden_layers', 'latent_dims'),
    1: ('input_dims', 'hidden_layers', 'latent_dims', 'lambtha'),
    2: ('input_dims', 'filters', 'latent_dims'),
    3: ('input_dims', 'hidden_layers', 'latent_dims'),
}
