"""A decoder of a class of its own."""

from tensorflow import keras

L = keras.layers


class Decoder(keras.Model):
    """The decoder."""

    def __init__(self, filters, channels):
        """Make the layers."""
        super().__init__()
        self.parts = []
        for count in filters[:0:-1]:
            self.parts.append(L.Conv2D(count, 3, 1, 'same', activation='relu'))
            self.parts.append(L.UpSampling2D(2))
        self.parts.append(L.Conv2D(filters[0], 3, activation='relu'))
        self.parts.append(L.UpSampling2D(2))
        last = L.Conv2D(channels, 3, padding='same', activation='sigmoid')
        self.parts.append(last)

    def call(self, x):
        """Return the reconstructions."""
        for part in self.parts:
            x = part(x)
        return x


def autoencoder(input_dims, filters, latent_dims):
    """Return the models of task 2."""
    inputs = x = keras.Input(input_dims)
    for count in filters:
        x = L.Conv2D(count, 3, padding='same')(x)
        x = L.ReLU()(x)
        x = L.MaxPooling2D(padding='same')(x)
    encoder = keras.Model(inputs, x)
    decoder = Decoder(filters, input_dims[-1])
    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile('adam', 'binary_crossentropy')
    return encoder, decoder, auto
