"""The requirements on layers and outputs, each a function of one case.

A check takes the `Models` for some arguments, and raises what is not met.
Numbers decide; what the worker says of its layers only names the fault.
"""
import difflib
from functools import partial

from checker import formulas
from checker.faults import RequirementNotMet
from checker.models import ROLES

# Names of activations, also as layers of their own.
ACTIVATIONS = ('relu sigmoid tanh softmax relu6 elu selu leaky_relu leakyrelu '
               'softplus softsign swish silu gelu exponential hard_sigmoid '
               'linear').split()
LAYERS = 'Compare the layers, side by side below.'
SAMPLING = 'a layer that draws'
KNOWN = ('Dense', 'Conv', 'MaxPool', 'UpSampl', 'Dropout', 'Batch', 'Layer',
         'Cropping', 'Resizing', 'ZeroPad', 'Average', 'Flatten', 'Reshape')


def number(value):
    """Return a number as a text, with four significant digits."""
    return f'{value:.4g}'


def listed(values):
    """Return values as a text."""
    return ', '.join(map(str, values)) or 'none'


def in_order(models):
    """Check that encoder, decoder and auto are returned in this order."""
    if models.order != ROLES:
        raise RequirementNotMet(
            'It returns `encoder, decoder, auto`.',
            f'It returns {", ".join(models.order)}, to judge by their '
            'shapes.', 'End with `return encoder, decoder, auto`.',
            'order-of-models')


def shapes(models, expected):
    """Check the shapes of what models give.

    Args:
        models: A `Models`.
        expected: Dict from a role to the shape of one input.
    """
    for role, wanted in expected.items():
        for count, *got in models.shapes[role]:
            got = tuple(got)
            if got == wanted and count == 2:
                continue
            change, mistake = ('Use the arguments of the function, not '
                               'numbers, for every size.', 'shapes')
            if len(got) == 3 and got[-1] == 1 != wanted[-1]:
                change = 'Use `input_dims[-1]` for the channels.'
                mistake = 'one-channel-hard-coded'
            elif got == (784,) or got[-1:] == (1,):
                change = (f'{got[-1]} seems written into the code: '
                          'use `input_dims`.')
                mistake = '784-hard-coded'
            raise RequirementNotMet(
                f'For {models.call}, `{role}` gives '
                f'{" x ".join(map(str, wanted))} values.',
                f'It gives {" x ".join(map(str, got))}.', change, mistake)


def input_dims(models):
    """Check that inputs and reconstructions have `input_dims` values."""
    shapes(models, {'decoder': models.inputs, 'auto': models.inputs})


def latent_dims(models):
    """Check that codes have `latent_dims` values."""
    shapes(models, {'encoder': models.code})


def list_kept(models):
    """Check that the caller's list is what it was."""
    if models.changed != models.sizes:
        raise RequirementNotMet(
            f'The caller\'s list stays {models.sizes}.',
            f'After the call it is {models.changed}.',
            '`.reverse()`, `.pop()` and `.append()` change the list of '
            'the caller: use `reversed(...)` or a slice `[::-1]`.',
            'list-changed')


def sizes(models, role):
    """Check the nodes of the dense layers of a model, or the filters."""
    models.check_not_plain()
    chain, rest = models.kernels(role)
    found = [layer.kernel.shape[-1] for layer in chain]
    right, name = models.right_sizes(role), models.names[1]
    images, heads = models.task == 2, len(models.ends[role]) - 1
    if images and role == 'decoder':
        # The last has a requirement of its own.
        right, found = right[:-1], found[:-1]
    if found == right and len(rest) == heads:
        return
    again = role == 'decoder' and found[:len(models.sizes)] == models.sizes
    change, mistake = next((change, mistake) for fits, change, mistake in (
            (images and role == 'decoder' and sorted(found) == sorted(right),
             'Only their order is wrong: loop over `reversed(filters[1:])`, '
             'and give `filters[0]` to the convolution with `valid` padding.',
             'not-reversed'),
            (again and models.sizes != models.sizes[::-1],
             f'`{name}` of the decoder are those of the encoder in reverse: '
             f'`reversed({name})`.', 'not-reversed'),
            (images, LAYERS + ' Is one a `Conv2DTranspose`? The assignment '
             'has `Conv2D` and `UpSampling2D`.' * bool(rest), 'convolutions'),
            (found == right and not rest, 'The mean and the log variance are '
             'the same layer. Make a `Dense` for each.',
             'one-layer-for-mean-and-log-variance'),
            (found[:-1] == right[:-1] and found[-1:] != right[-1:],
             'The last size is written into the code or is another '
             'argument.', '784-hard-coded'),
            (True, f'Make one `Dense` for each number of `{name}`, and one '
             'for the output.', 'hidden-layers')) if fits)
    outside = listed('x'.join(map(str, layer.kernel.shape)) for layer in rest)
    raise RequirementNotMet(
        f'For {models.call}, the layers of `{role}` have {listed(right)}'
        + f' and {right[-1]}' * heads
        + (' filters' if images else ' values')
        + ' before the last' * (images and role == 'decoder') + '.',
        f'They have {listed(found)}' + (
            f'; and outside of that chain {outside}' if rest else '') + '.',
        change, mistake)


def kernels(models, role):
    """Check that the convolutions of a model have kernels of 3 x 3."""
    for place, layer in enumerate(models.kernels(role)[0]):
        if layer.kernel.shape[:2] != (3, 3):
            raise RequirementNotMet(
                f'Each convolution of `{role}` has a kernel of (3, 3).',
                f'That of convolution {place + 1} is '
                f'{layer.kernel.shape[:2]}.',
                'Give it `(3, 3)` as its `kernel_size`.', 'convolutions')


def channels(models):
    """Check that the last convolution has a filter for each channel."""
    got, want = models.shapes['decoder'][0][-1], models.inputs[-1]
    if got != want:
        raise RequirementNotMet(
            f'For {models.call}, the last convolution has {want} '
            f'filter{"s" * (want > 1)}, one for each channel.',
            f'It has {got}.', 'Use `input_dims[-1]` in place of the number.',
            'one-channel-hard-coded')


def right_rows(models, role):
    """Return rows as of `worker.rows`, of the assignment's layers."""
    sizes, ends = models.right_sizes(role), models.ends[role]
    sizes += sizes[-1:] * (len(ends) - 1)
    names = ['relu'] * (len(sizes) - len(ends)) + ends
    rows = []
    for left, size, name in zip(range(len(sizes))[::-1], sizes, names):
        if models.task != 2:
            rows.append({'type': 'Dense', 'size': size, 'activation': name})
            continue
        last = role == 'decoder' and left == 0
        valid = role == 'decoder' and left == 1
        rows.append({'type': 'Conv2D', 'size': size, 'kernel_size': '(3, 3)',
                     'padding': 'valid' if valid else 'same',
                     'activation': name})
        if not last:
            rows.append({'type': 'UpSampling2D', 'pool_size': '(2, 2)'}
                        if role == 'decoder' else
                        {'type': 'MaxPooling2D', 'pool_size': '(2, 2)',
                         'padding': 'same'})
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
            row['activation'] = (name.replace('linear', 'None') if kernel
                                 else '')
            found.append({**row, 'resize': 'nothing'})
            if len(found) > 1 and 'pool_size' in row:
                found[-2]['resize'] = text(row)
    return found


def text(row):
    """Return what is said of a layer as a text."""
    return ' '.join(row[name] for name in (
        'type', 'size', 'kernel_size', 'pool_size', 'strides', 'padding',
        'activation') if row.get(name) not in (None, '', 'None'))


def beside(models, role):
    """Return pairs of layers that belong together, and if they differ.

    Returns:
        List of lists: a layer of the solution, one of the assignment, and
        whether they differ; empty if none do.
    """
    mine, want = (list(map(text, layers(rows))) for rows in (
        models.description.get(role, []), right_rows(models, role)))
    if models.variational and role == 'encoder':
        # The class that draws may be any.
        known = [row for row in mine if row.startswith(KNOWN)]
        mine = known + [SAMPLING] * (known != mine)
        want += [SAMPLING]
    if sorted(mine) == sorted(want):  # only the order is another
        return [[*pair, pair[0] != pair[1]] for pair in zip(mine, want)] * (
            mine != want)
    matcher = difflib.SequenceMatcher(None, mine, want, autojunk=False)
    rows = [[mine[a + i] if a + i < b else '',
             want[c + i] if c + i < d else '', kind != 'equal']
            for kind, a, b, c, d in matcher.get_opcodes()
            for i in range(max(b - a, d - c))]
    return rows if mine else []


# What is said of a part of a layer: what is right, and what to change.
PARTS = {
    'activation': ('The activation of {} of `{}` is `{}`.',
                   "Give it `activation='{}'`."),
    'padding': ('The padding of {} of `{}` is `{}`.',
                "Give it `padding='{}'`. Only the second to last of the "
                'decoder has `valid` padding: 16 x 16 become 14 x 14, and '
                'then 28 x 28.'),
    'resize': ('After {} of `{}` comes `{}`.', 'Follow it by `{}`; pooling '
               'with `same` padding rounds odd sizes up.')}
ENTRIES = {('activation', 'encoder'): 'activations',
           ('activation', 'decoder'): 'activations',
           ('padding', 'decoder'): 'valid-convolution',
           ('resize', 'encoder'): 'pooling-without-same'}


def named(models, role):
    """Return the differences of layers that the worker's words name.

    Returns:
        List of `(part, how many layers are left, right, found)`.
    """
    mine, want = ([row for row in layers(rows) if row['type'] in (
        'Dense', 'Conv2D')] for rows in (
            models.description.get(role, []), right_rows(models, role)))
    return [(part, len(want) - 1 - place, right[part], row[part])
            for place, (row, right) in enumerate(zip(mine, want))
            for part in PARTS if row.get(part) != right.get(part)
            and row[part] not in ('<lambda>', 'function')
            ] if len(mine) == len(want) else []


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
    if models.is_right(role):
        return
    for kind, left, want, got in named(models, role):
        if kind == what and where(left):
            expected, change = PARTS[what]
            layer = 'convolution' if models.task == 2 else 'layer'
            place = len(models.chain(role)) - left
            raise RequirementNotMet(
                expected.format(f'{layer} {place}' if left else
                                f'the last {layer}', role, want),
                f'It is `{got}`.', change.format(want),
                ENTRIES.get((what, role), 'convolutions'))


MODES = {'train': 'With `training=True`', 'call': 'In a call',
         'predict': 'In `predict`'}


def relu(models, role):
    """Check the activations of a model, but those without `relu`."""
    ends = models.ends[role]
    part(models, role, 'activation', lambda left: left >= len(ends)
         or ends == ['relu'])
    looks = [models.differs(role, place) for place in range(len(ends))]
    # Where one of mean and log variance is wrong, that is its own fault.
    if not all(looks) or named(models, role):
        return
    look = looks[0]
    found = (f'{MODES[look.mode]} its output is not that of its '
             'layers' + ', where values are large, or far below 0'
             * (look.how == 'scaled') + f', for a batch of {len(look.x)}')
    others = [row['type'] for row in layers(models.description.get(role, []))
              if not row['type'].startswith(('Dense', 'Conv', 'Lambda'))
              and 'pool_size' not in row]
    if others and not models.variational:
        found += f'. It has other layers: {listed(others[:4])}'
    raise RequirementNotMet(
        f'`{role}` is the layers of the assignment with `relu`, one fed by '
        'the other.', found + '.', 'Is there a layer too many, such as a '
        'normalization or a dropout, or another activation? ' + LAYERS,
        'convolutions' if models.task == 2 else 'activations')


sigmoid = partial(part, role='decoder', what='activation',
                  where=lambda left: left == 0)


def joined_change(models):
    """Return how to make `auto`, as the task needs it."""
    place = '[0]' if models.variational else ''
    return ('Make it of the two: `auto = keras.Model(inputs, '
            f'decoder(encoder(inputs){place}))`.')


def shared(models):
    """Check that `auto` has the weights of the other two."""
    if not models.shared:
        raise RequirementNotMet(
            '`auto` is the decoder after the encoder, with their weights: '
            'training `auto` trains all three.', '`auto` has weights of its '
            'own, so that `encoder` and `decoder` are never trained.',
            joined_change(models), 'weights-not-shared')


def joined(models):
    """Check that `auto` gives what the decoder gives for the codes."""
    shared(models)
    input_dims(models)
    for look in models.looks:
        # A dropout in the encoder draws anew for `auto`.
        if look.mode == 'train' and not models.are_right or formulas.same(
                look.rebuilt, look.decoded):
            continue
        raise RequirementNotMet(
            '`auto` gives what `decoder` gives for the codes of `encoder`.',
            f'{MODES[look.mode]} and for a batch of {len(look.x)} it gives '
            'something else: '
            f'{number(abs(look.rebuilt - look.decoded).max())} away.',
            joined_change(models), 'weights-not-shared')
