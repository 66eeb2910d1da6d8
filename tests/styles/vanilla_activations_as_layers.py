"""Every activation is a layer of its own."""

from tensorflow import keras


def autoencoder(input_dims, hidden_layers, latent_dims):
    inputs = x = keras.Input(shape=(input_dims,))
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes)(x)
        x = keras.layers.Activation('relu')(x)
    code = keras.layers.Dense(latent_dims)(x)
    code = keras.layers.Activation('relu')(code)
    encoder = keras.Model(inputs, code)

    given = y = keras.Input(shape=(latent_dims,))
    for nodes in reversed(hidden_layers):
        y = keras.layers.Dense(nodes)(y)
        y = keras.layers.Activation('relu')(y)
    output = keras.layers.Dense(input_dims)(y)
    output = keras.layers.Activation('sigmoid')(output)
    decoder = keras.Model(given, output)

    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
