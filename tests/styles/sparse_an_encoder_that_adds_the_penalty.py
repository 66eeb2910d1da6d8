"""The encoder is a subclass, and adds the penalty in its `call`."""

import tensorflow as tf
from tensorflow import keras


class Encoder(keras.Model):
    def __init__(self, hidden_layers, latent_dims, lambtha):
        super().__init__()
        self.lambtha = lambtha
        self.stack = [
            keras.layers.Dense(nodes, activation='relu')
            for nodes in [*hidden_layers, latent_dims]
        ]

    def call(self, x):
        for layer in self.stack:
            x = layer(x)
        self.add_loss(self.lambtha * tf.reduce_mean(tf.reduce_sum(x, axis=1)))
        return x


def autoencoder(input_dims, hidden_layers, latent_dims, lambtha):
    encoder = Encoder(hidden_layers, latent_dims, lambtha)
    decoder = keras.Sequential(
        [keras.Input(shape=(latent_dims,))]
        + [keras.layers.Dense(n, 'relu') for n in reversed(hidden_layers)]
        + [keras.layers.Dense(input_dims, 'sigmoid')]
    )
    inputs = keras.Input(shape=(input_dims,))
    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile('adam', 'binary_crossentropy')
    return encoder, decoder, auto
