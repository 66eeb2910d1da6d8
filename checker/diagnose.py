"""Which known mistake explains what was found: words, and no verdicts."""

import difflib
from dataclasses import dataclass

import numpy as np

from checker import noise
from checker.assignment import HALVES
from checker.faults import Fault

# A loss printed by Keras in float32, against one computed in float64.
TOLERANCE = 3e-4
# How far two ratios may be apart that are the same number.
SAME_RATIO = 3e-3


def number(value):
    """Return a number as a text, with four significant digits."""
    return f'{value:.4g}'


def listed(values, between=', '):
    """Return values as a text."""
    return between.join(map(str, values)) or 'none'


# ---- layers ----

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
    for place, (row, right) in enumerate(zip(mine, wanted)):
        for part in PARTS:
            has = row.get(part)
            # A function of the solution may be correct, whatever its name.
            foreign = part == 'activation' and has not in (
                *ACTIVATIONS,
                'None',
            )
            if has != right.get(part) and not foreign:
                left = len(wanted) - 1 - place
                found.append(Difference(part, left, right[part], str(has)))
    return found


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
        # The class that draws may be any.
        known = [row for row in mine if row.startswith(KNOWN)]
        if known != mine:
            mine = [*known, SAMPLING]
        wanted = [*wanted, SAMPLING]
    if mine == wanted:
        return []
    if sorted(mine) == sorted(wanted):  # only the order is another
        return [[*pair, pair[0] != pair[1]] for pair in zip(mine, wanted)]
    found = []
    matcher = difflib.SequenceMatcher(None, mine, wanted, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        for place in range(max(end - start, last - first)):
            own = mine[start + place] if start + place < end else ''
            other = wanted[first + place] if first + place < last else ''
            found.append([own, other, kind != 'equal'])
    return found


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
    rank = 4 if arguments.task == 2 else 2
    left = [weight.shape for weight in weights if len(weight.shape) > 1]
    found, size = [], arguments.shape(role, 'input')[-1]
    while True:
        fitting = [
            shape for shape in left if len(shape) == rank and shape[-2] == size
        ]
        if not fitting:
            return found, left
        # One that keeps the size comes first: the others leave it.
        keeping = [shape for shape in fitting if shape[-1] == size]
        found.append((keeping or fitting)[0])
        left.remove(found[-1])
        size = found[-1][-1]


# ---- losses ----


@dataclass(frozen=True)
class Term:
    """What a number could be.

    Attributes:
        words: String, such as 'the squared error'.
        mistake: String, the anchor of its entry, or '' for the correct one.
        values: Array, the number for each of some batches.
        change: String, what to change, or ''.
    """

    words: str
    mistake: str
    values: object
    change: str = ''


@dataclass(frozen=True)
class Match:
    """The term that a number is, and how many times it."""

    term: Term
    times: float


def agree(found, expected, slack=0.3):
    """Tell for each of some numbers whether it is the expected one.

    Args:
        found, expected: Arrays.
        slack: Float or array, what is added to the size of a number before
            its tolerance is taken.
    """
    found, expected = np.asarray(found), np.asarray(expected)
    with np.errstate(invalid='ignore'):
        return abs(found - expected) < TOLERANCE * (abs(expected) + slack)


def ratio(found, expected):
    """Return the ratio of numbers if it is one for all of them, or None."""
    with np.errstate(all='ignore'):
        ratios = np.divide(found, expected)
    if not np.isfinite(ratios).all() or abs(ratios[0]) < 1e-6:
        return None
    if abs(ratios - ratios[0]).max() > SAME_RATIO * abs(ratios[0]):
        return None
    return float(ratios.mean())


def match(found, terms, weight=1, slack=0.3):
    """Return the `Match` that explains numbers, or None.

    Args:
        found: Array, a number for each of some batches.
        terms: List of `Term`, the correct one first.
        weight: Float, by what the correct term is multiplied.
        slack: See `agree`.
    """
    # Where there is nothing, nothing can be told apart.
    terms = terms[:1] + [
        term for term in terms[1:] if (abs(term.values) > 1e-6).all()
    ]
    guesses = [(terms[0], 0.0), *((term, weight) for term in terms)]
    for term in terms:
        times = ratio(found, term.values)
        if times is not None:
            guesses.append((term, times))
    for term, times in guesses:
        if agree(found, times * term.values, slack).all():
            return Match(term, times)
    return None


def explanation(match, value):
    """Return what a number is, as a sentence."""
    if match is None:
        return (
            f'It is {number(value)}, which is no formula this checker knows.'
        )
    if match.times == 0:
        return 'It has none.'
    times = ''
    if match.times != 1:
        times = f'{number(match.times)} times '
    return f'It is {number(value)}, which is {times}{match.term.words}.'


def cross_entropy(x, p):
    """Return the binary cross-entropy of each value."""
    p = np.clip(np.asarray(p, 'float64'), 1e-7, 1 - 1e-7)
    return -(x * np.log(p) + (1 - x) * np.log(1 - p))


def squared_error(x, p):
    """Return the squared error of each value."""
    return (x - p) ** 2


def absolute_error(x, p):
    """Return the absolute error of each value."""
    return abs(x - p)


def categorical_cross_entropy(x, p):
    """Return the categorical cross-entropy, a share for each value."""
    shares = np.clip(p / p.sum(-1, keepdims=True), 1e-7, 1)
    return -x * np.log(shares) * x.shape[1]


def cross_entropy_of_logits(x, p):
    """Return the cross-entropy of outputs that are taken for logits."""
    return np.logaddexp(0, p) - x * p


RECONSTRUCTION = [
    ('the binary cross-entropy', '', cross_entropy),
    ('the squared error', 'another-loss', squared_error),
    ('the absolute error', 'another-loss', absolute_error),
    (
        'the categorical cross-entropy',
        'another-loss',
        categorical_cross_entropy,
    ),
    (
        'the binary cross-entropy of the output taken for logits',
        'from-logits',
        cross_entropy_of_logits,
    ),
]
TWICE = (
    'The loss has the cross-entropy twice, once from `compile` and once from '
    'a sum of your own, such as in `add_loss`. Remove one of the two.'
)


def reconstruction_terms(steps, summed):
    """Return each `Term` that a loss of reconstructions could be.

    Args:
        steps: List of `observation.Step` with `rebuilt`.
        summed: Whether the values of an input are to be summed.
    """
    pairs = [
        [np.asarray(a, 'float64').reshape(len(a), -1) for a in pair]
        for pair in ((step.x, step.rebuilt) for step in steps)
    ]
    sizes = np.array([x.shape[1] for x, _ in pairs])
    counts = np.array([len(x) for x, _ in pairs])
    sum_mistake, mean_mistake = 'cross-entropy-summed', ''
    if summed:
        sum_mistake, mean_mistake = '', 'cross-entropy-averaged'
    over_batch = 'summed-over-the-batch'
    reductions = [
        ('summed', sum_mistake, sizes, ''),
        ('averaged', mean_mistake, 1, ''),
        ('summed, and once more averaged,', 'another-loss', sizes + 1, TWICE),
        ('averaged and multiplied by 784', '784-hard-coded', 784, ''),
        ('summed, over the batch too,', over_batch, sizes * counts, ''),
        ('averaged, and summed over the batch,', over_batch, counts, ''),
    ]
    terms = []
    for kind, wrong, function in RECONSTRUCTION:
        means = np.array([function(x, p).mean() for x, p in pairs])
        for words, mistake, factor, change in reductions:
            terms.append(
                Term(
                    f'{kind}, {words} over the values of an input',
                    wrong or mistake,
                    factor * means,
                    change,
                )
            )
    return sorted(terms, key=lambda term: bool(term.mistake))


def penalty_terms(arguments, steps):
    """Return each `Term` that a penalty could be, without its weight.

    Args:
        arguments: An `assignment.Arguments`.
        steps: List of `observation.Step` with `encoded`.
    """
    codes = [np.asarray(step.encoded[0], 'float64') for step in steps]
    outputs = [
        ('the L1 norm of the code', '', [abs(code) for code in codes]),
        (
            'the squares of the code (L2)',
            'penalty-l2',
            [code**2 for code in codes],
        ),
    ]
    terms = []
    if all(step.weights['encoder'] for step in steps):
        outputs += _hidden_outputs(arguments, steps)
        terms = _weight_terms(steps)
    reductions = [
        ('', '', lambda values: values.sum(1).mean()),
        (', summed over the batch', 'summed-over-the-batch', np.sum),
        (', averaged over its values', 'penalty-averaged', np.mean),
    ]
    return [
        Term(
            words + reduced,
            mistake or other,
            np.array([reduction(one) for one in values]),
        )
        for reduced, other, reduction in reductions
        for words, mistake, values in outputs
    ] + terms


def _hidden_outputs(arguments, steps):
    """Return the sizes of what the encoder's layers give, with words."""
    layers = arguments.layers('encoder')
    before = []
    for step in steps:
        values, chained = [], step.x.astype('float64')
        for pair, layer in zip(step.weights['encoder'], layers):
            kernel, bias = pair
            chained = chained @ kernel
            if bias is not None:
                chained = chained + bias
            values.append(chained)
            if layer.activation == 'relu':
                chained = np.maximum(chained, 0)
        before.append(values)
    outputs = [
        (
            f'the L1 norm of the output of hidden layer {place + 1}',
            'penalty-on-other-layers',
            [np.maximum(values[place], 0) for values in before],
        )
        for place in range(len(layers) - 1)
    ]
    outputs.append(
        (
            'the L1 norm of the code before its `relu`',
            'penalty-before-relu',
            [abs(values[-1]) for values in before],
        )
    )
    outputs.append(
        (
            'the L1 norm of the outputs of all layers of the encoder',
            'penalty-on-other-layers',
            [
                np.concatenate([np.maximum(v, 0) for v in values], axis=1)
                for values in before
            ],
        )
    )
    return outputs


def _weight_terms(steps):
    """Return each `Term` of the weights of the layer of the code."""
    last = [step.weights['encoder'][-1][0] for step in steps]
    norms = [('L1', abs), ('L2', np.square)]
    return [
        Term(
            f'the {kind} norm of the weights of the layer of the code',
            'penalty-on-weights',
            np.array([norm(kernel).sum() for kernel in last]),
        )
        for kind, norm in norms
    ]


def divergence(mean, log_variance):
    """Return KL(N(mean, exp(log_variance)) || N(0, I)) of each value."""
    return (mean**2 + np.exp(log_variance) - 1 - log_variance) / 2


DIVERGENCES = [
    ('the divergence', '', divergence),
    (
        'the divergence with the roles of mean and log variance exchanged',
        'divergence-roles-exchanged',
        lambda mean, log_variance: divergence(log_variance, mean),
    ),
    (
        'the divergence for a log deviation in place of the log variance',
        'log-standard-deviation',
        lambda mean, log_variance: divergence(mean, 2 * log_variance),
    ),
    (
        'the divergence without the square of the mean',
        'divergence-formula',
        lambda mean, log_variance: divergence(0, log_variance) + mean / 2,
    ),
]
REDUCTIONS = [
    ('', '', lambda values: values.sum(1).mean()),
    (
        ', averaged over the code instead of summed',
        'divergence-averaged',
        np.mean,
    ),
    (
        ', summed over the batch instead of averaged',
        'summed-over-the-batch',
        np.sum,
    ),
]


def divergence_terms(steps):
    """Return each `Term` that a divergence could be.

    Args:
        steps: List of `observation.Step` with three `encoded`.
    """
    codes = [
        [np.asarray(code, 'float64') for code in step.encoded[1:]]
        for step in steps
    ]
    terms = []
    for words, wrong, formula in DIVERGENCES:
        for reduced, worse, reduction in REDUCTIONS:
            values = np.array([reduction(formula(*pair)) for pair in codes])
            mistake = wrong or worse
            terms.append(Term(words + reduced, mistake, values))
            terms.append(
                Term(
                    f'{words}{reduced}, with the wrong sign',
                    mistake or 'divergence-sign',
                    -values,
                )
            )
    return terms


def divergence_parts(found, steps, slack):
    """Return numbers as a sum of the parts of the divergence, or None.

    Args:
        found: Array, a number for each of some batches.
        steps: List of `observation.Step` with three `encoded`.
        slack: See `agree`.

    Returns:
        List of four floats, how many times the sums of `exp(log_variance)`,
        `mean ** 2`, 1 and `log_variance` make the numbers, if these are
        multiples of a half.
    """
    rows = []
    for step in steps:
        mean, log_variance = (
            np.asarray(code, 'float64') for code in step.encoded[1:]
        )
        parts = (np.exp(log_variance), mean**2, 1 + 0 * mean, log_variance)
        rows.append([part.sum(1).mean() for part in parts])
    if len(rows) < 4 or not np.isfinite(rows).all():
        return None
    if not np.isfinite(found).all():
        return None
    factors = np.linalg.lstsq(np.array(rows), found, rcond=None)[0]
    factors = np.round(2 * factors) / 2
    if agree(found, np.array(rows) @ factors, slack).all():
        return factors.tolist()
    return None


def divergence_sum(factors):
    """Return the sum of parts of the divergence as a text."""
    names = ('exp(log_variance)', 'mean ** 2', '1', 'log_variance')
    parts = [
        f'{number(factor)} * {name}'
        for factor, name in zip(factors, names)
        if factor
    ]
    return ' + '.join(parts).replace('+ -', '- ') or '0'


# ---- noise ----

DEVIATIONS = [
    ('exp(log_variance)', lambda mean, log_variance: np.exp(log_variance)),
    ('1', lambda mean, log_variance: np.ones_like(mean)),
    ('log_variance', lambda mean, log_variance: abs(log_variance)),
    (
        'exp(-log_variance / 2)',
        lambda mean, log_variance: np.exp(-log_variance / 2),
    ),
    ('exp(mean / 2)', lambda mean, log_variance: np.exp(mean / 2)),
]
NOISE = (
    'The latent representation is `mean + tf.exp(log_variance / 2) * noise`, '
    'with noise from N(0, I) that is new for each value and each call.'
)


def sample_fault(sample):
    """Return the `Fault` of a `Sample` whose noise is not from N(0, I)."""
    z, mean, log_variance = sample.encoded
    made = noise.of_sample(z, mean, log_variance)
    sharing = _sharing(made)
    if sharing:
        return Fault(sharing, 'noise-shared', NOISE)
    size = _one_deviation(made)
    if size is None:
        return _other_deviation(z, mean, log_variance)
    around_zero = abs(z.mean(1) * np.exp(-log_variance[:, 0] / 2) / size)
    if around_zero.max() < 0.2 < abs(made.mean(1)).max() / size:
        return Fault(
            'It is around 0, not around the mean.',
            'sample-without-mean',
            NOISE,
        )
    what = (
        f'Its noise is around {number(made.mean())} with a deviation of '
        f'{size:.2g}'
    )
    shape = noise.unlike((made - made.mean()) / made.std())
    if shape == 'shape':
        tails = ((made - made.mean()) ** 4).mean() / made.var() ** 2 - 3
        many = 'fewer' if tails < 0 else 'more'
        return Fault(
            f'{what} and {many} values far away than a normal distribution '
            'has.',
            'noise-not-normal',
            NOISE,
        )
    return Fault(f'{what} in place of 1.', 'noise-standard-deviation', NOISE)


def _sharing(made):
    """Return what shares its noise, as a sentence, or ''."""
    kinds = [
        ('All inputs of a batch share', made - made[:, :1]),
        ('All values of a code share', made - made[..., :1]),
    ]
    for words, apart in kinds:
        if apart.size > len(apart) and abs(apart).max() < 1e-2:
            return f'{words} the same noise.'
    around = made - made.mean(1, keepdims=True)
    if noise.is_shared(around.reshape(-1, made.shape[-1])):
        return 'Inputs of a batch, or values of a code, share their noise.'
    return ''


def _one_deviation(values):
    """Return the deviation of values if it is one for all, or None."""
    spread = values.std(1)
    if abs(spread / spread.mean() - 1).max() > 0.2:
        return None
    return float(spread.mean())


def _other_deviation(z, mean, log_variance):
    """Return the `Fault` of a sample with another deviation."""
    words, size = 'something else', 1
    for name, formula in DEVIATIONS:
        found = _one_deviation((z - mean) / formula(mean, log_variance))
        if found is not None:
            words, size = name, found
            break
    factor, change = '', ''
    if abs(size - 1) > 0.1:
        factor = f' * {size:.2g}'
        change = (
            'Use the root of the variance, `tf.exp(log_variance / 2)`, and '
            f'drop the factor {size:.2g}: leave `stddev` of the noise at its '
            'default of 1.'
        )
    return Fault(
        f'Its deviation from the mean is `{words}{factor}`.',
        'deviation-from-log-variance',
        NOISE,
        change,
    )
