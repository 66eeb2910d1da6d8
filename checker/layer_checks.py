"""What is required of the layers of encoder and decoder.

A check takes the `evidence.Evidence` for some arguments and returns the
`Fault` that it shows, or None. It asks the solution nothing, changes nothing,
and can be called in any order.
Numbers decide; what the solution says of its layers only names the fault.
"""

from checker import layer_words
from checker.assignment import HALVES
from checker.evidence import close
from checker.faults import Fault
from checker.words import counted, listed

MODES = {
    'call': 'In a call',
    'train': 'With `training=True`',
    'predict': 'In `predict`',
}


def sizes(evidence, role):
    """Check the nodes of the dense layers of a half, or the filters."""
    seen = evidence.seen
    arguments = seen.arguments
    plain = _plain(seen)
    if plain:
        return plain
    shapes, others = layer_words.chain(arguments, role, seen.weights[role])
    found = [shape[-1] for shape in shapes]
    wanted = [layer.size for layer in arguments.layers(role)]
    kind = 'values'
    if arguments.task == 2:
        kind = 'filters'
    if arguments.task == 2 and role == 'decoder':
        # The last convolution has a requirement of its own.
        kind = 'filters before the last'
        wanted, found = wanted[:-1], found[:-1]
    # The layer of the log variance is beside that of the mean.
    beside = arguments.heads - 1 if role == 'encoder' else 0
    following = wanted[: len(wanted) - beside]
    if found == following and len(others) == beside:
        return None
    mistake, change = _why_other_sizes(arguments, role, found, others)
    return Fault(
        f'Your layers have {listed(found)}{_outside(others)}.',
        mistake,
        f'For {arguments.call}, the layers of `{role}` have '
        f'{listed(wanted)} {kind}.',
        change,
    )


def _outside(shapes):
    """Return what is said of kernels that follow no other, or ''."""
    if not shapes:
        return ''
    texts = listed(listed(shape, 'x') for shape in shapes)
    return f'; besides these, there are kernels of {texts}'


def _plain(seen):
    """Return the `Fault` of an encoder that is not variational, or None."""
    arguments = seen.arguments
    if not arguments.variational or len(seen.shapes['encoder']) != 1:
        return None
    found, others = layer_words.chain(
        arguments, 'encoder', seen.weights['encoder']
    )
    if others or len(found) > len(arguments.sizes) + 1:
        return None
    return Fault(
        'This is the encoder of a plain autoencoder: it has no layers for the '
        'mean and the log variance, draws nothing at random, and gives one '
        'output. So the loss has no divergence, either.',
        'a-plain-autoencoder',
        'The encoder of a variational autoencoder has a layer for the mean '
        'and one for the log variance, draws the latent representation from '
        'them, and gives all three.',
    )


def _why_other_sizes(arguments, role, found, others):
    """Return the anchor of a mistake with sizes, and what to change.

    Args:
        arguments: An `assignment.Arguments`.
        role: String, 'encoder' or 'decoder'.
        found: List of the sizes of layers that follow each other.
        others: List of the shapes of all other kernels.
    """
    if arguments.task == 2:
        return _why_other_filters(arguments, role, found, others)
    own, end = arguments.sizes, arguments.shape(role, 'output')[0]
    if role == 'decoder' and found[: len(own)] == own != own[::-1]:
        return 'not-reversed', ''
    if arguments.variational and found == [*own, end]:
        return 'one-layer-for-mean-and-log-variance', ''
    hidden = own if role == 'encoder' else own[::-1]
    if found[:-1] == hidden and found[-1:] != [end]:
        return '784-hard-coded', ''
    return 'hidden-layers', ''


def _why_other_filters(arguments, role, found, others):
    """Return the same for the filters of task 2."""
    if role == 'decoder' and sorted(found) == sorted(arguments.sizes):
        return 'not-reversed', (
            'Only their order is wrong: loop over `reversed(filters[1:])`, '
            'and give `filters[0]` to the convolution with `valid` padding.'
        )
    if others:
        return 'convolutions', (
            'The assignment has `Conv2D` and `UpSampling2D`: no `Dense`, and '
            'no `Conv2DTranspose`.'
        )
    return 'convolutions', ''


def kernels(evidence, role):
    """Check that the convolutions of a half have kernels of 3 x 3."""
    seen = evidence.seen
    shapes, _ = layer_words.chain(seen.arguments, role, seen.weights[role])
    for place, shape in enumerate(shapes):
        if shape[:2] != (3, 3):
            return Fault(
                f'Convolution {place + 1} of `{role}` has a kernel size of '
                f'{shape[:2]}.',
                'convolutions',
            )
    return None


def channels(evidence):
    """Check that the last convolution has a filter for each channel."""
    seen = evidence.seen
    got, wanted = seen.shapes['decoder'][0][-1], seen.arguments.inputs[-1]
    if got == wanted:
        return None
    return Fault(
        f'It has {counted(got, "filter")}.',
        'one-channel-hard-coded',
        f'For {seen.arguments.call}, the last convolution has '
        f'{counted(wanted, "filter")}.',
    )


def wrong_pass(evidence, role, place=0):
    """Return the first `Pass` in which a half is not correct, or None.

    Args:
        evidence: An `Evidence`.
        role: String, 'encoder' or 'decoder'.
        place: Integer, 1 for the log variance, else 0.
    """
    for one, right in evidence.passes:
        if one.weights[role] is None:
            # Weights may be out of reach for one way of drawing them.
            if evidence.seen.layouts.get(role) is None:
                return one
            continue
        if role == 'decoder':
            correct = close(one.decoded, right.decoded)
        else:
            correct = _is_code(one, right, place)
        if not correct:
            return one
    return None


def _is_code(one, right, place):
    """Tell whether a code, a mean or a log variance is what it should be."""
    expected = right.codes[place]
    found = one.encoded[-len(right.codes) :]
    if len(found) != len(right.codes):
        return False
    # In other units, each unit has its own size.
    axis = None
    if one.drawn == 'scaled':
        axis = tuple(range(expected.ndim - 1))
    return close(found[place], expected, axis=axis)


def is_wrong(evidence, role):
    """Tell whether a half does not give what it should."""
    heads = evidence.seen.arguments.heads if role == 'encoder' else 1
    return any(
        wrong_pass(evidence, role, place) is not None for place in range(heads)
    )


def layer_faults(evidence, role):
    """Return what is wrong with the layers of a half.

    Returns:
        Dict from the name of a requirement to the `Fault`; empty if a half
        gives what it should. At least one is named if it does not.
    """
    seen = evidence.seen
    heads = seen.arguments.heads if role == 'encoder' else 1
    passes = [wrong_pass(evidence, role, place) for place in range(heads)]
    if not any(passes):
        return {}
    found = _named_faults(seen, role)
    if found:
        return found
    first = next(one for one in passes if one)
    if heads == 2 and not all(passes):
        name = 'mean' if passes[0] else 'log variance'
        return {
            name: Fault(
                f'The {name} is not the output of a layer without an '
                'activation.',
                'activation-on-mean-or-log-variance',
            )
        }
    return {f'{role} relu': _unnamed_fault(seen, role, first)}


def _named_faults(seen, role):
    """Return the faults that the words for layers show, a dict by names."""
    found = {}
    for difference in layer_words.differences(seen, role):
        name = _requirement_of(seen, role, difference)
        found.setdefault(name, _named_fault(seen, role, difference))
    return found


def _requirement_of(seen, role, difference):
    """Return the name of the requirement that a `Difference` is about."""
    left, part = difference.left, difference.part
    if role == 'encoder':
        if part == 'activation' and seen.arguments.variational and left < 2:
            return 'mean' if left == _left_of_mean(seen) else 'log variance'
        names = {'activation': 'encoder relu', 'padding': 'encoder padding'}
        return names.get(part, 'pooling')
    if part == 'activation':
        return 'decoder relu' if left else 'sigmoid'
    if part == 'padding':
        return 'valid padding' if left == 1 else 'decoder padding'
    return 'upsampling'


def _left_of_mean(seen):
    """Return how many layers come after that of the mean: 1 or 0."""
    layout = seen.layouts.get('encoder')
    if layout and layout.places[-2][0] > layout.places[-1][0]:
        return 0
    return 1


ENTRIES = {
    'activation': ('activations', 'activations'),
    'padding': ('convolutions', 'valid-convolution'),
    'resize': ('pooling-without-same', 'convolutions'),
}


def _named_fault(seen, role, difference):
    """Return the `Fault` of a difference that the words for layers show."""
    layer = 'convolution' if seen.arguments.task == 2 else 'layer'
    place = len(seen.arguments.layers(role)) - difference.left
    where = f'{layer} {place}' if difference.left else f'the last {layer}'
    found, change = _quoted(difference.found), ''
    verb = 'it is'
    if difference.part == 'resize':
        verb = 'it is followed by'
    if role == 'encoder' and difference.found.startswith('AveragePooling'):
        change = (
            'Take the maximum instead of the average: '
            "`keras.layers.MaxPooling2D((2, 2), padding='same')`."
        )
    words = {
        'activation': f'The activation of {where} of `{role}` is',
        'padding': f'The padding of {where} of `{role}` is',
        'resize': f'{where} of `{role}` is followed by'.capitalize(),
    }
    mistake = ENTRIES[difference.part][HALVES.index(role)]
    if _requirement_of(seen, role, difference) in ('mean', 'log variance'):
        mistake = 'activation-on-mean-or-log-variance'
    return Fault(
        f'In your model, {verb} {found}.',
        mistake,
        f'{words[difference.part]} {_quoted(difference.expected)}.',
        change,
    )


def _quoted(name):
    """Return the name of a part as code, unless there is no such part."""
    if name == 'nothing':
        return name
    return f'`{name}`'


def _unnamed_fault(seen, role, one):
    """Return the `Fault` of a half in which no layer says what is wrong."""
    rows, _ = layer_words.rows_of(seen, role)
    others = [
        row['type']
        for row in rows
        if not row['type'].startswith(('Dense', 'Conv', 'Lambda'))
        and 'pool_size' not in row
    ]
    more, large = '', ''
    if others and not seen.arguments.variational:
        more = f' There are other layers: {listed(others[:4])}.'
    if one.drawn == 'scaled':
        large = ', where values are large, or far below 0'
    mistake = 'convolutions' if seen.arguments.task == 2 else 'activations'
    return Fault(
        f'{MODES[one.mode]}, for a batch of {len(one.x)}, its output is not '
        f'what such layers give{large}.{more}',
        mistake,
        f"`{role}` consists of the assignment's layers with their "
        'activations, each fed by the one before.',
    )


def layer(name, role):
    """Return the check of a requirement on the layers of a half.

    Args:
        name: String, the name of the requirement.
        role: String, 'encoder' or 'decoder'.
    """

    def check(evidence):
        """Return the fault that is about this requirement, or None."""
        return layer_faults(evidence, role).get(name)

    return check
