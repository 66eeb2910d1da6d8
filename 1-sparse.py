#!/usr/bin/env python3
"""A sparse autoencoder: its loss has a penalty on the values of a code.

Sources: Ng, "Sparse autoencoder", CS294A lecture notes (2011); here with the
L1 norm of the code as the penalty, as in Goodfellow, Bengio and Courville,
"Deep Learning" (2016), section 14.2.1.
"""

from math import inf
from numbers import Integral, Real

import numpy as np
from tensorflow import keras


def autoencoder(input_dims, hidden_layers, latent_dims, lambtha):
    """Create a sparse autoencoder.

    Args:
        input_dims: Integer, the number of values in an input.
        hidden_layers: List of integers, the number of nodes of each hidden
            layer in the encoder; the decoder has them in reverse. May be
            empty.
        latent_dims: Integer, the number of values in a code, which is an
            input's latent representation.
        lambtha: Number >= 0, the weight of the L1 norm of a code in the loss.

    Returns:
        `encoder, decoder, auto`, three Keras models that share their weights.
        `encoder` maps inputs `(batch, input_dims)` to codes
        `(batch, latent_dims)`, which are >= 0. `decoder` maps codes to
        reconstructions `(batch, input_dims)` in [0, 1]. `auto` maps inputs to
        reconstructions and is compiled with Adam and the binary
        cross-entropy, which needs inputs in [0, 1]; its loss is that
        cross-entropy plus `lambtha` times the L1 norm of the code, both
        averaged over the batch.

    Raises:
        ValueError: If `lambtha` is not a finite number >= 0, or another
            argument is not a positive integer, or not a list of them.
    """
    input_dims = _size('input_dims', input_dims)
    hidden_layers = _sizes('hidden_layers', hidden_layers)
    latent_dims = _size('latent_dims', latent_dims)
    lambtha = _weight('lambtha', lambtha)

    # Outputs and losses stay in floatx, even under mixed precision.
    floatx = keras.backend.floatx()

    inputs = x = keras.Input((input_dims,), name='input')
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, 'relu')(x)
    # Omega(h) = lambtha * sum_j |h_j|, the penalty on a code h
    # (Keras 3.0 to 3.13 would sum it over the batch, see MeanL1.)
    penalty = MeanL1 if _keras_sums_penalties() else keras.regularizers.L1
    latent = keras.layers.Dense(
        latent_dims,
        'relu',
        activity_regularizer=penalty(lambtha),
        name='latent',
        dtype=floatx,
    )(x)
    encoder = keras.Model(inputs, latent, name='encoder')

    code = x = keras.Input((latent_dims,), name='code')
    for nodes in reversed(hidden_layers):
        x = keras.layers.Dense(nodes, 'relu')(x)
    reconstruction = keras.layers.Dense(
        input_dims, 'sigmoid', name='reconstruction', dtype=floatx
    )(x)
    decoder = keras.Model(code, reconstruction, name='decoder')

    auto = keras.Model(inputs, decoder(encoder(inputs)), name='autoencoder')
    # The loss is L(x, y) + Omega(h), with y the reconstruction of x and
    # L(x, y) = -mean(x log y + (1 - x) log(1 - y)).
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto


@keras.utils.register_keras_serializable(package='autoencoders')
class MeanL1(keras.regularizers.L1):
    """The L1 norm of the codes, averaged over the batch by every Keras.

    Keras 2 and Keras 3.14 and later average what a regularizer returns over
    the batch. Keras 3.0 to 3.13 do not (keras issue 22018): there, this class
    does it. Elsewhere it does the same as `keras.regularizers.L1`, so a saved
    model has the same loss wherever it is loaded.
    """

    def __call__(self, x):
        """Return the penalty on the codes `x` of shape `(batch, ...)`."""
        if not _keras_sums_penalties():
            return super().__call__(x)
        # A Python float does not change the type of the codes.
        return float(self.l1) * keras.ops.sum(
            keras.ops.mean(keras.ops.abs(x), axis=0)
        )


def _keras_sums_penalties():
    """Tell whether this is Keras 3.0 to 3.13."""
    if not hasattr(keras, 'ops'):  # Keras 2
        return False
    major, minor = getattr(keras, '__version__', '3.0').split('.')[:2]
    return (int(major), int(minor)) < (3, 14)


def _size(name, value):
    """Return a positive integer as an int, or raise a ValueError."""
    size = value.tolist() if isinstance(value, np.ndarray) else value
    if not _is_size(size):
        raise _invalid(name, value, 'a positive integer')
    return int(size)


def _sizes(name, values):
    """Return a list of positive integers as ints, or raise a ValueError."""
    sizes = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(sizes, (list, tuple)) or not all(map(_is_size, sizes)):
        raise _invalid(name, values, 'a list of positive integers')
    return [int(size) for size in sizes]


def _weight(name, value):
    """Return a finite number >= 0 as a float, or raise a ValueError."""
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not 0 <= value < inf:
        raise _invalid(name, value, 'a finite number >= 0')
    return float(value)


def _is_size(value):
    """Tell whether a value is a positive integer that layers can take."""
    is_integer = isinstance(value, Integral) and not isinstance(value, bool)
    return is_integer and 0 < value < 2**31


def _invalid(name, value, expected):
    """Return the error for an argument: what it should be, what came in."""
    return ValueError(
        f'Received an invalid value for `{name}`, expected '
        f'{expected}. Received: {name}={value!r}'
    )
