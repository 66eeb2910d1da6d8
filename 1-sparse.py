#!/usr/bin/env python3
"""A sparse autoencoder: its codes have a price, so few values are active.

Source: Ng, "Sparse autoencoder", CS294A lecture notes (2011); here with the
L1 norm of the code as the penalty, as in Goodfellow, Bengio and Courville,
"Deep Learning" (2016), section 14.2.1.
"""
from math import isfinite
from numbers import Integral, Real

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
        cross-entropy, which wants inputs in [0, 1]; its loss is that
        cross-entropy plus `lambtha` times the L1 norm of the code, both
        averaged over the batch.

    Raises:
        ValueError: If `lambtha` is not a finite number >= 0, or another
            argument is anything but positive integers.
    """
    input_dims = _size('input_dims', input_dims)
    hidden_layers = _sizes('hidden_layers', hidden_layers)
    latent_dims = _size('latent_dims', latent_dims)
    lambtha = _weight('lambtha', lambtha)

    # Under a mixed precision policy, outputs and losses stay in floatx.
    floatx = keras.backend.floatx()

    inputs = x = keras.Input((input_dims,), name='input')
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, 'relu')(x)
    if _keras_averages_penalties():
        latent = keras.layers.Dense(
            latent_dims, 'relu', name='latent', dtype=floatx,
            activity_regularizer=keras.regularizers.L1(lambtha))(x)
    else:
        latent = keras.layers.Dense(
            latent_dims, 'relu', name='code', dtype=floatx)(x)
        latent = _penalise_mean(latent, lambtha)
    encoder = keras.Model(inputs, latent, name='encoder')

    code = x = keras.Input((latent_dims,), name='code')
    for nodes in reversed(hidden_layers):
        x = keras.layers.Dense(nodes, 'relu')(x)
    reconstruction = keras.layers.Dense(
        input_dims, 'sigmoid', name='reconstruction', dtype=floatx)(x)
    decoder = keras.Model(code, reconstruction, name='decoder')

    auto = keras.Model(inputs, decoder(encoder(inputs)), name='autoencoder')
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto


def _keras_averages_penalties():
    """Tell whether this Keras averages activity penalties over the batch.

    Keras 3.0 to 3.13 sum them (keras issue 22018).
    """
    if not hasattr(keras, 'ops'):  # Keras 2
        return True
    version = getattr(keras, '__version__', '3.0')  # 3.0 has none
    major, minor = version.split('.')[:2]
    return (int(major), int(minor)) >= (3, 14)


def _penalise_mean(code, lambtha):
    """Add to the loss the mean L1 norm of `code`, where Keras would sum.

    The penalty is put on the mean code of the batch: its L1 norm is the mean
    of the L1 norms, because codes are >= 0. As all layers are stock Keras,
    the saved model loads without this file and trains alike on any Keras 3.

    Args:
        code: Symbolic tensor `(batch, latent_dims)` of values >= 0.
        lambtha: Float, the weight of the L1 norm.

    Returns:
        `code`, unchanged.
    """
    penalty = keras.regularizers.L1(lambtha)
    penalty.l1 = lambtha  # not as a float32 tensor, for codes in float64
    layer = keras.layers.Activation(
        'relu', name='latent', dtype=code.dtype, activity_regularizer=penalty)
    if 'activity_regularizer' not in layer.get_config():
        # Keras 3.0 to 3.3 would not save it; this layer saves its l1.
        layer = keras.layers.ActivityRegularization(
            lambtha, name='latent', dtype=code.dtype)
        layer.activity_regularizer = penalty
    mean = layer(keras.ops.mean(code, axis=0, keepdims=True))
    # A model drops what its output does not depend on; this keeps the mean.
    return keras.ops.where(True, code, mean)


def _weight(name, value):
    """Return the argument `name` as a float, or raise a ValueError."""
    if (isinstance(value, Real) and not isinstance(value, bool)
            and isfinite(value) and value >= 0):
        return float(value)
    raise _invalid(name, value, 'a finite number >= 0')


def _size(name, value):
    """Return the argument `name` as an int, or raise a ValueError."""
    if _is_size(value):
        return int(value)
    raise _invalid(name, value, 'a positive integer')


def _sizes(name, values):
    """Return the argument `name` as a list of ints, or raise a ValueError."""
    if _is_list(values) and all(_is_size(value) for value in values):
        return [int(value) for value in values]
    raise _invalid(name, values, 'a list of positive integers')


def _is_size(value):
    """Tell whether `value` is a positive integer that a tensor can have."""
    return (isinstance(value, Integral) and not isinstance(value, bool)
            and 0 < value < 2 ** 31)


def _is_list(values):
    """Tell whether `values` is a list, a tuple or an array of rank 1."""
    return (isinstance(values, (list, tuple))
            or getattr(values, 'ndim', None) == 1)


def _invalid(name, value, expected):
    """Return the error for an argument: what it should be, what came in."""
    return ValueError(f'Received an invalid value for `{name}`, expected '
                      f'{expected}. Received: {name}={value!r}')
