"""The penalty is computed by operations of Keras 3."""

import keras


class Penalty(keras.layers.Layer):
    def __init__(self, lambtha):
        super().__init__()
        self.lambtha = lambtha

    def call(self, code):
        norms = keras.ops.sum(keras.ops.abs(code), axis=1)
        self.add_loss(self.lambtha * keras.ops.mean(norms))
        return code


def autoencoder(input_dims, hidden_layers, latent_dims, lambtha):
    inputs = x = keras.Input(shape=(input_dims,))
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, activation='relu')(x)
    code = keras.layers.Dense(latent_dims, activation='relu')(x)
    code = Penalty(lambtha)(code)
    encoder = keras.Model(inputs, code)

    given = y = keras.Input(shape=(latent_dims,))
    for nodes in reversed(hidden_layers):
        y = keras.layers.Dense(nodes, activation='relu')(y)
    output = keras.layers.Dense(input_dims, activation='sigmoid')(y)
    decoder = keras.Model(given, output)

    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
