"""The requirements of each task, and the sentences that ask for them.

`python -m checker.pages` writes the tables of docs/requirements.md from here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Requirement:
    """One requirement.

    Attributes:
        name: String, what it is called in reports.
        sentence: String, a quote of the assignment, with `...` for what is
            left out; or how the checker reads the assignment.
        is_quote: Whether the sentence is a quote.
    """

    name: str
    sentence: str
    is_quote: bool = True


BUILDS = 'Write a function `def autoencoder({}):` that creates {}'
RETURNS = Requirement('returns', 'Returns: `encoder, decoder, auto`')
DIMS = [
    Requirement(
        'input dims',
        '`input_dims` is an integer containing the dimensions of the model '
        'input',
    ),
    Requirement(
        'latent dims',
        '`latent_dims` is an integer containing the dimensions of the latent '
        'space representation',
    ),
]
HIDDEN = [
    Requirement(
        'hidden layers',
        '`hidden_layers` is a list containing the number of nodes for each '
        'hidden layer in the encoder, respectively',
    ),
    Requirement(
        'hidden layers reversed',
        'the hidden layers should be reversed for the decoder',
    ),
    Requirement(
        'hidden layers kept',
        'the list `hidden_layers` belongs to the caller, so the function '
        'does not change it',
        is_quote=False,
    ),
]
DENSE = [
    *DIMS,
    *HIDDEN,
    Requirement(
        'encoder relu', 'All layers should use a `relu` activation ...'
    ),
    Requirement(
        'decoder relu',
        'All layers should use a `relu` activation except for the last layer '
        'in the decoder ...',
    ),
    Requirement(
        'sigmoid',
        '... the last layer in the decoder, which should use `sigmoid`',
    ),
]
AUTO = Requirement('auto', '`auto` is the full autoencoder model')
CROSS_ENTROPY = (
    'The {} model should be compiled using ... binary cross-entropy loss'
)
TRAINS = Requirement(
    'trains',
    '`auto.fit(x_train, x_train, ..., validation_data=(x_test, x_test))`, as '
    "the assignment's script calls it, trains the models",
    is_quote=False,
)
ADAM = 'The {} model should be compiled using adam optimization ...'

VANILLA = [
    Requirement(
        'builds',
        BUILDS.format(
            'input_dims, hidden_layers, latent_dims', 'an autoencoder'
        ),
    ),
    RETURNS,
    *DENSE,
    AUTO,
    Requirement('cross entropy', CROSS_ENTROPY.format('autoencoder')),
    TRAINS,
    Requirement('adam', ADAM.format('autoencoder')),
]
SPARSE = [
    Requirement(
        'builds',
        BUILDS.format(
            'input_dims, hidden_layers, latent_dims, lambtha',
            'a sparse autoencoder',
        ),
    ),
    RETURNS,
    *DENSE,
    Requirement('auto', '`auto` is the sparse autoencoder model'),
    Requirement('cross entropy', CROSS_ENTROPY.format('sparse autoencoder')),
    Requirement(
        'penalty',
        '`lambtha` is the regularization parameter used for L1 '
        'regularization on the encoded output',
    ),
    TRAINS,
    Requirement('adam', ADAM.format('sparse autoencoder')),
]
CONVOLUTIONAL = [
    Requirement(
        'builds',
        BUILDS.format(
            'input_dims, filters, latent_dims', 'a convolutional autoencoder'
        ),
    ),
    RETURNS,
    Requirement(
        'filters',
        '`filters` is a list containing the number of filters for each '
        'convolutional layer in the encoder, respectively',
    ),
    Requirement(
        'filters reversed', 'the filters should be reversed for the decoder'
    ),
    Requirement(
        'filters kept',
        'the list `filters` belongs to the caller, so the function does not '
        'change it',
        is_quote=False,
    ),
    Requirement(
        'encoder kernels',
        'Each convolution in the encoder should use a kernel size of '
        '`(3, 3)` ...',
    ),
    Requirement(
        'encoder padding',
        'Each convolution in the encoder should use ... same padding ...',
    ),
    Requirement(
        'encoder relu',
        'Each convolution in the encoder should use ... `relu` activation ...',
    ),
    Requirement(
        'pooling',
        'Each convolution in the encoder ... followed by max pooling of size '
        '`(2, 2)`',
    ),
    Requirement(
        'decoder kernels',
        'each convolution in the decoder uses a filter size of `(3, 3)`, the '
        'last two as well',
        is_quote=False,
    ),
    Requirement(
        'channels',
        'The last convolution should have the same number of filters as the '
        'number of channels in `input_dims` ...',
    ),
    Requirement(
        'decoder padding',
        'Each convolution in the decoder, except for the last two, should '
        'use ... same padding ...',
    ),
    Requirement(
        'valid padding',
        'The second to last convolution should instead use valid padding',
    ),
    Requirement(
        'decoder relu',
        'Each convolution in the decoder, except for the last two, should '
        'use ... `relu` activation ...',
    ),
    Requirement(
        'upsampling',
        'Each convolution in the decoder ... followed by upsampling of size '
        '`(2, 2)` ... The last convolution should have ... no upsampling',
    ),
    Requirement(
        'sigmoid',
        'The last convolution should have ... `sigmoid` activation ...',
    ),
    Requirement(
        'input dims',
        '`input_dims` is a tuple of integers containing the dimensions of '
        'the model input',
    ),
    Requirement(
        'latent dims',
        '`latent_dims` is a tuple of integers containing the dimensions of '
        'the latent space representation',
    ),
    AUTO,
    Requirement('cross entropy', CROSS_ENTROPY.format('autoencoder')),
    TRAINS,
    Requirement('adam', ADAM.format('autoencoder')),
]
VARIATIONAL = [
    Requirement(
        'builds',
        BUILDS.format(
            'input_dims, hidden_layers, latent_dims',
            'a variational autoencoder',
        ),
    ),
    RETURNS,
    *DIMS,
    *HIDDEN,
    Requirement(
        'outputs',
        '`encoder` is the encoder model, which should output the latent '
        'representation, the mean, and the log variance, respectively',
    ),
    Requirement(
        'encoder relu', 'All layers should use a `relu` activation ...'
    ),
    Requirement(
        'mean',
        'All layers should use a `relu` activation except for the mean ... '
        'layers in the encoder, which should use `None` ...',
    ),
    Requirement(
        'log variance',
        'All layers should use a `relu` activation except for the ... log '
        'variance layers in the encoder, which should use `None` ...',
    ),
    Requirement(
        'decoder relu',
        'All layers should use a `relu` activation except for ... the last '
        'layer in the decoder ...',
    ),
    Requirement(
        'sigmoid',
        '... the last layer in the decoder, which should use `sigmoid`',
    ),
    Requirement(
        'sample',
        'the latent representation is drawn from the normal distribution of '
        'the mean and the log variance, which makes an autoencoder a '
        'variational one',
        is_quote=False,
    ),
    AUTO,
    Requirement(
        'cross entropy',
        'the binary cross-entropy is summed over the values of an input, as '
        'in the losses that the assignment prints',
        is_quote=False,
    ),
    Requirement(
        'divergence',
        'the loss of a variational autoencoder also has the '
        'Kullback-Leibler divergence',
        is_quote=False,
    ),
    TRAINS,
    Requirement('adam', ADAM.format('autoencoder')),
]
TABLES = [VANILLA, SPARSE, CONVOLUTIONAL, VARIATIONAL]


def table(task):
    """Return the requirements of a task, in the order of judging."""
    return TABLES[task]
