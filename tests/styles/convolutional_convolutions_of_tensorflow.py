"""A layer of its own convolves, with its bias first."""

import tensorflow as tf
from tensorflow import keras


class Convolution(keras.layers.Layer):
    def __init__(self, count, padding, activation):
        super().__init__()
        self.count, self.padding = count, padding
        self.activation = activation

    def build(self, shape):
        self.bias = self.add_weight(
            shape=(self.count,), initializer='zeros', name='bias'
        )
        self.kernel = self.add_weight(
            shape=(3, 3, shape[-1], self.count),
            initializer='he_uniform',
            name='kernel',
        )

    def call(self, x):
        x = tf.nn.conv2d(x, self.kernel, 1, self.padding)
        return self.activation(x + self.bias)


def autoencoder(input_dims, filters, latent_dims):
    inputs = x = keras.Input(shape=input_dims)
    for count in filters:
        x = Convolution(count, 'SAME', tf.nn.relu)(x)
        x = keras.layers.MaxPooling2D((2, 2), padding='same')(x)
    encoder = keras.Model(inputs, x)

    given = y = keras.Input(shape=latent_dims)
    for count in reversed(filters[1:]):
        y = Convolution(count, 'SAME', tf.nn.relu)(y)
        y = keras.layers.UpSampling2D((2, 2))(y)
    y = Convolution(filters[0], 'VALID', tf.nn.relu)(y)
    y = keras.layers.UpSampling2D((2, 2))(y)
    output = Convolution(input_dims[-1], 'SAME', tf.sigmoid)(y)
    decoder = keras.Model(given, output)

    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
