"""The layers of a solution, beside those of the assignment: for words."""
import difflib

from checker.formulas import ACTIVATIONS

POOLING, UPSAMPLING = 'MaxPooling2D (2, 2) same', 'UpSampling2D (2, 2)'
SAMPLING = 'a layer that draws'
KNOWN = ('Dense', 'Conv', 'MaxPool', 'UpSampl', 'Dropout', 'Batch', 'Layer',
         'Cropping', 'Resizing', 'ZeroPad', 'Average', 'Flatten', 'Reshape')


def said(models, role):
    """Return what the worker says of the layers of a model.

    Returns:
        List of dicts of strings; that of a layer with a kernel has its
        `activation`, and in `resize` what follows it.
    """
    rows = []
    for row in models.description.get(role, []):
        row = {name: str(value) for name, value in row.items()}
        kernel = row['type'] in ('Dense', 'Conv2D')
        name = row.get('activation', row['type'].lower())
        if not kernel and rows and name in ACTIVATIONS:
            rows[-1]['activation'] = name
        elif row['type'] != 'InputLayer':
            row['activation'] = (name.replace('linear', 'None') if kernel
                                 else '')
            rows.append({**row, 'resize': 'nothing'})
            if len(rows) > 1 and 'pool_size' in row:
                rows[-2]['resize'] = text(row)
    return rows


def text(row):
    """Return what is said of a layer as a text."""
    return ' '.join(row[name] for name in (
        'type', 'size', 'kernel_size', 'pool_size', 'strides', 'padding',
        'activation') if row.get(name) not in (None, '', 'None'))


def right(models, role):
    """Return the layers of a model in the assignment, a text for each."""
    sizes, ends = models.right_sizes(role), models.right_ends(role)
    sizes += sizes[-1:] * (len(ends) - 1)
    names = ['relu'] * (len(sizes) - len(ends)) + ends
    if models.task != 2:
        return [f'Dense {size} {name}'.replace(' None', '')
                for size, name in zip(sizes, names)] + [SAMPLING] * (
                    len(ends) - 1)
    rows = []
    for left, (size, name) in enumerate(zip(sizes[::-1], names[::-1])):
        last = role == 'decoder' and left == 0
        valid = role == 'decoder' and left == 1
        rows += [POOLING if role == 'encoder' else UPSAMPLING] * (not last)
        rows.append(f'Conv2D {size} (3, 3) {"valid" if valid else "same"} '
                    + name)
    return rows[::-1]


def beside(models, role):
    """Return pairs of layers that belong together, and if they differ.

    Returns:
        List of lists: a layer of the solution, one of the assignment, and
        whether they differ; empty if none do.
    """
    mine, want = list(map(text, said(models, role))), right(models, role)
    if SAMPLING in want:
        # The class that draws may be any.
        known = [row for row in mine if row.startswith(KNOWN)]
        mine = known + [SAMPLING] * (known != mine)
    if sorted(mine) == sorted(want):  # only the order is another
        return [[*pair, pair[0] != pair[1]] for pair in zip(mine, want)] * (
            mine != want)
    matcher = difflib.SequenceMatcher(None, mine, want, autojunk=False)
    rows = [[mine[a + i] if a + i < b else '',
             want[c + i] if c + i < d else '', kind != 'equal']
            for kind, a, b, c, d in matcher.get_opcodes()
            for i in range(max(b - a, d - c))]
    return rows if mine else []
