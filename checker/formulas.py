"""Adam, with NumPy in float64."""

import numpy as np


def adam(steps, beta_1, beta_2, epsilon, amsgrad):
    """Yield by what Adam changes a weight in each step.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR
    (2015), the last lines of section 2; `amsgrad`: Reddi, Kale and Kumar, "On
    the Convergence of Adam and Beyond", ICLR (2018), algorithm 2.

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
