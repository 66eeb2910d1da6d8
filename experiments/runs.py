"""What the recordings share: the modules, fast training, and where to."""

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / 'mains')]

from common import ARGUMENTS  # noqa: E402
from common.digits import load_digits, scaled  # noqa: E402, F401
from common.options import add_data  # noqa: E402
from common.start import keras  # noqa: E402
from common.training import (  # noqa: E402
    compiled_for_speed,
    shuffled_batches,
    validation_batches,
)

DOCS = ROOT / 'docs'
BATCH = 256
# What docs/exercises.md changes in 3-variational.py: from, to.
ADDED = 'self.add_loss(tf.reduce_mean(divergence))'
FED = 'decoder(encoder(inputs)[0])'
EXERCISES = {
    'no divergence': {ADDED: f'# {ADDED}'},
    'divergence times 10': {ADDED: ADDED.replace('(tf', '(10 * tf')},
    'decoder fed the mean': {FED: FED.replace('0', '1')},
}
COMPILED = "loss='binary_crossentropy', loss_weights=[input_dims]"
CHANGES = {
    **EXERCISES,
    'cross-entropy averaged': {COMPILED: COMPILED.replace('input_dims', '1')},
    # Then Keras 2 reports the mean over the batches, not over the digits, of
    # which the last batch of an epoch has fewer.
    'decoder fed the mean, loss added': {
        **EXERCISES['decoder fed the mean'],
        'auto.compile(': (
            'auto.add_loss(input_dims * keras.backend.mean(keras.losses.'
            'binary_crossentropy(inputs, auto.output)))\n    auto.compile('
        ),
        COMPILED: '',
    },
}


def parser_with_data(description):
    """Return an argparse parser with the mains' option `--data`."""
    parser = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_data(parser)
    return parser


def imported(module, change=None):
    """Return `autoencoder` of a module, with one of the `CHANGES` or none."""
    if not change:
        return __import__(module).autoencoder
    namespace = {'__name__': module}
    exec(changed_source(module, change), namespace)
    return namespace['autoencoder']


def changed_source(module, change):
    """Return the text of a module with one of the `CHANGES`.

    Raises:
        ValueError: If the module does not have what is changed exactly once.
    """
    source = (ROOT / f'{module}.py').read_text(encoding='utf-8')
    for old, new in CHANGES[change].items():
        if source.count(old) != 1:
            raise ValueError(f'{module}.py should have {old!r} once')
        source = source.replace(old, new)
    return source


def build(module, *arguments, seed=0, change=None):
    """Return the models of a module, by default as the assignment's script."""
    keras.utils.set_random_seed(seed)
    return imported(module, change)(*arguments or ARGUMENTS[module])


def train(auto, pixels, x_test, epochs, seed=0):
    """Train the way the mains do; return the losses of each epoch.

    `pixels` are bytes, `x_test` is in [0, 1]; the seed decides their order.
    """
    options = SimpleNamespace(batch_size=BATCH, seed=seed, epochs=epochs)
    batches, steps = shuffled_batches(pixels, options)
    with compiled_for_speed(auto, steps):
        return auto.fit(
            batches,
            steps_per_epoch=steps,
            epochs=epochs,
            validation_data=validation_batches(x_test),
            shuffle=False,
            verbose=2,
        ).history


@contextlib.contextmanager
def programs_run(name):
    """Run the programs of a text of docs/ as one, and yield their folder."""
    text = (DOCS / name).read_text(encoding='utf-8')
    program = '\n'.join(re.findall('```python\n(.*?)```', text, re.S))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / 'mains').symlink_to(ROOT / 'mains')  # for its digits
        subprocess.run(
            [sys.executable, '-c', program],
            cwd=folder,
            check=True,
            env={**os.environ, 'PYTHONPATH': str(ROOT)},
        )
        yield Path(folder)


def record(name, content):
    """Write a JSON file of the results, a list of numbers in one line."""
    text = re.sub(
        r'\[[^][{}]*\]',
        lambda match: ' '.join(match[0].split()),
        json.dumps(content, indent=1),
    )
    (ROOT / 'experiments' / 'results' / name).write_text(text + '\n')


def squeeze(path):
    """Reduce a picture to 256 colours, which suits a repository."""
    from PIL import Image

    with Image.open(path) as image:
        image.convert('RGB').quantize(256).save(path, optimize=True)
