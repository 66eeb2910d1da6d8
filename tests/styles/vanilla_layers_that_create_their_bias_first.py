"""A layer of its own creates its bias before its kernel."""

import tensorflow as tf
from tensorflow import keras


class Layer(keras.layers.Layer):
    def __init__(self, nodes, activation):
        super().__init__()
        self.nodes = nodes
        self.activation = keras.activations.get(activation)

    def build(self, shape):
        self.b = self.add_weight(
            shape=(self.nodes,), initializer='zeros', name='b'
        )
        self.w = self.add_weight(
            shape=(shape[-1], self.nodes),
            initializer='glorot_uniform',
            name='w',
        )

    def call(self, x):
        return self.activation(tf.matmul(x, self.w) + self.b)

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.nodes)


def autoencoder(input_dims, hidden_layers, latent_dims):
    inputs = x = keras.Input(shape=(input_dims,))
    for nodes in hidden_layers:
        x = Layer(nodes, activation='relu')(x)
    code = Layer(latent_dims, activation='relu')(x)
    encoder = keras.Model(inputs, code)

    given = y = keras.Input(shape=(latent_dims,))
    for nodes in reversed(hidden_layers):
        y = Layer(nodes, activation='relu')(y)
    output = Layer(input_dims, activation='sigmoid')(y)
    decoder = keras.Model(given, output)

    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
