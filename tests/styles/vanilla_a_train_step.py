"""`auto` overrides `train_step`, with its optimizer and its loss."""

import tensorflow as tf
from tensorflow import keras


class Auto(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(
                keras.losses.binary_crossentropy(y, self(x, training=True))
            )
        weights = self.trainable_variables
        self.optimizer.apply_gradients(
            zip(tape.gradient(loss, weights), weights)
        )
        return {'loss': loss}

    def test_step(self, data):
        x, y = data
        return {
            'loss': tf.reduce_mean(
                keras.losses.binary_crossentropy(y, self(x, training=False))
            )
        }


def autoencoder(input_dims, hidden_layers, latent_dims):
    inputs = x = keras.Input(shape=(input_dims,))
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, activation='relu')(x)
    code = keras.layers.Dense(latent_dims, activation='relu')(x)
    encoder = keras.Model(inputs, code)

    given = y = keras.Input(shape=(latent_dims,))
    for nodes in reversed(hidden_layers):
        y = keras.layers.Dense(nodes, activation='relu')(y)
    output = keras.layers.Dense(input_dims, activation='sigmoid')(y)
    decoder = keras.Model(given, output)

    auto = Auto(inputs, decoder(encoder(inputs)))
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
