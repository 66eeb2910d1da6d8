"""The digits: MNIST from a file, from Keras, or 5,000 of this project."""

from pathlib import Path

import numpy as np

from common.program import fail

# The arrays of a data file, and the shape of one entry in each.
ARRAYS = {'x_train': (28, 28), 'y_train': (), 'x_test': (28, 28), 'y_test': ()}
# 5,000 digits of MNIST, which mnist_5000.py made.
OFFLINE = Path(__file__).with_name('mnist_5000.npz')


def load_digits(file=None, shape=(28, 28)):
    """Load handwritten digits for training and for testing.

    Args:
        file: Path of an `.npz` file in the layout of Keras' mnist.npz, or
            None for MNIST or, where Keras cannot load it, 5,000 digits of it.
        shape: Tuple of integers, the shape to give to each 28 x 28 digit.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, NumPy arrays like those of
        `keras.datasets.mnist.load_data()`: digits `(n, *shape)` as bytes, 0
        to 255, and labels `(n,)`, integers.

    Raises:
        SystemExit: With status 2 and one line, if `file` is not valid.
    """
    train, test = _read(file) if file else _mnist()
    return tuple(
        (np.ascontiguousarray(x, 'uint8').reshape(-1, *shape), y)
        for x, y in (train, test)
    )


def scaled(pixels):
    """Return bytes as float32 in [0, 1], which the models take."""
    return np.divide(pixels, 255, dtype='float32')


def _read(file):
    """Return the digits and labels of an `.npz` file, or fail."""
    try:
        # No pickled objects: loading them could run code from the file.
        with np.load(file, allow_pickle=False) as npz:
            data = {name: npz[name] for name in ARRAYS if name in npz}
    except Exception as error:  # whatever zip, zlib and NumPy think of it
        reason = getattr(error, 'strerror', None) or (
            'it is malformed: not an .npz file of plain arrays'
        )
        fail(f'argument --data: cannot read {file}: {reason}')
    for name, shape in ARRAYS.items():
        fault = _fault(data[name], shape) if name in data else 'is missing'
        if fault:
            fail(f'argument --data: {file}: the array {name} {fault}')
    for part in ('train', 'test'):
        x, y = data[f'x_{part}'], data[f'y_{part}']
        if len(x) != len(y):
            fail(
                f'argument --data: {file}: {len(x)} digits in x_{part}, '
                f'but {len(y)} labels in y_{part}'
            )
    return (
        (data['x_train'], data['y_train']),
        (data['x_test'], data['y_test']),
    )


def _fault(array, shape):
    """Return what is wrong with an array of a data file, or None."""
    if array.shape[1:] != shape or array.ndim == 0:
        expected = ', '.join(['n', *map(str, shape)])
        return f'should have the shape ({expected}), not {array.shape}'
    if array.dtype.kind not in 'iu':
        return f'should hold integers, not {array.dtype}'
    if not array.size:
        return 'is empty'
    if shape and (array.min() < 0 or array.max() > 255):
        return (
            'should hold values from 0 to 255, not from '
            f'{array.min()} to {array.max()}'
        )
    return None


def _mnist():
    """Return MNIST, or 5,000 digits of it if Keras cannot load it."""
    try:
        from common.start import keras

        return keras.datasets.mnist.load_data()
    except Exception as error:  # offline, this is of any type
        reason = ' '.join(str(error).split())
    print(f'Could not load MNIST; using 5,000 of its digits ({reason})')
    return _read(OFFLINE)
