#!/usr/bin/env python3
"""A variational autoencoder: a generative model with a latent space to roam.

Source: Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR (2014).
"""
from numbers import Integral

import tensorflow as tf
from tensorflow import keras


def autoencoder(input_dims, hidden_layers, latent_dims):
    """Create a variational autoencoder.

    Args:
        input_dims: Integer, the number of values in an input.
        hidden_layers: List of integers, the number of nodes of each hidden
            layer in the encoder; the decoder has them in reverse. May be
            empty.
        latent_dims: Integer, the number of values in a code, which is an
            input's latent representation.

    Returns:
        `encoder, decoder, auto`, three Keras models that share their weights.
        `encoder` maps inputs `(batch, input_dims)` to three tensors
        `(batch, latent_dims)`: the code, drawn anew at each call, and the
        mean and the log variance of the normal distribution it is drawn from.
        `decoder` maps codes to reconstructions `(batch, input_dims)` in
        [0, 1]. `auto` maps inputs to reconstructions and is compiled with
        Adam and the binary cross-entropy, which wants inputs in [0, 1]; its
        loss is that cross-entropy, summed over an input's values, plus the
        Kullback-Leibler divergence, both averaged over the batch: the
        negative of equation 10 in the paper.

    Raises:
        ValueError: If an argument is anything but positive integers.
    """
    input_dims = _size('input_dims', input_dims)
    hidden_layers = _sizes('hidden_layers', hidden_layers)
    latent_dims = _size('latent_dims', latent_dims)

    # Under a mixed precision policy, outputs and losses stay in floatx.
    floatx = keras.backend.floatx()

    inputs = x = keras.Input((input_dims,), name='input')
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, 'relu')(x)
    mean = keras.layers.Dense(latent_dims, name='mean', dtype=floatx)(x)
    log_variance = keras.layers.Dense(
        latent_dims, name='log_variance', dtype=floatx)(x)
    latent = Sampling(name='latent', dtype=floatx)([mean, log_variance])
    encoder = keras.Model(inputs, [latent, mean, log_variance],
                          name='encoder')

    code = x = keras.Input((latent_dims,), name='code')
    for nodes in reversed(hidden_layers):
        x = keras.layers.Dense(nodes, 'relu')(x)
    reconstruction = keras.layers.Dense(
        input_dims, 'sigmoid', name='reconstruction', dtype=floatx)(x)
    decoder = keras.Model(code, reconstruction, name='decoder')

    auto = keras.Model(inputs, decoder(encoder(inputs)[0]),
                       name='autoencoder')
    # Keras averages the cross-entropy over the values; the weight sums it.
    auto.compile(optimizer='adam', loss='binary_crossentropy',
                 loss_weights=[input_dims])
    return encoder, decoder, auto


@keras.utils.register_keras_serializable(package='autoencoders')
class Sampling(keras.layers.Layer):
    """Draw codes from normal distributions, and keep these near N(0, I).

    The code is mean + exp(log_variance / 2) * noise with noise ~ N(0, I), so
    that gradients reach mean and log_variance (Kingma and Welling, section
    2.4). The layer adds to the loss KL(N(mean, exp(log_variance)) || N(0, I))
    in its closed form (appendix B), averaged over the batch.

    Input shape:
        The mean and the log variance, two tensors `(batch, latent_dims)`.

    Output shape:
        `(batch, latent_dims)`
    """

    def call(self, inputs):
        """Return codes drawn from the mean and log variance `inputs`."""
        mean, log_variance = inputs
        variance = tf.exp(log_variance)
        divergence = tf.reduce_sum(
            variance + mean ** 2 - 1 - log_variance, axis=-1) / 2
        self.add_loss(tf.reduce_mean(divergence))
        noise = tf.random.normal(tf.shape(mean), dtype=mean.dtype)
        return mean + tf.exp(log_variance / 2) * noise


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
