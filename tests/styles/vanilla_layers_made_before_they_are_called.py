"""All layers are made first, in lists, and called later."""

from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense


def autoencoder(input_dims, hidden_layers, latent_dims):
    last = Dense(input_dims, 'sigmoid')
    down = [Dense(nodes, 'relu') for nodes in hidden_layers]
    middle = Dense(latent_dims, 'relu')
    up = [Dense(nodes, 'relu') for nodes in hidden_layers][::-1]

    def encode(x):
        for layer in down:
            x = layer(x)
        return middle(x)

    def decode(x):
        for layer in up:
            x = layer(x)
        return last(x)

    x = Input((input_dims,))
    z = Input((latent_dims,))
    encoder, decoder = Model(x, encode(x)), Model(z, decode(z))
    auto = Model(x, decode(encode(x)))
    auto.compile('adam', 'binary_crossentropy')
    return encoder, decoder, auto
