"""A layer of a class of its own, and a class that extends Dense."""

import tensorflow as tf
from tensorflow import keras


class Half(keras.layers.Layer):
    """A dense layer."""

    def __init__(self, units, **options):
        """Keep the number of nodes."""
        super().__init__(**options)
        self.units = units

    def build(self, shape):
        """Make the weights."""
        self.w = self.add_weight(shape=(shape[-1], self.units), name='w')
        self.b = self.add_weight(shape=(self.units,), name='b')

    def call(self, x):
        """Return the outputs."""
        return tf.nn.relu(tf.matmul(x, self.w) + self.b)


class Thin(keras.layers.Dense):
    """A dense layer by another name."""


def autoencoder(input_dims, hidden_layers, latent_dims, lambtha):
    """Return the models of task 1."""
    x = inputs = keras.Input((input_dims,))
    for nodes in hidden_layers:
        x = Half(nodes)(x)
    penalty = keras.regularizers.L1(lambtha)
    x = Thin(latent_dims, 'relu', activity_regularizer=penalty)(x)
    encoder = keras.Model(inputs, x)
    y = code = keras.Input((latent_dims,))
    for nodes in reversed(hidden_layers):
        y = Thin(nodes, tf.nn.relu)(y)
    y = keras.layers.Dense(input_dims, 'sigmoid')(y)
    decoder = keras.Model(code, y)
    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(
        optimizer=keras.optimizers.Adam(),
        loss=keras.losses.BinaryCrossentropy(),
    )
    return encoder, decoder, auto
