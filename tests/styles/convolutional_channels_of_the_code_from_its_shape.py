"""The last filters are taken from `latent_dims`, which are the same."""

from tensorflow import keras


def autoencoder(input_dims, filters, latent_dims):
    inputs = x = keras.Input(shape=input_dims)
    for count in [*filters[:-1], latent_dims[-1]]:
        x = keras.layers.Conv2D(
            count, (3, 3), padding='same', activation='relu'
        )(x)
        x = keras.layers.MaxPooling2D((2, 2), padding='same')(x)
    encoder = keras.Model(inputs, x)

    given = y = keras.Input(shape=latent_dims)
    for count in reversed(filters[1:]):
        y = keras.layers.Conv2D(
            count, (3, 3), padding='same', activation='relu'
        )(y)
        y = keras.layers.UpSampling2D((2, 2))(y)
    y = keras.layers.Conv2D(
        filters[0], (3, 3), padding='valid', activation='relu'
    )(y)
    y = keras.layers.UpSampling2D((2, 2))(y)
    output = keras.layers.Conv2D(
        input_dims[-1], (3, 3), padding='same', activation='sigmoid'
    )(y)
    decoder = keras.Model(given, output)

    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
