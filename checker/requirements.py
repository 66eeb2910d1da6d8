"""The requirements of the four tasks: one row for each.

A row has the assignment's sentence, what has to be met before it can be
judged, and the function that judges it.
"""

from dataclasses import dataclass
from functools import partial

from checker import checks
from checker.assignment import NAMES


@dataclass(frozen=True)
class Requirement:
    """What the assignment asks for.

    Attributes:
        name: String, what reports call it.
        sentence: String, the assignment's words.
        check: Function of an `evidence.Evidence`; it returns the `Fault` that
            this shows, or None.
        needs: Tuple of the names of other requirements: this one cannot be
            judged, and counts as not met, until they are met.
        reading: String, what the checker reads in the sentence, or in the
            task as a whole, where the words alone do not say it; or ''.
    """

    name: str
    sentence: str
    check: object
    needs: tuple = ()
    reading: str = ''


INTEGER = 'an integer containing the dimensions of the'
TUPLE = 'a tuple of integers containing the dimensions of the'
ALL_RELU = (
    'All layers should use a `relu` activation except for the last layer in '
    'the decoder, which should use `sigmoid`'
)
ALL_RELU_3 = (
    'All layers should use a `relu` activation except for the mean and log '
    'variance layers in the encoder, which should use `None`, and the last '
    'layer in the decoder, which should use `sigmoid`'
)
COMPILED = (
    'The autoencoder model should be compiled using adam optimization and '
    'binary cross-entropy loss'
)
FITTED = (
    'auto.fit(x_train, x_train, epochs=50, batch_size=256, shuffle=True, '
    'validation_data=(x_test, x_test))'
)
IN_ENCODER = (
    'Each convolution in the encoder should use a kernel size of `(3, 3)` '
    'with same padding and `relu` activation, followed by max pooling of size '
    '`(2, 2)`'
)
IN_DECODER = (
    'Each convolution in the decoder, except for the last two, should use a '
    'filter size of `(3, 3)` with same padding and `relu` activation, followed'
    ' by upsampling of size `(2, 2)`'
)
LAST = (
    'The last convolution should have the same number of filters as the '
    'number of channels in `input_dims` with `sigmoid` activation and no '
    'upsampling'
)
FULL = '`auto` is the full autoencoder model'


def function(task, kind='an autoencoder'):
    """Return the sentence on the function of a task."""
    names = ', '.join(NAMES[task])
    return f'Write a function `def autoencoder({names}):` that creates {kind}'


def ends(kind):
    """Return the rows on the shapes of inputs and codes."""
    return [
        Requirement(
            'input dims',
            f'`input_dims` is {kind} model input',
            checks.input_dims,
        ),
        Requirement(
            'latent dims',
            f'`latent_dims` is {kind} latent space representation',
            checks.latent_dims,
        ),
    ]


def dense(encoder_sentence):
    """Return the rows on dense layers that tasks 0, 1 and 3 share."""
    nodes = (
        '`hidden_layers` is a list containing the number of nodes for each '
        'hidden layer in the encoder, respectively'
    )
    return [
        Requirement(
            'hidden layers', nodes, partial(checks.sizes, role='encoder')
        ),
        Requirement(
            'hidden layers reversed',
            'the hidden layers should be reversed for the decoder',
            partial(checks.sizes, role='decoder'),
        ),
        Requirement(
            'hidden layers kept',
            nodes,
            checks.list_kept,
            reading="it is the caller's list, so it stays as it is",
        ),
        Requirement(
            'encoder relu',
            encoder_sentence,
            checks.layer('encoder relu', 'encoder'),
            ('hidden layers', 'latent dims'),
        ),
    ]


def decoder_rows(sentence):
    """Return the rows on the activations of a dense decoder."""
    needs = ('hidden layers reversed',)
    return [
        Requirement(
            'decoder relu',
            sentence,
            checks.layer('decoder relu', 'decoder'),
            needs,
        ),
        Requirement(
            'sigmoid', sentence, checks.layer('sigmoid', 'decoder'), needs
        ),
    ]


def last_rows(rows, auto, loss):
    """Return rows with those on `auto`, its loss and its training."""
    rows = [*rows, *auto, *loss]
    names = tuple(row.name for row in rows)
    return [
        *rows,
        Requirement('trains', FITTED, checks.trains, names),
        Requirement('adam', COMPILED, checks.adam, ('input dims',)),
    ]


CROSS_ENTROPY = Requirement(
    'cross entropy', COMPILED, checks.cross_entropy, ('input dims',)
)
DIMS = ('input dims', 'latent dims')


def joined(sentence):
    """Return the row on `auto` of tasks 0 to 2."""
    return [Requirement('auto', sentence, checks.joined, DIMS)]


RETURNS = Requirement(
    'returns', 'Returns: `encoder, decoder, auto`', checks.in_order
)
VANILLA = last_rows(
    [
        Requirement('builds', function(0), checks.builds),
        RETURNS,
        *ends(INTEGER),
        *dense(ALL_RELU),
        *decoder_rows(ALL_RELU),
    ],
    joined(FULL),
    [CROSS_ENTROPY],
)
SPARSE = last_rows(
    [
        Requirement(
            'builds', function(1, 'a sparse autoencoder'), checks.builds
        ),
        RETURNS,
        *ends(INTEGER),
        *dense(ALL_RELU),
        *decoder_rows(ALL_RELU),
    ],
    joined('`auto` is the sparse autoencoder model'),
    [
        CROSS_ENTROPY,
        Requirement(
            'penalty',
            '`lambtha` is the regularization parameter used for L1 '
            'regularization on the encoded output',
            checks.penalty,
            DIMS,
        ),
    ],
)


def convolutions():
    """Return the rows on the convolutions of task 2."""
    filters = (
        '`filters` is a list containing the number of filters for each '
        'convolutional layer in the encoder, respectively'
    )
    encoder = 'filters', 'encoder kernels', 'latent dims'
    decoder = 'filters reversed', 'decoder kernels', 'channels'

    def in_half(name, sentence, role):
        """Return the row on a part of the layers of a half."""
        needs = encoder if role == 'encoder' else decoder
        return Requirement(name, sentence, checks.layer(name, role), needs)

    return [
        Requirement('filters', filters, partial(checks.sizes, role='encoder')),
        Requirement(
            'filters reversed',
            'the filters should be reversed for the decoder',
            partial(checks.sizes, role='decoder'),
        ),
        Requirement(
            'filters kept',
            filters,
            checks.list_kept,
            reading="it is the caller's list, so it stays as it is",
        ),
        Requirement(
            'encoder kernels',
            IN_ENCODER,
            partial(checks.kernels, role='encoder'),
        ),
        in_half('encoder padding', IN_ENCODER, 'encoder'),
        in_half('encoder relu', IN_ENCODER, 'encoder'),
        in_half('pooling', IN_ENCODER, 'encoder'),
        Requirement(
            'decoder kernels',
            IN_DECODER,
            partial(checks.kernels, role='decoder'),
        ),
        Requirement('channels', LAST, checks.channels),
        in_half('decoder padding', IN_DECODER, 'decoder'),
        in_half(
            'valid padding',
            'The second to last convolution should instead use valid padding',
            'decoder',
        ),
        in_half('decoder relu', IN_DECODER, 'decoder'),
        in_half('upsampling', IN_DECODER, 'decoder'),
        in_half('sigmoid', LAST, 'decoder'),
    ]


CONVOLUTIONAL = last_rows(
    [
        Requirement(
            'builds', function(2, 'a convolutional autoencoder'), checks.builds
        ),
        RETURNS,
        *convolutions(),
        *ends(TUPLE),
    ],
    joined(FULL),
    [CROSS_ENTROPY],
)
CREATES = function(3, 'a variational autoencoder')
VARIATIONAL = last_rows(
    [
        Requirement('builds', CREATES, checks.builds),
        RETURNS,
        *ends(INTEGER),
        *dense(ALL_RELU_3),
        Requirement(
            'outputs',
            '`encoder` is the encoder model, which should output the latent '
            'representation, the mean, and the log variance, respectively',
            checks.outputs,
            ('hidden layers', 'latent dims'),
        ),
        Requirement(
            'mean',
            ALL_RELU_3,
            checks.layer('mean', 'encoder'),
            ('hidden layers', 'latent dims'),
        ),
        Requirement(
            'log variance',
            ALL_RELU_3,
            checks.layer('log variance', 'encoder'),
            ('hidden layers', 'latent dims'),
        ),
        *decoder_rows(ALL_RELU_3),
        Requirement(
            'sample',
            CREATES,
            checks.sampled,
            ('hidden layers', 'latent dims'),
            'the latent representation is drawn from the normal distribution '
            'of the mean and the log variance',
        ),
    ],
    [
        Requirement(
            'auto',
            FULL,
            checks.decodes_the_sample,
            (*DIMS, 'hidden layers'),
            'its decoder gets the latent representation, which is the sample',
        )
    ],
    [
        Requirement(
            'cross entropy',
            COMPILED,
            checks.cross_entropy,
            ('input dims', 'hidden layers'),
            'summed over the values of an input, as the printed losses are',
        ),
        Requirement(
            'divergence',
            CREATES,
            checks.divergence,
            (*DIMS, 'hidden layers'),
            'its loss has the Kullback-Leibler divergence from N(0, I)',
        ),
    ],
)
TABLES = [VANILLA, SPARSE, CONVOLUTIONAL, VARIATIONAL]


def table(task):
    """Return the requirements of a task, in the order of reports."""
    return TABLES[task]
