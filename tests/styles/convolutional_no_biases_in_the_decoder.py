"""The decoder of images has no biases."""

from tensorflow import keras


def autoencoder(input_dims, filters, latent_dims):
    inputs = x = keras.Input(shape=input_dims)
    for count in filters:
        x = keras.layers.Conv2D(
            count, (3, 3), padding='same', activation='relu'
        )(x)
        x = keras.layers.MaxPooling2D((2, 2), padding='same')(x)
    encoder = keras.Model(inputs, x)

    given = y = keras.Input(shape=latent_dims)
    for count in reversed(filters[1:]):
        y = keras.layers.Conv2D(
            count, (3, 3), padding='same', activation='relu', use_bias=False
        )(y)
        y = keras.layers.UpSampling2D((2, 2))(y)
    y = keras.layers.Conv2D(
        filters[0], (3, 3), padding='valid', activation='relu', use_bias=False
    )(y)
    y = keras.layers.UpSampling2D((2, 2))(y)
    output = keras.layers.Conv2D(
        input_dims[-1],
        (3, 3),
        padding='same',
        activation='sigmoid',
        use_bias=False,
    )(y)
    decoder = keras.Model(given, output)

    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
