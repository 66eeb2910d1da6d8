"""What is right: layers, losses and Adam, with NumPy in float64."""

from dataclasses import dataclass

import numpy as np

ACTIVATIONS = {
    'relu': lambda x: np.maximum(x, 0),
    'None': lambda x: x,
    'sigmoid': lambda x: np.exp(-np.logaddexp(0, -x)),
}


@dataclass
class Layer:
    """A layer of the assignment, with the weights of a solution.

    Attributes:
        kernel: Array, `(values, nodes)` or `(3, 3, channels, filters)`.
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


def output(x, layers):
    """Return what layers give, each fed the one before."""
    for layer in layers:
        x = ACTIVATIONS[layer.activation](affine(x, layer))
        if layer.resize == 'pooling':  # odd sizes are rounded up
            n, height, width, channels = x.shape
            x = np.pad(
                x,
                [(0, 0), (0, height % 2), (0, width % 2), (0, 0)],
                constant_values=-np.inf,
            )
            x = x.reshape(
                n, -(-height // 2), 2, -(-width // 2), 2, channels
            ).max((2, 4))
        elif layer.resize:
            x = x.repeat(2, 1).repeat(2, 2)
    return x


def affine(x, layer):
    """Return what a layer gives before its activation."""
    if layer.padding:
        side = int(layer.padding == 'same')
        x = np.pad(x, [(0, 0), (side, side), (side, side), (0, 0)])
        height, width = x.shape[1] - 2, x.shape[2] - 2
        y = sum(
            x[:, i : i + height, j : j + width] @ layer.kernel[i, j]
            for i in range(3)
            for j in range(3)
        )
    else:
        y = x @ layer.kernel
    return y if layer.bias is None else y + layer.bias


def cross_entropy(x, p):
    """Return the binary cross-entropy of each value."""
    p = np.clip(np.asarray(p, 'float64'), 1e-7, 1 - 1e-7)
    return -(x * np.log(p) + (1 - x) * np.log(1 - p))


def divergence(mean, log_variance):
    """Return KL(N(mean, exp(log_variance)) || N(0, I)) of each value."""
    return (mean**2 + np.exp(log_variance) - 1 - log_variance) / 2


def noise(z, mean, log_variance):
    """Return the noise that makes `z` of the mean and the log variance."""
    return (z - mean) / np.exp(log_variance / 2)


def unlike(noise):
    """Tell if noise is not from N(0, I), independent for each value.

    Args:
        noise: Array `(..., values)`.

    Returns:
        String: '' if it may be from there, 'shared' if values are not
        independent, else 'other'.
    """
    if not np.isfinite(noise).all():
        return 'other'
    noise = noise.reshape(-1, noise.shape[-1])
    # Seven standard errors: by chance once in 10 ** 11 times.
    count, error = len(noise), 7 / np.sqrt(noise.size)
    if count > 9:
        # The same noise in other rows, or in other columns.
        centred = noise - noise.mean(0)
        half = centred[: count // 2 * 2]
        for one, other in (
            (half[::2], half[1::2]),
            (centred[:-1], centred[1:]),
            (half[: count // 2], half[count // 2 :]),
            (centred[:, 1:], centred[:, :-1]),
        ):
            if one.size and abs((one * other).mean()) > (
                7 / np.sqrt(one.size) * noise.var() + 1e-12
            ):
                return 'shared'
    return 'other' * bool(
        abs(noise.mean()) > error
        or abs(noise.std() - 1) > max(error / np.sqrt(2), 0.01)
        or count > 9
        and abs((noise**4).mean() - 3) > max(error * np.sqrt(96), 0.15)
    )


def adam(steps, beta_1, beta_2, epsilon, amsgrad):
    """Yield by what Adam changes a weight in each step.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR
    (2015), the last lines of section 2.

    Args:
        steps: Iterable of a gradient, the number of the step from 1, and the
            learning rate.
        beta_1, beta_2, epsilon: Floats, its settings.
        amsgrad: Whether it keeps the largest second moment.
    """
    first = second = largest = 0
    for gradient, step, rate in steps:
        gradient = np.asarray(gradient, 'float64')
        first = beta_1 * first + (1 - beta_1) * gradient
        second = beta_2 * second + (1 - beta_2) * gradient**2
        largest = np.maximum(largest, second) if amsgrad else second
        rate = rate * np.sqrt(1 - beta_2**step) / (1 - beta_1**step)
        yield -rate * first / (np.sqrt(largest) + epsilon)


def same(found, right, tolerance=1e-4):
    """Tell whether two arrays agree as closely as float32 lets them."""
    found, right = np.asarray(found, 'float64'), np.asarray(right, 'float64')
    if found.shape != right.shape:
        return False
    scale = abs(right).max(initial=0) + 1e-30
    return bool(
        np.isfinite(found).all()
        and abs(found - right).max(initial=0) < tolerance * scale
    )


# A loss printed by Keras in float32, against one computed in float64.
TOLERANCE = 3e-4


def close(measured, expected, scale=None):
    """Tell whether measured numbers are the expected ones, case by case."""
    measured, expected = np.asarray(measured), np.asarray(expected)
    if scale is None:
        scale = abs(expected) + 0.3
    return bool(
        np.isfinite(measured).all()
        and (abs(measured - expected) < TOLERANCE * scale).all()
    )


def ratio(measured, expected):
    """Return the ratio of numbers if it is the same in all cases, or None."""
    ratios = np.divide(measured, expected)
    if (
        np.isfinite(ratios).all()
        and abs(ratios - ratios[0]).max() < (3e-3 * abs(ratios[0]))
        and abs(ratios[0]) > 1e-6
    ):
        return float(ratios.mean())
    return None


RECONSTRUCTION = [
    ('the binary cross-entropy', '', cross_entropy),
    ('the squared error', 'another-loss', lambda x, p: (x - p) ** 2),
    (
        'the categorical cross-entropy',
        'another-loss',
        lambda x, p: (
            -x
            * np.log(np.clip(p / p.sum(-1, keepdims=True), 1e-7, 1))
            * x.shape[1]
        ),
    ),
    (
        'the binary cross-entropy of the output taken for logits',
        'from-logits',
        lambda x, p: np.logaddexp(0, p) - x * p,
    ),
]


def reconstruction_terms(cases, summed):
    """Return what a loss on inputs and reconstructions could be.

    Args:
        cases: List of pairs of inputs `(batch, ...)` and reconstructions.
        summed: Whether the values of an input are to be summed.

    Returns:
        List of `(description, mistake, numbers)`, the number of each case;
        the mistake of the right one is empty.
    """
    cases = [
        [
            np.asarray(values, 'float64').reshape(len(values), -1)
            for values in case
        ]
        for case in cases
    ]
    sizes = np.array([x.shape[1] for x, _ in cases])
    batches = np.array([len(x) for x, _ in cases])
    reductions = [
        ('summed', 'cross-entropy-summed' * (not summed), sizes),
        ('averaged', 'cross-entropy-averaged' * summed, 1),
        ('averaged and multiplied by 784', '784-hard-coded', 784),
        (
            'summed, over the batch too,',
            'summed-over-the-batch',
            sizes * batches,
        ),
        (
            'averaged, and summed over the batch,',
            'summed-over-the-batch',
            batches,
        ),
    ]
    return [
        (
            f'{kind}, {words} over the values of an input',
            wrong or mistake,
            factor * np.array([function(x, p).mean() for x, p in cases]),
        )
        for kind, wrong, function in RECONSTRUCTION
        for words, mistake, factor in reductions
    ]


DIVERGENCES = [
    ('the divergence', '', divergence),
    (
        'the divergence with the roles of mean and log variance exchanged',
        'divergence-roles-exchanged',
        lambda m, v: divergence(v, m),
    ),
    (
        'the divergence for a log deviation in place of the log variance',
        'log-standard-deviation',
        lambda m, v: divergence(m, 2 * v),
    ),
    (
        'the divergence without the square of the mean',
        'divergence-formula',
        lambda m, v: (m + np.exp(v) - 1 - v) / 2,
    ),
]
REDUCTIONS = [
    ('', '', lambda d: d.sum(1).mean()),
    (
        ', averaged over the code instead of summed',
        'divergence-averaged',
        lambda d: d.mean(),
    ),
    (
        ', summed over the batch instead of averaged',
        'summed-over-the-batch',
        lambda d: d.sum(),
    ),
]


def divergence_terms(codes):
    """Return what a term of the mean and the log variance could be.

    Args:
        codes: List of pairs of means and log variances `(batch, values)`.

    Returns:
        List of `(description, mistake, numbers)`, the number of each pair;
        the divergence as it should be comes first.
    """
    return [
        (
            words + reduced + sign,
            wrong or worse or ('divergence-sign' if sign else ''),
            (-1) ** bool(sign)
            * np.array([reduction(formula(*pair)) for pair in codes]),
        )
        for words, wrong, formula in DIVERGENCES
        for reduced, worse, reduction in REDUCTIONS
        for sign in ('', ', with the wrong sign')
    ]
