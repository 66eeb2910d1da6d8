"""`train_step` and `test_step` add the penalty."""

import tensorflow as tf
from tensorflow import keras


class Auto(keras.Model):
    def __init__(self, encoder, decoder, lambtha):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.lambtha = lambtha
        self.tracker = keras.metrics.Mean(name='loss')

    @property
    def metrics(self):
        return [self.tracker]

    def call(self, x):
        return self.decoder(self.encoder(x))

    def total(self, x, training):
        code = self.encoder(x, training=training)
        image = self.decoder(code, training=training)
        loss = tf.reduce_mean(
            keras.losses.binary_crossentropy(x, image)
            + self.lambtha * tf.reduce_sum(tf.abs(code), axis=-1)
        )
        self.tracker.update_state(loss)
        return loss

    def train_step(self, data):
        x, _ = data
        with tf.GradientTape() as tape:
            loss = self.total(x, True)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(
            zip(gradients, self.trainable_variables)
        )
        return {'loss': self.tracker.result()}

    def test_step(self, data):
        self.total(data[0], False)
        return {'loss': self.tracker.result()}


def autoencoder(input_dims, hidden_layers, latent_dims, lambtha):
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

    auto = Auto(encoder, decoder, lambtha)
    auto.compile(optimizer='adam')
    return encoder, decoder, auto
