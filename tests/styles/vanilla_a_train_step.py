"""`auto` overrides `train_step` and `test_step`, with a metric of its own."""

import tensorflow as tf
from tensorflow import keras


class Auto(keras.Model):
    @property
    def metrics(self):
        return [self.tracker]

    def cross_entropy(self, data, training):
        x, y = data
        loss = tf.reduce_mean(
            keras.losses.binary_crossentropy(y, self(x, training=training))
        )
        self.tracker.update_state(loss)
        return loss

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = self.cross_entropy(data, True)
        weights = self.trainable_variables
        self.optimizer.apply_gradients(
            zip(tape.gradient(loss, weights), weights)
        )
        return {'loss': self.tracker.result()}

    def test_step(self, data):
        self.cross_entropy(data, False)
        return {'loss': self.tracker.result()}


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
    auto.tracker = keras.metrics.Mean(name='loss')
    auto.compile(optimizer='adam')
    return encoder, decoder, auto
