#!/usr/bin/env python3
"""A variational autoencoder: its decoder makes new samples from random codes.

Source: Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR (2014).
"""

from numbers import Integral

import numpy as np
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
        `(batch, latent_dims)`: the code, sampled anew at each call, and the
        mean and log variance of the normal distribution it is sampled from.
        `decoder` maps codes to reconstructions `(batch, input_dims)` in
        [0, 1]. `auto` maps inputs to reconstructions and is compiled with
        Adam and the binary cross-entropy, which needs inputs in [0, 1]; its
        loss is that cross-entropy, summed over an input's values, plus the
        Kullback-Leibler divergence, both averaged over the batch: the
        negative of equation 10 in the paper.

        To compile `auto` again, pass `loss_weights=[input_dims]` again:
        without it the divergence outweighs the cross-entropy, and every input
        ends up with the same reconstruction. To set
        `auto.optimizer.learning_rate`, there is no need to compile again.

    Raises:
        ValueError: If an argument is not a positive integer, or not a list
            of them.
        RuntimeError: If Keras is set to another backend than TensorFlow.
    """
    input_dims = _size('input_dims', input_dims)
    hidden_layers = _sizes('hidden_layers', hidden_layers)
    latent_dims = _size('latent_dims', latent_dims)
    if keras.backend.backend() != 'tensorflow':
        raise RuntimeError(
            'The variational autoencoder samples codes with TensorFlow, so '
            'it needs `KERAS_BACKEND=tensorflow`. Received: '
            f'KERAS_BACKEND={keras.backend.backend()}'
        )

    # Outputs and losses stay in floatx, even under mixed precision.
    floatx = keras.backend.floatx()

    inputs = x = keras.Input((input_dims,), name='input')
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, 'relu')(x)
    # No activation: a mean may be any number. So may a log variance, while a
    # variance has to be positive, which exp(log_variance) always is.
    mean = keras.layers.Dense(latent_dims, name='mean', dtype=floatx)(x)
    log_variance = keras.layers.Dense(
        latent_dims, name='log_variance', dtype=floatx
    )(x)
    latent = SamplingWithKL(name='latent', dtype=floatx)([mean, log_variance])
    encoder = keras.Model(inputs, [latent, mean, log_variance], name='encoder')

    code = x = keras.Input((latent_dims,), name='code')
    for nodes in reversed(hidden_layers):
        x = keras.layers.Dense(nodes, 'relu')(x)
    reconstruction = keras.layers.Dense(
        input_dims, 'sigmoid', name='reconstruction', dtype=floatx
    )(x)
    decoder = keras.Model(code, reconstruction, name='decoder')

    auto = keras.Model(inputs, decoder(encoder(inputs)[0]), name='autoencoder')
    # -ELBO = -sum_i(x_i log y_i + (1 - x_i) log(1 - y_i)) + KL   (eq. 10)
    # Keras takes the mean over the values i; times input_dims it is the sum.
    # Next to a plain mean, the divergence would weigh far too much: it would
    # push all distributions to N(0, I), and every digit would decode to the
    # mean image.
    auto.compile(
        optimizer='adam', loss='binary_crossentropy', loss_weights=[input_dims]
    )
    return encoder, decoder, auto


@keras.utils.register_keras_serializable(package='autoencoders')
class SamplingWithKL(keras.layers.Layer):
    """Sample codes from normal distributions, and add their KL to the loss.

    It samples by the reparameterization trick (Kingma and Welling, section
    2.4). What it adds is the Kullback-Leibler divergence of the distributions
    from N(0, I), averaged over the batch (appendix B). A loss function in
    Keras sees only the reconstruction, so a layer adds it.

    Input shape:
        The mean and the log variance, two tensors `(batch, latent_dims)`.

    Output shape:
        `(batch, latent_dims)`
    """

    def call(self, inputs):
        """Return samples, given the mean and log variance `inputs`."""
        mean, log_variance = inputs
        # KL(N(mu, sigma^2) || N(0, I))
        #     = 1/2 sum_j(sigma_j^2 + mu_j^2 - 1 - log sigma_j^2)
        parts = tf.exp(log_variance) + mean**2 - 1 - log_variance
        divergence = tf.reduce_sum(parts, axis=-1) / 2
        self.add_loss(tf.reduce_mean(divergence))
        # z = mu + sigma * epsilon, epsilon ~ N(0, I)
        # Only epsilon is random, so the gradient flows to mu and sigma.
        noise = tf.random.normal(tf.shape(mean), dtype=mean.dtype)
        return mean + tf.exp(log_variance / 2) * noise


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
