"""A model with steps of its own, and a Lambda layer that samples."""

import tensorflow as tf
from tensorflow import keras


def sample(parts):
    """Return codes."""
    mu, log_var = parts
    noise = tf.random.normal(tf.shape(mu), dtype=mu.dtype)
    return mu + tf.exp(log_var / 2) * noise


class VAE(keras.Model):
    """The whole autoencoder."""

    def __init__(self, encoder, decoder, size):
        """Keep the halves."""
        super().__init__()
        self.encoder, self.decoder, self.size = encoder, decoder, size
        self.total = keras.metrics.Mean(name='loss')

    @property
    def metrics(self):
        """Return what is reset for each epoch."""
        return [self.total]

    def call(self, x):
        """Return reconstructions."""
        return self.decoder(self.encoder(x)[0])

    def loss_on(self, x):
        """Return the cross-entropy and the divergence, as one."""
        z, mu, log_var = self.encoder(x)
        parts = tf.exp(log_var) + mu**2 - 1 - log_var
        entropy = keras.losses.binary_crossentropy(x, self.decoder(z))
        return tf.reduce_mean(
            entropy * self.size + tf.reduce_sum(parts, 1) / 2
        )

    def train_step(self, data):
        """Train on a batch."""
        x, _ = data
        with tf.GradientTape() as tape:
            loss = self.loss_on(x)
        grads = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        self.total.update_state(loss)
        return {'loss': self.total.result()}

    def test_step(self, data):
        """Test on a batch."""
        x, _ = data
        self.total.update_state(self.loss_on(x))
        return {'loss': self.total.result()}


def autoencoder(input_dims, hidden_layers, latent_dims):
    """Return the models of task 3."""
    inputs = x = keras.Input((input_dims,))
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, 'relu')(x)
    mu = keras.layers.Dense(latent_dims)(x)
    log_var = keras.layers.Dense(latent_dims)(x)
    sampled = keras.layers.Lambda(sample, output_shape=(latent_dims,))
    encoder = keras.Model(inputs, [sampled([mu, log_var]), mu, log_var])
    code = y = keras.Input((latent_dims,))
    for nodes in reversed(hidden_layers):
        y = keras.layers.Dense(nodes, 'relu')(y)
    y = keras.layers.Dense(input_dims, 'sigmoid')(y)
    decoder = keras.Model(code, y)
    auto = VAE(encoder, decoder, input_dims)
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
