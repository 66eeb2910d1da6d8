"""The activation is a maximum of TensorFlow."""

import tensorflow as tf
from tensorflow import keras


def autoencoder(input_dims, hidden_layers, latent_dims):
    inputs = x = keras.Input(shape=(input_dims,))
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, activation=lambda t: tf.maximum(t, 0.0))(
            x
        )
    code = keras.layers.Dense(
        latent_dims, activation=lambda t: tf.maximum(t, 0.0)
    )(x)
    encoder = keras.Model(inputs, code)

    given = y = keras.Input(shape=(latent_dims,))
    for nodes in reversed(hidden_layers):
        y = keras.layers.Dense(nodes, activation=lambda t: tf.maximum(t, 0.0))(
            y
        )
    output = keras.layers.Dense(input_dims, activation='sigmoid')(y)
    decoder = keras.Model(given, output)

    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
