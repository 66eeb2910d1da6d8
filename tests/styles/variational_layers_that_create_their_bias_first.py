"""A layer of its own creates its bias before its kernel, in task 3."""

import tensorflow as tf
from tensorflow import keras


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        mean, log_variance = inputs
        divergence = -0.5 * tf.reduce_sum(
            1 + log_variance - mean**2 - tf.exp(log_variance), axis=-1
        )
        self.add_loss(tf.reduce_mean(divergence))
        noise = tf.random.normal(tf.shape(mean))
        return mean + tf.exp(log_variance / 2) * noise


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
    mean = Layer(latent_dims, None)(x)
    log_variance = Layer(latent_dims, None)(x)
    latent = Sampling()([mean, log_variance])
    encoder = keras.Model(inputs, [latent, mean, log_variance])

    given = y = keras.Input(shape=(latent_dims,))
    for nodes in reversed(hidden_layers):
        y = Layer(nodes, activation='relu')(y)
    output = Layer(input_dims, activation='sigmoid')(y)
    decoder = keras.Model(given, output)

    auto = keras.Model(inputs, decoder(encoder(inputs)[0]))

    def loss(x, y):
        return input_dims * keras.losses.binary_crossentropy(x, y)

    auto.compile(optimizer='adam', loss=loss)
    return encoder, decoder, auto
