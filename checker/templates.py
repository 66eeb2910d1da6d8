"""`--new DIR`: four files to start from, with the assignment's sentences."""
import textwrap

from checker.assignment import MODULES, NAMES

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
# Lines that begin with numbers are of these tasks alone.
SENTENCES = """\
013- `input_dims` is an integer containing the dimensions of the model input
2- `input_dims` is a tuple of integers containing the dimensions of the \
model input
013- `hidden_layers` is a list containing the number of nodes for each \
hidden layer in the encoder, respectively
013  - the hidden layers should be reversed for the decoder
2- `filters` is a list containing the number of filters for each \
convolutional layer in the encoder, respectively
2  - the filters should be reversed for the decoder
013- `latent_dims` is an integer containing the dimensions of the latent \
space representation
2- `latent_dims` is a tuple of integers containing the dimensions of the \
latent space representation
1- `lambtha` is the regularization parameter used for L1 regularization on \
the encoded output
2- Each convolution in the encoder should use a kernel size of `(3, 3)` with \
same padding and `relu` activation, followed by max pooling of size `(2, 2)`
2- Each convolution in the decoder, except for the last two, should use a \
filter size of `(3, 3)` with same padding and `relu` activation, followed by \
upsampling of size `(2, 2)`
2  - The second to last convolution should instead use valid padding
2  - The last convolution should have the same number of filters as the \
number of channels in `input_dims` with `sigmoid` activation and no upsampling
- Returns: `encoder, decoder, auto`
012  - `encoder` is the encoder model
3  - `encoder` is the encoder model, which should output the latent \
representation, the mean, and the log variance, respectively
  - `decoder` is the decoder model
023  - `auto` is the full autoencoder model
1  - `auto` is the sparse autoencoder model
023- The autoencoder model should be compiled using adam optimization and \
binary cross-entropy loss
1- The sparse autoencoder model should be compiled using adam optimization \
and binary cross-entropy loss
01- All layers should use a `relu` activation except for the last layer in \
the decoder, which should use `sigmoid`
3- All layers should use a `relu` activation except for the mean and log \
variance layers in the encoder, which should use `None`, and the last layer \
in the decoder, which should use `sigmoid`"""


def source(task):
    """Return the text of the file of a task, which is still to be written."""
    lines = []
    for line in SENTENCES.splitlines():
        text = line.lstrip('0123')
        if text == line or str(task) in line[:-len(text)]:
            lines += textwrap.wrap(
                text, 75, subsequent_indent=' ' * (2 + text.index('-')))
    title = MODULES[task][2:]
    return TEMPLATE.format(
        title=title.capitalize(), parameters=', '.join(NAMES[task]),
        kind='a ' + title if task else 'an',
        sentences=textwrap.indent('\n'.join(lines), ' ' * 4))


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
            file.chmod(0o755)
            lines.append(f'Wrote {file}')
        except FileExistsError:
            lines.append(f'{file} already exists: it is left unchanged.')
    return lines
