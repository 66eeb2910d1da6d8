"""A layer of `auto` adds the whole loss, and none is compiled."""

import tensorflow as tf
from tensorflow import keras


class Loss(keras.layers.Layer):
    def call(self, inputs):
        x, y = inputs
        self.add_loss(tf.reduce_mean(keras.losses.binary_crossentropy(x, y)))
        return y


def autoencoder(input_dims, hidden_layers, latent_dims):
    inputs = x = keras.Input(shape=(input_dims,))
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, activation='relu')(x)
    code = keras.layers.Dense(latent_dims, activation='relu')(x)
    encoder = keras.Model(inputs, code)

    given = y = keras.Input(shape=(latent_dims,))
    for nodes in reversed(hidden_layers):
        y = keras.layers.Dense(nodes, activation='relu')(y)
    output = keras.layers.Dense(input_dims, activation='sigmoid')(y)
    decoder = keras.Model(given, output)

    auto = keras.Model(inputs, Loss()([inputs, decoder(encoder(inputs))]))
    auto.compile(optimizer='adam')
    return encoder, decoder, auto
