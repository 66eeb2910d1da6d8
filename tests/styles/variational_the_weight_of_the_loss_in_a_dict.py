"""The weight of the loss is in a dict, by the name of the output."""

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
    output = keras.layers.Dense(
        input_dims, activation='sigmoid', name='image'
    )(y)
    decoder = keras.Model(given, output, name='image')

    auto = keras.Model(inputs, decoder(encoder(inputs)[0]))

    auto.compile(
        optimizer='adam',
        loss={'image': 'binary_crossentropy'},
        loss_weights={'image': float(input_dims)},
    )
    return encoder, decoder, auto
