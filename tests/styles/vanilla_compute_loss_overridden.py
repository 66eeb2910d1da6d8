"""`auto` overrides `compute_loss`, with a metric of its own."""

import tensorflow as tf
from tensorflow import keras


class Auto(keras.Model):
    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, **more
    ):
        loss = tf.reduce_mean(keras.losses.binary_crossentropy(y, y_pred))
        self.tracker.update_state(loss)
        return loss

    @property
    def metrics(self):
        return [self.tracker]

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
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
