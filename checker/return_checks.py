"""What is required of what the function returns.

A check takes the `evidence.Evidence` for some arguments and returns the
`Fault` that it shows, or None. It asks the solution nothing, changes nothing,
and can be called in any order.
"""

from checker.assignment import ROLES
from checker.faults import Fault
from checker.words import counted, listed

DECODER_NEXT = (
    'The decoder comes next: an `Input` of `latent_dims`, the hidden layers '
    'in reverse order, a last layer of `input_dims` values with `sigmoid`, '
    'and a `keras.Model` from one end to the other. Then make `auto`.'
)
CONVOLUTIONS_NEXT = (
    'The decoder comes next: an `Input` of `latent_dims`, a convolution and '
    'an upsampling for each of `filters[::-1]`, the last of them with valid '
    'padding, a convolution with a filter for each channel and `sigmoid`, '
    'and a `keras.Model` from one end to the other. Then make `auto`.'
)
AUTO_NEXT = (
    '`auto` comes next: call the decoder on what the encoder gives, make a '
    '`keras.Model` of it, and compile that.'
)


def can_be_called(seen):
    """Tell whether the models of an `Observation` were built and called."""
    return seen.stage not in ('build', 'call')


def builds(evidence):
    """Check that the models can be built and called."""
    seen = evidence.seen
    if not can_be_called(seen):
        return seen.failure
    if not seen.missing:
        return None
    names = ' and '.join(f'`{role}`' for role in seen.missing)
    verb = 'is' if len(seen.missing) == 1 else 'are'
    return Fault(
        f'{names} {verb} None so far.',
        'models-still-missing',
        f'{seen.arguments.call} returns `encoder, decoder, auto`, three Keras '
        'models.',
        _next_model(seen),
    )


def _next_model(seen):
    """Return which model to write next, given what is None so far."""
    if seen.missing[0] == 'auto':
        return AUTO_NEXT
    if seen.arguments.task == 2:
        return CONVOLUTIONS_NEXT
    return DECODER_NEXT


def in_order(evidence):
    """Check that encoder, decoder and auto are returned in this order."""
    if evidence.seen.roles == ROLES:
        return None
    return Fault(
        'Judging by their shapes, the models come as '
        f'{listed(evidence.seen.roles)}.',
        'order-of-models',
    )


def dims(evidence, roles):
    """Check that models give arrays of the shapes in the arguments."""
    for role in roles:
        fault = _dims(evidence.seen, role)
        if fault:
            return fault
    return None


def _dims(seen, role):
    """Return the `Fault` of the shapes that a model gives, or None."""
    arguments = seen.arguments
    wanted = arguments.shape(role, 'output')
    expected = (
        f'For {arguments.call}, `{role}` gives {listed(wanted, " x ")} values.'
    )
    shapes = seen.shapes[role]
    if seen.kinds[role] == 'dict':
        return Fault(
            "It gives a dict, which the assignment's script cannot use.",
            'shapes',
            expected,
            'Give `keras.Model` its outputs as they are, or in a list.',
        )
    wrong = [shape for shape in shapes if shape != (2, *wanted)]
    if wrong:
        got = list(wrong[0][1:])
        mistake = _why_another_shape(got, wanted)
        return Fault(
            f'It gives {listed(got, " x ")} values.', mistake, expected
        )
    three = role == 'encoder' and arguments.variational
    if len(shapes) != 1 and not three:
        return Fault(
            f'It gives {len(shapes)} arrays.',
            'shapes',
            f'For {arguments.call}, `{role}` gives one array.',
        )
    return None


def _why_another_shape(got, wanted):
    """Return the anchor of the mistake of another shape."""
    if got[2:] == [1] and wanted[-1] != 1:
        return 'one-channel-hard-coded'
    if got in ([784], [28, 28, 1]):
        return '784-hard-coded'
    return 'shapes'


def input_dims(evidence):
    """Check that decoder and auto give `input_dims` values."""
    return dims(evidence, ('decoder', 'auto'))


def latent_dims(evidence):
    """Check that the encoder gives `latent_dims` values."""
    return dims(evidence, ('encoder',))


def list_kept(evidence):
    """Check that the caller's list is what it was."""
    seen = evidence.seen
    if seen.changed == seen.arguments.sizes:
        return None
    return Fault(
        f'After the call, the list is {seen.changed}.',
        'list-changed',
        f'The list stays {seen.arguments.sizes}.',
    )


def outputs(evidence):
    """Check the three outputs of the encoder, and their order."""
    seen = evidence.seen
    names = ('latent representation', 'mean', 'log variance')
    if len(seen.shapes['encoder']) != 3:
        return Fault(
            f'It gives {counted(len(seen.shapes["encoder"]), "output")}.',
            'order-of-outputs',
            'The encoder gives three outputs: the latent representation, the '
            'mean and the log variance.',
        )
    if seen.outputs in ((), (0, 1, 2)):
        return None
    found = sorted(names, key=lambda name: seen.outputs[names.index(name)])
    return Fault(
        'Judging by which of them is random, and around which other one, '
        f'they come as the {", the ".join(found)}.',
        'order-of-outputs',
    )
