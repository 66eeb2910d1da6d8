"""The layers and the losses of the assignment, with NumPy in float64."""
from itertools import combinations, product

import numpy as np


def _softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _leaky(slope):
    return lambda x: np.where(x > 0, x, slope * x)


def _gelu(x):
    return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))


def _selu(x):
    return 1.05070098 * np.where(x > 0, x, 1.67326324 * np.expm1(x))


# The expected ones first, then what is found in their place.
ACTIVATIONS = {
    'relu': lambda x: np.maximum(x, 0),
    'None': lambda x: x,
    'sigmoid': _sigmoid,
    'tanh': np.tanh,
    'softmax': _softmax,
    'elu': lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    'selu': _selu,
    'leaky_relu': _leaky(0.2),
    'leaky_relu (0.3)': _leaky(0.3),
    'leaky_relu (0.01)': _leaky(0.01),
    'softplus': lambda x: np.log1p(np.exp(x)),
    'softsign': lambda x: x / (1 + abs(x)),
    'swish': lambda x: x * _sigmoid(x),
    'gelu': _gelu,
    'exponential': np.exp,
    'hard_sigmoid': lambda x: np.clip(0.2 * x + 0.5, 0, 1),
    'hard_sigmoid (Keras 3)': lambda x: np.clip(x / 6 + 0.5, 0, 1),
}


def alternatives(expected, choices, most=2):
    """Yield lists like `expected` with ever more places that differ.

    Args:
        expected: List, one value for each place.
        choices: Function of a place's index, the values it could have.
        most: Integer, the number of places that may differ at once.

    Yields:
        `expected` itself, then one place changed, two, and so on; and lists
        where every place but the last has the same other value.
    """
    yield list(expected)
    places = range(len(expected))
    for count in range(1, most + 1):
        for changed in combinations(places, count):
            for values in product(*(choices(place) for place in changed)):
                found = list(expected)
                for place, value in zip(changed, values):
                    found[place] = value
                yield found
    if len(expected) > 2:
        for value in choices(0):
            for last in [expected[-1], *choices(len(expected) - 1)]:
                yield [value] * (len(expected) - 1) + [last]


def same(a, b, tolerance=2e-4):
    """Tell whether two arrays agree as closely as float32 lets them."""
    a, b = np.asarray(a, 'float64'), np.asarray(b, 'float64')
    if a.shape != b.shape:
        return False
    scale = np.abs(b).max(initial=0) + 1e-3
    return bool(np.isfinite(a).all() and abs(a - b).max(initial=0)
                < tolerance * scale)


def dense(x, layers, activations):
    """Return the outputs of dense layers, each fed the one before.

    Args:
        x: Array `(batch, values)`.
        layers: List of pairs of a kernel and a bias or None.
        activations: List of keys of `ACTIVATIONS`.
    """
    outputs = []
    for (kernel, bias), activation in zip(layers, activations):
        x = x @ kernel + (0 if bias is None else bias)
        x = ACTIVATIONS[activation](x)
        outputs.append(x)
    return outputs


def find_activations(x, layers, output, expected):
    """Return the activations with which layers give an output, or None."""
    def choices(place):
        return [name for name in ACTIVATIONS if name != expected[place]]
    for names in alternatives(expected, choices):
        with np.errstate(all='ignore'):
            if same(output, dense(x, layers, names)[-1]):
                return names
    return None


def convolve(x, kernel, bias, padding):
    """Return the convolution of images `(batch, height, width, channels)`."""
    rows, columns = kernel.shape[:2]
    if padding == 'same':
        before = [(rows - 1) // 2, (columns - 1) // 2]
        x = np.pad(x, [(0, 0), (before[0], rows - 1 - before[0]),
                       (before[1], columns - 1 - before[1]), (0, 0)])
    if x.shape[1] < rows or x.shape[2] < columns:
        raise ValueError('The image is smaller than the kernel.')
    windows = np.lib.stride_tricks.sliding_window_view(
        x, (rows, columns), axis=(1, 2))
    y = np.einsum('nhwcij,ijco->nhwo', windows, kernel)
    return y if bias is None else y + bias


def resize(x, how):
    """Return images after pooling or upsampling by two."""
    n, height, width, channels = x.shape
    if how == 'none':
        return x
    if how == 'upsampling':
        return x.repeat(2, axis=1).repeat(2, axis=2)
    kind, padding = how.split(', ')
    rest = [(0, height % 2), (0, width % 2)]
    if padding == 'valid':
        x = x[:, :height - height % 2, :width - width % 2]
    elif kind == 'max pooling':
        x = np.pad(x, [(0, 0), *rest, (0, 0)], constant_values=-np.inf)
    else:
        x = np.pad(x, [(0, 0), *rest, (0, 0)], constant_values=np.nan)
    x = x.reshape(n, x.shape[1] // 2, 2, x.shape[2] // 2, 2, channels)
    return x.max((2, 4)) if kind == 'max pooling' else np.nanmean(x, (2, 4))


POOLINGS = ['max pooling, same', 'max pooling, valid',
            'average pooling, same', 'average pooling, valid', 'none']


def convolutional(x, layers, plan):
    """Return the output of convolutions, each fed the one before.

    Args:
        x: Array of images.
        layers: List of pairs of a kernel and a bias or None.
        plan: List of `(padding, activation, resize)`, one for each layer.
    """
    for (kernel, bias), (padding, activation, how) in zip(layers, plan):
        x = convolve(x, kernel, bias, padding)
        x = resize(ACTIVATIONS[activation](x), how)
    return x


def find_plan(x, layers, output, expected, resizings):
    """Return the plan with which layers give an output, or None.

    Args:
        x: Array of images.
        layers: List of pairs of a kernel and a bias or None.
        output: Array, what the model gives for `x`.
        expected: List of `(padding, activation, resize)`.
        resizings: List of strings, what each layer could be followed by.
    """
    common = ['relu', 'None', 'sigmoid', 'tanh', 'elu', 'selu',
              'leaky_relu', 'leaky_relu (0.3)', 'leaky_relu (0.01)', 'gelu',
              'swish', 'softmax']

    def choices(place):
        found = list(product(['same', 'valid'], common, resizings))
        was = expected[place]
        found.remove(was)
        return sorted(found, key=lambda one: sum(
            a != b for a, b in zip(one, was)))

    def fits(plan):
        shape = x.shape[1:3]
        for (kernel, _), (padding, _, how) in zip(layers, plan):
            if padding == 'valid':
                shape = [n - k + 1 for n, k in zip(shape, kernel.shape)]
            if how == 'upsampling':
                shape = [2 * n for n in shape]
            elif how.endswith('same'):
                shape = [-(-n // 2) for n in shape]
            elif how.endswith('valid'):
                shape = [n // 2 for n in shape]
            if min(shape) < 1:
                return False
        if tuple(shape) != output.shape[1:3]:
            return False
        with np.errstate(all='ignore'):
            return same(output, convolutional(x, layers, plan))

    # All paddings or all resizings changed alike, then single layers.
    alike = [[(padding if padding != 'as it is' else was[0],
               activation if activation != 'as it is' else was[1],
               how if how != 'as it is' and was[2] != 'none' else was[2])
              for was in expected]
             for padding in ('as it is', 'same', 'valid')
             for activation in ('as it is', *common)
             for how in ('as it is', *resizings)]
    shifted = [
        [(padding, was[1], was[2])
         for padding, was in zip(paddings, expected)]
        for paddings in product(['same', 'valid'], repeat=len(expected))]
    for plan in [expected, *shifted, *alike,
                 *alternatives(expected, choices, most=1)]:
        if fits(plan):
            return plan
    return None


def cross_entropy(x, p):
    """Return the binary cross-entropy of each value."""
    p = np.clip(np.asarray(p, 'float64'), 1e-7, 1 - 1e-7)
    return -(x * np.log(p) + (1 - x) * np.log(1 - p))


def divergence(mean, log_variance):
    """Return KL(N(mean, exp(log_variance)) || N(0, I)) of each value."""
    return (mean ** 2 + np.exp(log_variance) - 1 - log_variance) / 2
