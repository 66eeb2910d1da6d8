"""Right solutions of the assignment, in the styles that people write."""
from solutions import (
    CONVOLUTIONAL,
    REGULARIZED,
    SPARSE,
    VANILLA,
    VARIATIONAL,
    three,
    two,
)


def changed(source, *changes):
    """Return a source with words exchanged."""
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    return source


SEQUENTIAL = """
import tensorflow as tf
from tensorflow.keras import Sequential
from tensorflow.keras.layers import Activation, Dense, InputLayer, ReLU


def autoencoder(n, hidden, code):
    encoder, decoder = Sequential(), Sequential()
    encoder.add(tf.keras.Input(shape=(n,)))
    for nodes in hidden:
        encoder.add(Dense(nodes))
        encoder.add(ReLU())
    encoder.add(Dense(code))
    encoder.add(Activation('relu'))
    decoder.add(tf.keras.Input(shape=(code,)))
    for nodes in hidden[::-1]:
        decoder.add(Dense(nodes, activation=tf.nn.relu))
    decoder.add(Dense(n, activation=tf.nn.sigmoid))
    auto = Sequential([encoder, decoder])
    auto.build((None, n))
    auto.compile(tf.keras.optimizers.Adam(learning_rate=0.01),
                 tf.keras.losses.BinaryCrossentropy(), metrics=['mse'])
    return [encoder, decoder, auto]
"""

FLAT = """
import tensorflow.keras as keras


def autoencoder(input_dims, hidden_layers, latent_dims):
    if not isinstance(hidden_layers, list):
        raise TypeError('hidden_layers should be a list')
    inputs = keras.Input(shape=(input_dims,), name='in')
    x = keras.layers.Dense(hidden_layers[0], 'relu',
                           kernel_initializer='he_normal')(inputs)
    for i in range(1, len(hidden_layers)):
        x = keras.layers.Dense(hidden_layers[i], 'relu')(x)
    code = x = keras.layers.Dense(latent_dims, 'relu', name='code')(x)
    encoder = keras.Model(inputs, code)
    given = y = keras.Input(shape=(latent_dims,))
    for i in range(len(hidden_layers) - 1, -1, -1):
        layer = keras.layers.Dense(hidden_layers[i], 'relu')
        x, y = layer(x), layer(y)
    layer = keras.layers.Dense(input_dims, 'sigmoid')
    auto = keras.Model(inputs, layer(x))
    decoder = keras.Model(given, layer(y))
    for model in (encoder, decoder, auto):
        model.compile('adam', 'binary_crossentropy')
        model.summary()
    return encoder, decoder, auto
"""

SUBCLASSED = """
import tensorflow as tf


class Stack(tf.keras.Model):
    def __init__(self, sizes, last):
        super().__init__()
        self.hidden = [tf.keras.layers.Dense(n, 'relu') for n in sizes[:-1]]
        self.final = tf.keras.layers.Dense(sizes[-1], last)

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.final(x)


class Auto(tf.keras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def call(self, x):
        return self.decoder(self.encoder(x))


def autoencoder(input_dims, hidden_layers, latent_dims):
    encoder = Stack([*hidden_layers, latent_dims], 'relu')
    decoder = Stack([*hidden_layers[::-1], input_dims], 'sigmoid')
    auto = Auto(encoder, decoder)
    auto.compile('adam', 'binary_crossentropy')
    return encoder, decoder, auto
"""

# After the example of a variational autoencoder in Keras' documentation: a
# model with a train_step of its own.
TRAIN_STEP = changed(
    VARIATIONAL,
    ('        self.add_loss(tf.reduce_mean(divergence))\n', ''),
    ('\ndef autoencoder', """
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
            rebuilt = tf.reduce_sum(keras.losses.binary_crossentropy(
                x[..., None], y[..., None]), axis=1)
            kl = -0.5 * tf.reduce_sum(
                1 + log_variance - tf.square(mean) - tf.exp(log_variance),
                axis=1)
            loss = tf.reduce_mean(rebuilt) + tf.reduce_mean(kl)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(
            zip(gradients, self.trainable_weights))
        self.tracker.update_state(loss)
        return {'loss': self.tracker.result()}

    def test_step(self, data):
        return {'loss': self.tracker.result()}


def autoencoder"""),
    ('keras.Model(inputs, decoder(encoder(inputs)[0]))',
     'Auto(encoder, decoder)'),
    ("optimizer='adam', loss=loss", "optimizer='adam'"))

LAMBDA = changed(
    VARIATIONAL,
    ('    latent = Sampling()([mean, log_variance])', """
    def draw(arguments):
        mean, log_variance = arguments
        K = keras.backend
        noise = K.random_normal(shape=(K.shape(mean)[0], latent_dims))
        return mean + K.exp(0.5 * log_variance) * noise

    latent = keras.layers.Lambda(draw, output_shape=(latent_dims,))(
        [mean, log_variance])"""))

# The encoder is asked again, for the input that is the target too.
LOSS_ASKS_THE_ENCODER = changed(
    LAMBDA,
    ('        return input_dims * keras.losses.binary_crossentropy(x, y)', """
        _, mean, log_variance = encoder(x)
        kl = 1 + log_variance - tf.square(mean) - tf.exp(log_variance)
        return (input_dims * keras.losses.binary_crossentropy(x, y)
                - tf.reduce_sum(kl, axis=-1) / 2)"""))

# A layer on the output that adds all of the loss.
LOSS_LAYER = changed(
    LAMBDA,
    ('\ndef autoencoder', """
class Loss(keras.layers.Layer):
    def call(self, inputs):
        x, y, mean, log_variance = inputs
        rebuilt = x.shape[-1] * keras.losses.binary_crossentropy(x, y)
        kl = tf.reduce_sum(tf.square(mean) + tf.exp(log_variance) - 1
                           - log_variance, axis=-1) * 0.5
        self.add_loss(tf.reduce_mean(rebuilt + kl))
        return y


def autoencoder"""),
    ('keras.Model(inputs, decoder(encoder(inputs)[0]))',
     'keras.Model(inputs, Loss()([\n'
     '        inputs, decoder(latent), mean, log_variance]))'),
    (', loss=loss', ''))

ADD_LOSS_ON_A_MODEL = changed(
    LAMBDA,
    (', loss=loss', ''),
    ('    auto.compile', """
    K = keras.backend
    rebuilt = loss(inputs, auto.output)
    kl = 1 + log_variance - K.square(mean) - K.exp(log_variance)
    auto.add_loss(K.mean(rebuilt - 0.5 * K.sum(kl, axis=-1)))
    auto.compile"""))

NOISE_IN_TRAINING = changed(
    VARIATIONAL,
    ('def call(self, inputs):', 'def call(self, inputs, training=None):'),
    ('return mean + tf.exp(log_variance / 2) * noise', '''deviation = tf.exp(
            log_variance / 2)
        return mean + deviation * noise if training else mean'''))

VARIANTS = {
    'variational, noise in training only': (3, NOISE_IN_TRAINING),
    # name: task, source, and for which Keras
    'vanilla': (0, VANILLA),
    'vanilla, Sequential, activations as layers': (0, SEQUENTIAL),
    'vanilla, flat': (0, FLAT),
    'vanilla, subclassed': (0, SUBCLASSED),
    'vanilla, a Lambda as activation': (0, changed(
        VANILLA, ('latent_dims, activation=\'relu\')(x)',
                  'latent_dims)(x)\n    code = keras.layers.Lambda('
                  'lambda t: keras.activations.relu(t))(code)'))),
    'vanilla, a loss of its own': (0, changed(
        VANILLA, ("loss='binary_crossentropy'",
                  'loss=lambda x, y: keras.losses.binary_crossentropy('
                  'x, y)'))),
    'vanilla, Adam with amsgrad': (0, changed(
        VANILLA, ("'adam'", 'keras.optimizers.Adam(1e-4, amsgrad=True)'))),
    **{f'vanilla, Adam({settings})': (0, changed(
        VANILLA, ("'adam'", f'keras.optimizers.Adam({settings})')))
       for settings in ('beta_1=0.0', 'keras.optimizers.schedules.CosineDecay('
                        '0.0, 1000, warmup_target=0.001, warmup_steps=100)')},
    'vanilla, its own sigmoid and relu': (0, changed(
        VANILLA, ('from tensorflow import keras',
                  'import tensorflow as tf\nfrom tensorflow import keras'),
        ("'sigmoid'", 'lambda t: 0.5 + 0.5 * tf.tanh(0.5 * t)'),
        ("activation='relu')(x)", 'activation=lambda t: '
         '(t + tf.abs(t)) / 2)(x)'))),
    'vanilla, logits taken back by Keras': (0, changed(
        VANILLA, ("'binary_crossentropy'", 'keras.losses.'
                  'BinaryCrossentropy(from_logits=True)'))),
    'vanilla, in the package keras': (0, changed(
        VANILLA, ('from tensorflow import keras', 'import keras'))),
    'sparse, a layer for the penalty': (1, SPARSE),
    'sparse, a regularizer': (
        1, REGULARIZED, lambda version: not (3, 0) <= version < (3, 14)),
    'sparse, a layer for the regularizer': (1, changed(
        REGULARIZED,
        (', activity_regularizer=keras.regularizers.l1(lambtha))(x)',
         ')(x)\n    code = keras.layers.ActivityRegularization('
         'l1=lambtha)(code)')),
        lambda version: not (3, 0) <= version < (3, 14)),
    'convolutional': (2, CONVOLUTIONAL),
    'convolutional, activations as layers': (2, changed(
        CONVOLUTIONAL,
        ("padding='same', activation='relu')(x)",
         "padding='same')(x)\n        x = keras.layers.ReLU()(x)"),
        (", activation='sigmoid')(y)",
         ")(y)\n    output = keras.layers.Activation('sigmoid')(output)"))),
    'convolutional, one loop': (2, changed(
        CONVOLUTIONAL,
        ('reversed(filters[1:])', 'filters[:0:-1]'),
        ('keras.layers.MaxPooling2D((2, 2), ', 'keras.layers.MaxPool2D('))),
    'variational, a layer for the divergence': (3, VARIATIONAL),
    'variational, loss_weights': (3, changed(
        VARIATIONAL, ('loss=loss', "loss='binary_crossentropy', "
                      'loss_weights=[input_dims]'))),
    'variational, a train_step': (3, TRAIN_STEP),
    'variational, Lambda, the loss asks the encoder': (
        3, LOSS_ASKS_THE_ENCODER),
    'variational, a layer for the loss': (3, LOSS_LAYER),
    'variational, add_loss on the model': (3, ADD_LOSS_ON_A_MODEL, two),
    'variational, operations of Keras 3': (3, changed(
        VARIATIONAL,
        ('tf.random.normal(tf.shape(mean))',
         'keras.random.normal(keras.ops.shape(mean))'),
        ('tf.exp', 'keras.ops.exp'), ('tf.reduce_sum', 'keras.ops.sum'),
        ('tf.reduce_mean', 'keras.ops.mean')), three),
    'variational, log variance first': (3, changed(
        VARIATIONAL,
        ('    mean = keras.layers.Dense(latent_dims)(x)\n'
         '    log_variance = keras.layers.Dense(latent_dims)(x)\n',
         '    log_variance = keras.layers.Dense(latent_dims, None)(x)\n'
         '    mean = keras.layers.Dense(latent_dims, None)(x)\n'))),
}
