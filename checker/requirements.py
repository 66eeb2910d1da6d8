"""The requirements of the four tasks: one row for each.

A row has the assignment's sentence, what has to be met before it can be
judged, and the function that judges it. `python -m checker.pages` writes the
tables of docs/requirements.md from here.
"""

from dataclasses import dataclass
from functools import partial

from checker import (
    auto_checks,
    layer_checks,
    loss_checks,
    optimizer_checks,
    return_checks,
    training_checks,
)
from checker.assignment import NAMES, ROLES


@dataclass(frozen=True)
class Requirement:
    """What the assignment asks for.

    Attributes:
        name: String, what reports call it.
        sentence: String, a quote of the assignment, with `...` for what is
            left out; or how the checker reads the assignment.
        check: Function of an `evidence.Evidence`; it returns the `Fault` that
            this shows, or None.
        needs: Tuple of the names of rows above: this one cannot be judged,
            and counts as not met, until they are met.
        is_quote: Whether the sentence is a quote.
        stage: String, one of `probe.STAGES`: what has to be observed for it.
        models: Tuple of those of `assignment.ROLES` that it is about; as long
            as one of them is None, it cannot be judged.
    """

    name: str
    sentence: str
    check: object
    needs: tuple = ()
    is_quote: bool = True
    stage: str = 'build'
    models: tuple = ROLES


ENCODER, DECODER = ('encoder',), ('decoder',)
# What gives arrays of other shapes cannot be compared.
DIMS = ('input dims', 'latent dims')


def builds(task, kind):
    """Return the row on the function of a task."""
    names = ', '.join(NAMES[task])
    return Requirement(
        'builds',
        f'Write a function `def autoencoder({names}):` that creates {kind}',
        return_checks.builds,
        stage='call',
    )


def shapes(kind, needs=()):
    """Return the rows on the shapes of inputs and codes.

    Args:
        kind: String, the type of the arguments.
        needs: Tuple of the names of rows without which what the decoder gives
            has another shape.
    """
    sentence = '`{}` is {} containing the dimensions of the {}'
    return [
        Requirement(
            'input dims',
            sentence.format('input_dims', kind, 'model input'),
            return_checks.input_dims,
            needs,
            models=('decoder', 'auto'),
        ),
        Requirement(
            'latent dims',
            sentence.format(
                'latent_dims', kind, 'latent space representation'
            ),
            return_checks.latent_dims,
            models=ENCODER,
        ),
    ]


def list_kept(name):
    """Return the row on the list that the function is given."""
    kept = 'hidden layers kept' if name == 'hidden_layers' else 'filters kept'
    return Requirement(
        kept,
        f'the list `{name}` belongs to the caller, so the function must not '
        'change it',
        return_checks.list_kept,
        is_quote=False,
        models=(),
    )


def compiled(model, rows):
    """Return the rows on compiling and training.

    Args:
        model: String, what the assignment calls the model.
        rows: List of the rows above; without them, no gradient is judged.
    """
    return [
        Requirement(
            'trains',
            '`auto.fit(x_train, x_train, ..., validation_data=(x_test, '
            "x_test))`, as the assignment's script calls it, trains the "
            'models',
            training_checks.trains,
            tuple(row.name for row in rows),
            is_quote=False,
            stage='fit',
        ),
        Requirement(
            'adam',
            f'The {model} model should be compiled using adam optimization '
            '...',
            optimizer_checks.adam,
            ('input dims',),
            stage='fit',
        ),
    ]


def cross_entropy(model):
    """Return the row on the loss of tasks 0 to 2."""
    return Requirement(
        'cross entropy',
        f'The {model} model should be compiled using ... binary cross-entropy '
        'loss',
        loss_checks.cross_entropy,
        ('input dims',),
        stage='fit',
    )


RETURNS = Requirement(
    'returns', 'Returns: `encoder, decoder, auto`', return_checks.in_order
)
AUTO = Requirement(
    'auto',
    '`auto` is the full autoencoder model',
    auto_checks.joined,
    DIMS,
    stage='call',
)
HIDDEN = [
    Requirement(
        'hidden layers',
        '`hidden_layers` is a list containing the number of nodes for each '
        'hidden layer in the encoder, respectively',
        partial(layer_checks.sizes, role='encoder'),
        models=ENCODER,
    ),
    Requirement(
        'hidden layers reversed',
        'the hidden layers should be reversed for the decoder',
        partial(layer_checks.sizes, role='decoder'),
        models=DECODER,
    ),
    list_kept('hidden_layers'),
]
IN_ENCODER = ('hidden layers', 'latent dims')
IN_DECODER = ('hidden layers reversed',)
DENSE = [
    RETURNS,
    *shapes('an integer'),
    *HIDDEN,
    Requirement(
        'encoder relu',
        'All layers should use a `relu` activation ...',
        layer_checks.layer('encoder relu', 'encoder'),
        IN_ENCODER,
        stage='call',
        models=ENCODER,
    ),
    Requirement(
        'decoder relu',
        'All layers should use a `relu` activation except for the last layer '
        'in the decoder ...',
        layer_checks.layer('decoder relu', 'decoder'),
        IN_DECODER,
        stage='call',
        models=DECODER,
    ),
    Requirement(
        'sigmoid',
        '... the last layer in the decoder, which should use `sigmoid`',
        layer_checks.layer('sigmoid', 'decoder'),
        IN_DECODER,
        stage='call',
        models=DECODER,
    ),
]

VANILLA = [
    builds(0, 'an autoencoder'),
    *DENSE,
    AUTO,
    cross_entropy('autoencoder'),
]
SPARSE = [
    builds(1, 'a sparse autoencoder'),
    *DENSE,
    Requirement(
        'auto',
        '`auto` is the sparse autoencoder model',
        auto_checks.joined,
        DIMS,
        stage='call',
    ),
    cross_entropy('sparse autoencoder'),
    Requirement(
        'penalty',
        '`lambtha` is the regularization parameter used for L1 '
        'regularization on the encoded output',
        loss_checks.penalty,
        DIMS,
        stage='fit',
    ),
]
IN_CONVOLUTIONS = ('filters', 'encoder kernels', 'latent dims')
IN_TRANSPOSED = ('filters reversed', 'decoder kernels', 'channels')
CONVOLUTIONAL = [
    builds(2, 'a convolutional autoencoder'),
    RETURNS,
    Requirement(
        'filters',
        '`filters` is a list containing the number of filters for each '
        'convolutional layer in the encoder, respectively',
        partial(layer_checks.sizes, role='encoder'),
        models=ENCODER,
    ),
    Requirement(
        'filters reversed',
        'the filters should be reversed for the decoder',
        partial(layer_checks.sizes, role='decoder'),
        models=DECODER,
    ),
    list_kept('filters'),
    Requirement(
        'encoder kernels',
        'Each convolution in the encoder should use a kernel size of '
        '`(3, 3)` ...',
        partial(layer_checks.kernels, role='encoder'),
        models=ENCODER,
    ),
    Requirement(
        'encoder padding',
        'Each convolution in the encoder should use ... same padding ...',
        layer_checks.layer('encoder padding', 'encoder'),
        IN_CONVOLUTIONS,
        stage='call',
        models=ENCODER,
    ),
    Requirement(
        'encoder relu',
        'Each convolution in the encoder should use ... `relu` activation ...',
        layer_checks.layer('encoder relu', 'encoder'),
        IN_CONVOLUTIONS,
        stage='call',
        models=ENCODER,
    ),
    Requirement(
        'pooling',
        'Each convolution in the encoder ... followed by max pooling of size '
        '`(2, 2)`',
        layer_checks.layer('pooling', 'encoder'),
        IN_CONVOLUTIONS,
        stage='call',
        models=ENCODER,
    ),
    Requirement(
        'decoder kernels',
        'each convolution in the decoder uses a filter size of `(3, 3)`, the '
        'last two as well',
        partial(layer_checks.kernels, role='decoder'),
        is_quote=False,
        models=DECODER,
    ),
    Requirement(
        'channels',
        'The last convolution should have the same number of filters as the '
        'number of channels in `input_dims` ...',
        layer_checks.channels,
        models=DECODER,
    ),
    Requirement(
        'decoder padding',
        'Each convolution in the decoder, except for the last two, should '
        'use ... same padding ...',
        layer_checks.layer('decoder padding', 'decoder'),
        IN_TRANSPOSED,
        stage='call',
        models=DECODER,
    ),
    Requirement(
        'valid padding',
        'The second to last convolution should instead use valid padding',
        layer_checks.layer('valid padding', 'decoder'),
        IN_TRANSPOSED,
        stage='call',
        models=DECODER,
    ),
    Requirement(
        'decoder relu',
        'Each convolution in the decoder, except for the last two, should '
        'use ... `relu` activation ...',
        layer_checks.layer('decoder relu', 'decoder'),
        IN_TRANSPOSED,
        stage='call',
        models=DECODER,
    ),
    Requirement(
        'upsampling',
        'Each convolution in the decoder ... followed by upsampling of size '
        '`(2, 2)` ... The last convolution should have ... no upsampling',
        layer_checks.layer('upsampling', 'decoder'),
        IN_TRANSPOSED,
        stage='call',
        models=DECODER,
    ),
    Requirement(
        'sigmoid',
        'The last convolution should have ... `sigmoid` activation ...',
        layer_checks.layer('sigmoid', 'decoder'),
        IN_TRANSPOSED,
        stage='call',
        models=DECODER,
    ),
    *shapes('a tuple of integers', ('valid padding', 'upsampling')),
    AUTO,
    cross_entropy('autoencoder'),
]
VARIATIONAL = [
    builds(3, 'a variational autoencoder'),
    RETURNS,
    *shapes('an integer'),
    *HIDDEN,
    Requirement(
        'outputs',
        '`encoder` is the encoder model, which should output the latent '
        'representation, the mean, and the log variance, respectively',
        return_checks.outputs,
        IN_ENCODER,
        models=ENCODER,
    ),
    Requirement(
        'encoder relu',
        'All layers should use a `relu` activation ...',
        layer_checks.layer('encoder relu', 'encoder'),
        (*IN_ENCODER, 'outputs'),
        stage='call',
        models=ENCODER,
    ),
    Requirement(
        'mean',
        'All layers should use a `relu` activation except for the mean ... '
        'layers in the encoder, which should use `None` ...',
        layer_checks.layer('mean', 'encoder'),
        (*IN_ENCODER, 'outputs'),
        stage='call',
        models=ENCODER,
    ),
    Requirement(
        'log variance',
        'All layers should use a `relu` activation except for the ... log '
        'variance layers in the encoder, which should use `None` ...',
        layer_checks.layer('log variance', 'encoder'),
        (*IN_ENCODER, 'outputs'),
        stage='call',
        models=ENCODER,
    ),
    Requirement(
        'decoder relu',
        'All layers should use a `relu` activation except for ... the last '
        'layer in the decoder ...',
        layer_checks.layer('decoder relu', 'decoder'),
        IN_DECODER,
        stage='call',
        models=DECODER,
    ),
    Requirement(
        'sigmoid',
        '... the last layer in the decoder, which should use `sigmoid`',
        layer_checks.layer('sigmoid', 'decoder'),
        IN_DECODER,
        stage='call',
        models=DECODER,
    ),
    Requirement(
        'sample',
        'the latent representation is drawn from the normal distribution with '
        'this mean and log variance: that is what makes an autoencoder '
        'variational',
        auto_checks.sampled,
        (*IN_ENCODER, 'outputs'),
        is_quote=False,
        stage='call',
        models=ENCODER,
    ),
    Requirement(
        'auto',
        '`auto` is the full autoencoder model',
        auto_checks.decodes_the_sample,
        (*DIMS, 'hidden layers', 'outputs'),
        stage='call',
    ),
    Requirement(
        'cross entropy',
        'the binary cross-entropy is summed over the values of an input, as '
        'in the losses that the assignment prints',
        loss_checks.cross_entropy,
        ('input dims', 'hidden layers'),
        is_quote=False,
        stage='fit',
    ),
    Requirement(
        'divergence',
        'the loss includes the Kullback-Leibler divergence from N(0, I): that '
        'is what makes an autoencoder variational',
        loss_checks.divergence,
        (*DIMS, 'hidden layers', 'outputs'),
        is_quote=False,
        stage='fit',
    ),
]
TABLES = [
    [*VANILLA, *compiled('autoencoder', VANILLA)],
    [*SPARSE, *compiled('sparse autoencoder', SPARSE)],
    [*CONVOLUTIONAL, *compiled('autoencoder', CONVOLUTIONAL)],
    [*VARIATIONAL, *compiled('autoencoder', VARIATIONAL)],
]


def table(task):
    """Return the requirements of a task, in the order of reports."""
    return TABLES[task]
