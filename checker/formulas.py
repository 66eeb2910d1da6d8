"""What is right: layers, losses, gradients and Adam, with NumPy in float64."""
from dataclasses import dataclass

import numpy as np


def _softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


def _leaky(slope):
    return lambda x: np.where(x > 0, x, slope * x)


# The assignment's three first, then what is found in their place.
ACTIVATIONS = {
    'relu': lambda x: np.maximum(x, 0),
    'None': lambda x: x,
    'sigmoid': _sigmoid,
    'tanh': np.tanh,
    'softmax': _softmax,
    'relu6': lambda x: np.clip(x, 0, 6),
    'elu': lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    'selu': lambda x: 1.05070098 * np.where(
        x > 0, x, 1.67326324 * np.expm1(np.minimum(x, 0))),
    'leaky_relu': _leaky(0.2),
    'leaky_relu (0.3)': _leaky(0.3),
    'leaky_relu (0.01)': _leaky(0.01),
    'softplus': lambda x: np.logaddexp(0, x),
    'softsign': lambda x: x / (1 + abs(x)),
    'swish': lambda x: x * _sigmoid(x),
    'gelu': lambda x: x / 2 * (1 + np.tanh(
        np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3))),
    'exponential': lambda x: np.exp(np.minimum(x, 700)),
    'hard_sigmoid': lambda x: np.clip(x / 6 + 0.5, 0, 1),
    'hard_sigmoid (Keras 2)': lambda x: np.clip(0.2 * x + 0.5, 0, 1),
}


@dataclass
class Layer:
    """A layer of the assignment, with the weights of a solution.

    Attributes:
        kernel: Array, `(values, nodes)` or `(height, width, channels,
            filters)`.
        place: Integer, where it is among the weights of its model.
        bias: Array, or None.
        activation: String, 'relu', 'sigmoid' or 'None'.
        padding: String, 'same' or 'valid' for a convolution, or empty.
        resize: String, 'pooling', 'upsampling' or empty: what follows.
    """

    kernel: np.ndarray
    place: int
    bias: np.ndarray = None
    activation: str = 'relu'
    padding: str = ''
    resize: str = ''


@dataclass
class Pass:
    """What a layer does with a batch: its input, and before its activation.

    Attributes:
        layer: A `Layer`.
        x: Array, its input.
        before: Array, what it gives before its activation.
        active: Array, after its activation.
        y: Array, its output.
    """

    layer: Layer
    x: np.ndarray
    before: np.ndarray
    active: np.ndarray
    y: np.ndarray

    def of(self, rows):
        """Return the same for some inputs of the batch."""
        return Pass(self.layer, *(getattr(self, name)[rows] for name in (
            'x', 'before', 'active', 'y')))


def forward(x, layers):
    """Return a `Pass` for each of some layers, each fed the one before."""
    passes = []
    for layer in layers:
        before = affine(x, layer)
        active = ACTIVATIONS[layer.activation](before)
        y = {'': lambda x: x, 'pooling': pool, 'upsampling': upsample}[
            layer.resize](active)
        passes.append(Pass(layer, x, before, active, y))
        x = y
    return passes


def output(x, layers):
    """Return what layers give, each fed the one before."""
    return forward(x, layers)[-1].y if layers else x


def affine(x, layer):
    """Return what a layer gives before its activation."""
    kernel = layer.kernel
    if layer.padding:
        y = sum(part @ kernel[place] for place, part in _windows(x, layer))
    else:
        y = x @ kernel
    return y if layer.bias is None else y + layer.bias


def _pad(layer):
    """Return the padding of a convolution, before and after, by axis."""
    if layer.padding == 'valid':
        return [(0, 0)] * 4
    rows, columns = layer.kernel.shape[:2]
    return [(0, 0), *[((n - 1) // 2, n - 1 - (n - 1) // 2)
                      for n in (rows, columns)], (0, 0)]


def _windows(x, layer):
    """Yield each place of a kernel and what it sees of the images there."""
    x = np.pad(x, _pad(layer))
    rows, columns = layer.kernel.shape[:2]
    height, width = x.shape[1] - rows + 1, x.shape[2] - columns + 1
    for i in range(rows):
        for j in range(columns):
            yield (i, j), x[:, i:i + height, j:j + width]


def pool(x, function=np.max, outside=-np.inf):
    """Return images after max pooling by two, odd sizes rounded up."""
    n, height, width, channels = x.shape
    x = np.pad(x, [(0, 0), (0, height % 2), (0, width % 2), (0, 0)],
               constant_values=outside)
    return function(x.reshape(n, -(-height // 2), 2, -(-width // 2), 2,
                              channels), axis=(2, 4))


def upsample(x):
    """Return images of twice the height and width."""
    return x.repeat(2, axis=1).repeat(2, axis=2)


def backward(passes, gradient):
    """Return the gradients of a loss by the weights of layers.

    Args:
        passes: List of `Pass`.
        gradient: Array, the gradient by the last output; with `sigmoid`, by
            what is before that.

    Returns:
        List of the gradients by kernel and bias of each layer, in pairs, and
        the gradient by the input.
    """
    found = []
    for one in reversed(passes):
        layer = one.layer
        if layer.resize == 'upsampling':
            n, height, width, channels = one.active.shape
            gradient = gradient.reshape(
                n, height, 2, width, 2, channels).sum((2, 4))
        elif layer.resize == 'pooling':
            _, height, width, _ = one.active.shape
            largest, gradient = (upsample(values)[:, :height, :width]
                                 for values in (one.y, gradient))
            # Patches of pixels that are 0 or 1 tie: only one of them counts.
            top = 1. * (one.active == largest)
            gradient = gradient * top / upsample(
                pool(top, np.sum, 0))[:, :height, :width]
        if layer.activation == 'relu':
            gradient = gradient * (one.before > 0)
        flat = gradient.reshape(-1, gradient.shape[-1])
        by_bias = flat.sum(0)
        if layer.padding:
            pad = _pad(layer)
            wide = np.pad(np.zeros_like(one.x), pad)
            by_kernel = np.zeros_like(layer.kernel)
            height, width = gradient.shape[1:3]
            for (i, j), part in _windows(one.x, layer):
                by_kernel[i, j] = part.reshape(len(flat), -1).T @ flat
                wide[:, i:i + height, j:j + width] += (
                    gradient @ layer.kernel[i, j].T)
            (_, (top, _), (left, _), _) = pad
            gradient = wide[:, top:top + one.x.shape[1],
                            left:left + one.x.shape[2]]
        else:
            by_kernel = one.x.T @ gradient
            gradient = gradient @ layer.kernel.T
        found.insert(0, (by_kernel, by_bias))
    return found, gradient


def margin(passes):
    """Return how sure it is for each input on which side its units are.

    Rounding moves a unit across the edge of its `relu`, or another value to
    the top of its pool, and gives it another gradient.

    Returns:
        Array, for each input the smallest distance from such an edge, in
        parts of the largest value of the layer.
    """
    found = np.full(len(passes[0].x), np.inf)
    for one in passes:
        if one.layer.activation != 'relu':
            continue
        distance = [abs(one.before)]
        if one.layer.resize == 'pooling':
            _, height, width, _ = one.active.shape
            below = upsample(one.y)[:, :height, :width] - one.active
            distance.append(np.where(below > 0, below, np.inf))
        for values in distance:
            found = np.minimum(found, values.reshape(len(found), -1).min(1)
                               / (abs(one.before).max() + 1e-30))
    return found


def cross_entropy(x, p):
    """Return the binary cross-entropy of each value."""
    p = np.clip(np.asarray(p, 'float64'), 1e-7, 1 - 1e-7)
    return -(x * np.log(p) + (1 - x) * np.log(1 - p))


def divergence(mean, log_variance):
    """Return KL(N(mean, exp(log_variance)) || N(0, I)) of each value."""
    return (mean ** 2 + np.exp(log_variance) - 1 - log_variance) / 2


def plain_gradients(x, coded, decoded, penalty=0):
    """Return the gradients of the loss of tasks 0 to 2.

    Args:
        x: Array, a batch.
        coded, decoded: Lists of `Pass`, of encoder and decoder.
        penalty: Float, the weight of the L1 norm of the codes of the batch.

    Returns:
        Two lists of pairs, the gradients by the layers of each.
    """
    by_decoder, gradient = backward(decoded, (decoded[-1].y - x) / x.size)
    by_encoder, _ = backward(
        coded, gradient + penalty * np.sign(coded[-1].y))
    return by_encoder, by_decoder


def variational_gradients(x, encoder, decoder, z):
    """Return the gradients of the loss of task 3.

    Args:
        x: Array, a batch.
        encoder, decoder: Lists of `Layer`; the encoder's end with those of
            the mean and the log variance.
        z: Array, the sample that the decoder got.

    Returns:
        Two lists of pairs, the gradients by the layers of each.
    """
    *hidden, first, second = encoder
    n, coded = len(x), forward(x, hidden)
    h = coded[-1].y if hidden else x
    (mean,), (log_variance,) = forward(h, [first]), forward(h, [second])
    decoded = forward(z, decoder)
    by_decoder, gradient = backward(decoded, (decoded[-1].y - x) / n)
    by_mean, one = backward([mean], gradient + mean.y / n)
    by_log_variance, other = backward([log_variance], (
        gradient * (z - mean.y) + (np.exp(log_variance.y) - 1) / n) / 2)
    by_hidden = backward(coded, one + other)[0] if hidden else []
    return by_hidden + by_mean + by_log_variance, by_decoder


class Adam:
    """The optimizer, as it should change weights.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR
    (2015), the last lines of section 2.

    Args:
        beta_1, beta_2, epsilon: Floats, its settings.
        amsgrad: Whether it keeps the largest second moment.
    """

    def __init__(self, beta_1, beta_2, epsilon, amsgrad):
        """Start with moments of 0."""
        self.betas, self.epsilon = (beta_1, beta_2), epsilon
        self.amsgrad, self.moments = amsgrad, {}

    def change(self, key, gradient, step, rate):
        """Return by what a weight changes.

        Args:
            key: What names the weight.
            gradient: Array.
            step: Integer, from 1.
            rate: Float, the learning rate.
        """
        beta_1, beta_2 = self.betas
        gradient = np.asarray(gradient, 'float64')
        first, second, largest = self.moments.get(key, (0, 0, 0))
        first = beta_1 * first + (1 - beta_1) * gradient
        second = beta_2 * second + (1 - beta_2) * gradient ** 2
        largest = np.maximum(largest, second)
        self.moments[key] = first, second, largest
        rate = rate * np.sqrt(1 - beta_2 ** step) / (1 - beta_1 ** step)
        return -rate * first / (
            np.sqrt(largest if self.amsgrad else second) + self.epsilon)


def same(found, right, tolerance=1e-4):
    """Tell whether two arrays agree as closely as float32 lets them."""
    found, right = np.asarray(found, 'float64'), np.asarray(right, 'float64')
    if found.shape != right.shape:
        return False
    scale = abs(right).max(initial=0) + 1e-30
    return bool(np.isfinite(found).all()
                and abs(found - right).max(initial=0) < tolerance * scale)


# A loss printed by Keras in float32, against one computed in float64.
TOLERANCE = 3e-4


def close(measured, expected, scale=None):
    """Tell whether measured numbers are the expected ones, case by case."""
    measured, expected = np.asarray(measured), np.asarray(expected)
    if scale is None:
        scale = abs(expected) + 0.3
    return bool(np.isfinite(measured).all()
                and (abs(measured - expected) < TOLERANCE * scale).all())


def ratio(measured, expected):
    """Return by what one number exceeds another in all cases, or None."""
    with np.errstate(all='ignore'):
        ratios = np.divide(measured, expected)
    if np.isfinite(ratios).all() and abs(ratios - ratios[0]).max() < (
            3e-3 * abs(ratios[0])) and abs(ratios[0]) > 1e-6:
        return float(ratios.mean())
    return None


def _rows(values):
    return values / values.sum(-1, keepdims=True)


RECONSTRUCTION = [
    ('the binary cross-entropy', '', cross_entropy),
    ('the squared error', 'another-loss', lambda x, p: (x - p) ** 2),
    ('the categorical cross-entropy', 'another-loss',
     lambda x, p: -x * np.log(np.clip(_rows(p), 1e-7, 1)) * x.shape[1]),
    ('the binary cross-entropy of the output taken for logits',
     'from-logits', lambda x, p: np.logaddexp(0, p) - x * p)]


def reconstruction_terms(cases, expected):
    """Yield what a loss on inputs and reconstructions could be.

    Args:
        cases: List of pairs of inputs `(batch, ...)` and reconstructions.
        expected: 'sum' or 'mean', what the assignment wants of the pixels.

    Yields:
        `(description, mistake, numbers)`, the number of each case; the
        mistake of the right one is empty.
    """
    cases = [[np.asarray(values, 'float64').reshape(len(values), -1)
              for values in case] for case in cases]
    sizes = np.array([x.shape[1] for x, _ in cases])
    batches = np.array([len(x) for x, _ in cases])
    reductions = [
        ('summed', 'cross-entropy-summed' * (expected != 'sum'), sizes),
        ('averaged', 'cross-entropy-averaged' * (expected != 'mean'), 1),
        ('averaged and multiplied by 784', '784-hard-coded', 784),
        ('summed, over the batch too', 'summed-over-the-batch',
         sizes * batches),
        ('averaged, and summed over the batch', 'summed-over-the-batch',
         batches)]
    for kind, wrong, function in RECONSTRUCTION:
        with np.errstate(all='ignore'):
            means = np.array([function(x, p).mean() for x, p in cases])
        for words, mistake, factor in reductions:
            yield (f'{kind}, {words} over the values of an input'.replace(
                'too over', 'too, over'), wrong or mistake, means * factor)


DIVERGENCES = [
    ('the divergence', '', divergence),
    ('the divergence with the roles of mean and log variance exchanged',
     'divergence-roles-exchanged', lambda m, v: divergence(v, m)),
    ('the divergence for a log deviation in place of the log variance',
     'log-standard-deviation', lambda m, v: divergence(m, 2 * v)),
    ('the divergence without the square of the mean', 'divergence-formula',
     lambda m, v: (m + np.exp(v) - 1 - v) / 2),
    ('the divergence without its 1', 'divergence-formula',
     lambda m, v: divergence(m, v) + .5),
    ('the divergence with the log variance taken for the variance',
     'divergence-formula', lambda m, v: (m ** 2 - 1) / 2)]
REDUCTIONS = [
    ('', '', lambda d: d.sum(1).mean()),
    (', averaged over the code instead of summed', 'divergence-averaged',
     lambda d: d.mean()),
    (', summed over the batch instead of averaged', 'summed-over-the-batch',
     lambda d: d.sum()),
    (', averaged over the code and summed over the batch',
     'divergence-averaged', lambda d: d.mean(1).sum())]


def divergence_terms(cases):
    """Yield what a term of the mean and the log variance could be.

    Args:
        cases: List of pairs of means and log variances `(batch, values)`.

    Yields:
        `(description, mistake, numbers)`, the number of each case; the
        divergence as it should be comes first.
    """
    for words, wrong, formula in DIVERGENCES:
        for reduced, worse, reduction in REDUCTIONS:
            with np.errstate(all='ignore'):
                values = np.array([reduction(formula(m, v))
                                   for m, v in cases])
            mistake = wrong or worse
            yield words + reduced, mistake, values
            yield (f'{words}{reduced}, with the wrong sign',
                   mistake or 'divergence-sign', -values)
