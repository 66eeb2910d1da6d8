"""The terms of the losses, in NumPy."""

import numpy as np


def cross_entropy(x, y):
    """Return the mean binary cross-entropy of values, in float64.

    Args:
        x, y: Arrays of one size, the inputs and their reconstructions, in
            [0, 1].
    """
    x = np.reshape(x, -1).astype('float64')
    y = np.clip(np.reshape(y, -1).astype('float64'), 1e-7, 1 - 1e-7)
    return float(-np.mean(x * np.log(y) + (1 - x) * np.log(1 - y)))


def divergence(mean, log_variance):
    """Return each value's part of KL(N(mean, variance) || N(0, I)), in nats.

    Source: Kingma and Welling, appendix B.

    Args:
        mean, log_variance: Arrays `(n, latent)`.
    """
    return (np.exp(log_variance) + mean**2 - 1 - log_variance) / 2
