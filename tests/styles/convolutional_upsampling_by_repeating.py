"""A Lambda layer repeats the pixels."""

import tensorflow as tf
from tensorflow import keras


def autoencoder(input_dims, filters, latent_dims):
    inputs = x = keras.Input(shape=input_dims)
    for count in filters:
        x = keras.layers.Conv2D(
            count, (3, 3), padding='same', activation='relu'
        )(x)
        x = keras.layers.MaxPooling2D((2, 2), padding='same')(x)
    encoder = keras.Model(inputs, x)

    repeat = keras.layers.Lambda(
        lambda t: tf.repeat(tf.repeat(t, 2, axis=1), 2, axis=2),
        output_shape=lambda shape: (
            shape[0],
            shape[1] and 2 * shape[1],
            shape[2] and 2 * shape[2],
            shape[3],
        ),
    )
    given = y = keras.Input(shape=latent_dims)
    for count in reversed(filters[1:]):
        y = keras.layers.Conv2D(
            count, (3, 3), padding='same', activation='relu'
        )(y)
        y = repeat(y)
    y = keras.layers.Conv2D(
        filters[0], (3, 3), padding='valid', activation='relu'
    )(y)
    y = repeat(y)
    output = keras.layers.Conv2D(
        input_dims[-1], (3, 3), padding='same', activation='sigmoid'
    )(y)
    decoder = keras.Model(given, output)

    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
