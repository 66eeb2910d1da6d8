"""The loss function computes the penalty from the inputs."""

import tensorflow as tf
from tensorflow import keras


def autoencoder(input_dims, hidden_layers, latent_dims, lambtha):
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

    auto = keras.Model(inputs, decoder(encoder(inputs)))

    def loss(x, y):
        norms = tf.reduce_sum(tf.abs(encoder(x)), axis=-1)
        return keras.losses.binary_crossentropy(x, y) + lambtha * norms

    auto.compile(optimizer='adam', loss=loss)
    return encoder, decoder, auto
