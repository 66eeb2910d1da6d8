"""All three models are subclasses of `keras.Model`."""

import tensorflow as tf


class Stack(tf.keras.Model):
    def __init__(self, sizes, last):
        super().__init__()
        self.hidden = [tf.keras.layers.Dense(n, 'relu') for n in sizes[:-1]]
        self.final = tf.keras.layers.Dense(sizes[-1], last)

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.final(x)


class Auto(tf.keras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def call(self, x):
        return self.decoder(self.encoder(x))


def autoencoder(input_dims, hidden_layers, latent_dims):
    encoder = Stack([*hidden_layers, latent_dims], 'relu')
    decoder = Stack([*hidden_layers[::-1], input_dims], 'sigmoid')
    auto = Auto(encoder, decoder)
    auto.compile('adam', 'binary_crossentropy')
    return encoder, decoder, auto
