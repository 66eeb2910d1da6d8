"""The command line of the mains."""

import argparse
import atexit
import json
import os
import sys
import tempfile
from pathlib import Path

from common import ROOT
from common.program import fail, lock_output_folder

HIGHEST = 2**31 - 1


def parse_options(module, description, arguments=None):
    """Parse a main's command line, and lock its output folder.

    It answers before TensorFlow is imported, which takes seconds.

    Args:
        module: String, the name of the module that the main trains.
        description: String, what the main does, for `--help`.
        arguments: List of strings instead of the process' own arguments.

    Returns:
        A namespace of `module`, `epochs`, `batch_size`, `seed`, `data` (a
        `Path`, or None for MNIST as Keras has it), `modules` (the `Path` of a
        folder with the module, or None for ours), `output` (the `Path` of a
        folder that exists and that no other main writes to), `verbose` (as of
        `fit`: 1 on a terminal in UTF-8, else 2) and `several_workers` (True
        if `TF_CONFIG` lists more than one; then `output` is a temporary folder
        on all but the chief).

    Raises:
        SystemExit: With status 2 and one line, if an option is not valid.
    """
    parser = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        '--epochs',
        type=_integer(1),
        default=50,
        metavar='N',
        help='go through the training digits N times',
    )
    parser.add_argument(
        '--batch-size',
        type=_integer(1),
        default=256,
        metavar='N',
        help='train on N digits at a time',
    )
    parser.add_argument(
        '--seed',
        type=_integer(0),
        default=0,
        metavar='N',
        help='start the random numbers from this seed',
    )
    add_data(parser)
    add_modules(
        parser, f'train the module {module}.py in this folder (default: ours)'
    )
    # SUPPRESS keeps what the parser does not know yet out of the help.
    parser.set_defaults(output=None)
    parser.add_argument(
        '--output',
        type=Path,
        metavar='DIR',
        default=argparse.SUPPRESS,
        help='write pictures, history and models to this folder '
        f'(default: {ROOT / "results" / module}; with --modules mine, '
        f'results/mine/{module})',
    )
    # Keras' progress bar is made of characters that a code page may lack.
    has_bar = sys.stdout.isatty() and 'utf' in sys.stdout.encoding.lower()
    options = parser.parse_args(
        arguments,
        argparse.Namespace(module=module, verbose=1 if has_bar else 2),
    )
    if options.modules and not (options.modules / f'{module}.py').is_file():
        fail(
            f'argument --modules: there is no {options.modules / module}.py. '
            'To write files to start from: python -m checker --new '
            f'{options.modules}'
        )
    if not options.output:
        options.output = results_of(options.modules) / module
    options.several_workers, keeps_files = _workers()
    if not keeps_files:
        folder = tempfile.TemporaryDirectory()
        atexit.register(folder.cleanup)
        options.output = Path(folder.name)
    lock_output_folder(options.output)
    return options


def add_modules(parser, text):
    """Add the option `--modules` to an argparse parser, None by default."""
    parser.set_defaults(modules=None)
    parser.add_argument(
        '--modules',
        type=Path,
        metavar='DIR',
        default=argparse.SUPPRESS,
        help=text,
    )


def results_of(modules):
    """Return the `Path` of the results of a folder of modules, None: ours."""
    if modules is None:
        return ROOT / 'results'
    return ROOT / 'results' / modules.resolve().name


def add_data(parser):
    """Add the option `--data` to an argparse parser; it is None if not given.

    `load_digits` takes its value.
    """
    # SUPPRESS keeps this None out of the help.
    parser.set_defaults(data=None)
    parser.add_argument(
        '--data',
        type=Path,
        metavar='FILE.npz',
        default=argparse.SUPPRESS,
        help="use these digits, a file like Keras' mnist.npz "
        "(default: MNIST from Keras' cache, or downloaded; "
        'offline, 5,000 digits of it)',
    )


def _integer(low):
    """Return an argparse type: integers from `low` to 2 ** 31 - 1."""

    def integer(text):
        if not text.isdecimal() or not low <= int(text) <= HIGHEST:
            raise argparse.ArgumentTypeError(
                f'expected an integer, {low} to {HIGHEST}. Received: {text!r}'
            )
        return int(text)

    return integer


def _workers():
    """Tell whether several workers train, and whether this one keeps files.

    Of these, only the chief does: by default it is worker 0.
    """
    try:
        config = json.loads(os.environ.get('TF_CONFIG') or '{}')
        cluster = config.get('cluster', {})
        if len(sum(cluster.values(), [])) < 2:
            return False, True
        task = config['task']
        chief = 'chief' if 'chief' in cluster else 'worker'
        return True, (task['type'], int(task['index'])) == (chief, 0)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        fail(f'TF_CONFIG is malformed: {error!r}')
