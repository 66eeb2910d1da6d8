"""The layers of the decoder are created before those of the encoder."""

from tensorflow import keras


def autoencoder(input_dims, hidden_layers, latent_dims):
    given = keras.Input(shape=(latent_dims,))
    output = given
    for nodes in reversed(hidden_layers):
        output = keras.layers.Dense(nodes, activation='relu')(output)
    output = keras.layers.Dense(input_dims, activation='sigmoid')(output)
    decoder = keras.Model(given, output, name='decoder')

    inputs = keras.Input(shape=(input_dims,))
    code = inputs
    for nodes in hidden_layers:
        code = keras.layers.Dense(nodes, activation='relu')(code)
    code = keras.layers.Dense(latent_dims, activation='relu')(code)
    encoder = keras.Model(inputs, code, name='encoder')

    auto = keras.Model(encoder.input, decoder(encoder.output), name='auto')
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
