"""What the recordings share: the modules, fast training, and where to."""
import argparse
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / 'mains')]

from common.digits import load_digits, scaled  # noqa: E402, F401
from common.formulas import cross_entropy, divergence  # noqa: E402, F401
from common.options import add_data  # noqa: E402
from common.pictures import (  # noqa: E402, F401
    draw_images,
    draw_latent_plane,
    plt,
    save_figure,
)
from common.start import keras  # noqa: E402
from common.training import compiled_for_speed, shuffled_batches  # noqa: E402

DOCS = ROOT / 'docs'
RESULTS = ROOT / 'experiments' / 'results'
# The architectures of the assignment's main scripts.
ARGUMENTS = {
    '0-vanilla': (784, [128, 64], 32),
    '1-sparse': (784, [128, 64], 32, 10e-6),
    '2-convolutional': ((28, 28, 1), [16, 8, 8], (4, 4, 8)),
    '3-variational': (784, [512], 2),
}
BATCH = 256


def parser_with_data(description):
    """Return an argparse parser with the mains' option `--data`."""
    parser = argparse.ArgumentParser(description=description)
    add_data(parser)
    return parser


def build(module, *arguments, seed=0, change=None):
    """Return the models of a module, by default the assignment's.

    Args:
        module: String, its name.
        *arguments: What to give to its `autoencoder`.
        seed: Integer, decides the weights.
        change: Pair of strings, a text that is once in the module and what
            to put in its place; or None.
    """
    keras.utils.set_random_seed(seed)
    if change:
        text = (ROOT / f'{module}.py').read_text(encoding='utf-8')
        if text.count(change[0]) != 1:
            raise ValueError(f'{module}.py should have {change[0]!r} once')
        namespace = {'__name__': module}
        exec(text.replace(*change), namespace)
        autoencoder = namespace['autoencoder']
    else:
        autoencoder = __import__(module).autoencoder
    return autoencoder(*arguments or ARGUMENTS[module])


def train(auto, x_train, x_test, epochs, seed=0):
    """Train the way the mains do.

    Args:
        auto: Compiled Keras model.
        x_train: Array `(n, ...)`, the inputs to learn.
        x_test: Array `(n, ...)`, the inputs for `val_loss`.
        epochs: Integer.
        seed: Integer, which decides the order of the inputs.

    Returns:
        Dictionary of the losses of each epoch.
    """
    options = SimpleNamespace(batch_size=BATCH, seed=seed, epochs=epochs)
    batches, steps = shuffled_batches(x_train, options)
    with compiled_for_speed(auto, steps):
        return auto.fit(batches, steps_per_epoch=steps, epochs=epochs,
                        validation_data=(x_test, x_test), shuffle=False,
                        verbose=2).history


def record(name, content):
    """Write what JSON can hold to the file `name` of the results."""
    RESULTS.mkdir(exist_ok=True)
    # A list of numbers stays in one line.
    text = re.sub(r'\[[^][{}]*\]', lambda match: ' '.join(match[0].split()),
                  json.dumps(content, indent=1))
    (RESULTS / name).write_text(text + '\n')


def squeeze(path):
    """Reduce a picture to 256 colours, which suits a repository."""
    from PIL import Image
    with Image.open(path) as image:
        image.convert('RGB').quantize(256).save(path, optimize=True)
