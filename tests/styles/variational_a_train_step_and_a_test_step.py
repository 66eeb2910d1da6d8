"""Both steps compute the loss, as in an example of Keras."""

import tensorflow as tf
from tensorflow import keras


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        mean, log_variance = inputs
        divergence = -0.5 * tf.reduce_sum(
            1 + log_variance - mean**2 - tf.exp(log_variance), axis=-1
        )

        noise = tf.random.normal(tf.shape(mean))
        return mean + tf.exp(log_variance / 2) * noise


class Auto(keras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.tracker = keras.metrics.Mean(name='loss')

    @property
    def metrics(self):
        return [self.tracker]

    def call(self, x):
        return self.decoder(self.encoder(x)[0])

    def train_step(self, data):
        x, _ = data
        with tf.GradientTape() as tape:
            z, mean, log_variance = self.encoder(x, training=True)
            y = self.decoder(z, training=True)
            rebuilt = tf.reduce_sum(
                keras.losses.binary_crossentropy(x[..., None], y[..., None]),
                axis=1,
            )
            kl = -0.5 * tf.reduce_sum(
                1 + log_variance - tf.square(mean) - tf.exp(log_variance),
                axis=1,
            )
            loss = tf.reduce_mean(rebuilt) + tf.reduce_mean(kl)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.tracker.update_state(loss)
        return {'loss': self.tracker.result()}

    def test_step(self, data):
        x, _ = data
        z, mean, log_variance = self.encoder(x, training=False)
        y = self.decoder(z, training=False)
        rebuilt = x.shape[-1] * keras.losses.binary_crossentropy(x, y)
        kl = -0.5 * tf.reduce_sum(
            1 + log_variance - tf.square(mean) - tf.exp(log_variance), axis=1
        )
        self.tracker.update_state(tf.reduce_mean(rebuilt + kl))
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

    auto = Auto(encoder, decoder)

    def loss(x, y):
        return input_dims * keras.losses.binary_crossentropy(x, y)

    auto.compile(optimizer='adam')
    return encoder, decoder, auto
