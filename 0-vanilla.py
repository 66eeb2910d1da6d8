#!/usr/bin/env python3
"""A vanilla autoencoder: it learns to reproduce inputs through a bottleneck.

Source: Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with
Neural Networks", Science 313 (2006).
"""

from numbers import Integral

import numpy as np
from tensorflow import keras


def autoencoder(input_dims, hidden_layers, latent_dims):
    """Create a vanilla autoencoder.

    Args:
        input_dims: Integer, the number of values in an input.
        hidden_layers: List of integers, the number of nodes of each hidden
            layer in the encoder; the decoder has them in reverse. May be
            empty.
        latent_dims: Integer, the number of values in a code, which is an
            input's latent representation.

    Returns:
        `encoder, decoder, auto`, three Keras models that share their weights.
        `encoder` maps inputs `(batch, input_dims)` to codes
        `(batch, latent_dims)`, which are >= 0. `decoder` maps codes to
        reconstructions `(batch, input_dims)` in [0, 1]. `auto` maps inputs to
        reconstructions and is compiled with Adam and the binary
        cross-entropy, which needs inputs in [0, 1].

    Raises:
        ValueError: If an argument is not a positive integer, or not a list
            of them.
    """
    input_dims = _size('input_dims', input_dims)
    hidden_layers = _sizes('hidden_layers', hidden_layers)
    latent_dims = _size('latent_dims', latent_dims)

    inputs = x = keras.Input((input_dims,), name='input')
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, 'relu')(x)
    latent = keras.layers.Dense(latent_dims, 'relu', name='latent')(x)
    encoder = keras.Model(inputs, latent, name='encoder')

    code = x = keras.Input((latent_dims,), name='code')
    for nodes in reversed(hidden_layers):
        x = keras.layers.Dense(nodes, 'relu')(x)
    # Output and loss stay in floatx, even under mixed precision.
    reconstruction = keras.layers.Dense(
        input_dims,
        'sigmoid',
        name='reconstruction',
        dtype=keras.backend.floatx(),
    )(x)
    decoder = keras.Model(code, reconstruction, name='decoder')

    auto = keras.Model(inputs, decoder(encoder(inputs)), name='autoencoder')
    # L(x, y) = -mean(x log y + (1 - x) log(1 - y)), y the reconstruction
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto


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
