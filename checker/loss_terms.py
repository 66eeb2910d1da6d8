"""Which formula explains a number in a loss: words, and no verdicts."""

from dataclasses import dataclass

import numpy as np

from checker.words import number

# A loss printed by Keras in float32, against one computed in float64.
TOLERANCE = 3e-4
# How far two ratios may be apart that are the same number.
SAME_RATIO = 3e-3


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
            f'It is {number(value)}, and no formula that this checker knows '
            'gives that.'
        )
    if match.times == 0:
        return 'It is missing from the loss.'
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
        (flat(step.x, step.x), flat(step.rebuilt, step.x)) for step in steps
    ]
    terms = []
    for kind, wrong, function in RECONSTRUCTION:
        means = np.array([function(x, p).mean() for x, p in pairs])
        for words, mistake, factor, change in _reductions(pairs, summed):
            terms.append(
                Term(
                    f'{kind}, {words} over the values of an input',
                    wrong or mistake,
                    factor * means,
                    change,
                )
            )
    return sorted(terms, key=lambda term: bool(term.mistake))


def flat(values, like):
    """Return values in float64, a row for each input of a batch."""
    return np.asarray(values, 'float64').reshape(len(like), -1)


def _reductions(pairs, summed):
    """Return in which ways values can be reduced to a loss.

    Args:
        pairs: List of inputs and reconstructions, arrays `(batch, values)`.
        summed: Whether the values of an input are to be summed.

    Returns:
        List of words, a mistake, by what a mean is multiplied, and a change.
    """
    sizes = np.array([x.shape[1] for x, _ in pairs])
    counts = np.array([len(x) for x, _ in pairs])
    sum_mistake, mean_mistake = 'cross-entropy-summed', ''
    if summed:
        sum_mistake, mean_mistake = '', 'cross-entropy-averaged'
    over_batch = 'summed-over-the-batch'
    return [
        ('summed', sum_mistake, sizes, ''),
        ('averaged', mean_mistake, 1, ''),
        ('summed, and once more averaged,', 'another-loss', sizes + 1, TWICE),
        ('averaged and multiplied by 784', '784-hard-coded', 784, ''),
        ('summed, over the batch too,', over_batch, sizes * counts, ''),
        ('averaged, and summed over the batch,', over_batch, counts, ''),
    ]


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
    before = [
        _before_activation(layers, step.weights['encoder'], step.x)
        for step in steps
    ]
    other = 'penalty-on-other-layers'
    outputs = [
        (
            f'the L1 norm of the output of hidden layer {place + 1}',
            other,
            [np.maximum(values[place], 0) for values in before],
        )
        for place in range(len(layers) - 1)
    ]
    return [
        *outputs,
        (
            'the L1 norm of the code before its `relu`',
            'penalty-before-relu',
            [abs(values[-1]) for values in before],
        ),
        (
            'the L1 norm of the outputs of all layers of the encoder',
            other,
            [np.maximum(np.hstack(values), 0) for values in before],
        ),
    ]


def _before_activation(layers, pairs, x):
    """Return what each of some layers gives before its activation."""
    x, found = x.astype('float64'), []
    for layer, (kernel, bias) in zip(layers, pairs):
        x = x @ kernel
        if bias is not None:
            x = x + bias
        found.append(x)
        if layer.activation == 'relu':
            x = np.maximum(x, 0)
    return found


def _weight_terms(steps):
    """Return each `Term` of the weights of the layer of the code."""
    last = [step.weights['encoder'][-1][0] for step in steps]
    norms = [('L1', abs), ('L2', np.square)]
    return [
        Term(
            f"the {kind} norm of the weights in the code's layer",
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
