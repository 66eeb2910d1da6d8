"""The layers of a solution beside those of the assignment, for a report."""
import difflib

from checker.faults import Unmet


def compared(solution):
    """Return the layers of the two halves that differ.

    Returns:
        List of `(title, rows)`, each row a pair of strings, the solution's
        layer and the assignment's, and whether they differ.
    """
    try:
        models = solution.models
    except Unmet:
        return []
    found = []
    for role in ('encoder', 'decoder'):
        mine = normal(models.description['layers'].get(role, []))
        right = expected(models, role)
        rows = list(beside(mine, right))
        if mine and any(differs for _, _, differs in rows):
            found.append((f'`{role}` of {models.call}', rows))
    return found


def expected(models, role):
    """Return the assignment's layers of a model, a text for each."""
    sizes = list(models.middle)
    if role == 'decoder':
        sizes = sizes[::-1]
    if models.solution.task == 2:
        rows = []
        plan = models.plan(role)
        for count, (padding, activation, how) in zip(
                [*sizes, models.inputs[-1]], plan):
            rows.append(f'Conv2D {count} (3, 3) {padding} {activation}')
            if how == 'upsampling':
                rows.append('UpSampling2D (2, 2)')
            elif how != 'none':
                rows.append('MaxPooling2D (2, 2) same')
        return rows
    rows = [f'Dense {size} relu' for size in sizes]
    code = models.code[0]
    if role == 'decoder':
        return [*rows, f'Dense {models.inputs[0]} sigmoid']
    if models.variational:
        return [*rows, f'Dense {code}', f'Dense {code}', DRAW]
    return [*rows, f'Dense {code} relu']


DRAW = 'a layer that draws'


def normal(rows):
    """Return what the worker says of layers, a text for each."""
    texts = []
    for row in rows:
        kind = str(row.get('type'))
        activation = str(row.get('activation', ''))
        activation = '' if activation == 'linear' else activation
        if kind == 'InputLayer':
            continue
        if kind in ('Activation', 'ReLU') and texts and (
                texts[-1].split()[0] in ('Dense', 'Conv2D')):
            texts[-1] += ' ' + (activation or 'relu')
            continue
        parts = [kind, row.get('size'), row.get('kernel_size')
                 or row.get('pool_size')]
        if row.get('strides') not in (None, '(1, 1)', row.get('pool_size')):
            parts.append(f'strides {row["strides"]}')
        if row.get('padding') and not kind.startswith('UpSampling'):
            parts.append(row['padding'])
        texts.append(' '.join(str(p) for p in [*parts, activation] if p))
    return texts


KNOWN = ('Dense', 'Conv', 'MaxPool', 'UpSampl', 'Dropout', 'Batch', 'Layer',
         'Cropping', 'Resizing', 'ZeroPad', 'Average', 'Flatten', 'Reshape')


def beside(mine, right):
    """Yield pairs of layers that belong together, and if they differ."""
    if DRAW in right:
        # The class that draws may be any.
        mine = [DRAW if not text.startswith(KNOWN) else text
                for text in mine]
        mine = [text for i, text in enumerate(mine)
                if text != DRAW or i == mine.index(DRAW)]
        if DRAW in mine:
            mine = [text for text in mine if text != DRAW] + [DRAW]
    matcher = difflib.SequenceMatcher(None, mine, right, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        for i in range(max(b - a, d - c)):
            yield (mine[a + i] if a + i < b else '',
                   right[c + i] if c + i < d else '', kind != 'equal')
