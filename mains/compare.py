#!/usr/bin/env python3
"""Put trained models side by side on one page to draw on.

It reads the pages that the training scripts wrote, and trains nothing.
"""

import argparse
import json
import re
import shutil
import sys
import tempfile
import textwrap
from pathlib import Path

import numpy as np

# Python puts it there, but not with the option -P.
sys.path.insert(0, str(Path(__file__).parent))

from common import ARGUMENTS, ROOT
from common.digits import load_digits, scaled
from common.formulas import cross_entropy
from common.options import add_data, add_modules
from common.program import (
    fail,
    make_output_folder,
    run,
    write_atomically,
)

RESULTS = ROOT / 'results'
MOST = 8


def main():
    """Read the models, and write their page."""
    options = parse_options()
    _, (x_test, labels) = load_digits(options.data, (784,))
    x_test = scaled(x_test)
    from page import page  # imported late: it takes seconds

    models = [
        read(folder, x_test, labels, options.bits)
        for folder in options.folders
    ]
    names = titles(options.folders, models)
    for model, name in zip(models, names):
        model['title'] = name
    heading = 'Autoencoders, side by side'
    if len(models) == 1:
        heading = f'{names[0]} autoencoder'
    text = page(heading, models, x_test, labels)
    write_atomically(options.output, text.encode())
    print(f'Open {options.output} in a browser to draw on it')


def parse_options():
    """Parse the command line, and look whether the files are there.

    Returns:
        A namespace of `folders`, a list of `Path`s, `modules`, a `Path` or
        None, `data`, a `Path` or None, `bits`, an integer or None, and
        `output`, a `Path`.

    Raises:
        SystemExit: With status 2 and one line, if something is wrong.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        'folders',
        nargs='*',
        type=Path,
        metavar='DIR',
        help=f'compare the trained models in these folders, up to {MOST} '
        '(default: those in results)',
    )
    add_data(parser)
    add_modules(
        parser,
        'if no folder is given, compare each model that was trained with '
        'this --modules to ours',
    )
    parser.add_argument(
        '--bits',
        type=int,
        choices=(8, 16, 32),
        help='store each weight on the page in this many bits (at least 16 in '
        'small kernels), and print how the reconstructions change '
        '(default: 32, or 16 for a large model)',
    )
    parser.add_argument(
        '--output',
        type=Path,
        metavar='FILE.html',
        default=RESULTS / 'compare.html',
        help='write the page to this file (default: results/compare.html)',
    )
    options = parser.parse_args()
    options.folders = options.folders or found(options.modules)
    if len(options.folders) > MOST:
        fail(
            f'a page has room for {MOST} models. Received: '
            f'{len(options.folders)} folders'
        )
    for folder in options.folders:
        if not (folder / 'explore.html').is_file():
            fail(
                f'there is no {folder / "explore.html"}: name folders '
                'that a main has written its page to'
            )
    make_output_folder(options.output.parent)
    return options


def found(modules):
    """Return the folders of results: ours, or with those of a learner.

    Args:
        modules: `Path` of the folder of a learner's modules, or None.
    """
    where = RESULTS
    if modules:
        where = RESULTS / modules.resolve().name
    folders = []
    for file in sorted(where.glob('*/explore.html')):
        ours = RESULTS / file.parent.name
        if modules and (ours / 'explore.html').is_file():
            folders.append(ours)
        folders.append(file.parent)
    if not folders:
        fail(
            f'there are no trained models in {where}: run a main first, '
            'such as mains/0-main.py, or give its output folder'
        )
    return folders


def read(folder, x_test, labels, bits):
    """Return the description of a model, from its page or anew.

    Args:
        folder: `Path` of what a main has written.
        x_test, labels: The test digits, and their labels.
        bits: Integer, the bits of a weight, or None to keep them.
    """
    file = folder / 'explore.html'
    try:
        data = json.loads(
            re.search(
                '<script type="application/json" id="data">(.*?)</script>',
                file.read_text('utf-8'),
                re.S,
            )[1]
        )
        (model,) = data['models']
    except (KeyError, TypeError, ValueError):
        fail(f'{file} is not a page that a main has written')
    if bits:
        return describe_anew(folder, model['title'], x_test, labels, bits)
    unknown = [
        model[part].get('unknown')
        for part in ('encoder', 'decoder')
        if model[part].get('unknown')
    ]
    from page.contents import hold

    if unknown and data['digits'] != hold(x_test, labels)['digits']:
        fail(
            f'{file} has what Keras computed of other test digits: give the '
            'same --data as to its main'
        )
    return model


def describe_anew(folder, title, x_test, labels, bits):
    """Round the weights of a model, print what that changes, describe it."""
    from page import UNFOLDING
    from page.contents import describe

    encoder, decoder = load(folder)
    model = describe(
        title, encoder, decoder, x_test, labels, folder / UNFOLDING, bits
    )
    compare_rounded(folder.name, encoder, decoder, x_test, bits)
    return model


def load(folder):
    """Return the encoder and the decoder in a folder, or fail."""
    from common.start import keras  # imported late: it takes seconds

    for module in ARGUMENTS:
        __import__(module)  # registers the classes to load
    names = 'encoder.keras', 'decoder.keras'
    try:
        # Keras 2 cannot read a path that is not UTF-8.
        with tempfile.TemporaryDirectory() as copies:
            return [
                keras.models.load_model(shutil.copy(folder / name, copies))
                for name in names
            ]
    except Exception as error:  # Keras raises errors of many types
        reason = str(error).split('Exception encountered: ')[-1]
        fail(
            f'cannot load the models in {folder}: '
            f'{textwrap.shorten(reason, 100, placeholder=" ...")} '
            'If they were saved by another version, train them again'
        )


def titles(folders, models):
    """Return a title for each model: what it is, or else its folder."""
    kinds = [model['title'].split(' autoencoder')[0] for model in models]
    paths = [folder.resolve() for folder in folders]
    for found in (
        kinds,
        [path.name for path in paths],
        [f'{path.parent.name}/{path.name}' for path in paths],
    ):
        if len(set(found)) == len(found):
            return found
    return [str(folder) for folder in folders]


def compare_rounded(title, encoder, decoder, x_test, bits):
    """Round the weights of a model, and print what that changes."""
    from page.contents import round_weights

    def reconstruct():
        encoded = encoder.predict(x, verbose=0)
        # Of the variational one, the mean.
        code = encoded[1] if isinstance(encoded, list) else encoded
        return decoder.predict(code, verbose=0).reshape(x_test.shape)

    x = x_test.reshape(-1, *encoder.input_shape[1:])
    before = reconstruct()
    round_weights(encoder, bits)
    round_weights(decoder, bits)
    after = reconstruct()
    difference = np.abs(after - before)
    losses = [cross_entropy(x_test, y) for y in (before, after)]
    print(
        f'{title}: with weights in {bits} bits, pixels of '
        f'{len(x_test):,} reconstructions differ by {difference.mean():.4f} '
        f'on average, {np.quantile(difference, 0.999):.3f} at most in 99.9 '
        '% of them; cross-entropy {:.4f}, then {:.4f}'.format(*losses)
    )


if __name__ == '__main__':
    run(main, hint='Run it again, or choose another file with --output')
