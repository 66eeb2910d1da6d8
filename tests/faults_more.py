"""More wrong solutions, which a strict examiner might think of.

They are apart from faults.py, because judging all of them takes too long for
the tests: `experiments/sweep.py --faults` judges them. They were written to
measure what the checker misses, so nothing was changed for each of them, and a
few are accepted: rates that fall to 0 after the first epoch, which is allowed;
noise that repeats after four steps of `fit`; and a `fit` of a class that
trains for one epoch only.
"""

from faults import Fault
from styles import KERAS_3, KERAS_AVERAGING

# Many of these solutions fit the main scripts' arguments by chance, but none
# fits these: the hidden layers are larger than the input, smaller than the
# code, and two in a row are equal. Neither sorting, rotating, exchanging the
# first and the last nor leaving out repetitions reverses them.
ARGUMENTS = {
    0: (30, [17, 37, 37, 11, 23], 19),
    1: (30, [17, 37, 37, 11, 23], 19, 0.02),
    2: ((28, 44, 2), [6, 4, 7, 5], (2, 3, 5)),
    3: (30, [17, 37, 37, 11, 23], 13),
}

# The sizes of layers, the caller's list and what is returned.
SIZES = [
    Fault(
        'an encoder that gives a dict',
        task=0,
        requirement='returns',
        mistake='shapes',
        changes=(
            (
                'keras.Model(inputs, code)',
                "keras.Model(inputs, {'code': code})",
            ),
            ('encoder(inputs)', "encoder(inputs)['code']"),
        ),
    ),
    Fault(
        'a sparse encoder that gives a dict',
        task=1,
        requirement='returns',
        mistake='shapes',
        base='sparse',
        changes=(
            (
                'keras.Model(inputs, code)',
                "keras.Model(inputs, {'code': code})",
            ),
            ('encoder(inputs)', "encoder(inputs)['code']"),
        ),
    ),
    Fault(
        'a decoder that gives a dict',
        task=2,
        requirement='returns',
        mistake='shapes',
        base='convolutional',
        changes=(
            (
                'keras.Model(given, output)',
                "keras.Model(given, {'image': output})",
            ),
            ('decoder(encoder(inputs))', "decoder(encoder(inputs))['image']"),
        ),
    ),
    Fault(
        'a variational encoder that gives a dict',
        task=3,
        requirement='outputs',
        mistake='order-of-outputs',
        base='variational',
        changes=(
            (
                'keras.Model(inputs, [latent, mean, log_variance])',
                """\
keras.Model(
        inputs, {'z': latent, 'mean': mean, 'log_variance': log_variance})""",
            ),
            ('encoder(inputs)[0]', "encoder(inputs)['z']"),
        ),
    ),
    Fault(
        'a variational decoder that gives a dict',
        task=3,
        requirement='returns',
        mistake='shapes',
        base='variational',
        changes=(
            (
                'keras.Model(given, output)',
                "keras.Model(given, {'image': output})",
            ),
            (
                'decoder(encoder(inputs)[0])',
                "decoder(encoder(inputs)[0])['image']",
            ),
        ),
    ),
    Fault(
        'a variational encoder whose dict is in order',
        task=3,
        requirement='outputs',
        mistake='order-of-outputs',
        base='variational',
        changes=(
            (
                'keras.Model(inputs, [latent, mean, log_variance])',
                """\
keras.Model(
        inputs, {'a': latent, 'b': mean, 'c': log_variance})""",
            ),
            ('encoder(inputs)[0]', "encoder(inputs)['a']"),
        ),
    ),
    Fault(
        'hidden layers sorted, not reversed',
        task=0,
        requirement='hidden layers reversed',
        mistake='not-reversed',
        changes=(('reversed(hidden_layers)', 'sorted(hidden_layers)'),),
    ),
    Fault(
        'filters sorted, not reversed',
        task=2,
        requirement='filters reversed',
        mistake='not-reversed',
        base='convolutional',
        changes=(('reversed(filters[1:])', 'sorted(filters[1:])'),),
    ),
    Fault(
        'hidden layers sorted in task 3',
        task=3,
        requirement='hidden layers reversed',
        mistake='not-reversed',
        base='variational',
        changes=(('reversed(hidden_layers)', 'sorted(hidden_layers)'),),
    ),
    Fault(
        'hidden layers sorted in the encoder',
        task=0,
        requirement='hidden layers',
        mistake='hidden-layers',
        changes=(
            ('in hidden_layers:', 'in sorted(hidden_layers, reverse=True):'),
        ),
    ),
    Fault(
        'all sizes of the encoder sorted',
        task=1,
        requirement='hidden layers',
        mistake='hidden-layers',
        base='sparse',
        changes=(('in hidden_layers:', 'in sorted(hidden_layers)[::-1]:'),),
    ),
    Fault(
        'hidden layers rotated, not reversed',
        task=0,
        requirement='hidden layers reversed',
        mistake='not-reversed',
        changes=(
            (
                'reversed(hidden_layers)',
                '[*hidden_layers[1:], *hidden_layers[:1]]',
            ),
        ),
    ),
    Fault(
        'first and last hidden layer exchanged',
        task=1,
        requirement='hidden layers reversed',
        mistake='not-reversed',
        base='sparse',
        changes=(
            (
                'reversed(hidden_layers)',
                """\
(
        hidden_layers[-1:] + hidden_layers[1:-1] + hidden_layers[:1])""",
            ),
        ),
    ),
    Fault(
        'equal hidden layers once',
        task=0,
        requirement='hidden layers reversed',
        mistake='hidden-layers',
        changes=(
            (
                'reversed(hidden_layers)',
                'dict.fromkeys(reversed(hidden_layers))',
            ),
        ),
    ),
    Fault(
        'two hidden layers in the decoder',
        task=1,
        requirement='hidden layers reversed',
        mistake='hidden-layers',
        base='sparse',
        changes=(
            (
                'reversed(hidden_layers)',
                '(hidden_layers[1], hidden_layers[0])',
            ),
        ),
    ),
    Fault(
        'three hidden layers at most',
        task=0,
        requirement='hidden layers',
        mistake='hidden-layers',
        also=('hidden layers reversed',),
        changes=(
            (
                '    inputs = x =',
                """\
    hidden_layers = hidden_layers[:3]
    inputs = x =""",
            ),
        ),
    ),
    Fault(
        'one hidden layer in the decoder',
        task=3,
        requirement='hidden layers reversed',
        mistake='hidden-layers',
        base='variational',
        changes=(('reversed(hidden_layers)', 'hidden_layers[:1]'),),
    ),
    Fault(
        'a single hidden layer need not be reversed',
        task=3,
        requirement='hidden layers reversed',
        mistake='not-reversed',
        base='variational',
        changes=(('reversed(hidden_layers)', 'hidden_layers'),),
    ),
    Fault(
        'filters after the first not reversed',
        task=2,
        requirement='filters reversed',
        mistake='not-reversed',
        base='convolutional',
        changes=(('reversed(filters[1:])', 'filters[1:]'),),
    ),
    Fault(
        'twice the second filters',
        task=2,
        requirement='filters reversed',
        mistake='convolutions',
        base='convolutional',
        changes=(('filters[0], (3', '2 * filters[1], (3'),),
    ),
    Fault(
        'the largest filters last',
        task=2,
        requirement='filters reversed',
        mistake='convolutions',
        base='convolutional',
        changes=(('filters[0], (3', 'max(filters), (3'),),
    ),
    Fault(
        'filters of the code again',
        task=2,
        requirement='filters reversed',
        mistake='convolutions',
        base='convolutional',
        changes=(
            (
                """\
            count, (3, 3), padding='same', activation='relu'
        )(y)""",
                """\
            latent_dims[-1], (3, 3), padding='same', activation='relu'
        )(y)""",
            ),
        ),
    ),
    Fault(
        'a code that is no larger than hidden layers',
        task=0,
        requirement='latent dims',
        mistake='shapes',
        also=('input dims', 'hidden layers', 'hidden layers reversed'),
        changes=(
            (
                '    inputs = x =',
                """\
    latent_dims = min([latent_dims, *hidden_layers])
    inputs = x =""",
            ),
        ),
    ),
    Fault(
        'hidden layers that are no smaller than the code',
        task=3,
        requirement='hidden layers',
        mistake='hidden-layers',
        base='variational',
        changes=(
            (
                'x = keras.layers.Dense(nodes,',
                'x = keras.layers.Dense(max(nodes, latent_dims),',
            ),
        ),
    ),
    Fault(
        'hidden layers that are no larger than the input',
        task=0,
        requirement='hidden layers',
        mistake='hidden-layers',
        changes=(
            (
                'x = keras.layers.Dense(nodes,',
                'x = keras.layers.Dense(min(nodes, input_dims),',
            ),
        ),
    ),
    Fault(
        'hidden layers below the code left out',
        task=1,
        requirement='hidden layers',
        mistake='hidden-layers',
        also=('hidden layers reversed',),
        base='sparse',
        changes=(
            (
                '    inputs = x =',
                """\
    hidden_layers = [n for n in hidden_layers if n > latent_dims]
    inputs = x =""",
            ),
        ),
    ),
    Fault(
        'a code of half the last hidden layer',
        task=0,
        requirement='latent dims',
        mistake='shapes',
        also=('input dims', 'hidden layers', 'hidden layers reversed'),
        changes=(('latent_dims,', 'hidden_layers[-1] // 2,'),),
    ),
    Fault(
        'a code of two values',
        task=3,
        requirement='latent dims',
        mistake='shapes',
        also=('input dims', 'hidden layers', 'hidden layers reversed'),
        base='variational',
        changes=(
            (
                '    inputs = x =',
                """\
    latent_dims = 2
    inputs = x =""",
            ),
        ),
    ),
    Fault(
        'inputs as wide as they are high',
        task=2,
        requirement='builds',
        mistake='shapes',
        base='convolutional',
        changes=(
            (
                'keras.Input(shape=input_dims)',
                """\
keras.Input(
        shape=(input_dims[0], input_dims[0], input_dims[2])
    )""",
            ),
        ),
    ),
    Fault(
        'codes of 4 x 4',
        task=2,
        requirement='builds',
        mistake='shapes',
        base='convolutional',
        changes=(('shape=latent_dims', 'shape=(4, 4, latent_dims[-1])'),),
    ),
    Fault(
        'as many channels as 28 goes into the height',
        task=2,
        requirement='channels',
        mistake='one-channel-hard-coded',
        also=('input dims',),
        base='convolutional',
        changes=(('input_dims[-1], (3', 'max(1, input_dims[0] // 28), (3'),),
    ),
    Fault(
        'the code appended to the list',
        task=1,
        requirement='hidden layers kept',
        mistake='list-changed',
        base='sparse',
        changes=(
            (
                '    return encoder',
                """\
    hidden_layers.append(latent_dims)
    return encoder""",
            ),
        ),
    ),
    Fault(
        'filters reversed in place',
        task=2,
        requirement='filters kept',
        mistake='list-changed',
        base='convolutional',
        changes=(
            (
                '    given = y =',
                """\
    filters.reverse()
    given = y =""",
            ),
            ('reversed(filters[1:])', 'filters[:-1]'),
            ('filters[0], (3', 'filters[-1], (3'),
        ),
    ),
    Fault(
        'the first filters taken out',
        task=2,
        requirement='filters kept',
        mistake='list-changed',
        base='convolutional',
        changes=(
            (
                '    given = y =',
                """\
    first = filters.pop(0)
    given = y =""",
            ),
            ('reversed(filters[1:])', 'reversed(filters)'),
            ('filters[0], (3', 'first, (3'),
        ),
    ),
    Fault(
        'the list sorted in place',
        task=3,
        requirement='hidden layers kept',
        mistake='list-changed',
        base='variational',
        changes=(
            (
                '    return encoder',
                """\
    hidden_layers.sort()
    return encoder""",
            ),
        ),
    ),
    Fault(
        'auto first',
        task=0,
        requirement='returns',
        mistake='order-of-models',
        changes=(
            ('return encoder, decoder, auto', 'return auto, encoder, decoder'),
        ),
    ),
    Fault(
        'models in a dict',
        task=3,
        requirement='builds',
        mistake='order-of-models',
        base='variational',
        changes=(
            (
                'return encoder, decoder, auto',
                """\
return {'encoder': encoder, 'decoder': decoder, 'auto': auto}""",
            ),
        ),
    ),
]

# Activations, convolutions, and layers that do almost nothing.
LAYERS = [
    Fault(
        'a leaky relu on the code',
        task=0,
        requirement='encoder relu',
        mistake='activations',
        changes=(
            (
                "(latent_dims, activation='relu')",
                '(latent_dims, activation=keras.layers.LeakyReLU(0.001))',
            ),
        ),
    ),
    Fault(
        'gelu in the decoder',
        task=0,
        requirement='decoder relu',
        mistake='activations',
        changes=(
            (
                "y = keras.layers.Dense(nodes, activation='relu')",
                "y = keras.layers.Dense(nodes, activation='gelu')",
            ),
        ),
    ),
    Fault(
        'softplus on the code',
        task=1,
        requirement='encoder relu',
        mistake='activations',
        base='sparse',
        changes=(
            (
                "(latent_dims, activation='relu')",
                "(latent_dims, activation='softplus')",
            ),
        ),
    ),
    Fault(
        'abs on the code',
        task=1,
        requirement='encoder relu',
        mistake='activations',
        base='sparse',
        changes=(
            (
                "(latent_dims, activation='relu')",
                '(latent_dims, activation=abs)',
            ),
        ),
    ),
    Fault(
        'relu clipped at 1e5',
        task=0,
        requirement='encoder relu',
        mistake='activations',
        changes=(
            (
                "x = keras.layers.Dense(nodes, activation='relu')",
                """\
x = keras.layers.Dense(nodes, activation=keras.layers.ReLU(1e5))""",
            ),
        ),
    ),
    Fault(
        'relu clipped at 100 in the decoder',
        task=1,
        requirement='decoder relu',
        mistake='activations',
        base='sparse',
        changes=(
            (
                "y = keras.layers.Dense(nodes, activation='relu')",
                """\
y = keras.layers.Dense(nodes, activation=keras.layers.ReLU(100.0))""",
            ),
        ),
    ),
    Fault(
        'relu with a threshold',
        task=3,
        requirement='decoder relu',
        mistake='activations',
        base='variational',
        changes=(
            (
                "y = keras.layers.Dense(nodes, activation='relu')",
                """\
y = keras.layers.Dense(
            nodes, activation=keras.layers.ReLU(None, 0.0, 0.05)
        )""",
            ),
        ),
    ),
    Fault(
        'selu in the first hidden layer',
        task=3,
        requirement='encoder relu',
        mistake='activations',
        base='variational',
        changes=(
            (
                "x = keras.layers.Dense(nodes, activation='relu')",
                """\
x = keras.layers.Dense(
            nodes, activation='selu' if x is inputs else 'relu'
        )""",
            ),
        ),
    ),
    Fault(
        'elu in the last hidden layer',
        task=0,
        requirement='encoder relu',
        mistake='activations',
        changes=(
            (
                "x = keras.layers.Dense(nodes, activation='relu')",
                """\
x = keras.layers.Dense(
            nodes, activation='elu' if nodes == hidden_layers[-1] else 'relu'
        )""",
            ),
        ),
    ),
    Fault(
        'swish before the last convolution',
        task=2,
        requirement='decoder relu',
        mistake='activations',
        base='convolutional',
        changes=(
            (
                "padding='valid', activation='relu'",
                "padding='valid', activation='swish'",
            ),
        ),
    ),
    Fault(
        'no relu before the last convolution',
        task=2,
        requirement='decoder relu',
        mistake='activations',
        base='convolutional',
        changes=(("padding='valid', activation='relu'", "padding='valid'"),),
    ),
    Fault(
        'elu in the encoder of images',
        task=2,
        requirement='encoder relu',
        mistake='activations',
        base='convolutional',
        changes=(
            (
                """\
activation='relu'
        )(x)""",
                """\
activation='elu'
        )(x)""",
            ),
        ),
    ),
    Fault(
        'a hard sigmoid',
        task=0,
        requirement='sigmoid',
        mistake='activations',
        changes=(("'sigmoid'", "'hard_sigmoid'"),),
    ),
    Fault(
        'softmax at the end',
        task=1,
        requirement='sigmoid',
        mistake='activations',
        base='sparse',
        changes=(("'sigmoid'", "'softmax'"),),
    ),
    Fault(
        'a steeper sigmoid',
        task=0,
        requirement='sigmoid',
        mistake='activations',
        changes=(
            ("'sigmoid'", 'lambda t: keras.activations.sigmoid(1.02 * t)'),
        ),
    ),
    Fault(
        'tanh from 0 to 1',
        task=1,
        requirement='sigmoid',
        mistake='activations',
        base='sparse',
        changes=(("'sigmoid'", 'lambda t: 0.5 + 0.5 * tf.tanh(t)'),),
    ),
    Fault(
        'a sigmoid that stays away from 0 and 1',
        task=3,
        requirement='sigmoid',
        mistake='activations',
        base='variational',
        changes=(
            (
                "'sigmoid'",
                'lambda t: tf.clip_by_value(tf.sigmoid(t), 0.01, 0.99)',
            ),
        ),
    ),
    Fault(
        'sigmoid twice',
        task=2,
        requirement='sigmoid',
        mistake='activations',
        base='convolutional',
        changes=(
            (
                '    decoder = ',
                """\
    output = keras.layers.Activation('sigmoid')(output)
    decoder = """,
            ),
        ),
    ),
    Fault(
        'tanh on the log variance',
        task=3,
        requirement='log variance',
        mistake='activation-on-mean-or-log-variance',
        base='variational',
        changes=(
            (
                'log_variance = keras.layers.Dense(latent_dims)',
                "log_variance = keras.layers.Dense(latent_dims, 'tanh')",
            ),
        ),
    ),
    Fault(
        'sigmoid on the mean',
        task=3,
        requirement='mean',
        mistake='activation-on-mean-or-log-variance',
        base='variational',
        changes=(
            (
                '    mean = keras.layers.Dense(latent_dims)',
                "    mean = keras.layers.Dense(latent_dims, 'sigmoid')",
            ),
        ),
    ),
    Fault(
        'a log variance of at most 10',
        task=3,
        requirement='log variance',
        mistake='activation-on-mean-or-log-variance',
        base='variational',
        changes=(
            (
                '    latent = Sampling',
                """\
    log_variance = keras.layers.Lambda(
        lambda t: tf.minimum(t, 10.0), output_shape=(latent_dims,)
    )(log_variance)
    latent = Sampling""",
            ),
        ),
    ),
    Fault(
        'a log variance of at least -5',
        task=3,
        requirement='log variance',
        mistake='activation-on-mean-or-log-variance',
        base='variational',
        changes=(
            (
                'log_variance = keras.layers.Dense(latent_dims)',
                """\
log_variance = keras.layers.Dense(
        latent_dims, lambda t: tf.maximum(t, -5.0)
    )""",
            ),
        ),
    ),
    Fault(
        'the standard deviation as third output',
        task=3,
        requirement='log variance',
        mistake='activation-on-mean-or-log-variance',
        base='variational',
        changes=(
            (
                """\
    encoder = keras.Model(inputs, [latent, mean, log_variance])""",
                """\
    deviation = keras.layers.Lambda(
        lambda t: tf.exp(t / 2), output_shape=(latent_dims,)
    )(log_variance)
    encoder = keras.Model(inputs, [latent, mean, deviation])""",
            ),
        ),
    ),
    Fault(
        'a mean of unit length',
        task=3,
        requirement='mean',
        mistake='activation-on-mean-or-log-variance',
        base='variational',
        changes=(
            (
                '    log_variance = ',
                """\
    mean = keras.layers.UnitNormalization()(mean)
    log_variance = """,
            ),
        ),
    ),
    Fault(
        'a little noise on the inputs',
        task=0,
        requirement='encoder relu',
        mistake='activations',
        changes=(
            (
                '    for nodes in hidden_layers:',
                """\
    x = keras.layers.GaussianNoise(0.001)(x)
    for nodes in hidden_layers:""",
            ),
        ),
    ),
    Fault(
        'a normalization over the batch',
        task=0,
        requirement='encoder relu',
        mistake='activations',
        changes=(
            (
                '    encoder = ',
                """\
    code = keras.layers.BatchNormalization()(code)
    encoder = """,
            ),
        ),
    ),
    Fault(
        'a normalization over the batch of images',
        task=2,
        requirement='encoder relu',
        mistake='activations',
        base='convolutional',
        changes=(
            (
                '        x = keras.layers.MaxPooling2D',
                """\
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.MaxPooling2D""",
            ),
        ),
    ),
    Fault(
        'a normalization over the batch in the decoder',
        task=3,
        requirement='decoder relu',
        mistake='activations',
        base='variational',
        changes=(
            (
                '    output = ',
                """\
    y = keras.layers.BatchNormalization()(y)
    output = """,
            ),
        ),
    ),
    Fault(
        'a dropout of 1 in 1000 in the decoder',
        task=3,
        requirement='decoder relu',
        mistake='activations',
        base='variational',
        changes=(
            (
                '    output = ',
                """\
    y = keras.layers.Dropout(0.001)(y)
    output = """,
            ),
        ),
    ),
    Fault(
        'a dropout of channels',
        task=2,
        requirement='decoder relu',
        mistake='activations',
        base='convolutional',
        changes=(
            (
                '    output = ',
                """\
    y = keras.layers.SpatialDropout2D(0.01)(y)
    output = """,
            ),
        ),
    ),
    Fault(
        'a little noise that multiplies',
        task=1,
        requirement='encoder relu',
        mistake='activations',
        base='sparse',
        changes=(
            (
                '    code = Penalty',
                """\
    code = keras.layers.GaussianDropout(0.001)(code)
    code = Penalty""",
            ),
        ),
    ),
    Fault(
        'a code of unit length',
        task=0,
        requirement='encoder relu',
        mistake='activations',
        changes=(
            (
                '    encoder = ',
                """\
    code = keras.layers.UnitNormalization()(code)
    encoder = """,
            ),
        ),
    ),
    Fault(
        'inputs times 0.99',
        task=0,
        requirement='encoder relu',
        mistake='activations',
        changes=(
            (
                '    for nodes in hidden_layers:',
                """\
    x = keras.layers.Rescaling(0.99)(x)
    for nodes in hidden_layers:""",
            ),
        ),
    ),
    Fault(
        'inputs divided by 255 again',
        task=2,
        requirement='encoder relu',
        mistake='activations',
        base='convolutional',
        changes=(
            (
                '    for count in filters:',
                """\
    x = keras.layers.Rescaling(1 / 255)(x)
    for count in filters:""",
            ),
        ),
    ),
    Fault(
        'inputs from -1 to 1',
        task=3,
        requirement='encoder relu',
        mistake='activations',
        base='variational',
        changes=(
            (
                '    for nodes in hidden_layers:',
                """\
    x = keras.layers.Rescaling(2.0, -1.0)(x)
    for nodes in hidden_layers:""",
            ),
        ),
    ),
    Fault(
        'equal hidden layers with a way around',
        task=0,
        requirement='encoder relu',
        mistake='hidden-layers',
        changes=(
            (
                "        x = keras.layers.Dense(nodes, activation='relu')(x)",
                """\
        y = keras.layers.Dense(nodes, activation='relu')(x)
        x = x + y if x.shape[-1] == nodes else y""",
            ),
        ),
    ),
    Fault(
        'a layer of 16 bits',
        task=1,
        requirement='encoder relu',
        mistake='activations',
        base='sparse',
        changes=(
            (
                "x = keras.layers.Dense(nodes, activation='relu')",
                """\
x = keras.layers.Dense(
            nodes, activation='relu', dtype='bfloat16'
        )""",
            ),
            (
                "keras.layers.Dense(latent_dims, activation='relu')(x)",
                """\
keras.layers.Dense(latent_dims, activation='relu')(
        keras.layers.Activation('linear', dtype='float32')(x)
    )""",
            ),
        ),
    ),
    Fault(
        'one hidden layer more',
        task=3,
        requirement='hidden layers',
        mistake='hidden-layers',
        base='variational',
        changes=(('in hidden_layers:', 'in [*hidden_layers, latent_dims]:'),),
    ),
    Fault(
        'strides in place of pooling',
        task=2,
        requirement='encoder kernels',
        mistake='convolutions',
        also=('pooling',),
        base='convolutional',
        changes=(
            (
                """\
activation='relu'
        )(x)
        x = keras.layers.MaxPooling2D((2, 2), padding='same')(x)""",
                """\
activation='relu', strides=2
        )(x)""",
            ),
        ),
    ),
    Fault(
        'a last convolution of 5 x 5',
        task=2,
        requirement='decoder kernels',
        mistake='convolutions',
        base='convolutional',
        changes=(('input_dims[-1], (3, 3)', 'input_dims[-1], (5, 5)'),),
    ),
    Fault(
        'a last convolution of 1 x 1',
        task=2,
        requirement='decoder kernels',
        mistake='convolutions',
        base='convolutional',
        changes=(('input_dims[-1], (3, 3)', 'input_dims[-1], (1, 1)'),),
    ),
    Fault(
        'a first kernel of 3 x 5',
        task=2,
        requirement='encoder kernels',
        mistake='convolutions',
        base='convolutional',
        changes=(
            (
                """\
count, (3, 3), padding='same', activation='relu'
        )(x)""",
                """\
count, (3, 5), padding='same', activation='relu'
        )(x)""",
            ),
        ),
    ),
    Fault(
        'dilated kernels in the encoder',
        task=2,
        requirement='encoder kernels',
        mistake='convolutions',
        base='convolutional',
        changes=(
            (
                """\
activation='relu'
        )(x)""",
                """\
activation='relu', dilation_rate=2
        )(x)""",
            ),
        ),
    ),
    Fault(
        'dilated kernels in the decoder',
        task=2,
        requirement='decoder kernels',
        mistake='convolutions',
        base='convolutional',
        changes=(
            (
                """\
activation='relu'
        )(y)""",
                """\
activation='relu', dilation_rate=2
        )(y)""",
            ),
        ),
    ),
    Fault(
        'separable convolutions',
        task=2,
        requirement='filters',
        mistake='convolutions',
        base='convolutional',
        changes=(
            (
                '        x = keras.layers.Conv2D(',
                '        x = keras.layers.SeparableConv2D(',
            ),
        ),
    ),
    Fault(
        'pooling of 3 x 3',
        task=2,
        requirement='pooling',
        mistake='convolutions',
        base='convolutional',
        changes=(
            (
                "MaxPooling2D((2, 2), padding='same')",
                "MaxPooling2D((3, 3), strides=2, padding='same')",
            ),
        ),
    ),
    Fault(
        'pooling of 2 x 3',
        task=2,
        requirement='pooling',
        mistake='convolutions',
        base='convolutional',
        changes=(
            (
                "MaxPooling2D((2, 2), padding='same')",
                "MaxPooling2D((2, 3), strides=2, padding='same')",
            ),
        ),
    ),
    Fault(
        'the first pixel of each four',
        task=2,
        requirement='pooling',
        mistake='convolutions',
        base='convolutional',
        changes=(
            (
                "MaxPooling2D((2, 2), padding='same')",
                "MaxPooling2D((1, 1), strides=2, padding='same')",
            ),
        ),
    ),
    Fault(
        'the last pooling is of averages',
        task=2,
        requirement='pooling',
        mistake='pooling-without-same',
        base='convolutional',
        changes=(
            (
                '    encoder = keras.Model(inputs, x)',
                """\
    pooled = keras.layers.AveragePooling2D((2, 2), padding='same')
    x = pooled(before)
    encoder = keras.Model(inputs, x)""",
            ),
            (
                '        x = keras.layers.MaxPooling2D',
                """\
        before = x
        x = keras.layers.MaxPooling2D""",
            ),
        ),
    ),
    Fault(
        'the last upsampling is bilinear',
        task=2,
        requirement='upsampling',
        mistake='convolutions',
        base='convolutional',
        changes=(
            (
                """\
    y = keras.layers.UpSampling2D((2, 2))(y)
    output""",
                """\
    y = keras.layers.UpSampling2D((2, 2), interpolation='bilinear')(y)
    output""",
            ),
        ),
    ),
    Fault(
        'the first upsamplings are bicubic',
        task=2,
        requirement='upsampling',
        mistake='convolutions',
        base='convolutional',
        changes=(
            (
                '        y = keras.layers.UpSampling2D((2, 2))(y)',
                """\
        y = keras.layers.UpSampling2D(2, interpolation='bicubic')(y)""",
            ),
        ),
    ),
    Fault(
        'upsampling before the convolutions',
        task=2,
        requirement='upsampling',
        mistake='convolutions',
        base='convolutional',
        changes=(
            (
                """\
        y = keras.layers.Conv2D(
            count, (3, 3), padding='same', activation='relu'
        )(y)
        y = keras.layers.UpSampling2D((2, 2))(y)""",
                """\
        y = keras.layers.UpSampling2D((2, 2))(y)
        y = keras.layers.Conv2D(
            count, (3, 3), padding='same', activation='relu'
        )(y)""",
            ),
        ),
    ),
    Fault(
        'a transposed convolution at the end',
        task=2,
        requirement='filters reversed',
        mistake='convolutions',
        base='convolutional',
        changes=(
            (
                '    output = keras.layers.Conv2D(',
                '    output = keras.layers.Conv2DTranspose(',
            ),
        ),
    ),
    Fault(
        'padding that repeats the border',
        task=2,
        requirement='encoder padding',
        mistake='convolutions',
        base='convolutional',
        changes=(
            (
                'from tensorflow import keras',
                """\
import tensorflow as tf
from tensorflow import keras""",
            ),
            (
                """\
        x = keras.layers.Conv2D(
            count, (3, 3), padding='same'""",
                """\
        x = keras.layers.Lambda(
            lambda t: tf.pad(t, [[0, 0], [1, 1], [1, 1], [0, 0]], 'SYMMETRIC')
        )(x)
        x = keras.layers.Conv2D(
            count, (3, 3), padding='valid'""",
            ),
        ),
    ),
]

# What auto makes of the encoder and the decoder.
AUTO = [
    Fault(
        'auto made of clones',
        task=0,
        requirement='auto',
        mistake='weights-not-shared',
        changes=(
            (
                'decoder(encoder(inputs))',
                """\
keras.models.clone_model(decoder)(
        keras.models.clone_model(encoder)(inputs))""",
            ),
        ),
    ),
    Fault(
        'auto with a clone of the decoder',
        task=1,
        requirement='auto',
        mistake='weights-not-shared',
        base='sparse',
        changes=(
            (
                'decoder(encoder(inputs))',
                'keras.models.clone_model(decoder)(encoder(inputs))',
            ),
        ),
    ),
    Fault(
        'auto with copied weights',
        task=2,
        requirement='auto',
        mistake='weights-not-shared',
        base='convolutional',
        changes=(
            (
                '    auto = keras.Model(inputs, decoder(encoder(inputs)))',
                """\
    copy = keras.models.clone_model(decoder)
    copy.set_weights(decoder.get_weights())
    auto = keras.Model(inputs, copy(encoder(inputs)))""",
            ),
        ),
    ),
    Fault(
        'auto with a last layer of its own',
        task=0,
        requirement='auto',
        mistake='weights-not-shared',
        changes=(
            (
                '    decoder = keras.Model(given, output)',
                """\
    decoder = keras.Model(given, output)
    hidden = keras.Model(given, y)""",
            ),
            (
                '    auto = keras.Model(inputs, decoder(encoder(inputs)))',
                """\
    own = keras.layers.Dense(input_dims, activation='sigmoid')
    auto = keras.Model(inputs, own(hidden(encoder(inputs))))""",
            ),
        ),
    ),
    Fault(
        'auto that encodes twice',
        task=0,
        requirement='auto',
        mistake='',
        changes=(
            (
                'decoder(encoder(inputs))',
                'decoder(encoder(decoder(encoder(inputs))))',
            ),
        ),
    ),
    Fault(
        'auto whose code is doubled',
        task=0,
        requirement='auto',
        mistake='',
        changes=(
            ('decoder(encoder(inputs))', 'decoder(2.0 * encoder(inputs))'),
        ),
    ),
    Fault(
        'auto times 0.99',
        task=2,
        requirement='auto',
        mistake='',
        base='convolutional',
        changes=(
            (
                'decoder(encoder(inputs))',
                'keras.layers.Rescaling(0.99)(decoder(encoder(inputs)))',
            ),
        ),
    ),
    Fault(
        'auto with a little of the inputs',
        task=0,
        requirement='auto',
        mistake='',
        changes=(
            (
                'decoder(encoder(inputs))',
                '0.99 * decoder(encoder(inputs)) + 0.01 * inputs',
            ),
        ),
    ),
    Fault(
        'auto with a dropout of its own',
        task=1,
        requirement='auto',
        mistake='',
        base='sparse',
        changes=(
            (
                'decoder(encoder(inputs))',
                'decoder(keras.layers.Dropout(0.01)(encoder(inputs)))',
            ),
        ),
    ),
    Fault(
        'auto with noise on the inputs',
        task=0,
        requirement='auto',
        mistake='',
        changes=(
            (
                'encoder(inputs))',
                'encoder(keras.layers.GaussianNoise(0.01)(inputs)))',
            ),
        ),
    ),
    Fault(
        'auto with clipped inputs',
        task=1,
        requirement='auto',
        mistake='',
        base='sparse',
        changes=(
            (
                'encoder(inputs))',
                """\
encoder(
        keras.layers.Lambda(
            lambda t: tf.clip_by_value(t, 0.01, 0.99))(inputs)))""",
            ),
        ),
    ),
]

# The losses, of training and of validation.
LOSSES = [
    Fault(
        'labels that are smoothed a little',
        task=0,
        requirement='cross entropy',
        mistake='another-loss',
        changes=(
            (
                "'binary_crossentropy'",
                'keras.losses.BinaryCrossentropy(label_smoothing=0.001)',
            ),
        ),
    ),
    Fault(
        'a loss with a weight of 1.01',
        task=0,
        requirement='cross entropy',
        mistake='another-loss',
        changes=(
            (
                "'binary_crossentropy')",
                "'binary_crossentropy', loss_weights=[1.01])",
            ),
        ),
    ),
    Fault(
        'half of the loss',
        task=1,
        requirement='cross entropy',
        mistake='another-loss',
        base='sparse',
        changes=(
            (
                "'binary_crossentropy')",
                "'binary_crossentropy', loss_weights=0.5)",
            ),
        ),
    ),
    Fault(
        'a third of the loss',
        task=2,
        requirement='cross entropy',
        mistake='another-loss',
        base='convolutional',
        changes=(
            (
                "'binary_crossentropy'",
                """\
(
        lambda x, y: keras.losses.binary_crossentropy(x, y) / 3)""",
            ),
        ),
    ),
    Fault(
        '0.001 inside of the logarithms',
        task=0,
        requirement='cross entropy',
        mistake='another-loss',
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
(
        lambda x, y: -tf.reduce_mean(
            x * tf.math.log(y + 0.001)
            + (1 - x) * tf.math.log(1 - y + 0.001), axis=-1))""",
            ),
        ),
    ),
    Fault(
        'the cross-entropy without its second term',
        task=2,
        requirement='cross entropy',
        mistake='another-loss',
        base='convolutional',
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
(
        lambda x, y: -tf.reduce_mean(x * tf.math.log(y + 1e-7), axis=-1))""",
            ),
        ),
    ),
    Fault(
        'the cross-entropy as a metric only',
        task=0,
        requirement='cross entropy',
        mistake='another-loss',
        changes=(
            (
                "'binary_crossentropy'",
                "'mse', metrics=['binary_crossentropy']",
            ),
        ),
    ),
    Fault(
        'a focal cross-entropy',
        task=1,
        requirement='cross entropy',
        mistake='another-loss',
        base='sparse',
        changes=(("'binary_crossentropy'", "'binary_focal_crossentropy'"),),
    ),
    Fault(
        'a cross-entropy that is a little focal',
        task=2,
        requirement='cross entropy',
        mistake='another-loss',
        base='convolutional',
        changes=(
            (
                "'binary_crossentropy'",
                'keras.losses.BinaryFocalCrossentropy(gamma=0.01)',
            ),
        ),
    ),
    Fault(
        'a divergence of pixels',
        task=1,
        requirement='cross entropy',
        mistake='another-loss',
        base='sparse',
        changes=(("'binary_crossentropy'", "'kl_divergence'"),),
    ),
    Fault(
        'the mean absolute error',
        task=2,
        requirement='cross entropy',
        mistake='another-loss',
        base='convolutional',
        changes=(("'binary_crossentropy'", "'mae'"),),
    ),
    Fault(
        'inputs and reconstructions exchanged in the loss',
        task=0,
        requirement='cross entropy',
        mistake='another-loss',
        changes=(
            (
                "'binary_crossentropy'",
                """\
(
        lambda x, y: keras.losses.binary_crossentropy(y, x))""",
            ),
        ),
    ),
    Fault(
        'bright inputs that weigh more',
        task=0,
        requirement='cross entropy',
        mistake='another-loss',
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
(
        lambda x, y: keras.losses.binary_crossentropy(x, y)
        * (1 + 0.05 * tf.reduce_mean(x, axis=-1)))""",
            ),
        ),
    ),
    Fault(
        'the border left out of the loss',
        task=2,
        requirement='cross entropy',
        mistake='another-loss',
        base='convolutional',
        changes=(
            (
                "'binary_crossentropy'",
                """\
(
        lambda x, y: keras.losses.binary_crossentropy(
            x[:, 1:-1, 1:-1], y[:, 1:-1, 1:-1]))""",
            ),
        ),
    ),
    Fault(
        'a loss that is summed over the batch',
        task=0,
        requirement='cross entropy',
        mistake='summed-over-the-batch',
        changes=(
            (
                "'binary_crossentropy'",
                "keras.losses.BinaryCrossentropy(reduction='sum')",
            ),
        ),
    ),
    Fault(
        'a loss that is right for batches of 256',
        task=1,
        requirement='cross entropy',
        mistake='summed-over-the-batch',
        base='sparse',
        changes=(
            (
                "'binary_crossentropy'",
                """\
(
        lambda x, y: tf.reduce_sum(
            keras.losses.binary_crossentropy(x, y)) / 256)""",
            ),
        ),
    ),
    Fault(
        'a loss that is summed over the rows',
        task=2,
        requirement='cross entropy',
        mistake='cross-entropy-summed',
        base='convolutional',
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
(
        lambda x, y: tf.reduce_sum(
            keras.losses.binary_crossentropy(x, y), axis=1))""",
            ),
        ),
    ),
    Fault(
        'a square error besides',
        task=2,
        requirement='cross entropy',
        mistake='another-loss',
        base='convolutional',
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
(
        lambda x, y: keras.losses.binary_crossentropy(x, y)
        + 0.01 * tf.reduce_mean((x - y) ** 2, axis=-1))""",
            ),
        ),
    ),
    Fault(
        'rounded inputs in the loss',
        task=0,
        requirement='cross entropy',
        mistake='another-loss',
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
(
        lambda x, y: keras.losses.binary_crossentropy(tf.round(x), y))""",
            ),
        ),
    ),
    Fault(
        'L2 on the kernels',
        task=0,
        requirement='cross entropy',
        mistake='another-loss',
        changes=(
            (
                "x = keras.layers.Dense(nodes, activation='relu')",
                """\
x = keras.layers.Dense(
            nodes, activation='relu', kernel_regularizer='l2'
        )""",
            ),
        ),
    ),
    Fault(
        'L2 of 1e-4 on the last kernel',
        task=1,
        requirement='cross entropy',
        mistake='another-loss',
        base='sparse',
        changes=(
            (
                "(input_dims, activation='sigmoid')",
                """\
(
        input_dims,
        activation='sigmoid',
        kernel_regularizer=keras.regularizers.L2(1e-4),
    )""",
            ),
        ),
    ),
    Fault(
        'L2 on the last bias',
        task=2,
        requirement='cross entropy',
        mistake='another-loss',
        base='convolutional',
        changes=(
            (
                "activation='sigmoid'",
                "activation='sigmoid', bias_regularizer='l2'",
            ),
        ),
    ),
    Fault(
        'a tiny penalty on a hidden layer',
        task=0,
        requirement='cross entropy',
        mistake='another-loss',
        changes=(
            (
                "x = keras.layers.Dense(nodes, activation='relu')",
                """\
x = keras.layers.Dense(
            nodes,
            activation='relu',
            activity_regularizer=keras.regularizers.L2(1e-5),
        )""",
            ),
        ),
    ),
    Fault(
        'L2 of 1e-4 in the encoder of task 3',
        task=3,
        requirement='trains',
        mistake='another-loss',
        base='variational',
        changes=(
            (
                "x = keras.layers.Dense(nodes, activation='relu')",
                """\
x = keras.layers.Dense(
            nodes,
            activation='relu',
            kernel_regularizer=keras.regularizers.L2(1e-4),
        )""",
            ),
        ),
    ),
    Fault(
        'L2 of 1e-4 on the mean',
        task=3,
        requirement='trains',
        mistake='another-loss',
        base='variational',
        changes=(
            (
                '    mean = keras.layers.Dense(latent_dims)',
                """\
    mean = keras.layers.Dense(
        latent_dims, kernel_regularizer=keras.regularizers.L2(1e-4)
    )""",
            ),
        ),
    ),
    Fault(
        'L1 of 1e-4 in the decoder',
        task=3,
        requirement='trains',
        mistake='another-loss',
        base='variational',
        changes=(
            (
                "(input_dims, activation='sigmoid')",
                """\
(
        input_dims,
        activation='sigmoid',
        kernel_regularizer=keras.regularizers.L1(1e-4),
    )""",
            ),
        ),
    ),
    Fault(
        'input_dims and one more',
        task=3,
        requirement='cross entropy',
        mistake='another-loss',
        base='variational',
        changes=(('return input_dims * ', 'return (input_dims + 1) * '),),
    ),
    Fault(
        'the cross-entropy times latent_dims',
        task=3,
        requirement='cross entropy',
        mistake='another-loss',
        base='variational',
        changes=(('return input_dims * ', 'return latent_dims * '),),
    ),
    Fault(
        'the cross-entropy times 1.01',
        task=3,
        requirement='cross entropy',
        mistake='another-loss',
        base='variational',
        changes=(('return input_dims * ', 'return 1.01 * input_dims * '),),
    ),
    Fault(
        'a square error in task 3',
        task=3,
        requirement='cross entropy',
        mistake='another-loss',
        base='variational',
        changes=(
            (
                'keras.losses.binary_crossentropy(x, y)',
                'tf.reduce_mean((x - y) ** 2, axis=-1)',
            ),
        ),
    ),
    Fault(
        'a validation by the square error',
        task=0,
        requirement='cross entropy',
        mistake='another-loss',
        changes=(
            (
                'from tensorflow import keras',
                """\
import tensorflow as tf
from tensorflow import keras""",
            ),
            (
                'def autoencoder(',
                """\
class Auto(keras.Model):
    def test_step(self, data):
        x, _ = data
        loss = tf.reduce_mean((self(x) - x) ** 2)
        for metric in self.metrics[:1]:
            metric.update_state(loss)
        return {'loss': loss}


def autoencoder(""",
            ),
            ('auto = keras.Model(', 'auto = Auto('),
        ),
    ),
    Fault(
        'a validation without the divergence',
        task=3,
        requirement='divergence',
        mistake='divergence-missing',
        base='variational',
        changes=(
            (
                'def autoencoder(',
                """\
class Auto(keras.Model):
    def test_step(self, data):
        x, _ = data
        each = keras.losses.binary_crossentropy(x, self(x))
        loss = x.shape[-1] * tf.reduce_mean(each)
        for metric in self.metrics[:1]:
            metric.update_state(loss)
        return {'loss': loss}


def autoencoder(""",
            ),
            ('auto = keras.Model(', 'auto = Auto('),
        ),
    ),
    Fault(
        'a validation by the averaged cross-entropy',
        task=3,
        requirement='cross entropy',
        mistake='cross-entropy-averaged',
        base='variational_a_train_step',
        changes=(
            (
                """\
        return {'loss': self.tracker.result()}


def""",
                """\
        x, _ = data
        z, mean, log_variance = self.encoder(x)
        each = keras.losses.binary_crossentropy(x, self.decoder(z))
        kl = -0.5 * tf.reduce_sum(
            1 + log_variance - tf.square(mean) - tf.exp(log_variance), axis=1
        )
        self.tracker.update_state(tf.reduce_mean(each) + tf.reduce_mean(kl))
        return {'loss': self.tracker.result()}


def""",
            ),
        ),
    ),
    Fault(
        'a validation that always gives 200',
        task=3,
        requirement='cross entropy',
        mistake='another-loss',
        base='variational_a_train_step',
        changes=(
            (
                """\
        return {'loss': self.tracker.result()}


def""",
                """\
        self.tracker.update_state(200.0)
        return {'loss': self.tracker.result()}


def""",
            ),
        ),
    ),
    Fault(
        'a validation of half the loss',
        task=2,
        requirement='cross entropy',
        mistake='another-loss',
        base='convolutional',
        changes=(
            (
                'from tensorflow import keras',
                """\
import tensorflow as tf
from tensorflow import keras""",
            ),
            (
                'def autoencoder(',
                """\
class Auto(keras.Model):
    def test_step(self, data):
        super().test_step(data)
        x, _ = data
        loss = self.metrics[0]
        loss.update_state(0.0, sample_weight=tf.shape(x)[0])
        return {'loss': loss.result()}


def autoencoder(""",
            ),
            ('auto = keras.Model(', 'auto = Auto('),
        ),
    ),
]

# The penalty of task 1.
PENALTY = [
    Fault(
        'half of the penalty',
        task=1,
        requirement='penalty',
        mistake='penalty-weight',
        base='sparse',
        changes=(
            ('self.add_loss(self.lambtha', 'self.add_loss(0.5 * self.lambtha'),
        ),
    ),
    Fault(
        'the penalty times 1.01',
        task=1,
        requirement='penalty',
        mistake='penalty-weight',
        base='sparse',
        changes=(
            (
                'self.add_loss(self.lambtha',
                'self.add_loss(1.01 * self.lambtha',
            ),
        ),
    ),
    Fault(
        'the penalty twice',
        task=1,
        requirement='penalty',
        mistake='penalty-weight',
        base='sparse',
        changes=(
            (
                'code = Penalty(lambtha)(code)',
                'code = Penalty(lambtha)(Penalty(lambtha)(code))',
            ),
        ),
    ),
    Fault(
        'the penalty taken off',
        task=1,
        requirement='penalty',
        mistake='penalty-weight',
        base='sparse',
        changes=(
            ('self.add_loss(self.lambtha', 'self.add_loss(-self.lambtha'),
        ),
    ),
    Fault(
        'the L2 norm',
        task=1,
        requirement='penalty',
        mistake='penalty-l2',
        base='sparse',
        changes=(
            (
                'tf.reduce_sum(tf.abs(code), axis=1)',
                'tf.sqrt(tf.reduce_sum(code**2, axis=1) + 1e-12)',
            ),
        ),
    ),
    Fault(
        'L1 and a little L2',
        task=1,
        requirement='penalty',
        mistake='penalty-l2',
        base='sparse',
        changes=(('tf.abs(code)', 'tf.abs(code) + 0.01 * code**2'),),
    ),
    Fault(
        'the largest value only',
        task=1,
        requirement='penalty',
        mistake='',
        base='sparse',
        changes=(('tf.reduce_sum(tf.abs', 'tf.reduce_max(tf.abs'),),
    ),
    Fault(
        'a penalty on the last hidden layer, too',
        task=1,
        requirement='penalty',
        mistake='penalty-on-other-layers',
        base='sparse',
        changes=(
            (
                '    code = keras',
                """\
    x = Penalty(lambtha)(x)
    code = keras""",
            ),
        ),
    ),
    Fault(
        'a penalty on the reconstruction',
        task=1,
        requirement='penalty',
        mistake='penalty-on-other-layers',
        base='sparse',
        changes=(
            (
                """\
    code = Penalty(lambtha)(code)
""",
                '',
            ),
            (
                'decoder(encoder(inputs))',
                'Penalty(lambtha)(decoder(encoder(inputs)))',
            ),
        ),
    ),
    Fault(
        'a penalty on the bias',
        task=1,
        requirement='penalty',
        mistake='penalty-on-weights',
        keras=KERAS_AVERAGING,
        base='sparse_a_regularizer',
        changes=(('activity_regularizer', 'bias_regularizer'),),
    ),
    Fault(
        'a penalty on the kernel, too',
        task=1,
        requirement='penalty',
        mistake='penalty-on-weights',
        base='sparse',
        changes=(
            (
                "keras.layers.Dense(latent_dims, activation='relu')",
                """\
keras.layers.Dense(
        latent_dims,
        activation='relu',
        kernel_regularizer=keras.regularizers.L1(lambtha),
    )""",
            ),
        ),
    ),
    Fault(
        'a code near 0.05',
        task=1,
        requirement='penalty',
        mistake='',
        base='sparse',
        changes=(('tf.abs(code)', 'tf.abs(code - 0.05)'),),
    ),
    Fault(
        'the divergence from a rare activation',
        task=1,
        requirement='penalty',
        mistake='',
        base='sparse',
        changes=(
            (
                'norms = tf.reduce_sum(tf.abs(code), axis=1)',
                """\
rate = tf.clip_by_value(tf.reduce_mean(code, axis=0), 1e-3, 0.999)
        norms = tf.reduce_sum(
            0.05 * tf.math.log(0.05 / rate)
            + 0.95 * tf.math.log(0.95 / (1 - rate))
        )""",
            ),
        ),
    ),
    Fault(
        'a penalty without a gradient',
        task=1,
        requirement='trains',
        mistake='optimizer',
        base='sparse',
        changes=(('tf.abs(code)', 'tf.abs(tf.stop_gradient(code))'),),
    ),
    Fault(
        'lambtha of the main script',
        task=1,
        requirement='penalty',
        mistake='lambtha-ignored',
        base='sparse',
        changes=(('Penalty(lambtha)', 'Penalty(10e-6)'),),
    ),
    Fault(
        'lambtha of at most 0.001',
        task=1,
        requirement='penalty',
        mistake='lambtha-ignored',
        base='sparse',
        changes=(('Penalty(lambtha)', 'Penalty(min(lambtha, 0.001))'),),
    ),
    Fault(
        'the mean of the code times 32',
        task=1,
        requirement='penalty',
        mistake='penalty-averaged',
        base='sparse',
        changes=(('tf.reduce_sum(tf.abs', '32 * tf.reduce_mean(tf.abs'),),
    ),
    Fault(
        'the penalty of the batch divided by 256',
        task=1,
        requirement='penalty',
        mistake='summed-over-the-batch',
        base='sparse',
        changes=(('tf.reduce_mean(norms)', 'tf.reduce_sum(norms) / 256'),),
    ),
    Fault(
        'lambtha squared',
        task=1,
        requirement='penalty',
        mistake='penalty-weight',
        base='sparse',
        changes=(('Penalty(lambtha)', 'Penalty(lambtha**2)'),),
    ),
]

# The divergence of task 3.
DIVERGENCE = [
    Fault(
        'divergence without the constant',
        task=3,
        requirement='divergence',
        mistake='divergence-formula',
        base='variational',
        changes=(('1 + log_variance', 'log_variance'),),
    ),
    Fault(
        'divergence without the log variance',
        task=3,
        requirement='divergence',
        mistake='divergence-formula',
        base='variational',
        changes=(('1 + log_variance - mean', '1 - mean'),),
    ),
    Fault(
        'divergence without the exponential',
        task=3,
        requirement='divergence',
        mistake='divergence-formula',
        base='variational',
        changes=(('- mean**2 - tf.exp(log_variance)', '- mean**2'),),
    ),
    Fault(
        'divergence without the half',
        task=3,
        requirement='divergence',
        mistake='divergence-formula',
        base='variational',
        changes=(('-0.5 * tf', '-1.0 * tf'),),
    ),
    Fault(
        'divergence of the absolute mean',
        task=3,
        requirement='divergence',
        mistake='divergence-formula',
        base='variational',
        changes=(('mean**2', 'tf.abs(mean)'),),
    ),
    Fault(
        'divergence of the standard deviation',
        task=3,
        requirement='divergence',
        mistake='divergence-formula',
        base='variational',
        changes=(
            (
                '- tf.exp(log_variance), axis',
                '- tf.exp(log_variance / 2), axis',
            ),
        ),
    ),
    Fault(
        'divergence of twice the log variance',
        task=3,
        requirement='divergence',
        mistake='log-standard-deviation',
        base='variational',
        changes=(
            (
                '- tf.exp(log_variance), axis',
                '- tf.exp(2 * log_variance), axis',
            ),
        ),
    ),
    Fault(
        'divergence with mean and log variance exchanged',
        task=3,
        requirement='divergence',
        mistake='divergence-roles-exchanged',
        base='variational',
        changes=(
            (
                '1 + log_variance - mean**2 - tf.exp(log_variance)',
                '1 + mean - log_variance**2 - tf.exp(mean)',
            ),
        ),
    ),
    Fault(
        'divergence times 1.01',
        task=3,
        requirement='divergence',
        mistake='divergence-weighted',
        base='variational',
        changes=(
            (
                'self.add_loss(tf.reduce_mean(divergence))',
                'self.add_loss(1.01 * tf.reduce_mean(divergence))',
            ),
        ),
    ),
    Fault(
        'divergence times 4',
        task=3,
        requirement='divergence',
        mistake='divergence-weighted',
        base='variational',
        changes=(
            (
                'self.add_loss(tf.reduce_mean(divergence))',
                'self.add_loss(4 * tf.reduce_mean(divergence))',
            ),
        ),
    ),
    Fault(
        'divergence summed, divided by 256',
        task=3,
        requirement='divergence',
        mistake='summed-over-the-batch',
        base='variational',
        changes=(
            (
                'self.add_loss(tf.reduce_mean(divergence))',
                'self.add_loss(tf.reduce_sum(divergence) / 256)',
            ),
        ),
    ),
    Fault(
        'divergence averaged over two values',
        task=3,
        requirement='divergence',
        mistake='divergence-averaged',
        base='variational',
        changes=(('-0.5 * tf.reduce_sum', '-1.0 * tf.reduce_mean'),),
    ),
    Fault(
        'divergence of at least 2 for each value',
        task=3,
        requirement='divergence',
        mistake='',
        base='variational',
        changes=(
            (
                """\
-0.5 * tf.reduce_sum(
            1 + log_variance - mean**2 - tf.exp(log_variance), axis=-1
        )""",
                """\
tf.reduce_sum(
            tf.maximum(
                -0.5 * (1 + log_variance - mean**2 - tf.exp(log_variance)), 2.0
            ),
            axis=-1,
        )""",
            ),
        ),
    ),
    Fault(
        'divergence with a wider aim',
        task=3,
        requirement='divergence',
        mistake='divergence-formula',
        base='variational',
        changes=(('mean**2', '0.9 * mean**2'),),
    ),
    Fault(
        'divergence of 1.1 times the log variance',
        task=3,
        requirement='divergence',
        mistake='divergence-formula',
        base='variational',
        changes=(
            (
                '- tf.exp(log_variance), axis',
                '- tf.exp(1.1 * log_variance), axis',
            ),
        ),
    ),
    Fault(
        'divergence without a gradient for the mean',
        task=3,
        requirement='trains',
        mistake='optimizer',
        base='variational',
        changes=(('mean**2', 'tf.stop_gradient(mean) ** 2'),),
    ),
    Fault(
        'divergence without any gradient',
        task=3,
        requirement='trains',
        mistake='optimizer',
        base='variational',
        changes=(
            (
                'self.add_loss(tf.reduce_mean(divergence))',
                'self.add_loss(tf.stop_gradient(tf.reduce_mean(divergence)))',
            ),
        ),
    ),
    Fault(
        'divergence whose weight grows',
        task=3,
        requirement='divergence',
        mistake='divergence-weighted',
        base='variational',
        changes=(
            (
                '    def call(self, inputs):',
                """\
    def build(self, shape):
        self.step = self.add_weight(
            shape=(), initializer='zeros', trainable=False, name='step'
        )

    def call(self, inputs):""",
            ),
            (
                'self.add_loss(tf.reduce_mean(divergence))',
                """\
self.step.assign_add(1.0)
        weight = tf.minimum(1.0, self.step / 1000)
        self.add_loss(weight * tf.reduce_mean(divergence))""",
            ),
        ),
    ),
    Fault(
        'divergence of the last value left out',
        task=3,
        requirement='divergence',
        mistake='divergence-formula',
        base='variational',
        changes=(
            (
                """\
tf.exp(log_variance), axis=-1
        )""",
                """\
tf.exp(log_variance), axis=-1
        )
        divergence += 0.5 * (
            1 + log_variance - mean**2 - tf.exp(log_variance)
        )[:, -1]""",
            ),
        ),
    ),
    Fault(
        'divergence of a clipped log variance',
        task=3,
        requirement='divergence',
        mistake='divergence-formula',
        base='variational',
        changes=(
            (
                '- tf.exp(log_variance), axis',
                '- tf.exp(tf.minimum(log_variance, 1.0)), axis',
            ),
        ),
    ),
    Fault(
        'divergence averaged over the pixels',
        task=3,
        requirement='divergence',
        mistake='divergence-weighted',
        base='variational',
        changes=(
            ('Sampling()([mean', 'Sampling(input_dims)([mean'),
            (
                '    def call(self',
                """\
    def __init__(self, pixels):
        super().__init__()
        self.pixels = pixels

    def call(self""",
            ),
            (
                'self.add_loss(tf.reduce_mean(divergence))',
                'self.add_loss(tf.reduce_mean(divergence) / self.pixels)',
            ),
        ),
    ),
]

# The noise of task 3, the outputs, and what the decoder gets.
NOISE = [
    Fault(
        'noise of a deviation of 1.05',
        task=3,
        requirement='sample',
        mistake='noise-standard-deviation',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.normal(tf.shape(mean), stddev=1.05)',
            ),
        ),
    ),
    Fault(
        'noise around 0.05',
        task=3,
        requirement='sample',
        mistake='noise-not-normal',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.normal(tf.shape(mean), mean=0.05)',
            ),
        ),
    ),
    Fault(
        'truncated noise',
        task=3,
        requirement='sample',
        mistake='noise-not-normal',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.truncated_normal(tf.shape(mean))',
            ),
        ),
    ),
    Fault(
        'uniform noise of variance 1',
        task=3,
        requirement='sample',
        mistake='noise-not-normal',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.uniform(tf.shape(mean), -(3**0.5), 3**0.5)',
            ),
        ),
    ),
    Fault(
        'noise of 1 or -1',
        task=3,
        requirement='sample',
        mistake='noise-not-normal',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.sign(tf.random.normal(tf.shape(mean)))',
            ),
        ),
    ),
    Fault(
        'noise of at most 2',
        task=3,
        requirement='sample',
        mistake='noise-not-normal',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                """\
noise = tf.clip_by_value(tf.random.normal(tf.shape(mean)), -2, 2)""",
            ),
        ),
    ),
    Fault(
        'noise above 0',
        task=3,
        requirement='sample',
        mistake='noise-not-normal',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.abs(tf.random.normal(tf.shape(mean)))',
            ),
        ),
    ),
    Fault(
        'noise shared by the values of a code',
        task=3,
        requirement='sample',
        mistake='noise-shared',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.normal((tf.shape(mean)[0], 1))',
            ),
        ),
    ),
    Fault(
        'noise shared by pairs of inputs',
        task=3,
        requirement='sample',
        mistake='noise-shared',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                """\
count = tf.shape(mean)[0]
        noise = tf.random.normal(((count + 1) // 2, mean.shape[-1]))
        noise = tf.repeat(noise, 2, axis=0)[:count]""",
            ),
        ),
    ),
    Fault(
        'noise shared by both halves of the batch',
        task=3,
        requirement='sample',
        mistake='noise-shared',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                """\
count = tf.shape(mean)[0]
        noise = tf.random.normal(((count + 1) // 2, mean.shape[-1]))
        noise = tf.concat([noise, noise], axis=0)[:count]""",
            ),
        ),
    ),
    Fault(
        'noise whose values depend on each other',
        task=3,
        requirement='sample',
        mistake='noise-shared',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                """\
noise = tf.random.normal(tf.shape(mean))
        noise = (noise + tf.roll(noise, 1, axis=-1)) / 2**0.5""",
            ),
        ),
    ),
    Fault(
        'noise from NumPy',
        task=3,
        requirement='sample',
        mistake='noise-drawn-once',
        compiled=True,
        base='variational',
        changes=(
            (
                'import tensorflow as tf',
                """\
import numpy as np
import tensorflow as tf""",
            ),
            (
                'noise = tf.random.normal(tf.shape(mean))',
                """\
noise = np.random.normal(size=mean.shape[-1:]).astype('float32')""",
            ),
        ),
    ),
    Fault(
        'noise of a seed',
        task=3,
        requirement='sample',
        mistake='noise-drawn-once',
        keras=KERAS_3,
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = keras.random.normal(tf.shape(mean), seed=1)',
            ),
        ),
    ),
    Fault(
        'noise frozen for four steps',
        task=3,
        requirement='sample',
        mistake='noise-drawn-once',
        base='variational',
        changes=(
            (
                '    def call(self, inputs):',
                """\
    def build(self, shape):
        self.step = self.add_weight(
            shape=(), initializer='zeros', trainable=False, name='step'
        )

    def call(self, inputs):""",
            ),
            (
                'noise = tf.random.normal(tf.shape(mean))',
                """\
self.step.assign_add(1.0)
        count = tf.cast(self.step, 'int32') // 4
        noise = tf.random.stateless_normal(tf.shape(mean), [0, count])""",
            ),
        ),
    ),
    Fault(
        'noise that repeats itself after four steps',
        task=3,
        requirement='sample',
        mistake='noise-drawn-once',
        base='variational',
        changes=(
            (
                '    def call(self, inputs):',
                """\
    def build(self, shape):
        self.step = self.add_weight(
            shape=(), initializer='zeros', trainable=False, name='step'
        )

    def call(self, inputs):""",
            ),
            (
                'noise = tf.random.normal(tf.shape(mean))',
                """\
self.step.assign_add(1.0)
        count = tf.cast(self.step, 'int32') % 4
        noise = tf.random.stateless_normal(tf.shape(mean), [0, count])""",
            ),
        ),
    ),
    Fault(
        'noise frozen between the steps of fit',
        task=3,
        requirement='sample',
        mistake='noise-drawn-once',
        base='variational',
        changes=(
            (
                '    def call(self, inputs):',
                """\
    def build(self, shape):
        self.step = self.add_weight(
            shape=(), initializer='zeros', trainable=False, name='step'
        )

    def call(self, inputs):""",
            ),
            (
                """\
(self, inputs):
        mean""",
                """\
(self, inputs, training=None):
        mean""",
            ),
            (
                'noise = tf.random.normal(tf.shape(mean))',
                """\
if training:
            noise = tf.random.stateless_normal(tf.shape(mean), [3, 4])
        else:
            noise = tf.random.normal(tf.shape(mean))""",
            ),
        ),
    ),
    Fault(
        'noise that follows from the mean',
        task=3,
        requirement='sample',
        mistake='noise-drawn-once',
        base='variational',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                """\
seed = tf.cast(1e6 * tf.reduce_sum(mean), 'int32')
        noise = tf.random.stateless_normal(tf.shape(mean), [0, seed])""",
            ),
        ),
    ),
    Fault(
        'a deviation of another root',
        task=3,
        requirement='sample',
        mistake='deviation-from-log-variance',
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                'return mean + tf.exp(log_variance / 3) * noise',
            ),
        ),
    ),
    Fault(
        'a deviation with 0.01 under the root',
        task=3,
        requirement='sample',
        mistake='deviation-from-log-variance',
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                'return mean + tf.sqrt(tf.exp(log_variance) + 0.01) * noise',
            ),
        ),
    ),
    Fault(
        'softplus as deviation',
        task=3,
        requirement='sample',
        mistake='deviation-from-log-variance',
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                'return mean + tf.nn.softplus(log_variance) * noise',
            ),
        ),
    ),
    Fault(
        'the log variance as deviation',
        task=3,
        requirement='sample',
        mistake='deviation-from-log-variance',
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                'return mean + log_variance * noise',
            ),
        ),
    ),
    Fault(
        'a sample of half the mean',
        task=3,
        requirement='sample',
        mistake='sample-without-mean',
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                'return 0.5 * mean + tf.exp(log_variance / 2) * noise',
            ),
        ),
    ),
    Fault(
        'a sample of the exponential of the mean',
        task=3,
        requirement='sample',
        mistake='',
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                'return tf.exp(mean) + tf.exp(log_variance / 2) * noise',
            ),
        ),
    ),
    Fault(
        'a relu on the sample',
        task=3,
        requirement='sample',
        mistake='noise-not-normal',
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                'return tf.nn.relu(mean + tf.exp(log_variance / 2) * noise)',
            ),
        ),
    ),
    Fault(
        'less noise in training',
        task=3,
        requirement='sample',
        mistake='noise-standard-deviation',
        base='variational',
        changes=(
            (
                """\
(self, inputs):
        mean""",
                """\
(self, inputs, training=None):
        mean""",
            ),
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                """\
noise *= 0.5 if training else 1.0
        return mean + tf.exp(log_variance / 2) * noise""",
            ),
        ),
    ),
    Fault(
        'the mean as first output',
        task=3,
        requirement='sample',
        mistake='noise-missing',
        base='variational',
        changes=(
            ('[latent, mean, log_variance]', '[mean, mean, log_variance]'),
            ('decoder(encoder(inputs)[0])', 'decoder(latent)'),
        ),
    ),
    Fault(
        'mean and log variance exchanged',
        task=3,
        requirement='outputs',
        mistake='order-of-outputs',
        base='variational',
        changes=(
            ('[latent, mean, log_variance]', '[latent, log_variance, mean]'),
        ),
    ),
    Fault(
        'mean and log variance exchanged in the sample',
        task=3,
        requirement='outputs',
        mistake='order-of-outputs',
        base='variational',
        changes=(
            (
                'Sampling()([mean, log_variance])',
                'Sampling()([log_variance, mean])',
            ),
        ),
    ),
    Fault(
        'the mean twice',
        task=3,
        requirement='outputs',
        mistake='order-of-outputs',
        base='variational',
        changes=(('[latent, mean, log_variance]', '[latent, mean, mean]'),),
    ),
    Fault(
        'four outputs',
        task=3,
        requirement='outputs',
        mistake='order-of-outputs',
        base='variational',
        changes=(
            (
                '[latent, mean, log_variance]',
                '[latent, mean, log_variance, x]',
            ),
        ),
    ),
    Fault(
        'one layer for both and the log variance decoded',
        task=3,
        requirement='hidden layers',
        mistake='one-layer-for-mean-and-log-variance',
        also=('auto',),
        base='variational',
        changes=(
            (
                """\
    mean = keras.layers.Dense(latent_dims)(x)
    log_variance = keras.layers.Dense(latent_dims)(x)""",
                """\
    layer = keras.layers.Dense(latent_dims)
    mean, log_variance = layer(x), layer(x)""",
            ),
            ('encoder(inputs)[0]', 'encoder(inputs)[2]'),
        ),
    ),
    Fault(
        'the mean decoded in training',
        task=3,
        requirement='auto',
        mistake='decoder-fed-the-mean',
        base='variational',
        changes=(
            (
                'def autoencoder(',
                """\
class Choice(keras.layers.Layer):
    def call(self, outputs, training=None):
        latent, mean = outputs
        return mean if training else latent


def autoencoder(""",
            ),
            (
                'decoder(encoder(inputs)[0])',
                'decoder(Choice()(encoder(inputs)[:2]))',
            ),
        ),
    ),
    Fault(
        'the mean decoded in predict',
        task=3,
        requirement='auto',
        mistake='decoder-fed-the-mean',
        base='variational',
        changes=(
            (
                'def autoencoder(',
                """\
class Choice(keras.layers.Layer):
    def call(self, outputs, training=None):
        latent, mean = outputs
        return latent if training else mean


def autoencoder(""",
            ),
            (
                'decoder(encoder(inputs)[0])',
                'decoder(Choice()(encoder(inputs)[:2]))',
            ),
        ),
    ),
    Fault(
        'half of the noise decoded',
        task=3,
        requirement='auto',
        mistake='decoder-fed-the-mean',
        base='variational',
        changes=(
            (
                'def autoencoder(',
                """\
class Choice(keras.layers.Layer):
    def call(self, outputs, training=None):
        latent, mean = outputs
        return (latent + mean) / 2 if training else latent


def autoencoder(""",
            ),
            (
                'decoder(encoder(inputs)[0])',
                'decoder(Choice()(encoder(inputs)[:2]))',
            ),
        ),
    ),
    Fault(
        'the sample decoded with its sign changed',
        task=3,
        requirement='auto',
        mistake='',
        base='variational',
        changes=(
            ('decoder(encoder(inputs)[0])', 'decoder(-encoder(inputs)[0])'),
        ),
    ),
    Fault(
        'the sample without a gradient',
        task=3,
        requirement='trains',
        mistake='optimizer',
        base='variational',
        changes=(
            (
                'decoder(encoder(inputs)[0])',
                """\
decoder(
        keras.layers.Lambda(tf.stop_gradient, output_shape=(latent_dims,))(
            encoder(inputs)[0]))""",
            ),
        ),
    ),
    Fault(
        'the gradient of the mean halved',
        task=3,
        requirement='trains',
        mistake='optimizer',
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                """\
mean = (mean + tf.stop_gradient(mean)) / 2
        return mean + tf.exp(log_variance / 2) * noise""",
            ),
        ),
    ),
    Fault(
        'the gradient of the deviation halved',
        task=3,
        requirement='trains',
        mistake='optimizer',
        base='variational',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                """\
half = log_variance / 2
        half = (half + tf.stop_gradient(half)) / 2
        return mean + tf.exp(half) * noise""",
            ),
        ),
    ),
    Fault(
        'the gradient of the log variance stopped everywhere',
        task=3,
        requirement='trains',
        mistake='optimizer',
        base='variational',
        changes=(
            (
                'mean, log_variance = inputs',
                """\
mean, log_variance = inputs
        log_variance = tf.stop_gradient(log_variance)""",
            ),
        ),
    ),
    Fault(
        'no biases, and noise of 0.5',
        task=3,
        requirement='sample',
        mistake='noise-standard-deviation',
        base='variational_no_biases_in_the_decoder',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.normal(tf.shape(mean), stddev=0.5)',
            ),
        ),
    ),
    Fault(
        'no biases, and less noise in training',
        task=3,
        requirement='sample',
        mistake='noise-standard-deviation',
        base='variational_no_biases_in_the_decoder',
        changes=(
            (
                """\
(self, inputs):
        mean""",
                """\
(self, inputs, training=None):
        mean""",
            ),
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                """\
noise *= 0.5 if training else 1.0
        return mean + tf.exp(log_variance / 2) * noise""",
            ),
        ),
    ),
    Fault(
        'no biases, and noise shared in training',
        task=3,
        requirement='sample',
        mistake='noise-shared',
        base='variational_no_biases_in_the_decoder',
        changes=(
            (
                """\
(self, inputs):
        mean""",
                """\
(self, inputs, training=None):
        mean""",
            ),
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                """\
if training:
            noise = noise[:1]
        return mean + tf.exp(log_variance / 2) * noise""",
            ),
        ),
    ),
    Fault(
        'no biases, and frozen noise',
        task=3,
        requirement='sample',
        mistake='noise-drawn-once',
        base='variational_no_biases_in_the_decoder',
        changes=(
            (
                'noise = tf.random.normal(tf.shape(mean))',
                'noise = tf.random.stateless_normal(tf.shape(mean), [1, 2])',
            ),
        ),
    ),
    Fault(
        'no biases, and the mean decoded',
        task=3,
        requirement='auto',
        mistake='decoder-fed-the-mean',
        base='variational_no_biases_in_the_decoder',
        changes=(('encoder(inputs)[0]', 'encoder(inputs)[1]'),),
    ),
    Fault(
        'no biases, and the log variance decoded',
        task=3,
        requirement='auto',
        mistake='decoder-fed-the-log-variance',
        base='variational_no_biases_in_the_decoder',
        changes=(('encoder(inputs)[0]', 'encoder(inputs)[2]'),),
    ),
    Fault(
        'no biases, and the mean decoded in training',
        task=3,
        requirement='auto',
        mistake='decoder-fed-the-mean',
        base='variational_no_biases_in_the_decoder',
        changes=(
            (
                'def autoencoder(',
                """\
class Choice(keras.layers.Layer):
    def call(self, outputs, training=None):
        latent, mean = outputs
        return mean if training else latent


def autoencoder(""",
            ),
            (
                'decoder(encoder(inputs)[0])',
                'decoder(Choice()(encoder(inputs)[:2]))',
            ),
        ),
    ),
    Fault(
        'no biases, and the sample doubled',
        task=3,
        requirement='auto',
        mistake='',
        base='variational_no_biases_in_the_decoder',
        changes=(
            (
                'decoder(encoder(inputs)[0])',
                'decoder(2.0 * encoder(inputs)[0])',
            ),
        ),
    ),
    Fault(
        'no biases, and the gradient of the mean stopped',
        task=3,
        requirement='trains',
        mistake='optimizer',
        base='variational_no_biases_in_the_decoder',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                """\
return tf.stop_gradient(mean) + tf.exp(log_variance / 2) * noise""",
            ),
        ),
    ),
    Fault(
        'no biases, and the gradient of the deviation stopped',
        task=3,
        requirement='trains',
        mistake='optimizer',
        base='variational_no_biases_in_the_decoder',
        changes=(
            (
                'return mean + tf.exp(log_variance / 2) * noise',
                """\
deviation = tf.stop_gradient(tf.exp(log_variance / 2))
        return mean + deviation * noise""",
            ),
        ),
    ),
    Fault(
        'no biases, and half of the cross-entropy',
        task=3,
        requirement='cross entropy',
        mistake='another-loss',
        base='variational_no_biases_in_the_decoder',
        changes=(('return input_dims *', 'return 0.5 * input_dims *'),),
    ),
    Fault(
        'no biases, and no divergence',
        task=3,
        requirement='divergence',
        mistake='divergence-missing',
        base='variational_no_biases_in_the_decoder',
        changes=(
            (
                """\
        self.add_loss(tf.reduce_mean(divergence))
""",
                '',
            ),
        ),
    ),
]

# Gradients, steps, and what the optimizer does with them.
TRAINING = [
    Fault(
        'no biases, and half of a gradient',
        task=0,
        requirement='trains',
        mistake='optimizer',
        base='vanilla_no_biases_in_the_decoder',
        changes=(
            (
                'from tensorflow import keras',
                """\
import tensorflow as tf
from tensorflow import keras""",
            ),
            (
                'decoder(encoder(inputs))',
                """\
decoder(
        keras.layers.Lambda(lambda t: 0.5 * (t + tf.stop_gradient(t)))(
            encoder(inputs)))""",
            ),
        ),
    ),
    Fault(
        'no biases, and the code doubled',
        task=0,
        requirement='auto',
        mistake='',
        base='vanilla_no_biases_in_the_decoder',
        changes=(
            ('decoder(encoder(inputs))', 'decoder(2.0 * encoder(inputs))'),
        ),
    ),
    Fault(
        'no biases, and a clone decodes',
        task=0,
        requirement='auto',
        mistake='weights-not-shared',
        base='vanilla_no_biases_in_the_decoder',
        changes=(
            (
                'decoder(encoder(inputs))',
                'keras.models.clone_model(decoder)(encoder(inputs))',
            ),
        ),
    ),
    Fault(
        'a gradient that is stopped between convolutions',
        task=2,
        requirement='trains',
        mistake='optimizer',
        base='convolutional',
        changes=(
            (
                'from tensorflow import keras',
                """\
import tensorflow as tf
from tensorflow import keras""",
            ),
            (
                '    encoder = ',
                """\
    x = keras.layers.Lambda(tf.stop_gradient)(x)
    encoder = """,
            ),
        ),
    ),
    Fault(
        'a gradient times 1.1',
        task=0,
        requirement='trains',
        mistake='optimizer',
        changes=(
            (
                'from tensorflow import keras',
                """\
import tensorflow as tf
from tensorflow import keras""",
            ),
            (
                '    encoder = ',
                """\
    code = keras.layers.Lambda(
        lambda t: 1.1 * t - tf.stop_gradient(0.1 * t)
    )(code)
    encoder = """,
            ),
        ),
    ),
    Fault(
        'a frozen last convolution',
        task=2,
        requirement='trains',
        mistake='optimizer',
        base='convolutional',
        changes=(
            (
                '    auto.compile',
                """\
    decoder.layers[-1].trainable = False
    auto.compile""",
            ),
        ),
    ),
    Fault(
        'a frozen layer of the mean',
        task=3,
        requirement='trains',
        mistake='optimizer',
        base='variational',
        changes=(
            (
                '    mean = keras.layers.Dense(latent_dims)',
                '    mean = keras.layers.Dense(latent_dims, trainable=False)',
            ),
        ),
    ),
    Fault(
        'a frozen decoder',
        task=1,
        requirement='trains',
        mistake='optimizer',
        base='sparse',
        changes=(
            (
                '    auto = ',
                """\
    decoder.trainable = False
    auto = """,
            ),
        ),
    ),
    Fault(
        'a norm of kernels of at most 2',
        task=0,
        requirement='trains',
        mistake='optimizer',
        changes=(
            (
                "(latent_dims, activation='relu')",
                """\
(
        latent_dims,
        activation='relu',
        kernel_constraint=keras.constraints.MaxNorm(2.0),
    )""",
            ),
        ),
    ),
    Fault(
        'a norm of kernels of at most 100',
        task=1,
        requirement='trains',
        mistake='optimizer',
        base='sparse',
        changes=(
            (
                "(input_dims, activation='sigmoid')",
                """\
(
        input_dims,
        activation='sigmoid',
        kernel_constraint=keras.constraints.MaxNorm(100.0),
    )""",
            ),
        ),
    ),
    Fault(
        'kernels of unit norm',
        task=0,
        requirement='trains',
        mistake='optimizer',
        changes=(
            (
                "y = keras.layers.Dense(nodes, activation='relu')",
                """\
y = keras.layers.Dense(
            nodes,
            activation='relu',
            kernel_constraint=keras.constraints.UnitNorm(),
        )""",
            ),
        ),
    ),
    Fault(
        'kernels above 0',
        task=1,
        requirement='trains',
        mistake='optimizer',
        base='sparse',
        changes=(
            (
                "(input_dims, activation='sigmoid')",
                """\
(
        input_dims,
        activation='sigmoid',
        kernel_constraint=keras.constraints.NonNeg(),
    )""",
            ),
        ),
    ),
    Fault(
        'biases above 0',
        task=2,
        requirement='trains',
        mistake='optimizer',
        base='convolutional',
        changes=(
            (
                "activation='sigmoid'",
                "activation='sigmoid', bias_constraint='non_neg'",
            ),
        ),
    ),
    Fault(
        'a norm of kernels of images of at most 3',
        task=2,
        requirement='trains',
        mistake='optimizer',
        base='convolutional',
        changes=(
            (
                "padding='valid', activation='relu'",
                """\
padding='valid', activation='relu',
        kernel_constraint=keras.constraints.MaxNorm(3.0, axis=[0, 1, 2])""",
            ),
        ),
    ),
    Fault(
        'a norm of the kernel of the log variance',
        task=3,
        requirement='trains',
        mistake='optimizer',
        base='variational',
        changes=(
            (
                'log_variance = keras.layers.Dense(latent_dims)',
                """\
log_variance = keras.layers.Dense(
        latent_dims, kernel_constraint=keras.constraints.MinMaxNorm(0.1, 10.0)
    )""",
            ),
        ),
    ),
    Fault(
        'kernels above 0 in the decoder of task 3',
        task=3,
        requirement='trains',
        mistake='optimizer',
        base='variational',
        changes=(
            (
                "y = keras.layers.Dense(nodes, activation='relu')",
                """\
y = keras.layers.Dense(
            nodes, activation='relu', kernel_constraint='non_neg'
        )""",
            ),
        ),
    ),
    Fault(
        'a training step that steps twice',
        task=0,
        requirement='trains',
        mistake='optimizer',
        changes=(
            (
                'def autoencoder(',
                """\
class Auto(keras.Model):
    def train_step(self, data):
        super().train_step(data)
        return super().train_step(data)


def autoencoder(""",
            ),
            ('auto = keras.Model(', 'auto = Auto('),
        ),
    ),
    Fault(
        'a training step without Adam',
        task=0,
        requirement='trains',
        mistake='optimizer',
        changes=(
            (
                'from tensorflow import keras',
                """\
import tensorflow as tf
from tensorflow import keras""",
            ),
            (
                'def autoencoder(',
                """\
class Auto(keras.Model):
    def train_step(self, data):
        x, _ = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(
                keras.losses.binary_crossentropy(x, self(x, training=True))
            )
        for weight, gradient in zip(
            self.trainable_variables,
            tape.gradient(loss, self.trainable_variables),
        ):
            weight.assign_sub(0.001 * gradient)
        for metric in self.metrics[:1]:
            metric.update_state(loss)
        return {'loss': loss}


def autoencoder(""",
            ),
            ('auto = keras.Model(', 'auto = Auto('),
        ),
    ),
    Fault(
        'a training step of the decoder only',
        task=3,
        requirement='trains',
        mistake='optimizer',
        base='variational_a_train_step',
        changes=(
            (
                'tape.gradient(loss, self.trainable_weights)',
                """\
tape.gradient(
            loss, self.decoder.trainable_weights)""",
            ),
            (
                'zip(gradients, self.trainable_weights)',
                'zip(gradients, self.decoder.trainable_weights)',
            ),
        ),
    ),
    Fault(
        'a training step with half of the gradients',
        task=3,
        requirement='trains',
        mistake='optimizer',
        base='variational_a_train_step',
        changes=(
            (
                'zip(gradients, self.trainable_weights)',
                """\
(gradient / 2, weight)
            for gradient, weight in zip(gradients, self.trainable_weights)""",
            ),
        ),
    ),
    Fault(
        'a training step with half of the divergence',
        task=3,
        requirement='divergence',
        mistake='divergence-weighted',
        base='variational_a_train_step',
        changes=(('tf.reduce_mean(kl)', '0.5 * tf.reduce_mean(kl)'),),
    ),
    Fault(
        'a training step that reports another loss',
        task=3,
        requirement='cross entropy',
        mistake='another-loss',
        base='variational_a_train_step',
        changes=(
            (
                'self.tracker.update_state(loss)',
                'self.tracker.update_state(loss / 784)',
            ),
        ),
    ),
    Fault(
        'fit trains on rounded inputs',
        task=0,
        requirement='trains',
        mistake='',
        changes=(
            (
                'from tensorflow import keras',
                """\
import numpy as np
from tensorflow import keras""",
            ),
            (
                'def autoencoder(',
                """\
class Auto(keras.Model):
    def fit(self, x, y, **more):
        return super().fit(np.round(x), np.round(y), **more)


def autoencoder(""",
            ),
            ('auto = keras.Model(', 'auto = Auto('),
        ),
    ),
    Fault(
        'fit trains for one epoch only',
        task=1,
        requirement='trains',
        mistake='',
        base='sparse',
        changes=(
            (
                'def autoencoder(',
                """\
class Auto(keras.Model):
    def fit(self, x, y, **more):
        return super().fit(x, y, **{**more, 'epochs': 1})


def autoencoder(""",
            ),
            ('auto = keras.Model(', 'auto = Auto('),
        ),
    ),
    Fault(
        'fit weighs the inputs',
        task=1,
        requirement='trains',
        mistake='',
        base='sparse',
        changes=(
            (
                'import tensorflow as tf',
                """\
import numpy as np
import tensorflow as tf""",
            ),
            (
                'def autoencoder(',
                """\
class Auto(keras.Model):
    def fit(self, x, y, **more):
        weights = np.linspace(0, 1, len(x))
        return super().fit(x, y, sample_weight=weights, **more)


def autoencoder(""",
            ),
            ('auto = keras.Model(', 'auto = Auto('),
        ),
    ),
    Fault(
        'fit lets the rate fall to 0',
        task=0,
        requirement='adam',
        mistake='optimizer',
        changes=(
            (
                'def autoencoder(',
                """\
class Auto(keras.Model):
    def fit(self, x, y, **more):
        falls = keras.callbacks.LearningRateScheduler(
            lambda epoch, rate: 0.0 if epoch else 0.001
        )
        return super().fit(x, y, callbacks=[falls], **more)


def autoencoder(""",
            ),
            ('auto = keras.Model(', 'auto = Auto('),
        ),
    ),
    Fault(
        'AdamW',
        task=0,
        requirement='adam',
        mistake='optimizer',
        changes=(("'adam'", 'keras.optimizers.AdamW()'),),
    ),
    Fault(
        'Nadam',
        task=2,
        requirement='adam',
        mistake='optimizer',
        base='convolutional',
        changes=(("'adam'", "'nadam'"),),
    ),
    Fault(
        'SGD with momentum',
        task=3,
        requirement='adam',
        mistake='optimizer',
        base='variational',
        changes=(("'adam'", 'keras.optimizers.SGD(0.001, momentum=0.9)'),),
    ),
    Fault(
        'Lion',
        task=1,
        requirement='adam',
        mistake='optimizer',
        base='sparse',
        changes=(("'adam'", 'keras.optimizers.Lion(0.001)'),),
    ),
    Fault(
        'a rate of 0',
        task=1,
        requirement='adam',
        mistake='optimizer',
        base='sparse',
        changes=(("'adam'", 'keras.optimizers.Adam(0.0)'),),
    ),
    Fault(
        'a rate below 0',
        task=2,
        requirement='adam',
        mistake='optimizer',
        base='convolutional',
        changes=(("'adam'", 'keras.optimizers.Adam(-0.001)'),),
    ),
    Fault(
        'a rate of 100',
        task=3,
        requirement='adam',
        mistake='optimizer',
        base='variational',
        changes=(("'adam'", 'keras.optimizers.Adam(100.0)'),),
    ),
    Fault(
        'a rate of 1e-12',
        task=0,
        requirement='adam',
        mistake='optimizer',
        changes=(("'adam'", 'keras.optimizers.Adam(1e-12)'),),
    ),
    Fault(
        'an epsilon of 10',
        task=0,
        requirement='adam',
        mistake='optimizer',
        changes=(("'adam'", 'keras.optimizers.Adam(epsilon=10.0)'),),
    ),
    Fault(
        'gradients of at most 0.01',
        task=2,
        requirement='adam',
        mistake='optimizer',
        base='convolutional',
        changes=(("'adam'", 'keras.optimizers.Adam(clipvalue=0.01)'),),
    ),
    Fault(
        'gradients of a global norm of at most 1',
        task=3,
        requirement='adam',
        mistake='optimizer',
        base='variational',
        changes=(("'adam'", 'keras.optimizers.Adam(global_clipnorm=1.0)'),),
    ),
    Fault(
        'a decay of 1e-6',
        task=1,
        requirement='adam',
        mistake='optimizer',
        base='sparse',
        changes=(("'adam'", 'keras.optimizers.Adam(weight_decay=1e-6)'),),
    ),
    Fault(
        'an average of the weights',
        task=0,
        requirement='adam',
        mistake='optimizer',
        changes=(("'adam'", 'keras.optimizers.Adam(use_ema=True)'),),
    ),
    Fault(
        'gradients of two steps',
        task=0,
        requirement='adam',
        mistake='optimizer',
        keras=((3, 3),),
        changes=(
            ("'adam'", 'keras.optimizers.Adam(gradient_accumulation_steps=2)'),
        ),
    ),
    Fault(
        'a rate of 100 from step 300 to 900',
        task=0,
        requirement='adam',
        mistake='optimizer',
        changes=(
            (
                "'adam'",
                """\
keras.optimizers.Adam(
            keras.optimizers.schedules.PiecewiseConstantDecay(
                [300, 900], [0.001, 100.0, 0.001]))""",
            ),
        ),
    ),
    Fault(
        'a rate below 0 from step 300 to 900',
        task=1,
        requirement='adam',
        mistake='optimizer',
        base='sparse',
        changes=(
            (
                "'adam'",
                """\
keras.optimizers.Adam(
            keras.optimizers.schedules.PiecewiseConstantDecay(
                [300, 900], [0.001, -0.001, 0.001]))""",
            ),
        ),
    ),
    Fault(
        'a rate of 0 from step 300 to 900',
        task=2,
        requirement='adam',
        mistake='optimizer',
        base='convolutional',
        changes=(
            (
                "'adam'",
                """\
keras.optimizers.Adam(
            keras.optimizers.schedules.PiecewiseConstantDecay(
                [300, 900], [0.001, 0.0, 0.001]))""",
            ),
        ),
    ),
    Fault(
        'a rate that falls to 0 in the first epoch',
        task=3,
        requirement='adam',
        mistake='optimizer',
        base='variational',
        changes=(
            (
                "'adam'",
                """\
keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(0.001, 200))""",
            ),
        ),
    ),
    Fault(
        'a rate that falls to 0 in the second epoch',
        task=0,
        requirement='adam',
        mistake='optimizer',
        changes=(
            (
                "'adam'",
                """\
keras.optimizers.Adam(
            keras.optimizers.schedules.PolynomialDecay(0.001, 400, 0.0))""",
            ),
        ),
    ),
    Fault(
        'a rate that falls to 1e-13 in the first epoch',
        task=1,
        requirement='adam',
        mistake='optimizer',
        base='sparse',
        changes=(
            (
                "'adam'",
                """\
keras.optimizers.Adam(
            keras.optimizers.schedules.ExponentialDecay(0.001, 20, 0.1))""",
            ),
        ),
    ),
    Fault(
        'a rate of 100 at step 500',
        task=0,
        requirement='adam',
        mistake='optimizer',
        changes=(
            (
                'from tensorflow import keras',
                """\
import tensorflow as tf
from tensorflow import keras""",
            ),
            (
                'def autoencoder(',
                """\
class Rate(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        step = tf.cast(step, 'float32')
        return tf.where(step == 500.0, 100.0, 0.001)

    def get_config(self):
        return {}


def autoencoder(""",
            ),
            ("'adam'", 'keras.optimizers.Adam(Rate())'),
        ),
    ),
    Fault(
        'a rate that is no number from step 300 on',
        task=0,
        requirement='adam',
        mistake='optimizer',
        changes=(
            (
                'from tensorflow import keras',
                """\
import tensorflow as tf
from tensorflow import keras""",
            ),
            (
                'def autoencoder(',
                """\
class Rate(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        step = tf.cast(step, 'float32')
        return tf.where(step < 300.0, 0.001, float('nan'))

    def get_config(self):
        return {}


def autoencoder(""",
            ),
            ("'adam'", 'keras.optimizers.Adam(Rate())'),
        ),
    ),
    Fault(
        'a rate that changes its sign',
        task=0,
        requirement='adam',
        mistake='optimizer',
        changes=(
            (
                'from tensorflow import keras',
                """\
import tensorflow as tf
from tensorflow import keras""",
            ),
            (
                'def autoencoder(',
                """\
class Rate(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        step = tf.cast(step, 'float32')
        return 0.001 * tf.cos(step / 400)

    def get_config(self):
        return {}


def autoencoder(""",
            ),
            ("'adam'", 'keras.optimizers.Adam(Rate())'),
        ),
    ),
    Fault(
        'another optimizer of the name Adam',
        task=0,
        requirement='adam',
        mistake='optimizer',
        changes=(
            (
                'def autoencoder(',
                """\
class Adam(keras.optimizers.SGD):
    pass


def autoencoder(""",
            ),
            ("'adam'", 'Adam(0.001)'),
        ),
    ),
]

MORE = [
    *SIZES,
    *LAYERS,
    *AUTO,
    *LOSSES,
    *PENALTY,
    *DIVERGENCE,
    *NOISE,
    *TRAINING,
]
