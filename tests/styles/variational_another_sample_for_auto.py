"""`auto` draws a sample of its own, with a second sampling layer."""

import tensorflow as tf
from tensorflow import keras


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        mean, log_variance = inputs
        divergence = -0.5 * tf.reduce_sum(
            1 + log_variance - mean**2 - tf.exp(log_variance), axis=-1
        )
        self.add_loss(tf.reduce_mean(divergence))
        noise = tf.random.normal(tf.shape(mean))
        return mean + tf.exp(log_variance / 2) * noise


def autoencoder(input_dims, hidden_layers, latent_dims):
    inputs = x = keras.Input(shape=(input_dims,))
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, activation='relu')(x)
    mean = keras.layers.Dense(latent_dims)(x)
    log_variance = keras.layers.Dense(latent_dims)(x)
    latent = Sampling()([mean, log_variance])
    encoder = keras.Model(inputs, [latent, mean, log_variance])

    given = y = keras.Input(shape=(latent_dims,))
    for nodes in reversed(hidden_layers):
        y = keras.layers.Dense(nodes, activation='relu')(y)
    output = keras.layers.Dense(input_dims, activation='sigmoid')(y)
    decoder = keras.Model(given, output)

    auto = keras.Model(inputs, decoder(Sampling()([mean, log_variance])))

    def loss(x, y):
        return input_dims * keras.losses.binary_crossentropy(x, y)

    auto.compile(optimizer='adam', loss=loss)
    return encoder, decoder, auto
