"""The assignment: its modules, their arguments, and what it asks of each.

Run as a module, it prints docs/requirements.md.
"""
from collections import namedtuple

MODULES = ['0-vanilla', '1-sparse', '2-convolutional', '3-variational']
TITLES = ['vanilla', 'sparse', 'convolutional', 'variational']
# The arguments of the main scripts.
MAIN = {0: (784, [128, 64], 32), 1: (784, [128, 64], 32, 10e-6),
        2: ((28, 28, 1), [16, 8, 8], (4, 4, 8)), 3: (784, [512], 2)}
NAMES = {0: ('input_dims', 'hidden_layers', 'latent_dims'),
         1: ('input_dims', 'hidden_layers', 'latent_dims', 'lambtha'),
         2: ('input_dims', 'filters', 'latent_dims'),
         3: ('input_dims', 'hidden_layers', 'latent_dims')}
Requirement = namedtuple('Requirement', 'tasks name sentence')
COMPILED = 'The autoencoder model should be compiled using '
ENTROPY = COMPILED + 'binary cross-entropy loss'

# In the order of judging.
REQUIREMENTS = [Requirement(*row) for row in [
    *((str(task), 'builds', 'Write a function `autoencoder('
       f'{", ".join(names)})` that creates an autoencoder')
      for task, names in NAMES.items()),
    ('0123', 'returns', 'Returns: `encoder, decoder, auto`'),
    ('2', 'filters', '`filters` is a list containing the number of filters '
     'for each convolutional layer in the encoder'),
    ('2', 'filters reversed', 'The filters should be reversed for the '
     'decoder'),
    ('2', 'filters kept', '`filters` is a list (of the caller: it stays as '
     'it is)'),
    ('2', 'encoder kernels', 'Each convolution in the encoder should use a '
     'kernel size of `(3, 3)`'),
    ('2', 'encoder padding', '... with same padding'),
    ('2', 'encoder relu', '... and `relu` activation'),
    ('2', 'pooling', '... followed by max pooling of size `(2, 2)`'),
    ('2', 'decoder kernels', 'Each convolution in the decoder should use a '
     'filter size of `(3, 3)`'),
    ('2', 'channels', 'The last convolution should have the same number of '
     'filters as the number of channels in `input_dims`'),
    ('2', 'decoder padding', '... except for the last two, with same '
     'padding'),
    ('2', 'valid padding', 'The second to last convolution should instead '
     'use valid padding'),
    ('2', 'decoder relu', '... and `relu` activation'),
    ('2', 'upsampling', '... followed by upsampling of size `(2, 2)`; the '
     'last convolution: no upsampling'),
    ('2', 'sigmoid', '... with `sigmoid` activation'),
    *((tasks, f'{name} dims', f'`{name}_dims` is {kind} containing the '
       f'dimensions of the {what}')
      for tasks, kind in (('2', 'a tuple of integers'), ('013', 'an integer'))
      for name, what in (('input', 'model input'),
                         ('latent', 'latent space representation'))),
    ('013', 'hidden layers', '`hidden_layers` is a list containing the '
     'number of nodes for each hidden layer in the encoder'),
    ('013', 'hidden layers reversed', 'The hidden layers should be reversed '
     'for the decoder'),
    ('013', 'hidden layers kept', '`hidden_layers` is a list (of the caller: '
     'it stays as it is)'),
    ('3', 'outputs', '`encoder` should output the latent representation, the '
     'mean, and the log variance, respectively'),
    ('013', 'encoder relu', 'All layers should use a `relu` activation'),
    ('3', 'mean', '... except for the mean layer in the encoder, which '
     'should use `None`'),
    ('3', 'log variance', '... and the log variance layer, which should use '
     '`None`'),
    ('013', 'decoder relu', '... the hidden layers of the decoder, too'),
    ('013', 'sigmoid', '... except for the last layer in the decoder, which '
     'should use `sigmoid`'),
    ('3', 'sample', 'creates a variational autoencoder: the latent '
     'representation is drawn from the distribution of the mean and the log '
     'variance'),
    ('023', 'auto', '`auto` is the full autoencoder model'),
    ('1', 'auto', '`auto` is the sparse autoencoder model'),
    ('012', 'cross entropy', ENTROPY),
    ('3', 'cross entropy', ENTROPY + ' (summed over the values, as the '
     'printed losses are)'),
    ('3', 'divergence', 'creates a variational autoencoder: its loss has the '
     'Kullback-Leibler divergence'),
    ('1', 'penalty', '`lambtha` is the regularization parameter used for L1 '
     'regularization on the encoded output'),
    ('0123', 'trains', '`auto.fit(x_train, x_train, ..., '
     'validation_data=(x_test, x_test))`'),
    ('0123', 'adam', COMPILED + 'adam optimization'),
]]


def table(task):
    """Return the requirements of a task, in the order of judging."""
    return [row for row in REQUIREMENTS if str(task) in row.tasks]


def page():
    """Return the text of docs/requirements.md."""
    lines = ['# The requirements', '',
             'What the [checker](grading.md) judges, requirement by '
             'requirement, beside the sentence of the assignment that it is '
             'from; written by `python -m checker.assignment`.']
    for task, title in enumerate(TITLES):
        lines += ['', f'## Task {task}: {title}, `{MODULES[task]}.py`', '',
                  '| requirement | the assignment |', '| --- | --- |']
        lines += [f'| {row.name} | {row.sentence} |' for row in table(task)]
    return '\n'.join(lines)


if __name__ == '__main__':
    print(page())
