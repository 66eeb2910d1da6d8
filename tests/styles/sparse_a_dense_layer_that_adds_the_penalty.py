"""A subclass of `Dense` adds the penalty."""

import tensorflow as tf
from tensorflow import keras


class SparseDense(keras.layers.Dense):
    def __init__(self, nodes, lambtha):
        super().__init__(nodes, activation='relu')
        self.lambtha = lambtha

    def call(self, x):
        code = super().call(x)
        norms = tf.reduce_sum(tf.abs(code), axis=1)
        self.add_loss(self.lambtha * tf.reduce_mean(norms))
        return code


def autoencoder(input_dims, hidden_layers, latent_dims, lambtha):
    inputs = x = keras.Input(shape=(input_dims,))
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, activation='relu')(x)
    code = SparseDense(latent_dims, lambtha)(x)
    encoder = keras.Model(inputs, code)

    given = y = keras.Input(shape=(latent_dims,))
    for nodes in reversed(hidden_layers):
        y = keras.layers.Dense(nodes, activation='relu')(y)
    output = keras.layers.Dense(input_dims, activation='sigmoid')(y)
    decoder = keras.Model(given, output)

    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
