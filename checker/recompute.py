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


def same(a, b):
    """Tell whether two arrays agree as closely as float32 lets them."""
    a, b = np.asarray(a, 'float64'), np.asarray(b, 'float64')
    if a.shape != b.shape:
        return False
    scale = np.abs(b).max(initial=0) + 1e-3
    return bool(np.isfinite(a).all() and abs(a - b).max(initial=0)
                < 2e-4 * scale)


def affine(x, layer):
    """Return what a dense layer gives before its activation."""
    kernel, bias = layer
    return x @ kernel + (0 if bias is None else bias)


def outputs(x, layers, plan):
    """Return the outputs of layers, each fed the one before.

    Args:
        x: Array `(batch, values)` or `(batch, height, width, channels)`.
        layers: List of pairs of a kernel and a bias or None.
        plan: List of `(padding, activation, resize)`, one for each layer;
            the padding is empty for a dense layer.
    """
    found = []
    for layer, (padding, activation, how) in zip(layers, plan):
        x = convolve(x, *layer, padding) if padding else affine(x, layer)
        x = resize(ACTIVATIONS[activation](x), how)
        found.append(x)
    return found


def dense(x, layers, activations):
    """Return the outputs of dense layers, each fed the one before."""
    return outputs(x, layers, [('', name, 'none') for name in activations])


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
    if how == 'none':
        return x
    n, height, width, channels = x.shape
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
            return same(output, outputs(x, layers, plan)[-1])

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


def drawn(mean, log_variance, rng):
    """Return a draw from N(mean, exp(log_variance))."""
    return mean + np.exp(log_variance / 2) * rng.normal(size=mean.shape)


def cross_entropy(x, p):
    """Return the binary cross-entropy of each value."""
    p = np.clip(np.asarray(p, 'float64'), 1e-7, 1 - 1e-7)
    return -(x * np.log(p) + (1 - x) * np.log(1 - p))


def divergence(mean, log_variance):
    """Return KL(N(mean, exp(log_variance)) || N(0, I)) of each value."""
    return (mean ** 2 + np.exp(log_variance) - 1 - log_variance) / 2


def _window(kernel, x, padding):
    """Return the padding before a convolution, and its windows."""
    rows, columns = kernel.shape[:2]
    pad = [(0, 0), (0, 0)]
    if padding == 'same':
        pad = [((n - 1) // 2, n - 1 - (n - 1) // 2) for n in (rows, columns)]
    x = np.pad(x, [(0, 0), *pad, (0, 0)])
    return pad, np.lib.stride_tricks.sliding_window_view(
        x, (rows, columns), axis=(1, 2))


def _enlarged(x, y, how):
    """Return the gradient of what is resized from that of the result `y`."""
    if how == 'none':
        return y
    n, height, width, channels = x.shape
    if how == 'upsampling':
        return y.reshape(n, height, 2, width, 2, channels).sum((2, 4))
    largest = resize(x, how)
    where = x == resize(largest, 'upsampling')[:, :height, :width]
    return where * resize(y, 'upsampling')[:, :height, :width]


def backward(x, layers, plan, gradient, at_code=None):
    """Return gradients of a loss by the weights of layers with `relu`.

    Args:
        x: Array, the inputs.
        layers: List of `Layer`.
        plan: List of `(padding, activation, resize)`.
        gradient: Array, the gradient by the last output before its
            activation, if that is `sigmoid`, and else by the output.
        at_code: Pair of an index and an array, what is added to the gradient
            by the output of the layer before that index.

    Returns:
        List of pairs of the gradients by kernel and bias, and the gradient
        by the inputs.
    """
    inputs = [x, *outputs(x, layers, plan)]
    found = []
    for i in reversed(range(len(layers))):
        (kernel, bias), (padding, activation, how) = layers[i], plan[i]
        before = (convolve(inputs[i], kernel, bias, padding) if padding
                  else affine(inputs[i], layers[i]))
        if activation == 'relu':
            gradient = _enlarged(np.maximum(before, 0), gradient, how) * (
                before > 0)
        axes = tuple(range(gradient.ndim - 1))
        bias_gradient = gradient.sum(axes)
        if padding:
            pad, windows = _window(kernel, inputs[i], padding)
            by_kernel = np.einsum('nhwcij,nhwo->ijco', windows, gradient)
            wide = np.pad(gradient, [(0, 0)] + [
                (n - 1, n - 1) for n in kernel.shape[:2]] + [(0, 0)])
            full = convolve(wide, kernel[::-1, ::-1].swapaxes(2, 3), None,
                            'valid')
            gradient = full[:, pad[0][0]:full.shape[1] - pad[0][1],
                            pad[1][0]:full.shape[2] - pad[1][1]]
        else:
            by_kernel = inputs[i].T @ gradient
            gradient = gradient @ kernel.T
        found.insert(0, (by_kernel, bias_gradient))
        if at_code is not None and at_code[0] == i:
            gradient = gradient + at_code[1]
    return found, gradient


def gradients(models, x, layers):
    """Return the gradients of the right loss by the weights.

    Args:
        models: A `Models`.
        x: Array, a batch.
        layers: Pair of lists of `Layer`, see `Models.chains`.

    Returns:
        List of pairs of the gradients by kernel and bias, layer by layer.
    """
    encoder, decoder = layers
    n, size = len(x), x[0].size
    hidden = encoder[:-2] if models.variational else encoder
    plan = models.plan('encoder')[:len(hidden)]
    h = [x, *outputs(x, hidden, plan)][-1]
    code, heads = h, []
    if models.variational:
        code, log_variance = (affine(h, layer) for layer in encoder[-2:])
        heads = encoder[-2:-1]
    chain = [*hidden, *heads, *decoder]
    plan = plan + [('', 'None', 'none')] * len(heads) + models.plan('decoder')
    y = outputs(x, chain, plan)[-1]
    gradient = (y - x) / n / (1 if models.variational else size)
    at = code * 0
    if models.variational:
        at = code / n
    elif models.lambtha:
        at = np.sign(code) * models.lambtha / (1 if models.summed else n)
    cut = len(hidden) + len(heads)
    if not heads:
        return backward(x, chain, plan, gradient, (cut, at))[0]
    # The log variance has a part of its own in the hidden layers' gradient.
    after, by_code = backward(h, chain[len(hidden):], plan[len(hidden):],
                              gradient, (len(heads), at))
    by_log_variance = (np.exp(log_variance) - 1) / 2 / n
    kernel, _ = encoder[-1]
    before, _ = backward(x, hidden, plan[:len(hidden)],
                         by_code + by_log_variance @ kernel.T)
    own = h.T @ by_log_variance, by_log_variance.sum(0)
    return [*before, after[0], own, *after[1:]]


def adam(training, models, rate, beta_1, beta_2, epsilon, amsgrad):
    """Yield what Adam makes of the weights in the two steps of a training.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR
    (2015), algorithm 1.

    Args:
        training: A `models.Training`.
        models: A `Models`.
        rate, beta_1, beta_2, epsilon: Floats, the settings of Adam.
        amsgrad: Whether it keeps the largest second moment.

    Yields:
        For each kernel and bias: what it is after training, what it should
        be, where the gradients are large enough to tell, and what it was.
    """
    halves = models.chains(training.before)
    first = [part for half in halves for layer in half for part in layer]
    got = [part for half in models.chains(training.after)
           for layer in half for part in layer]
    weights, moments = list(first), [0] * len(first)
    squares, largest = [0] * len(first), [0] * len(first)
    sure = [True] * len(first)
    for step in (1, 2):
        x = np.asarray(training.x[8 * step - 8:8 * step], 'float64')
        parts = iter(weights)
        layers = [[type(layer)(next(parts), layer.place, next(parts))
                   for layer in half] for half in halves]
        found = [part for pair in gradients(models, x, layers)
                 for part in pair]
        for i, g in enumerate(found):
            if weights[i] is None:  # a layer without a bias
                continue
            moments[i] = beta_1 * moments[i] + (1 - beta_1) * g
            squares[i] = beta_2 * squares[i] + (1 - beta_2) * g ** 2
            largest[i] = (np.maximum(largest[i], squares[i]) if amsgrad
                          else squares[i])
            sure[i] = sure[i] & (abs(g) > 1e-2 * abs(g).max()) & (
                abs(g) > 1e-6)
            factor = np.sqrt(1 - beta_2 ** step) / (1 - beta_1 ** step)
            weights[i] = weights[i] - rate * factor * moments[i] / (
                np.sqrt(largest[i]) + epsilon)
    for parts in zip(got, weights, sure, first):
        if parts[3] is not None:
            yield parts
