"""Encoder, decoder and `auto` are subclasses of `keras.Model`."""

import tensorflow as tf
from tensorflow import keras


class Encoder(keras.Model):
    def __init__(self, hidden_layers, latent_dims):
        super().__init__()
        self.hidden = [keras.layers.Dense(n, 'relu') for n in hidden_layers]
        self.mean = keras.layers.Dense(latent_dims, activation=None)
        self.log_variance = keras.layers.Dense(latent_dims, activation=None)

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        mean, log_variance = self.mean(x), self.log_variance(x)
        noise = tf.random.normal(tf.shape(mean))
        return mean + tf.exp(0.5 * log_variance) * noise, mean, log_variance


class Decoder(keras.Model):
    def __init__(self, hidden_layers, input_dims):
        super().__init__()
        self.hidden = [keras.layers.Dense(n, 'relu') for n in hidden_layers]
        self.final = keras.layers.Dense(input_dims, 'sigmoid')

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.final(x)


class Auto(keras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def call(self, x):
        latent, mean, log_variance = self.encoder(x)
        self.add_loss(
            tf.reduce_mean(
                -0.5
                * tf.reduce_sum(
                    1 + log_variance - mean**2 - tf.exp(log_variance), axis=1
                )
            )
        )
        return self.decoder(latent)


def autoencoder(input_dims, hidden_layers, latent_dims):
    encoder = Encoder(hidden_layers, latent_dims)
    decoder = Decoder(hidden_layers[::-1], input_dims)
    auto = Auto(encoder, decoder)

    def loss(x, y):
        return input_dims * keras.losses.binary_crossentropy(x, y)

    auto.compile(optimizer='adam', loss=loss)
    return encoder, decoder, auto
