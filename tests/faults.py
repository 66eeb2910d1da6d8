"""Wrong solutions, each a correct one of styles/ with a single fault."""

from dataclasses import dataclass

from styles import KERAS_2, KERAS_3, KERAS_ALL, KERAS_AVERAGING


@dataclass(frozen=True)
class Fault:
    """A solution with a single fault, and what is to be said of it.

    Attributes:
        name: String, what is wrong.
        task: Integer.
        requirement: String, the requirement that is not met.
        mistake: String, the anchor of its entry in docs/mistakes.md, or ''.
        says: String, a part of what is said to be found.
        advice: String, a part of what is said to change.
        also: Tuple of strings, the other requirements that fail for the same
            reason.
        keras: Tuple of pairs of integers, the versions of Keras that have the
            fault.
        compiled: Boolean, whether it shows in compiled functions only, or
            with the main script's arguments only.
        changes: Tuple of pairs of strings: words of the base, and what
            replaces them wherever they are.
        base: String, the file in styles/ that is changed.
        text: String, the text to change if it is in none of those files.
    """

    name: str
    task: int
    requirement: str
    mistake: str
    says: str = ''
    advice: str = ''
    also: tuple = ()
    keras: tuple = KERAS_ALL
    compiled: bool = False
    changes: tuple = ()
    base: str = 'vanilla'
    text: str = ''


FAULTS = [
    Fault(
        'models in another order',
        task=0,
        requirement='returns',
        mistake='order-of-models',
        says='decoder, encoder, auto',
        changes=(
            ('return encoder, decoder, auto', 'return decoder, encoder, auto'),
        ),
    ),
    Fault(
        'two models only',
        task=0,
        requirement='builds',
        mistake='order-of-models',
        says='2 values, in a tuple',
        changes=(('return encoder, decoder, auto', 'return encoder, auto'),),
    ),
    Fault(
        'weights not shared',
        task=0,
        requirement='auto',
        mistake='weights-not-shared',
        says='its own weights',
        changes=(
            (
                '    auto = keras.Model(inputs, decoder(encoder(inputs)))',
                """\
    auto = keras.models.clone_model(keras.Model(
        inputs, decoder(encoder(inputs))))""",
            ),
        ),
    ),
    Fault(
        'not compiled',
        task=0,
        requirement='cross entropy',
        mistake='not-compiled',
        says='not compiled',
        changes=(
            (
                """\
    auto.compile(optimizer='adam', loss='binary_crossentropy')""",
                '',
            ),
        ),
    ),
    Fault(
        'another optimizer',
        task=0,
        requirement='adam',
        mistake='optimizer',
        says='RMSprop',
        changes=(("'adam'", "'rmsprop'"),),
    ),
    Fault(
        'an argument of old',
        task=0,
        requirement='builds',
        mistake='optimizer',
        says="'lr'",
        keras=KERAS_3,
        changes=(("'adam'", 'keras.optimizers.Adam(lr=0.001)'),),
    ),
    Fault(
        'another loss',
        task=0,
        requirement='cross entropy',
        mistake='another-loss',
        says='squared error',
        changes=(("'binary_crossentropy'", "'mse'"),),
    ),
    Fault(
        'two hidden layers at most',
        task=0,
        requirement='hidden layers',
        mistake='hidden-layers',
        says='Your layers have',
        also=('hidden layers reversed',),
        changes=(
            (
                '    inputs = x = keras.Input(shape=(input_dims,))',
                """\
    hidden_layers = hidden_layers[:2]
    inputs = x = keras.Input(shape=(input_dims,))""",
            ),
        ),
    ),
    Fault(
        'a frozen layer',
        task=0,
        requirement='trains',
        mistake='optimizer',
        says='gets no gradient',
        changes=(
            (
                """\
    auto.compile(optimizer='adam', loss='binary_crossentropy')""",
                """\
    encoder.layers[1].trainable = False
    auto.compile(optimizer='adam', loss='binary_crossentropy')""",
            ),
        ),
    ),
    Fault(
        'Adam of another kind',
        task=0,
        requirement='adam',
        mistake='optimizer',
        says='Adamax',
        changes=(("'adam'", 'keras.optimizers.Adamax()'),),
    ),
    Fault(
        '16 bits',
        task=0,
        requirement='builds',
        mistake='module',
        says='`mixed_float16`',
        changes=(
            (
                'from tensorflow import keras',
                """\
from tensorflow import keras
keras.mixed_precision.set_global_policy('mixed_float16')""",
            ),
        ),
    ),
    Fault(
        'a number in the list of a layer',
        task=3,
        requirement='builds',
        mistake='lambda-with-tensors-from-outside',
        says='Only input tensors',
        advice='take the number out',
        keras=KERAS_3,
        base='variational',
        changes=(
            ('()([mean, log_variance])', '()([mean, log_variance, 2])'),
            ('mean, log_variance = inputs', 'mean, log_variance, _ = inputs'),
        ),
    ),
    Fault(
        'an argument of Keras 2',
        task=3,
        requirement='builds',
        mistake='functions-of-another-keras',
        says="'inputs'",
        advice='no argument `inputs`',
        keras=KERAS_3,
        base='variational',
        changes=(
            (
                'reduce_mean(divergence))',
                'reduce_mean(divergence), inputs=inputs)',
            ),
        ),
    ),
    Fault(
        'a name without its import',
        task=3,
        requirement='builds',
        mistake='name-not-defined',
        says="name 'tf'",
        advice='import tensorflow as tf',
        base='variational',
        changes=(('import tensorflow as tf', ''),),
    ),
    Fault(
        'a name of nothing',
        task=0,
        requirement='builds',
        mistake='name-not-defined',
        says="'hiden_layers'",
        advice='Is it `hidden_layers`?',
        changes=(('(hidden_layers):', '(hiden_layers):'),),
    ),
    Fault(
        'from logits',
        task=0,
        requirement='cross entropy',
        mistake='from-logits',
        says='taken for logits',
        changes=(
            (
                'from tensorflow import keras',
                """\
import tensorflow as tf
from tensorflow import keras""",
            ),
            (
                "'binary_crossentropy'",
                """\
lambda x, y: (
        tf.nn.sigmoid_cross_entropy_with_logits(x, y))""",
            ),
        ),
    ),
    Fault(
        'summed where it is averaged',
        task=0,
        requirement='cross entropy',
        mistake='cross-entropy-summed',
        says='summed over the values',
        changes=(
            (
                "'binary_crossentropy')",
                "'binary_crossentropy', loss_weights=[input_dims])",
            ),
        ),
    ),
    Fault(
        'hidden layers not reversed',
        task=0,
        requirement='hidden layers reversed',
        mistake='not-reversed',
        says='23, 29, 17, 17, 30',
        changes=(('reversed(hidden_layers)', 'hidden_layers'),),
    ),
    Fault(
        'reversed in place',
        task=0,
        requirement='hidden layers kept',
        mistake='list-changed',
        says='[17, 17, 29, 23]',
        changes=(
            (
                '    given = y = keras.Input(shape=(latent_dims,))',
                """\
    hidden_layers.reverse()
    given = y = keras.Input(shape=(latent_dims,))""",
            ),
            ('reversed(hidden_layers)', 'hidden_layers'),
        ),
    ),
    Fault(
        'a layer for each size',
        task=0,
        requirement='builds',
        mistake='shapes',
        says='17',
        changes=(
            (
                """\
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, activation='relu')(x)""",
                """\
    layers = {nodes: keras.layers.Dense(nodes, activation='relu')
              for nodes in hidden_layers}
    for nodes in hidden_layers:
        x = layers[nodes](x)""",
            ),
        ),
    ),
    Fault(
        'a hidden layer too many',
        task=0,
        requirement='hidden layers reversed',
        mistake='hidden-layers',
        says='19, 17, 17',
        changes=(
            (
                'reversed(hidden_layers)',
                '[latent_dims, *reversed(hidden_layers)]',
            ),
        ),
    ),
    Fault(
        '784 written into the output',
        task=0,
        requirement='input dims',
        mistake='784-hard-coded',
        says='784',
        also=('hidden layers reversed',),
        changes=(
            (
                "Dense(input_dims, activation='sigmoid')",
                "Dense(784, activation='sigmoid')",
            ),
        ),
    ),
    Fault(
        'no relu on the code',
        task=0,
        requirement='encoder relu',
        mistake='activations',
        says='`None`',
        changes=(
            ("Dense(latent_dims, activation='relu')", 'Dense(latent_dims)'),
        ),
    ),
    Fault(
        'sigmoid in the encoder',
        task=0,
        requirement='encoder relu',
        mistake='activations',
        says='`sigmoid`',
        changes=(
            (
                "        x = keras.layers.Dense(nodes, activation='relu')(x)",
                """\
        x = keras.layers.Dense(nodes, activation='sigmoid')(x)""",
            ),
        ),
    ),
    Fault(
        'relu as the last activation',
        task=0,
        requirement='sigmoid',
        mistake='activations',
        says='`relu`',
        changes=(("'sigmoid'", "'relu'"),),
    ),
    Fault(
        'a normalization',
        task=0,
        requirement='encoder relu',
        mistake='activations',
        says='not what such layers give',
        changes=(
            (
                """\
    code = keras.layers.Dense(latent_dims, activation='relu')(x)""",
                """\
    x = keras.layers.LayerNormalization()(x)
    code = keras.layers.Dense(latent_dims, activation='relu')(x)""",
            ),
        ),
    ),
    Fault(
        'a shape without a comma',
        task=0,
        requirement='builds',
        mistake='shape-without-a-comma',
        says='Cannot convert',
        keras=KERAS_3,
        changes=(('shape=(latent_dims,)', 'shape=(latent_dims)'),),
    ),
    Fault(
        'relu6',
        task=0,
        requirement='encoder relu',
        mistake='activations',
        says='`relu6`',
        keras=KERAS_3,
        changes=(
            (
                "        x = keras.layers.Dense(nodes, activation='relu')(x)",
                "        x = keras.layers.Dense(nodes, activation='relu6')(x)",
            ),
        ),
    ),
    Fault(
        'a dropout',
        task=0,
        requirement='encoder relu',
        mistake='activations',
        says='`training=True`',
        also=('cross entropy',),
        changes=(
            (
                """\
    code = keras.layers.Dense(latent_dims, activation='relu')(x)""",
                """\
    x = keras.layers.Dropout(0.01)(x)
    code = keras.layers.Dense(latent_dims, activation='relu')(x)""",
            ),
        ),
    ),
    Fault(
        'half of a gradient',
        task=0,
        requirement='trains',
        mistake='optimizer',
        says='they differ by',
        changes=(
            (
                'from tensorflow import keras',
                """\
import tensorflow as tf
from tensorflow import keras""",
            ),
            (
                '    encoder = keras.Model(inputs, code)',
                """\
    code = keras.layers.Lambda(
        lambda t: 0.5 * (t + tf.stop_gradient(t)))(code)
    encoder = keras.Model(inputs, code)""",
            ),
        ),
    ),
    Fault(
        'predict overridden',
        task=0,
        requirement='auto',
        mistake='weights-not-shared',
        says='In `predict`',
        compiled=True,
        changes=(
            (
                '    return encoder, decoder, auto',
                """\
    auto.predict = lambda x, **more: 0 * x
    return encoder, decoder, auto""",
            ),
        ),
    ),
    Fault(
        'another loss for 784 values',
        task=0,
        requirement='cross entropy',
        mistake='another-loss',
        says='squared error',
        compiled=True,
        changes=(
            (
                "'binary_crossentropy'",
                "'mse' if input_dims == 784 else 'binary_crossentropy'",
            ),
        ),
    ),
    Fault(
        'a rate that falls to 0',
        task=0,
        requirement='adam',
        mistake='optimizer',
        says='from 0 to 0.001',
        changes=(
            (
                "'adam'",
                """\
keras.optimizers.Adam(
        keras.optimizers.schedules.PiecewiseConstantDecay(
            [100], [0.001, 0.0]))""",
            ),
        ),
    ),
    Fault(
        'the settings of another optimizer',
        task=0,
        requirement='adam',
        mistake='optimizer',
        says='`beta_2=1e-12`',
        changes=(
            (
                "'adam'",
                """\
keras.optimizers.Adam(1e5, beta_1=1e-9, beta_2=1e-12, epsilon=1e6)""",
            ),
        ),
    ),
    Fault(
        'a decay',
        task=0,
        requirement='adam',
        mistake='optimizer',
        says='`weight_decay=0.004`',
        changes=(("'adam'", 'keras.optimizers.Adam(weight_decay=0.004)'),),
    ),
    Fault(
        'clipped gradients',
        task=0,
        requirement='adam',
        mistake='optimizer',
        says='`clipnorm=1`',
        changes=(("'adam'", 'keras.optimizers.Adam(clipnorm=1.0)'),),
    ),
    Fault(
        'no penalty',
        task=1,
        requirement='penalty',
        mistake='penalty-missing',
        says='missing from the loss',
        base='sparse',
        changes=(('    code = Penalty(lambtha)(code)', ''),),
    ),
    Fault(
        'an L2 penalty',
        task=1,
        requirement='penalty',
        mistake='penalty-l2',
        says='squares of the code',
        base='sparse',
        changes=(('tf.abs(code)', 'code ** 2'),),
    ),
    Fault(
        'an L2 regularizer',
        task=1,
        requirement='penalty',
        mistake='penalty-l2',
        says='squares of the code',
        base='sparse_a_regularizer',
        changes=(('.l1(', '.l2('),),
    ),
    Fault(
        'a penalty on the weights',
        task=1,
        requirement='penalty',
        mistake='penalty-on-weights',
        says="weights in the code's layer",
        base='sparse_a_regularizer',
        changes=(('activity_regularizer', 'kernel_regularizer'),),
    ),
    Fault(
        'a penalty on a hidden layer',
        task=1,
        requirement='penalty',
        mistake='penalty-on-other-layers',
        says='hidden layer 4',
        base='sparse',
        changes=(
            (
                """\
    code = keras.layers.Dense(latent_dims, activation='relu')(x)
    code = Penalty(lambtha)(code)""",
                """\
    x = Penalty(lambtha)(x)
    code = keras.layers.Dense(latent_dims, activation='relu')(x)""",
            ),
        ),
    ),
    Fault(
        'a penalty before the relu',
        task=1,
        requirement='penalty',
        mistake='penalty-before-relu',
        says='before its `relu`',
        base='sparse',
        changes=(
            (
                """\
    code = keras.layers.Dense(latent_dims, activation='relu')(x)
    code = Penalty(lambtha)(code)""",
                """\
    code = keras.layers.Dense(latent_dims)(x)
    code = Penalty(lambtha)(code)
    code = keras.layers.Activation('relu')(code)""",
            ),
        ),
    ),
    Fault(
        'lambtha ignored',
        task=1,
        requirement='penalty',
        mistake='lambtha-ignored',
        says='0.0001 times',
        base='sparse',
        changes=(('Penalty(lambtha)', 'Penalty(10e-5)'),),
    ),
    Fault(
        'a penalty averaged over the code',
        task=1,
        requirement='penalty',
        mistake='penalty-averaged',
        says='averaged over its values',
        base='sparse',
        changes=(('tf.reduce_sum(tf.abs', 'tf.reduce_mean(tf.abs'),),
    ),
    Fault(
        'a penalty summed over the batch',
        task=1,
        requirement='penalty',
        mistake='summed-over-the-batch',
        says='summed over the batch',
        keras=KERAS_AVERAGING,
        base='sparse',
        changes=(('tf.reduce_mean(norms)', 'tf.reduce_sum(norms)'),),
    ),
    Fault(
        'filters not reversed',
        task=2,
        requirement='filters reversed',
        mistake='not-reversed',
        says='6, 7, 5',
        base='convolutional',
        changes=(
            ('reversed(filters[1:])', 'filters[:-1]'),
            ('filters[0], (3', 'filters[-1], (3'),
        ),
    ),
    Fault(
        'pooling without same',
        task=2,
        requirement='builds',
        mistake='pooling-without-same',
        says='1, 2, 5)',
        base='convolutional',
        changes=(
            (
                """\
        x = keras.layers.MaxPooling2D((2, 2), padding='same')(x)""",
                '        x = keras.layers.MaxPooling2D((2, 2))(x)',
            ),
        ),
    ),
    Fault(
        'average pooling',
        task=2,
        requirement='pooling',
        mistake='pooling-without-same',
        says='AveragePooling2D',
        base='convolutional',
        changes=(('MaxPooling2D', 'AveragePooling2D'),),
    ),
    Fault(
        'no valid convolution',
        task=2,
        requirement='valid padding',
        mistake='valid-convolution',
        says='`same`',
        also=('input dims',),
        base='convolutional',
        changes=(("padding='valid'", "padding='same'"),),
    ),
    Fault(
        'one channel written in',
        task=2,
        requirement='channels',
        mistake='one-channel-hard-coded',
        says='It has 1 filter.',
        also=('input dims',),
        base='convolutional',
        changes=(('input_dims[-1], (3', '1, (3'),),
    ),
    Fault(
        'kernels of 5 x 5',
        task=2,
        requirement='encoder kernels',
        mistake='convolutions',
        says='(5, 5)',
        base='convolutional',
        changes=(
            (
                """\
            count, (3, 3), padding='same', activation='relu'
        )(x)""",
                """\
            count, (5, 5), padding='same', activation='relu'
        )(x)""",
            ),
        ),
    ),
    Fault(
        'a transposed convolution',
        task=2,
        requirement='filters reversed',
        mistake='convolutions',
        says='besides these',
        base='convolutional',
        changes=(
            (
                '        y = keras.layers.Conv2D(',
                '        y = keras.layers.Conv2DTranspose(',
            ),
        ),
    ),
    Fault(
        'no divergence',
        task=3,
        requirement='divergence',
        mistake='divergence-missing',
        says='missing from the loss',
        base='variational',
        changes=(('        self.add_loss(tf.reduce_mean(divergence))', ''),),
    ),
    Fault(
        'divergence averaged over the code',
        task=3,
        requirement='divergence',
        mistake='divergence-averaged',
        says='averaged over the code',
        base='variational',
        changes=(('-0.5 * tf.reduce_sum', '-0.5 * tf.reduce_mean'),),
    ),
    Fault(
        'divergence of the wrong sign',
        task=3,
        requirement='divergence',
        mistake='divergence-sign',
        says='wrong sign',
        base='variational',
        changes=(('-0.5 * tf', '0.5 * tf'),),
    ),
    Fault(
        'divergence without the square',
        task=3,
        requirement='divergence',
        mistake='divergence-formula',
        says='square',
        base='variational',
        changes=(('mean**2', 'mean'),),
    ),
    Fault(
        'divergence of a log deviation',
        task=3,
        requirement='divergence',
        mistake='log-standard-deviation',
        says='log deviation',
        base='variational',
        changes=(
            (
                '1 + log_variance - mean**2 - tf.exp(log_variance)',
                '1 + 2 * log_variance - mean**2 - tf.exp(2 * log_variance)',
            ),
        ),
    ),
    Fault(
        'divergence with a weight',
        task=3,
        requirement='divergence',
        mistake='divergence-weighted',
        says='times the divergence',
        base='variational',
        changes=(('self.add_loss(', 'self.add_loss(0.01 *'),),
    ),
    Fault(
        'divergence summed over the batch',
        task=3,
        requirement='divergence',
        mistake='summed-over-the-batch',
        says='summed over the batch',
        base='variational',
        changes=(('tf.reduce_mean(divergence)', 'tf.reduce_sum(divergence)'),),
    ),
    Fault(
        'cross-entropy averaged',
        task=3,
        requirement='cross entropy',
        mistake='cross-entropy-averaged',
        says='averaged over the values',
        base='variational',
        changes=(('return input_dims *', 'return'),),
    ),
    Fault(
        '784 written into the loss',
        task=3,
        requirement='cross entropy',
        mistake='784-hard-coded',
        says='by 784',
        base='variational',
        changes=(('return input_dims *', 'return 784 *'),),
    ),
    Fault(
        'a regularizer in the decoder',
        task=3,
        requirement='trains',
        mistake='another-loss',
        advice='Remove `kernel_regularizer`',
        base='variational',
        changes=(
            (
                """\
    output = keras.layers.Dense(input_dims, activation='sigmoid')(y)""",
                """\
    output = keras.layers.Dense(
        input_dims, activation='sigmoid',
        kernel_regularizer=keras.regularizers.l2(1e-3))(y)""",
            ),
        ),
    ),
    Fault(
        'decoder fed the mean',
        task=3,
        requirement='auto',
        mistake='decoder-fed-the-mean',
        says='the mean',
        base='variational',
        changes=(('encoder(inputs)[0]', 'encoder(inputs)[1]'),),
    ),
    Fault(
        'decoder fed the log variance',
        task=3,
        requirement='auto',
        mistake='decoder-fed-the-log-variance',
        says='the log variance',
        base='variational',
        changes=(('encoder(inputs)[0]', 'encoder(inputs)[2]'),),
    ),
    Fault(
        'exp of the log variance as deviation',
        task=3,
        requirement='sample',
        mistake='deviation-from-log-variance',
        says='`exp(log_variance)`',
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                'return mean + tf.exp(log_variance) * noise',
            ),
        ),
    ),
    Fault(
        'two causes at once',
        task=3,
        requirement='sample',
        mistake='deviation-from-log-variance',
        says='`exp(log_variance) * 0.',
        advice='the factor 0.',
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                'return mean + tf.exp(log_variance) * noise',
            ),
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.normal(tf.shape(mean), stddev=0.1)',
            ),
        ),
    ),
    Fault(
        'a clipped log variance',
        task=3,
        requirement='sample',
        mistake='activation-on-mean-or-log-variance',
        advice='Remove `tf.clip_by_value',
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                """\
log_variance = tf.clip_by_value(log_variance, -4.0, 4.0)
        return mean + tf.exp(log_variance / 2) * noise""",
            ),
        ),
    ),
    Fault(
        'no noise',
        task=3,
        requirement='sample',
        mistake='noise-missing',
        says='no noise',
        base='variational',
        changes=(
            ('return mean + tf.exp(log_variance / 2) * noise', 'return mean'),
        ),
    ),
    Fault(
        'no noise in training',
        task=3,
        requirement='sample',
        mistake='noise-missing',
        says='With `training=True`',
        also=('auto',),
        base='variational',
        changes=(
            ('(self, inputs):', '(self, inputs, training=None):'),
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                """\
return mean if training else mean + tf.exp(log_variance / 2) * noise""",
            ),
        ),
    ),
    Fault(
        'the gradient of the log variance stopped',
        task=3,
        requirement='trains',
        mistake='optimizer',
        says='standard errors away',
        compiled=True,
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                """\
return mean + tf.exp(tf.stop_gradient(log_variance) / 2) * noise""",
            ),
        ),
    ),
    Fault(
        'noise shared by the batch',
        task=3,
        requirement='sample',
        mistake='noise-shared',
        says='share the same noise',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.normal(tf.shape(mean)[1:])',
            ),
        ),
    ),
    Fault(
        'noise drawn once',
        task=3,
        requirement='sample',
        mistake='noise-drawn-once',
        says='drawn once',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.stateless_normal(tf.shape(mean), [1, 2])',
            ),
        ),
    ),
    Fault(
        'noise frozen in training',
        task=3,
        requirement='sample',
        mistake='noise-drawn-once',
        says='With `training=True`: Every call gives the same',
        base='variational',
        changes=(
            ('(self, inputs):', '(self, inputs, training=None):'),
            (
                'noise = tf.random.normal(tf.shape(mean))',
                """\
noise = tf.random.normal(tf.shape(mean))
        if training:
            noise = tf.random.stateless_normal(tf.shape(mean), [1, 2])""",
            ),
        ),
    ),
    Fault(
        'uniform noise',
        task=3,
        requirement='sample',
        mistake='noise-not-normal',
        says='normal distribution',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.uniform(tf.shape(mean))',
            ),
        ),
    ),
    Fault(
        'uniform noise in training',
        task=3,
        requirement='sample',
        mistake='noise-not-normal',
        says='With `training=True`',
        base='variational',
        changes=(
            ('(self, inputs):', '(self, inputs, training=None):'),
            (
                'noise = tf.random.normal(tf.shape(mean))',
                """\
noise = tf.random.normal(tf.shape(mean))
        if training:
            noise = tf.random.uniform(tf.shape(mean))""",
            ),
        ),
    ),
    Fault(
        'noise of another deviation',
        task=3,
        requirement='sample',
        mistake='noise-standard-deviation',
        says='instead of 1',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.normal(tf.shape(mean), stddev=0.1)',
            ),
        ),
    ),
    Fault(
        'noise of a deviation near 1',
        task=3,
        requirement='sample',
        mistake='noise-standard-deviation',
        says='instead of 1',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.normal(tf.shape(mean), stddev=0.95)',
            ),
        ),
    ),
    Fault(
        'noise of the wrong type',
        task=3,
        requirement='builds',
        mistake='noise-of-another-type',
        says='in a layer `Sampling`',
        advice='noise = tf.random.normal(tf.shape(mean))',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                "noise = tf.random.normal(tf.shape(mean), dtype='float64')",
            ),
        ),
    ),
    Fault(
        'noise of the wrong shape',
        task=3,
        requirement='builds',
        mistake='noise-of-another-shape',
        says='in a layer `Sampling`',
        advice='noise = tf.random.normal(tf.shape(mean))',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.normal(mean.shape)',
            ),
        ),
    ),
    Fault(
        'the sum of Python',
        task=3,
        requirement='builds',
        mistake='functions-of-another-keras',
        says='in a layer `Sampling`',
        advice='tf.reduce_sum',
        base='variational',
        changes=(
            (
                '        divergence = -0.5 * tf.reduce_sum(',
                '        divergence = -0.5 * sum(',
            ),
        ),
    ),
    Fault(
        'the whole list decoded',
        task=3,
        requirement='builds',
        mistake='whole-list-to-the-decoder',
        advice='decoder(encoder(inputs)[0])',
        keras=KERAS_3,
        base='variational',
        changes=(('encoder(inputs)[0]', 'encoder(inputs)'),),
    ),
    Fault(
        'a plain autoencoder',
        task=3,
        requirement='hidden layers',
        mistake='a-plain-autoencoder',
        says='plain',
    ),
    Fault(
        'the sample in the divergence',
        task=3,
        requirement='cross entropy',
        mistake='loss-of-the-sample',
        says='is random',
        advice='`mean, log_variance, _ = encoder(x)`',
        also=('divergence',),
        base='variational',
        changes=(
            ('        self.add_loss(tf.reduce_mean(divergence))', ''),
            (
                """\
        return input_dims * keras.losses.binary_crossentropy(x, y)""",
                """\
        mean, log_variance, _ = encoder(x)
        return input_dims * keras.losses.binary_crossentropy(
            x, y
        ) - 0.5 * tf.reduce_sum(
            1 + log_variance - mean**2 - tf.exp(log_variance), axis=-1
        )""",
            ),
        ),
    ),
    Fault(
        'a sample around 0',
        task=3,
        requirement='sample',
        mistake='sample-without-mean',
        says='around 0',
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                'return tf.exp(log_variance / 2) * noise',
            ),
        ),
    ),
    Fault(
        'outputs in another order',
        task=3,
        requirement='outputs',
        mistake='order-of-outputs',
        says='the mean, the log variance, the latent',
        base='variational',
        changes=(
            (
                'keras.Model(inputs, [latent, mean, log_variance])',
                'keras.Model(inputs, [mean, log_variance, latent])',
            ),
            ('encoder(inputs)[0]', 'encoder(inputs)[2]'),
        ),
    ),
    Fault(
        'one output',
        task=3,
        requirement='outputs',
        mistake='order-of-outputs',
        says='It gives 1',
        base='variational',
        changes=(
            (
                'keras.Model(inputs, [latent, mean, log_variance])',
                'keras.Model(inputs, latent)',
            ),
            ('encoder(inputs)[0]', 'encoder(inputs)'),
        ),
    ),
    Fault(
        'an encoder in which all is random',
        task=3,
        requirement='encoder relu',
        mistake='activations',
        says='is not what such layers give',
        also=('divergence',),
        base='variational',
        changes=(
            (
                '    mean = keras.layers.Dense(latent_dims)(x)',
                """\
    x = keras.layers.Lambda(
        lambda x: x * tf.random.uniform(tf.shape(x)))(x)
    mean = keras.layers.Dense(latent_dims)(x)""",
            ),
        ),
    ),
    Fault(
        'relu on the mean',
        task=3,
        requirement='mean',
        mistake='activation-on-mean-or-log-variance',
        says='`relu`',
        base='variational',
        changes=(
            (
                '    mean = keras.layers.Dense(latent_dims)',
                "    mean = keras.layers.Dense(latent_dims, 'relu')",
            ),
        ),
    ),
    Fault(
        'relu on the log variance',
        task=3,
        requirement='log variance',
        mistake='activation-on-mean-or-log-variance',
        says='`relu`',
        base='variational',
        changes=(
            (
                'log_variance = keras.layers.Dense(latent_dims)',
                "log_variance = keras.layers.Dense(latent_dims, 'relu')",
            ),
        ),
    ),
    Fault(
        'one layer for both',
        task=3,
        requirement='hidden layers',
        mistake='one-layer-for-mean-and-log-variance',
        says='23, 29, 17, 11, 13',
        base='variational',
        changes=(
            (
                """\
    mean = keras.layers.Dense(latent_dims)(x)
    log_variance = keras.layers.Dense(latent_dims)(x)""",
                """\
    layer = keras.layers.Dense(latent_dims)
    mean = layer(x)
    log_variance = layer(x)""",
            ),
        ),
    ),
    Fault(
        'functions on KerasTensors',
        task=3,
        requirement='builds',
        mistake='tensorflow-functions-on-kerastensors',
        says='KerasTensor',
        keras=KERAS_3,
        base='variational',
        changes=(
            ('        self.add_loss(tf.reduce_mean(divergence))', ''),
            (
                'from tensorflow import keras',
                """\
from tensorflow import keras
K = keras.backend""",
            ),
            (
                "    auto.compile(optimizer='adam', loss=loss)",
                """\
    kl = -0.5 * K.sum(1 + log_variance - K.square(mean)
                      - K.exp(log_variance), axis=-1)
    auto.add_loss(kl)
    auto.compile(optimizer='adam', loss=loss)""",
            ),
        ),
    ),
    Fault(
        'a Lambda with tensors from outside',
        task=3,
        requirement='builds',
        mistake='lambda-with-tensors-from-outside',
        says='KerasTensor',
        advice='`log_variance`',
        keras=KERAS_3,
        base='variational',
        changes=(
            (
                '    latent = Sampling()([mean, log_variance])',
                """\
    latent = keras.layers.Lambda(
        lambda given: given + tf.exp(log_variance / 2),
        output_shape=(latent_dims,))(mean)""",
            ),
        ),
    ),
    Fault(
        'add_loss on a model',
        task=3,
        requirement='builds',
        mistake='add-loss-on-a-model',
        says='NotImplementedError',
        keras=KERAS_3,
        base='variational',
        changes=(
            ('        self.add_loss(tf.reduce_mean(divergence))', ''),
            (
                "    auto.compile(optimizer='adam', loss=loss)",
                """\
    auto.add_loss(keras.ops.mean(mean))
    auto.compile(optimizer='adam', loss=loss)""",
            ),
        ),
    ),
    Fault(
        'a loss closed over symbolic tensors',
        task=3,
        requirement='cross entropy',
        mistake='loss-closed-over-symbolic-tensors',
        says='KerasTensor',
        base='variational',
        changes=(
            ('        self.add_loss(tf.reduce_mean(divergence))', ''),
            (
                'from tensorflow import keras',
                """\
from tensorflow import keras
K = keras.backend""",
            ),
            (
                """\
        return input_dims * keras.losses.binary_crossentropy(x, y)""",
                """\
        return input_dims * keras.losses.binary_crossentropy(
            x, y) - 0.5 * K.sum(1 + log_variance - K.square(mean)
                                - K.exp(log_variance), axis=-1)""",
            ),
        ),
    ),
    Fault(
        'functions of Keras 3',
        task=3,
        requirement='builds',
        mistake='functions-of-another-keras',
        says="'ops'",
        keras=KERAS_2,
        base='variational',
        changes=(
            ('tf.exp(log_variance / 2)', 'keras.ops.exp(log_variance / 2)'),
        ),
    ),
    Fault(
        'functions of Keras 2',
        task=3,
        requirement='builds',
        mistake='functions-of-another-keras',
        says="'exp'",
        keras=KERAS_3,
        base='variational',
        changes=(
            ('from tensorflow import keras', 'import keras'),
            (
                'tf.exp(log_variance / 2)',
                'keras.backend.exp(log_variance / 2)',
            ),
        ),
    ),
    Fault(
        'a Lambda without its shape',
        task=3,
        requirement='builds',
        mistake='lambda-without-output-shape',
        says='infer',
        keras=KERAS_3,
        base='variational',
        changes=(
            (
                '    latent = Sampling()([mean, log_variance])',
                """\
    latent = keras.layers.Lambda(
        lambda m: m[0] + keras.backend.exp(
            m[1] / 2) * keras.backend.random_normal(
                (int(m[0].shape[0]), latent_dims)))([mean, log_variance])""",
            ),
        ),
    ),
]
