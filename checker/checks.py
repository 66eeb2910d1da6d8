"""The requirements on layers and outputs, each a function of one case.

A check takes the `Models` for some arguments, and raises what is not met.
Numbers decide; what the worker says of its layers only names the fault.
"""

import difflib

from checker import formulas
from checker.faults import RequirementNotMet
from checker.models import ROLES

# Names of activations, also as layers of their own.
ACTIVATIONS = (
    'relu sigmoid tanh softmax relu6 elu selu leaky_relu leakyrelu '
    'softplus softsign swish silu gelu exponential hard_sigmoid '
    'linear'
).split()
SAMPLING = 'a layer that draws'
KNOWN = (
    'Dense',
    'Conv',
    'MaxPool',
    'UpSampl',
    'Dropout',
    'Batch',
    'Layer',
    'Cropping',
    'Resizing',
    'ZeroPad',
    'Average',
    'Flatten',
    'Reshape',
)
MODES = {
    'train': 'With `training=True`',
    'call': 'In a call',
    'predict': 'In `predict`',
}


def number(value):
    """Return a number as a text, with four significant digits."""
    return f'{value:.4g}'


def listed(values, between=', '):
    """Return values as a text."""
    return between.join(map(str, values)) or 'none'


def in_order(models):
    """Check that encoder, decoder and auto are returned in this order."""
    if models.order != ROLES:
        raise RequirementNotMet(
            f'Judging by their shapes, it returns {listed(models.order)}.',
            'order-of-models',
        )


def dims(models, roles):
    """Check that models give values of the shapes in the arguments."""
    for role in roles:
        wanted = models.code if role == 'encoder' else models.inputs
        for count, *got in models.shapes[role]:
            if (count, *got) != (2, *wanted):
                raise RequirementNotMet(
                    f'It gives {listed(got, " x ")}.',
                    'one-channel-hard-coded'
                    if got[2:] == [1] != [wanted[-1]]
                    else '784-hard-coded'
                    if got == [784] or got[-1:] == [1]
                    else 'shapes',
                    f'For {models.call}, `{role}` gives '
                    f'{listed(wanted, " x ")} values.',
                )


def input_dims(models):
    """Check that inputs and reconstructions have `input_dims` values."""
    try:
        dims(models, ['decoder', 'auto'])
    except RequirementNotMet:
        if models.task == 2:  # it follows from other faults
            channels(models)
            part(models, 'decoder', 'padding')
        raise


def list_kept(models):
    """Check that the caller's list is what it was."""
    if models.changed != models.sizes:
        raise RequirementNotMet(
            f'After the call it is {models.changed}.',
            'list-changed',
            f'It stays {models.sizes}.',
        )


def sizes(models, role):
    """Check the nodes of the dense layers of a model, or the filters."""
    models.check_not_plain()
    chain, rest = models.kernels(role)
    found = [layer.kernel.shape[-1] for layer in chain]
    right = [size for size, *_ in models.right_layers(role)]
    images, decoder = models.task == 2, role == 'decoder'
    heads = models.heads - 1 if not decoder else 0
    right = right[: len(right) - heads]
    if images and decoder:  # the last has a requirement of its own
        right, found = right[:-1], found[:-1]
    if found == right and len(rest) == heads:
        return
    same = decoder and sorted(found) == sorted(right)
    mistake = next(
        anchor
        for anchor, fits in (
            (
                'not-reversed',
                images
                and same
                or decoder
                and found[: len(models.sizes)]
                == models.sizes
                != models.sizes[::-1],
            ),
            ('convolutions', images),
            (
                'one-layer-for-mean-and-log-variance',
                found == right and not rest,
            ),
            (
                '784-hard-coded',
                found[:-1] == right[:-1] and found[-1:] != right[-1:],
            ),
            ('hidden-layers', True),
        )
        if fits
    )
    change = (
        'Only their order is wrong: loop over `reversed(filters[1:])`, '
        'and give `filters[0]` to the convolution with `valid` padding.'
        if images and same
        else 'The assignment has `Conv2D` and '
        '`UpSampling2D`: no `Dense`, and no `Conv2DTranspose`.'
        if images and rest
        else ''
    )
    outside = listed(listed(layer.kernel.shape, 'x') for layer in rest)
    raise RequirementNotMet(
        f'They have {listed(found)}'
        + f'; and outside of that chain {outside}' * bool(rest)
        + '.',
        mistake,
        f'For {models.call}, the layers of `{role}` have '
        + listed(right)
        + f' and {right[-1]}' * heads
        + (' filters' if images else ' values')
        + ' before the last' * (images and decoder)
        + '.',
        change,
    )


def kernels(models, role):
    """Check that the convolutions of a model have kernels of 3 x 3."""
    for place, layer in enumerate(models.kernels(role)[0]):
        if layer.kernel.shape[:2] != (3, 3):
            raise RequirementNotMet(
                f'Convolution {place + 1} of `{role}` has a kernel size of '
                f'{layer.kernel.shape[:2]}.',
                'convolutions',
            )


def channels(models):
    """Check that the last convolution has a filter for each channel."""
    got, want = models.shapes['decoder'][0][-1], models.inputs[-1]
    if got != want:
        raise RequirementNotMet(
            f'It has {got}.',
            'one-channel-hard-coded',
            f'For {models.call}, it has {want}.',
        )


def right_rows(models, role):
    """Return rows as of `worker.rows`, of the assignment's layers."""
    rows = []
    for size, activation, padding, resize in models.right_layers(role):
        rows.append({'type': 'Dense', 'size': size, 'activation': activation})
        if padding:
            rows[-1].update(
                type='Conv2D', kernel_size='(3, 3)', padding=padding
            )
        if resize:
            rows.append(
                {'type': 'UpSampling2D', 'pool_size': '(2, 2)'}
                if resize == 'upsampling'
                else {
                    'type': 'MaxPooling2D',
                    'padding': 'same',
                    'pool_size': '(2, 2)',
                }
            )
    return rows


def layers(rows):
    """Return what is said of layers, a dict of strings for each.

    That of a layer with a kernel has its `activation`, and in `resize` what
    follows it.
    """
    found = []
    for row in rows:
        row = {name: str(value) for name, value in row.items()}
        kernel = row['type'] in ('Dense', 'Conv2D')
        name = row.get('activation', row['type'].lower())
        if not kernel and found and name in ACTIVATIONS:
            found[-1]['activation'] = name
        elif row['type'] != 'InputLayer':
            row['activation'] = (
                name.replace('linear', 'None') if kernel else ''
            )
            found.append({**row, 'resize': 'nothing'})
            if len(found) > 1 and 'pool_size' in row:
                found[-2]['resize'] = text(row)
    return found


def text(row):
    """Return what is said of a layer as a text."""
    return ' '.join(
        row[name]
        for name in (
            'type',
            'size',
            'kernel_size',
            'pool_size',
            'strides',
            'padding',
            'activation',
        )
        if row.get(name) not in (None, '', 'None')
    )


def both(models, role):
    """Return what is said of a half's layers, and what would be right."""
    return (
        layers(models.said().get(role, [])),
        layers(right_rows(models, role)),
    )


def beside(models, role):
    """Return pairs of layers that belong together, and if they differ.

    Returns:
        List of lists: a layer of the solution, one of the assignment, and
        whether they differ; empty if none do.
    """
    mine, want = (list(map(text, rows)) for rows in both(models, role))
    if models.variational and role == 'encoder':
        # The class that draws may be any.
        known = [row for row in mine if row.startswith(KNOWN)]
        mine = known + [SAMPLING] * (known != mine)
        want += [SAMPLING]
    if sorted(mine) == sorted(want):  # only the order is another
        return [[*pair, pair[0] != pair[1]] for pair in zip(mine, want)] * (
            mine != want
        )
    matcher = difflib.SequenceMatcher(None, mine, want, autojunk=False)
    return [
        [
            mine[a + i] if a + i < b else '',
            want[c + i] if c + i < d else '',
            kind != 'equal',
        ]
        for kind, a, b, c, d in matcher.get_opcodes()
        if mine
        for i in range(max(b - a, d - c))
    ]


# What is said of a part of a layer, and the entry.
PARTS = {
    'activation': (
        'The activation of {} of `{}` is `{}`.',
        'activations',
        'activations',
    ),
    'padding': (
        'The padding of {} of `{}` is `{}`.',
        'convolutions',
        'valid-convolution',
    ),
    'resize': (
        'After {} of `{}` comes `{}`.',
        'pooling-without-same',
        'convolutions',
    ),
}


def named(models, role):
    """Return the differences of layers that the worker's words name.

    Returns:
        List of `(part, how many layers are left, right, found)`.
    """
    mine, want = (
        [row for row in rows if row['type'] in ('Dense', 'Conv2D')]
        for rows in both(models, role)
    )
    return (
        [
            (part, len(want) - 1 - place, right[part], row[part])
            for place, (row, right) in enumerate(zip(mine, want))
            for part in PARTS
            if row.get(part) != right.get(part)
            # A function of the solution may be right, whatever its name.
            and (part != 'activation' or row[part] in (*ACTIVATIONS, 'None'))
        ]
        if len(mine) == len(want)
        else []
    )


def part(models, role, what, where=lambda left: True):
    """Check one part of the layers of a model.

    Args:
        models: A `Models`.
        role: String, 'encoder' or 'decoder'.
        what: String, 'activation', 'padding' or 'resize'.
        where: Function of how many layers are left after one: whether this
            is about it.
    """
    if not models.chain(role):
        sizes(models, role)
        if models.task == 2:
            kernels(models, role)
            channels(models)
    for kind, left, want, got in (
        () if models.is_right(role) else named(models, role)
    ):
        if kind == what and where(left):
            layer = 'convolution' if models.task == 2 else 'layer'
            place = len(models.right_layers(role)) - left
            raise RequirementNotMet(
                f'It is `{got}`.',
                PARTS[what][1 + (role == 'decoder')],
                PARTS[what][0].format(
                    f'{layer} {place}' if left else f'the last {layer}',
                    role,
                    want,
                ),
            )


def relu(models, role):
    """Check the activations of a model, but those without `relu`."""
    right = models.right_layers(role)[::-1]
    part(models, role, 'activation', lambda left: right[left][1] == 'relu')
    looks = [
        models.differs(role, place)
        for place in range(models.heads if role == 'encoder' else 1)
    ]
    # Where one of mean and log variance is wrong, that is its own fault.
    if not all(looks) or named(models, role):
        return
    look = looks[0]
    others = [
        row['type']
        for row in both(models, role)[0]
        if not row['type'].startswith(('Dense', 'Conv', 'Lambda'))
        and 'pool_size' not in row
    ] * (not models.variational)
    raise RequirementNotMet(
        f'{MODES[look.mode]} its output is not that of its layers'
        + ', where values are large, or far below 0' * (look.how == 'scaled')
        + f', for a batch of {len(look.x)}.'
        + f' It has other layers: {listed(others[:4])}.' * bool(others),
        'convolutions' if models.task == 2 else 'activations',
        f'`{role}` is the layers of the assignment with `relu`, one fed by '
        'the other.',
    )


def shared(models):
    """Check that `auto` has the weights of the other two."""
    if not models.shared:
        raise RequirementNotMet(
            '`auto` has weights of its own, so that `encoder` and `decoder` '
            'are never trained.',
            'weights-not-shared',
        )


def joined(models):
    """Check that `auto` gives what the decoder gives for the codes."""
    shared(models)
    input_dims(models)
    for look in models.looks:
        # A dropout in the encoder draws anew for `auto`.
        if not formulas.same(look.rebuilt, look.decoded) and (
            look.mode != 'train' or models.are_right
        ):
            raise RequirementNotMet(
                f'{MODES[look.mode]}, for a batch of {len(look.x)}, it is up '
                f'to {number(abs(look.rebuilt - look.decoded).max())} away.',
                'weights-not-shared',
                '`auto` gives what `decoder` gives for '
                'the codes of `encoder`.',
            )
