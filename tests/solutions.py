"""Solutions of the assignment, right ones and ones with a single fault.

A fault is a right solution with a few words exchanged.
"""
from dataclasses import dataclass

VANILLA = """
from tensorflow import keras


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

    auto = keras.Model(inputs, decoder(encoder(inputs)))
    auto.compile(optimizer='adam', loss='binary_crossentropy')
    return encoder, decoder, auto
"""

# The penalty is a layer of its own, which is right on every Keras.
SPARSE = """
import tensorflow as tf
from tensorflow import keras


class Penalty(keras.layers.Layer):
    def __init__(self, lambtha):
        super().__init__()
        self.lambtha = lambtha

    def call(self, code):
        norms = tf.reduce_sum(tf.abs(code), axis=1)
        self.add_loss(self.lambtha * tf.reduce_mean(norms))
        return code


def autoencoder(input_dims, hidden_layers, latent_dims, lambtha):
    inputs = x = keras.Input(shape=(input_dims,))
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, activation='relu')(x)
    code = keras.layers.Dense(latent_dims, activation='relu')(x)
    code = Penalty(lambtha)(code)
    encoder = keras.Model(inputs, code)
""" + VANILLA[VANILLA.index('\n    given ='):]

REGULARIZED = SPARSE.replace(
    "(latent_dims, activation='relu')",
    "(latent_dims, activation='relu', "
    'activity_regularizer=keras.regularizers.l1(lambtha))').replace(
        '    code = Penalty(lambtha)(code)\n', '')

CONVOLUTIONAL = """
from tensorflow import keras


def autoencoder(input_dims, filters, latent_dims):
    inputs = x = keras.Input(shape=input_dims)
    for count in filters:
        x = keras.layers.Conv2D(
            count, (3, 3), padding='same', activation='relu')(x)
        x = keras.layers.MaxPooling2D((2, 2), padding='same')(x)
    encoder = keras.Model(inputs, x)

    given = y = keras.Input(shape=latent_dims)
    for count in reversed(filters[1:]):
        y = keras.layers.Conv2D(
            count, (3, 3), padding='same', activation='relu')(y)
        y = keras.layers.UpSampling2D((2, 2))(y)
    y = keras.layers.Conv2D(
        filters[0], (3, 3), padding='valid', activation='relu')(y)
    y = keras.layers.UpSampling2D((2, 2))(y)
    output = keras.layers.Conv2D(
        input_dims[-1], (3, 3), padding='same', activation='sigmoid')(y)
    decoder = keras.Model(given, output)
""" + VANILLA[VANILLA.index('\n    auto ='):]

VARIATIONAL = """
import tensorflow as tf
from tensorflow import keras


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        mean, log_variance = inputs
        divergence = -0.5 * tf.reduce_sum(
            1 + log_variance - mean ** 2 - tf.exp(log_variance), axis=-1)
        self.add_loss(tf.reduce_mean(divergence))
        noise = tf.random.normal(tf.shape(mean))
        return mean + tf.exp(log_variance / 2) * noise


def autoencoder(input_dims, hidden_layers, latent_dims):
    inputs = x = keras.Input(shape=(input_dims,))
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, activation='relu')(x)
    mean = keras.layers.Dense(latent_dims)(x)
    log_variance = keras.layers.Dense(latent_dims)(x)
    latent = Sampling()([mean, log_variance])
    encoder = keras.Model(inputs, [latent, mean, log_variance])
""" + VANILLA[VANILLA.index('\n    given ='):].replace(
    'decoder(encoder(inputs))', 'decoder(encoder(inputs)[0])').replace(
        "loss='binary_crossentropy'", 'loss=loss').replace(
            '    auto.compile', """
    def loss(x, y):
        return input_dims * keras.losses.binary_crossentropy(x, y)

    auto.compile""")

RIGHT = {0: VANILLA, 1: SPARSE, 2: CONVOLUTIONAL, 3: VARIATIONAL}


@dataclass
class Fault:
    """A right solution with a fault.

    Attributes:
        name: String, what is wrong.
        task: Integer.
        test: String, the requirement that is not met.
        mistake: String, the anchor in docs/mistakes.md.
        changes: Pairs of words in the source and what stands there instead.
        says: String, a part of what is said to be found.
        advice: String, a part of what is said to change.
        keras: Function of the version of Keras, whether the fault exists.
        compiled: Whether it shows in compiled functions only.
        source: String, the right solution.
        also: Tests that fail too, for a reason of the same fault.
    """

    name: str
    task: int
    test: str
    mistake: str
    changes: tuple
    says: str = ''
    keras: object = lambda version: True
    compiled: bool = False
    source: str = ''
    also: tuple = ()
    advice: str = ''

    @property
    def name_of_requirement(self):
        """The requirement's name, with spaces."""
        return self.test.replace('_', ' ')

    def write(self):
        """Return the source."""
        text = self.source or RIGHT[self.task]
        for old, new in self.changes:
            assert text.count(old) > 0, (self.name, old)
            text = text.replace(old, new)
        return text


def three(version):
    """Tell whether this is Keras 3."""
    return version >= (3, 0)


def two(version):
    """Tell whether this is Keras 2."""
    return version < (3, 0)


ENCODER_RELU = ("        x = keras.layers.Dense(nodes, activation='relu')(x)",)
POOL = "        x = keras.layers.MaxPooling2D((2, 2), padding='same')(x)"
SAMPLE = 'return mean + tf.exp(log_variance / 2) * noise'
NOISE = 'noise = tf.random.normal(tf.shape(mean))'
TERM = '1 + log_variance - mean ** 2 - tf.exp(log_variance)'
RETURN = 'return encoder, decoder, auto'
SYMBOLIC = """
    kl = -0.5 * K.sum(1 + log_variance - K.square(mean)
                      - K.exp(log_variance), axis=-1)
"""
OUTSIDE = (
    ('        self.add_loss(tf.reduce_mean(divergence))\n', ''),
    ('from tensorflow import keras\n',
     'from tensorflow import keras\nK = keras.backend\n'))

FAULTS = [
    # What any of the four may have.
    Fault('models in another order', 0, 'returns', 'order-of-models',
          ((RETURN, 'return decoder, encoder, auto'),),
          'decoder, encoder, auto'),
    Fault('two models only', 0, 'builds', 'order-of-models',
          ((RETURN, 'return encoder, auto'),), 'tuple of 2'),
    Fault('weights not shared', 0, 'auto', 'weights-not-shared',
          (('    auto = keras.Model(inputs, decoder(encoder(inputs)))',
            '    auto = keras.models.clone_model(keras.Model(\n'
            '        inputs, decoder(encoder(inputs))))'),),
          'weights of its own'),
    Fault('not compiled', 0, 'cross_entropy', 'not-compiled',
          (("    auto.compile(optimizer='adam', "
            "loss='binary_crossentropy')\n", ''),), 'not compiled'),
    Fault('another optimizer', 0, 'adam', 'optimizer',
          (("'adam'", "'rmsprop'"),), 'RMSprop'),
    Fault('an argument of old', 0, 'builds', 'optimizer',
          (("'adam'", 'keras.optimizers.Adam(lr=0.001)'),), "'lr'",
          keras=three),
    Fault('another loss', 0, 'cross_entropy', 'another-loss',
          (("'binary_crossentropy'", "'mse'"),), 'squared error'),
    Fault('two hidden layers at most', 0, 'hidden_layers', 'hidden-layers',
          (('    inputs =', '    hidden_layers = hidden_layers[:2]\n'
            '    inputs ='),), 'They have',
          also=('hidden layers reversed',)),
    Fault('a frozen layer', 0, 'trains', 'optimizer',
          (('    auto.compile', '    encoder.layers[1].trainable = False\n'
            '    auto.compile'),), 'gives it none'),
    Fault('Adam of another kind', 0, 'adam', 'optimizer',
          (("'adam'", 'keras.optimizers.Adamax()'),), 'Adamax'),
    Fault('16 bits', 0, 'builds', 'module',
          (('\n\ndef auto', "\nkeras.mixed_precision.set_global_policy("
            "'mixed_float16')\n\n\ndef auto"),), '`mixed_float16`'),
    Fault('a number in the list of a layer', 3, 'builds',
          'lambda-with-tensors-from-outside',
          (('()([mean, log_variance])', '()([mean, log_variance, 2])'),
           ('mean, log_variance = inputs', 'mean, log_variance, _ = inputs')),
          'Only input tensors', advice='take the number out', keras=three),
    Fault('an argument of Keras 2', 3, 'builds',
          'functions-of-another-keras',
          (('reduce_mean(divergence))', 'reduce_mean(divergence), '
            'inputs=inputs)'),), "'inputs'",
          advice='no argument `inputs`', keras=three),
    Fault('a name without its import', 3, 'builds', 'name-not-defined',
          (('import tensorflow as tf\n', ''),), "name 'tf'",
          advice='import tensorflow as tf'),
    Fault('a name of nothing', 0, 'builds', 'name-not-defined',
          (('(hidden_layers):', '(hiden_layers):'),), "'hiden_layers'",
          advice='Is it `hidden_layers`?'),
    Fault('from logits', 0, 'cross_entropy', 'from-logits',
          (('from tensorflow import keras',
            'import tensorflow as tf\nfrom tensorflow import keras'),
           ("'binary_crossentropy'", 'lambda x, y: '
            'tf.nn.sigmoid_cross_entropy_with_logits(x, y)')),
          'taken for logits'),
    Fault('summed where it is averaged', 0, 'cross_entropy',
          'cross-entropy-summed',
          (("'binary_crossentropy')", "'binary_crossentropy', "
            'loss_weights=[input_dims])'),), 'summed over the values'),
    Fault('hidden layers not reversed', 0, 'hidden_layers_reversed',
          'not-reversed', (('reversed(hidden_layers)', 'hidden_layers'),),
          '23, 17, 11, 30'),
    Fault('reversed in place', 0, 'hidden_layers_kept', 'list-changed',
          (('    given =', '    hidden_layers.reverse()\n    given ='),
           ('reversed(hidden_layers)', 'hidden_layers')), '[11, 17, 23]'),
    Fault('a hidden layer too many', 0, 'hidden_layers_reversed',
          'hidden-layers',
          (('reversed(hidden_layers)',
            '[latent_dims, *reversed(hidden_layers)]'),), '7, 11, 17'),
    Fault('784 written into the output', 0, 'input_dims', '784-hard-coded',
          (("Dense(input_dims, activation='sigmoid')",
            "Dense(784, activation='sigmoid')"),), '784',
          also=('hidden layers reversed',)),
    Fault('no relu on the code', 0, 'encoder_relu', 'activations',
          (("Dense(latent_dims, activation='relu')",
            'Dense(latent_dims)'),), '`None`'),
    Fault('sigmoid in the encoder', 0, 'encoder_relu', 'activations',
          tuple((line, line.replace('relu', 'sigmoid'))
                for line in ENCODER_RELU), '`sigmoid`'),
    Fault('relu as the last activation', 0, 'sigmoid', 'activations',
          (("'sigmoid'", "'relu'"),), '`relu`'),
    Fault('a normalization', 0, 'encoder_relu', 'activations',
          (('    code = ', '    x = keras.layers.LayerNormalization()(x)\n'
            '    code = '),), 'not that of its layers'),
    Fault('a shape without a comma', 0, 'builds', 'shape-without-a-comma',
          (('shape=(latent_dims,)', 'shape=(latent_dims)'),),
          'Cannot convert', keras=three),
    Fault('relu6', 0, 'encoder_relu', 'activations',
          tuple((line, line.replace("'relu'", "'relu6'"))
                for line in ENCODER_RELU), '`relu6`', keras=three),
    Fault('a dropout', 0, 'encoder_relu', 'activations',
          (('    code = ', '    x = keras.layers.Dropout(0.01)(x)\n'
            '    code = '),), '`training=True`', also=('cross entropy',)),
    Fault('half of a gradient', 0, 'trains', 'optimizer',
          (('from tensorflow import keras',
            'import tensorflow as tf\nfrom tensorflow import keras'),
           ('    encoder = ', '    code = keras.layers.Lambda(lambda t: 0.5 '
            '* (t + tf.stop_gradient(t)))(code)\n    encoder = ')),
          'away from that'),
    Fault('another loss for 784 values', 0, 'cross_entropy', 'another-loss',
          (("'binary_crossentropy'", "'mse' if input_dims == 784 else "
            "'binary_crossentropy'"),), 'squared error', compiled=True),
    *(Fault(name, 0, 'adam', 'optimizer', (
        ("'adam'", f'keras.optimizers.Adam({settings})'),), says)
      for name, settings, says in (
        ('a rate that falls to 0', 'keras.optimizers.schedules.'
         'PiecewiseConstantDecay([100], [0.001, 0.0])', 'from 0 to 0.001'),
        ('the settings of another optimizer', '1e5, beta_1=1e-9, '
         'beta_2=1e-12, epsilon=1e6', '`beta_2` of 1e-12'),
        ('a decay', 'weight_decay=0.004', '`weight_decay` of 0.004'),
        ('clipped gradients', 'clipnorm=1.0', '`clipnorm` of 1'))),
    # The sparse autoencoder.
    Fault('no penalty', 1, 'penalty', 'penalty-missing',
          (('    code = Penalty(lambtha)(code)\n', ''),), 'It has none'),
    Fault('an L2 penalty', 1, 'penalty', 'penalty-l2',
          (('tf.abs(code)', 'code ** 2'),), 'squares of the code'),
    Fault('an L2 regularizer', 1, 'penalty', 'penalty-l2',
          (('.l1(', '.l2('),), 'squares of the code', source=REGULARIZED),
    Fault('a penalty on the weights', 1, 'penalty', 'penalty-on-weights',
          (('activity_regularizer', 'kernel_regularizer'),),
          'weights of the layer of the code', source=REGULARIZED),
    Fault('a penalty on a hidden layer', 1, 'penalty',
          'penalty-on-other-layers',
          (('    code = Penalty(lambtha)(code)\n', ''),
           ('    code = keras', '    x = Penalty(lambtha)(x)\n'
            '    code = keras')), 'hidden layer 3'),
    Fault('a penalty before the relu', 1, 'penalty', 'penalty-before-relu',
          (("(latent_dims, activation='relu')(x)", '(latent_dims)(x)'),
           ('Penalty(lambtha)(code)\n', "Penalty(lambtha)(code)\n"
            "    code = keras.layers.Activation('relu')(code)\n")),
          'before its `relu`'),
    Fault('lambtha ignored', 1, 'penalty', 'lambtha-ignored',
          (('Penalty(lambtha)', 'Penalty(10e-5)'),), '0.0001 times'),
    Fault('a penalty averaged over the code', 1, 'penalty',
          'penalty-averaged',
          (('tf.reduce_sum(tf.abs', 'tf.reduce_mean(tf.abs'),),
          'averaged over its values'),
    Fault('a penalty summed over the batch', 1, 'penalty',
          'summed-over-the-batch',
          (('tf.reduce_mean(norms)', 'tf.reduce_sum(norms)'),),
          'summed over the batch',
          keras=lambda version: not (3, 0) <= version < (3, 14)),
    # The convolutional autoencoder.
    Fault('filters not reversed', 2, 'filters_reversed', 'not-reversed',
          (('reversed(filters[1:])', 'filters[:-1]'),
           ('filters[0], (3', 'filters[-1], (3')), '7, 6, 5'),
    Fault('pooling without same', 2, 'builds', 'pooling-without-same',
          ((POOL, POOL.replace(", padding='same'", '')),), '1, 2, 5)'),
    Fault('average pooling', 2, 'pooling', 'pooling-without-same',
          (('MaxPooling2D', 'AveragePooling2D'),), 'AveragePooling2D'),
    Fault('no valid convolution', 2, 'valid_padding', 'valid-convolution',
          (("padding='valid'", "padding='same'"),), '`same`',
          also=('input dims',)),
    Fault('one channel written in', 2, 'channels', 'one-channel-hard-coded',
          (('input_dims[-1], (3', '1, (3'),), 'It has 1.',
          also=('input dims',)),
    Fault('kernels of 5 x 5', 2, 'encoder_kernels', 'convolutions',
          (("            count, (3, 3), padding='same', "
            "activation='relu')(x)",
            "            count, (5, 5), padding='same', "
            "activation='relu')(x)"),), '(5, 5)'),
    Fault('a transposed convolution', 2, 'filters_reversed', 'convolutions',
          (("        y = keras.layers.Conv2D(\n",
            "        y = keras.layers.Conv2DTranspose(\n"),),
          'outside of that chain'),
    # The variational autoencoder.
    Fault('no divergence', 3, 'divergence', 'divergence-missing',
          (('        self.add_loss(tf.reduce_mean(divergence))\n', ''),),
          'It has none'),
    Fault('divergence averaged over the code', 3, 'divergence',
          'divergence-averaged',
          (('-0.5 * tf.reduce_sum', '-0.5 * tf.reduce_mean'),),
          'averaged over the code'),
    Fault('divergence of the wrong sign', 3, 'divergence',
          'divergence-sign', (('-0.5 * tf', '0.5 * tf'),), 'wrong sign'),
    Fault('divergence without the square', 3, 'divergence',
          'divergence-formula', (('mean ** 2', 'mean'),), 'square'),
    Fault('divergence of a log deviation', 3, 'divergence',
          'log-standard-deviation',
          ((TERM, '1 + 2 * log_variance - mean ** 2 '
            '- tf.exp(2 * log_variance)'),), 'log deviation'),
    Fault('divergence with a weight', 3, 'divergence',
          'divergence-weighted',
          (('self.add_loss(', 'self.add_loss(0.01 * '),),
          'times the divergence'),
    Fault('divergence summed over the batch', 3, 'divergence',
          'summed-over-the-batch',
          (('tf.reduce_mean(divergence)', 'tf.reduce_sum(divergence)'),),
          'summed over the batch'),
    Fault('cross-entropy averaged', 3, 'cross_entropy',
          'cross-entropy-averaged', (('return input_dims * ', 'return '),),
          'averaged over the values'),
    Fault('784 written into the loss', 3, 'cross_entropy', '784-hard-coded',
          (('return input_dims * ', 'return 784 * '),), 'by 784'),
    Fault('decoder fed the mean', 3, 'auto', 'decoder-fed-the-mean',
          (('encoder(inputs)[0]', 'encoder(inputs)[1]'),), 'the mean'),
    Fault('decoder fed the log variance', 3, 'auto',
          'decoder-fed-the-log-variance',
          (('encoder(inputs)[0]', 'encoder(inputs)[2]'),),
          'the log variance'),
    Fault('exp of the log variance as deviation', 3, 'sample',
          'deviation-from-log-variance',
          ((SAMPLE, SAMPLE.replace(' / 2', '')),), '`exp(log_variance)`'),
    Fault('two causes at once', 3, 'sample', 'deviation-from-log-variance',
          ((SAMPLE, SAMPLE.replace(' / 2', '')),
           (NOISE, NOISE.replace('(mean))', '(mean), stddev=0.1)'))),
          '`exp(log_variance) * 0.1', advice='the factor 0.'),
    Fault('no noise', 3, 'sample', 'noise-missing',
          ((SAMPLE, 'return mean'),), 'no noise'),
    Fault('no noise in training', 3, 'sample', 'noise-missing',
          (('(self, inputs):', '(self, inputs, training=None):'),
           (SAMPLE, 'return mean if training else ' + SAMPLE[7:])),
          'With `training=True`', also=('auto',)),
    Fault('the gradient of the log variance stopped', 3, 'trains',
          'optimizer', ((SAMPLE, SAMPLE.replace(
              'log_variance', 'tf.stop_gradient(log_variance)')),),
          'away from that', compiled=True),
    Fault('noise shared by the batch', 3, 'sample', 'noise-shared',
          ((NOISE, 'noise = tf.random.normal(tf.shape(mean)[1:])'),),
          'share the same noise'),
    Fault('noise drawn once', 3, 'sample', 'noise-drawn-once',
          ((NOISE, 'noise = tf.random.stateless_normal(tf.shape(mean), '
            '[1, 2])'),), 'drawn once'),
    Fault('uniform noise', 3, 'sample', 'noise-not-normal',
          ((NOISE, NOISE.replace('normal', 'uniform')),),
          'normal distribution'),
    Fault('noise of another deviation', 3, 'sample',
          'noise-standard-deviation',
          ((NOISE, NOISE.replace('(mean))', '(mean), stddev=0.1)')),),
          'deviation of 0.1'),
    Fault('noise of a deviation near 1', 3, 'sample',
          'noise-standard-deviation',
          ((NOISE, NOISE.replace('(mean))', '(mean), stddev=0.95)')),),
          'deviation of 0.95'),
    Fault('noise of the wrong type', 3, 'builds', 'noise-of-another-type',
          ((NOISE, NOISE.replace('(mean))', "(mean), dtype='float64')")),),
          'in a layer `Sampling`', advice=NOISE),
    Fault('noise of the wrong shape', 3, 'builds',
          'noise-of-another-shape',
          ((NOISE, 'noise = tf.random.normal(mean.shape)'),),
          'in a layer `Sampling`', advice=NOISE),
    Fault('the sum of Python', 3, 'builds', 'functions-of-another-keras',
          (('tf.reduce_sum(\n', 'sum(\n'),), 'in a layer `Sampling`',
          advice='tf.reduce_sum'),
    Fault('the whole list decoded', 3, 'builds',
          'whole-list-to-the-decoder',
          (('encoder(inputs)[0]', 'encoder(inputs)'),),
          advice='decoder(encoder(inputs)[0])', keras=three),
    Fault('a plain autoencoder', 3, 'hidden_layers', 'a-plain-autoencoder',
          (), 'plain', source=VANILLA),
    Fault('the sample in the divergence', 3, 'cross_entropy',
          'loss-of-the-sample',
          (('        self.add_loss(tf.reduce_mean(divergence))\n', ''),
           ('        return input_dims * keras.losses.binary_crossentropy('
            'x, y)', """
        mean, log_variance, _ = encoder(x)
        return input_dims * keras.losses.binary_crossentropy(
            x, y) - 0.5 * tf.reduce_sum(""" + TERM + """, axis=-1)
""")), 'is random', also=('divergence',),
          advice='`mean, log_variance, _ = encoder(x)`'),
    Fault('a sample around 0', 3, 'sample', 'sample-without-mean',
          ((SAMPLE, 'return tf.exp(log_variance / 2) * noise'),),
          'around 0'),
    Fault('outputs in another order', 3, 'outputs', 'order-of-outputs',
          (('[latent, mean, log_variance])\n\n',
            '[mean, log_variance, latent])\n\n'),
           ('encoder(inputs)[0]', 'encoder(inputs)[2]')),
          'the mean, the log variance, the latent'),
    Fault('one output', 3, 'outputs', 'order-of-outputs',
          (('keras.Model(inputs, [latent, mean, log_variance])',
            'keras.Model(inputs, latent)'),
           ('encoder(inputs)[0]', 'encoder(inputs)')), 'It gives 1'),
    Fault('relu on the mean', 3, 'mean',
          'activation-on-mean-or-log-variance',
          (('    mean = keras.layers.Dense(latent_dims)',
            "    mean = keras.layers.Dense(latent_dims, 'relu')"),),
          '`relu`'),
    Fault('relu on the log variance', 3, 'log_variance',
          'activation-on-mean-or-log-variance',
          (('log_variance = keras.layers.Dense(latent_dims)',
            "log_variance = keras.layers.Dense(latent_dims, 'relu')"),),
          '`relu`'),
    Fault('one layer for both', 3, 'hidden_layers',
          'one-layer-for-mean-and-log-variance',
          (('    mean = keras', '    layer = keras'),
           ('Dense(latent_dims)(x)\n    log_variance = keras.layers.Dense('
            'latent_dims)(x)', 'Dense(latent_dims)\n    mean = layer(x)\n'
            '    log_variance = layer(x)')), '23, 17, 11, 7'),
    Fault('functions on KerasTensors', 3, 'builds',
          'tensorflow-functions-on-kerastensors',
          (*OUTSIDE, ('    latent = Samp', SYMBOLIC + '    latent = Samp'),
           ('    auto.compile(', '    auto.add_loss(kl)\n'
            '    auto.compile(')), 'KerasTensor', keras=three),
    Fault('a Lambda with tensors from outside', 3, 'builds',
          'lambda-with-tensors-from-outside',
          (('Sampling()([mean, log_variance])', 'keras.layers.Lambda('
            'lambda given: given + tf.exp(log_variance / 2), output_shape=('
            'latent_dims,))(mean)'),), 'KerasTensor', keras=three,
          advice='`log_variance`'),
    Fault('add_loss on a model', 3, 'builds', 'add-loss-on-a-model',
          (*OUTSIDE, ('    auto.compile(', '    auto.add_loss('
            'keras.ops.mean(mean))\n    auto.compile(')),
          'NotImplementedError', keras=three),
    Fault('a loss closed over symbolic tensors', 3, 'cross_entropy',
          'loss-closed-over-symbolic-tensors',
          (*OUTSIDE, ('(x, y)\n\n    auto', '(x, y) - 0.5 * K.sum('
            '1 + log_variance - K.square(mean) - K.exp(log_variance), '
            'axis=-1)\n\n    auto')), 'KerasTensor'),
    Fault('functions of Keras 3', 3, 'builds', 'functions-of-another-keras',
          (('tf.exp(log_variance / 2)', 'keras.ops.exp(log_variance / 2)'),),
          "'ops'", keras=two),
    Fault('functions of Keras 2', 3, 'builds', 'functions-of-another-keras',
          (('from tensorflow import keras', 'import keras'),
           ('tf.exp(log_variance / 2)',
            'keras.backend.exp(log_variance / 2)')), "'exp'", keras=three),
    Fault('a Lambda without its shape', 3, 'builds',
          'lambda-without-output-shape',
          (('Sampling()(', 'keras.layers.Lambda(\n        lambda m: m[0] + '
            'keras.backend.exp(m[1] / 2) * keras.backend.random_normal('
            '(int(m[0].shape[0]), latent_dims)))('),), 'infer',
          keras=three),
]
