"""`--new DIR`: four files to start from."""
import textwrap

from checker.models import MODULES, NAMES

KINDS = ['an', 'a sparse', 'a convolutional', 'a variational']
TEMPLATE = '''\
#!/usr/bin/env python3
"""{title} autoencoder."""
from tensorflow import keras


def autoencoder({parameters}):
    """Create {kind} autoencoder.

{sentences}
    """
    raise NotImplementedError
'''


def sentences(task):
    """Return the sentences of the assignment on a task, one a line."""
    number, layers, nodes = (
        ('an integer', 'hidden_layers', 'nodes for each hidden layer')
        if task != 2 else
        ('a tuple of integers', 'filters',
         'filters for each convolutional layer'))
    lines = [
        f'- `input_dims` is {number} containing the dimensions of the model '
        'input',
        f'- `{layers}` is a list containing the number of {nodes} in the '
        'encoder, respectively',
        f'  - the {layers.replace("_", " ")} should be reversed for the '
        'decoder',
        f'- `latent_dims` is {number} containing the dimensions of the '
        'latent space representation',
        '- Returns: `encoder, decoder, auto`',
        '  - `encoder` is the encoder model' + (
            ', which should output the latent representation, the mean, and '
            'the log variance, respectively' if task == 3 else ''),
        '  - `decoder` is the decoder model',
        f'  - `auto` is the {"sparse" if task == 1 else "full"} autoencoder '
        'model',
        f'- The {"sparse " * (task == 1)}autoencoder model should be '
        'compiled using adam optimization and binary cross-entropy loss']
    if task == 1:
        lines[4:4] = [
            '- `lambtha` is the regularization parameter used for L1 '
            'regularization on the encoded output']
    if task == 2:
        lines[4:4] = [
            '- Each convolution in the encoder should use a kernel size of '
            '`(3, 3)` with same padding and `relu` activation, followed by '
            'max pooling of size `(2, 2)`',
            '- Each convolution in the decoder, except for the last two, '
            'should use a filter size of `(3, 3)` with same padding and '
            '`relu` activation, followed by upsampling of size `(2, 2)`',
            '  - The second to last convolution should instead use valid '
            'padding',
            '  - The last convolution should have the same number of filters '
            'as the number of channels in `input_dims` with `sigmoid` '
            'activation and no upsampling']
    else:
        lines += [
            '- All layers should use a `relu` activation except for '
            + 'the mean and log variance layers in the encoder, which should '
            'use `None`, and ' * (task == 3)
            + 'the last layer in the decoder, which should use `sigmoid`']
    return lines


def source(task):
    """Return the text of the file of a task, which is still to be written."""
    lines = [textwrap.fill(line.replace(', 2', ',\xa02'), 79,
                           initial_indent=' ' * 4,
                           subsequent_indent=' ' * (6 + line.index('-')))
             for line in sentences(task)]
    return TEMPLATE.format(
        title=MODULES[task][2:].capitalize(), kind=KINDS[task],
        parameters=', '.join(NAMES[task]),
        sentences='\n'.join(lines).replace('\xa0', ' '))


def write(folder, tasks):
    """Write the files that are not there yet; return lines that say so.

    Args:
        folder: Path; it is made if need be.
        tasks: List of integers.

    Raises:
        OSError: If a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for task in tasks:
        file = folder / f'{MODULES[task]}.py'
        try:
            with file.open('x', encoding='utf-8') as stream:
                stream.write(source(task))
        except FileExistsError:
            lines.append(f'{file} already exists: it is left unchanged.')
            continue
        file.chmod(0o755)
        lines.append(f'Wrote {file}')
    return lines
