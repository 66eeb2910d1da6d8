"""The layers are stacked by a function that calls itself."""

from tensorflow.keras import Input, Model, layers


def stack(x, sizes, last):
    if len(sizes) == 1:
        return layers.Dense(sizes[0], activation=last)(x)
    x = layers.Dense(sizes[0], activation='relu')(x)
    return stack(x, sizes[1:], last)


def autoencoder(input_dims, hidden_layers, latent_dims):
    x, z = Input(shape=(input_dims,)), Input(shape=(latent_dims,))
    encoder = Model(x, stack(x, hidden_layers + [latent_dims], 'relu'))
    decoder = Model(z, stack(z, hidden_layers[::-1] + [input_dims], 'sigmoid'))
    image = Input(shape=(input_dims,))
    auto = Model(image, decoder(encoder(image)))
    auto.compile(optimizer='Adam', loss='BinaryCrossentropy')
    return (encoder, decoder, auto)
