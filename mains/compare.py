#!/usr/bin/env python3
"""Put trained models side by side on one page to draw on.

It loads what the mains saved. It trains nothing.
"""

import argparse
import shutil
import tempfile
import textwrap
from pathlib import Path

import numpy as np

from common import ARGUMENTS, ROOT
from common.digits import load_digits, scaled
from common.formulas import cross_entropy
from common.options import add_data
from common.program import (
    fail,
    make_output_folder,
    run,
    write_atomically,
)
from page import UNFOLDING, page
from page.contents import describe, penalty, round_weights

RESULTS = ROOT / 'results'
MOST = 6


def main():
    """Load the models, and write their page."""
    options = parse_options()
    _, (x_test, labels) = load_digits(options.data, (784,))
    x_test = scaled(x_test)
    models = [load(folder) for folder in options.folders]
    descriptions = []
    for folder, title, (encoder, decoder) in zip(
        options.folders, titles(options.folders, models), models
    ):
        try:
            descriptions.append(
                describe(
                    title, encoder, decoder, folder / UNFOLDING, options.bits
                )
            )
        except ValueError as error:
            fail(f'{folder}: {error}')
        if options.bits:
            compare_rounded(title, encoder, decoder, x_test, options.bits)
    heading = (
        f'{descriptions[0]["title"]} autoencoder'
        if len(models) == 1
        else 'Autoencoders, side by side'
    )
    write_atomically(
        options.output, page(heading, descriptions, x_test, labels).encode()
    )
    print(f'Open {options.output} in a browser to draw on it')


def parse_options():
    """Parse the command line, and look whether the files are there.

    Returns:
        A namespace of `folders`, a list of `Path`s, `data`, a `Path` or None,
        `bits`, an integer or None, and `output`, a `Path`.

    Raises:
        SystemExit: With status 2 and one line, if something is wrong.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        'folders',
        nargs='*',
        type=Path,
        metavar='DIR',
        help=f'one to {MOST} folders of trained models '
        '(default: those in results)',
    )
    add_data(parser)
    parser.add_argument(
        '--bits',
        type=int,
        choices=(8, 16, 32),
        help='bits of a weight on the page, 16 at least in '
        'small kernels; what that changes is printed '
        '(default: 32, or 16 for a large model)',
    )
    parser.add_argument(
        '--output',
        type=Path,
        metavar='FILE.html',
        default=RESULTS / 'compare.html',
        help='the page (default: results/compare.html)',
    )
    options = parser.parse_args()
    options.folders = options.folders or sorted(
        file.parent for file in RESULTS.glob('*/encoder.keras')
    )
    if not options.folders:
        fail(
            f'there are no trained models in {RESULTS}: run a main first, '
            'such as mains/0-main.py, or give its output folder'
        )
    if len(options.folders) > MOST:
        fail(
            f'a page has room for {MOST} models. Received: '
            f'{len(options.folders)} folders'
        )
    for folder in options.folders:
        for name in ('encoder', 'decoder'):
            if not (folder / f'{name}.keras').is_file():
                fail(
                    f'there is no {folder / name}.keras: name folders '
                    'that a main has written its models to'
                )
    make_output_folder(options.output.parent)
    return options


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
    kinds = [kind(encoder) for encoder, _ in models]
    names = [folder.resolve().name for folder in folders]
    for found in (kinds, names):
        if len(set(found)) == len(found):
            return found
    return [str(folder) for folder in folders]


def kind(encoder):
    """Return the kind of an autoencoder, as told by its encoder."""
    if len(encoder.outputs) == 3:
        return 'Variational'
    if len(encoder.input_shape) == 4:
        return 'Convolutional'
    return 'Sparse' if penalty(encoder) else 'Vanilla'


def compare_rounded(title, encoder, decoder, x_test, bits):
    """Round the weights of a model, and print what that changes."""

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
