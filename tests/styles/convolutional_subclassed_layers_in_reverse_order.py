"""Both halves are subclasses, whose layers are created in reverse."""

from tensorflow import keras


class Decoder(keras.Model):
    def __init__(self, filters, channels):
        super().__init__()
        self.last = keras.layers.Conv2D(
            channels, 3, padding='same', activation='sigmoid'
        )
        self.valid = keras.layers.Conv2D(filters[0], 3, activation='relu')
        self.convolutions = [
            keras.layers.Conv2D(count, 3, padding='same', activation='relu')
            for count in filters[1:]
        ]
        self.larger = keras.layers.UpSampling2D()

    def call(self, x):
        for convolution in self.convolutions[::-1]:
            x = self.larger(convolution(x))
        return self.last(self.larger(self.valid(x)))


class Encoder(keras.Model):
    def __init__(self, filters):
        super().__init__()
        backwards = [
            keras.layers.Conv2D(count, 3, padding='same', activation='relu')
            for count in reversed(filters)
        ]
        self.convolutions = backwards
        self.smaller = keras.layers.MaxPooling2D(padding='same')

    def call(self, x):
        for convolution in reversed(self.convolutions):
            x = self.smaller(convolution(x))
        return x


def autoencoder(input_dims, filters, latent_dims):
    encoder, decoder = Encoder(filters), Decoder(filters, input_dims[-1])
    encoder(keras.Input(shape=input_dims))
    decoder(keras.Input(shape=latent_dims))
    inputs = keras.Input(shape=input_dims)
    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
