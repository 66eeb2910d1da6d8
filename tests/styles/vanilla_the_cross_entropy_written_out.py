"""The loss is the formula, clipped as Keras clips it."""

import tensorflow as tf
from tensorflow import keras


def cross_entropy(x, y):
    y = tf.clip_by_value(y, 1e-7, 1 - 1e-7)
    return -tf.reduce_mean(
        x * tf.math.log(y) + (1 - x) * tf.math.log(1 - y), axis=-1
    )


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

    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(optimizer='adam', loss=cross_entropy)
    return encoder, decoder, auto
