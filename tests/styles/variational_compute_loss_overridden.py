"""`auto` overrides `compute_loss` and adds the divergence there."""

import tensorflow as tf
from tensorflow import keras


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        mean, log_variance = inputs
        noise = tf.random.normal(tf.shape(mean))
        return mean + tf.exp(log_variance / 2) * noise


class Auto(keras.Model):
    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, **more
    ):
        _, mean, log_variance = self.encoder(x)
        divergence = tf.reduce_sum(
            mean**2 + tf.exp(log_variance) - log_variance - 1, axis=-1
        )
        each = keras.losses.binary_crossentropy(y, y_pred)
        loss = tf.reduce_mean(x.shape[-1] * each + divergence / 2)
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
    mean = keras.layers.Dense(latent_dims)(x)
    log_variance = keras.layers.Dense(latent_dims)(x)
    latent = Sampling()([mean, log_variance])
    encoder = keras.Model(inputs, [latent, mean, log_variance])

    given = y = keras.Input(shape=(latent_dims,))
    for nodes in reversed(hidden_layers):
        y = keras.layers.Dense(nodes, activation='relu')(y)
    output = keras.layers.Dense(input_dims, activation='sigmoid')(y)
    decoder = keras.Model(given, output)

    auto = Auto(inputs, decoder(encoder(inputs)[0]))
    auto.encoder = encoder
    auto.tracker = keras.metrics.Mean(name='loss')
    auto.compile(optimizer='adam')
    return encoder, decoder, auto
