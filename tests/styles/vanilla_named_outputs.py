"""Layers have names, and loss and weight are given by them."""

from tensorflow import keras


def autoencoder(input_dims, hidden_layers, latent_dims):
    inputs = x = keras.Input(shape=(input_dims,))
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, activation='relu')(x)
    code = keras.layers.Dense(latent_dims, activation='relu')(x)
    encoder = keras.Model(inputs, code)

    given = y = keras.Input(shape=(latent_dims,))
    for nodes in reversed(hidden_layers):
        y = keras.layers.Dense(nodes, activation='relu')(y)
    output = keras.layers.Dense(
        input_dims, activation='sigmoid', name='image'
    )(y)
    decoder = keras.Model(given, output, name='image')

    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(
        optimizer='adam',
        loss={'image': 'binary_crossentropy'},
        loss_weights={'image': 1.0},
    )
    return encoder, decoder, auto
