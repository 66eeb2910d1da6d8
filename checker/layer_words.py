"""What a solution says of its layers: words, which name faults."""

import difflib
from dataclasses import dataclass
from itertools import zip_longest

from checker.assignment import HALVES

# Names of activations, also as layers of their own.
ACTIVATIONS = (
    'relu sigmoid tanh softmax relu6 elu selu leaky_relu leakyrelu softplus '
    'softsign swish silu gelu exponential hard_sigmoid linear'
).split()
# Layers with these names are known; any other class may be the one that
# draws samples.
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
SAMPLING = 'a layer that draws'
PARTS = ('activation', 'padding', 'resize')


@dataclass(frozen=True)
class Difference:
    """A part of a layer that is not the assignment's, by its own words.

    Attributes:
        part: String, one of `PARTS`.
        left: Integer, how many layers come after it in its half.
        expected, found: Strings.
    """

    part: str
    left: int
    expected: str
    found: str


def expected_rows(arguments, role):
    """Return what would be said of the assignment's layers, as `rows`."""
    found = []
    for layer in arguments.layers(role):
        row = {
            'type': 'Dense',
            'size': layer.size,
            'activation': layer.activation,
        }
        if layer.padding:
            row.update(
                type='Conv2D', kernel_size='(3, 3)', padding=layer.padding
            )
        found.append(row)
        if layer.resize == 'pooling':
            found.append(
                {
                    'type': 'MaxPooling2D',
                    'pool_size': '(2, 2)',
                    'padding': 'same',
                }
            )
        elif layer.resize == 'upsampling':
            found.append({'type': 'UpSampling2D', 'pool_size': '(2, 2)'})
    return found


def combined(rows):
    """Return what is said of layers, with what belongs to a layer in it.

    An activation that is a layer of its own becomes that of the layer before
    it, and pooling and upsampling are also its `resize`.

    Args:
        rows: List of dicts, what `worker.rows` yields.

    Returns:
        List of dicts of strings.
    """
    found = []
    for row in rows:
        row = {name: str(value) for name, value in row.items()}
        has_kernel = row['type'] in ('Dense', 'Conv2D')
        name = row.get('activation', row['type'].lower())
        if row['type'] == 'InputLayer':
            continue
        if not has_kernel and found and name in ACTIVATIONS:
            found[-1]['activation'] = name
            continue
        row['activation'] = ''
        if has_kernel:
            row['activation'] = name.replace('linear', 'None')
        row['resize'] = 'nothing'
        if found and 'pool_size' in row:
            found[-1]['resize'] = as_text(row)
        found.append(row)
    return found


def as_text(row):
    """Return what is said of a layer as a text."""
    names = (
        'type',
        'size',
        'kernel_size',
        'pool_size',
        'strides',
        'padding',
        'activation',
    )
    return ' '.join(
        row[name] for name in names if row.get(name) not in (None, '', 'None')
    )


def rows_of(seen, role):
    """Return what is said of a half, and what would be correct."""
    return (
        combined(seen.described.get(role, [])),
        combined(expected_rows(seen.arguments, role)),
    )


def differences(seen, role):
    """Return each `Difference` that the words for a half's layers show."""
    mine, wanted = (
        [row for row in rows if row['type'] in ('Dense', 'Conv2D')]
        for rows in rows_of(seen, role)
    )
    if len(mine) != len(wanted):
        return []
    found = []
    for left, (row, right) in enumerate(zip(mine[::-1], wanted[::-1])):
        for part in PARTS:
            has = row.get(part)
            if has != right.get(part) and not is_foreign(part, has):
                found.append(Difference(part, left, right[part], str(has)))
    return found[::-1]


def is_foreign(part, name):
    """Tell whether a name is that of an activation of the solution's own.

    Such a function may be correct, whatever it is called.
    """
    return part == 'activation' and name not in (*ACTIVATIONS, 'None')


def side_by_side(evidences, is_wrong):
    """Return layers to compare, of halves that are not correct.

    Args:
        evidences: List of `evidence.Evidence`.
        is_wrong: Function of an evidence and a role.

    Returns:
        List of lists: a title, and rows as `pairs_of_layers` returns them.
    """
    found = []
    for one in evidences[-1:]:
        for role in HALVES:
            rows = pairs_of_layers(one.seen, role)
            if rows and is_wrong(one, role):
                found.append([f'`{role}` of {one.seen.arguments.call}', rows])
    return found


def pairs_of_layers(seen, role):
    """Return pairs of layers that belong together.

    Returns:
        List of lists: a layer of the solution, one of the assignment, and
        whether they differ; empty if none do.
    """
    mine, wanted = (list(map(as_text, rows)) for rows in rows_of(seen, role))
    if not mine:
        return []
    if seen.arguments.variational and role == 'encoder':
        mine, wanted = with_sampling(mine), [*wanted, SAMPLING]
    if mine == wanted:
        return []
    if sorted(mine) == sorted(wanted):  # only the order is another
        return [[*pair, pair[0] != pair[1]] for pair in zip(mine, wanted)]
    found = []
    matcher = difflib.SequenceMatcher(None, mine, wanted, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        pairs = zip_longest(mine[start:end], wanted[first:last], fillvalue='')
        found += [[*pair, kind != 'equal'] for pair in pairs]
    return found


def with_sampling(texts):
    """Return texts on layers, with one for the class that draws samples.

    That class may be any which is not known.
    """
    known = [text for text in texts if text.startswith(KNOWN)]
    if known == texts:
        return texts
    return [*known, SAMPLING]


def chain(arguments, role, weights):
    """Return the sizes of layers that follow each other, and other kernels.

    Args:
        arguments: An `assignment.Arguments`.
        role: String, 'encoder' or 'decoder'.
        weights: List of `observation.Weight`.

    Returns:
        A list of shapes of kernels, each fed by the one before, and a list of
        the shapes of all others.
    """
    left = [weight.shape for weight in weights if len(weight.shape) > 1]
    found, size = [], arguments.shape(role, 'input')[-1]
    while True:
        following = next_kernel(left, size, 4 if arguments.task == 2 else 2)
        if following is None:
            return found, left
        found.append(following)
        left.remove(following)
        size = following[-1]


def next_kernel(shapes, size, rank):
    """Return the shape of a kernel that takes `size` values, or None."""
    fitting = [
        shape for shape in shapes if len(shape) == rank and shape[-2] == size
    ]
    # One that keeps the size comes first: the others leave it.
    keeping = [shape for shape in fitting if shape[-1] == size]
    return next(iter([*keeping, *fitting]), None)
