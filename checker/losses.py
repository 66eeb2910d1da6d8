"""What a loss equals: the formula asked for, or a known mistake."""
import numpy as np

from checker.recompute import cross_entropy, divergence

# A number printed by Keras in float32, against one computed in float64.
TOLERANCE = 3e-4


def close(measured, expected, scale=None):
    """Tell whether measured numbers are the expected ones, case by case."""
    measured, expected = np.asarray(measured), np.asarray(expected)
    if scale is None:
        scale = abs(expected) + 0.3
    return bool(np.isfinite(measured).all()
                and (abs(measured - expected) < TOLERANCE * scale).all())


def first_that_fits(measured, candidates):
    """Return the description and mistake of the candidate that fits.

    Args:
        measured: List of numbers, one for each case.
        candidates: Iterable of `(description, mistake, numbers)`.

    Returns:
        `(description, mistake)`, or `('', '')` if none fits.
    """
    for description, mistake, values in candidates:
        if close(measured, values):
            return description, mistake
    return '', ''


def reconstruction_terms(cases, expected):
    """Yield what a loss on inputs and reconstructions could be.

    Args:
        cases: List of pairs of inputs `(batch, ...)` and reconstructions.
        expected: 'sum' or 'mean', what the assignment wants of the pixels.

    Yields:
        `(description, mistake, numbers)`, the number of each case.
    """
    cases = [(np.asarray(x, 'float64').reshape(len(x), -1),
              np.asarray(p, 'float64').reshape(len(x), -1))
             for x, p in cases]
    sizes = [x.shape[1] for x, _ in cases]
    batches = [len(x) for x, _ in cases]

    def clip(p):
        return np.clip(p, 1e-7, 1)

    def rows(values):
        return values / values.sum(-1, keepdims=True)
    kinds = {
        'the binary cross-entropy': cross_entropy,
        'the squared error': lambda x, p: (x - p) ** 2,
        'the absolute error': lambda x, p: abs(x - p),
        'the categorical cross-entropy':
            lambda x, p: -x * np.log(clip(rows(p))) * x.shape[1],
        'the categorical cross-entropy of the logits':
            lambda x, p: -x * np.log(clip(rows(
                clip(p) / clip(1 - p)))) * x.shape[1],
        'the divergence of the output from the input':
            lambda x, p: clip(x) * np.log(clip(x) / clip(p)),
        'the Poisson loss': lambda x, p: p - x * np.log(p + 1e-7),
        'the hinge loss': lambda x, p: np.maximum(
            1 - (2 * x - 1) * p, 0),
        'the binary cross-entropy of the output taken for logits':
            lambda x, p: np.logaddexp(0, p) - x * p,
    }
    for kind, function in kinds.items():
        means = np.array([function(x, p).mean() for x, p in cases])
        reductions = [
            ('summed over the values of an input', 'sum', sizes),
            ('averaged over the values of an input', 'mean', 1),
            ('averaged over the values of an input, times 784', '784', 784),
            ('averaged over the values of an input, times 28', '28', 28),
            ('summed over the batch too', 'batch',
             np.multiply(sizes, batches)),
            ('summed over the batch', 'batch', batches),
            ('summed over the values and times their number', 'twice',
             np.square(sizes)),
        ]
        for words, reduction, factor in reductions:
            mistake = 'another-loss'
            if kind == 'the binary cross-entropy':
                mistake = {'sum': 'cross-entropy-summed',
                           'mean': 'cross-entropy-averaged',
                           '784': '784-written-in', '28': '784-written-in',
                           'batch': 'summed-over-the-batch',
                           'twice': 'cross-entropy-summed'}[reduction]
                if reduction == expected:
                    mistake = ''
            elif kind.endswith('taken for logits'):
                mistake = 'from-logits'
            yield f'{kind} {words}', mistake, means * factor
    yield 'no loss at all', 'not-compiled', means * 0


def divergence_terms(cases, input_dims, counts):
    """Yield what a term of the mean and the log variance could be.

    Args:
        cases: List of pairs of means and log variances `(batch, values)`.
        input_dims: Integer, the number of values in an input.
        counts: List of the numbers of mistakes that a term may have.

    Yields:
        `(description, mistake, numbers)`, the number of each case; the
        divergence as it should be comes first.
    """
    cases = [(np.asarray(m, 'float64'), np.asarray(v, 'float64'))
             for m, v in cases]
    formulas = [
        ('the divergence', '', divergence),
        ('the divergence with the roles of mean and log variance exchanged',
         'divergence-roles-exchanged', lambda m, v: divergence(v, m)),
        ('the divergence for a log deviation in place of the log variance',
         'log-deviation', lambda m, v: divergence(m, 2 * v)),
        ('the divergence for the log of a quarter of the variance',
         'log-deviation', lambda m, v: divergence(m, v / 2)),
        ('the divergence without the square of the mean',
         'divergence-formula',
         lambda m, v: (m + np.exp(v) - 1 - v) / 2),
        ('the divergence without its 1', 'divergence-formula',
         lambda m, v: divergence(m, v) + .5),
        ('the divergence without the mean', 'divergence-formula',
         lambda m, v: divergence(m * 0, v)),
        ('the divergence without the variance', 'divergence-formula',
         lambda m, v: (m ** 2 - 1 - v) / 2),
        ('the divergence without the log variance', 'divergence-formula',
         lambda m, v: (m ** 2 + np.exp(v) - 1) / 2),
        ('the divergence with the log variance taken for the variance',
         'divergence-formula', lambda m, v: (m ** 2 + v - 1 - v) / 2),
        ('the divergence with the log variance taken for the deviation',
         'divergence-formula',
         lambda m, v: (m ** 2 + v ** 2 - 1 - np.log(v ** 2 + 1e-7)) / 2),
        ('the divergence with the log variance squared',
         'divergence-formula',
         lambda m, v: (m ** 2 + v ** 2 - 1 - v) / 2),
    ]
    reductions = [
        ('', '', lambda d: d.sum(1).mean()),
        (', averaged over the code instead of summed', 'divergence-averaged',
         lambda d: d.mean()),
        (', summed over the batch instead of averaged',
         'summed-over-the-batch', lambda d: d.sum()),
        (', averaged over the code and summed over the batch',
         'divergence-averaged', lambda d: d.mean(1).sum()),
    ]
    factors = [
        ('', '', 1), (', with the wrong sign', 'divergence-sign', -1),
        (', twice', 'divergence-formula', 2),
        (', twice, with the wrong sign', 'divergence-sign', -2),
        (', halved', 'divergence-formula', .5),
        (', halved, with the wrong sign', 'divergence-sign', -.5),
        (', times `input_dims`', 'divergence-weighted', input_dims),
        (', divided by `input_dims`', 'divergence-weighted', 1 / input_dims),
        (', times 784', '784-written-in', 784),
        (', divided by 784', '784-written-in', 1 / 784),
    ]
    if 0 in counts:
        yield 'no divergence', 'divergence-missing', [0] * len(cases)
    with np.errstate(all='ignore'):
        for count in counts:
            for words, wrong, formula in formulas:
                for reduced, worse, reduction in reductions:
                    for scaled, worst, factor in factors:
                        mistakes = [m for m in (wrong, worse, worst) if m]
                        if len(mistakes) != count:
                            continue
                        values = [reduction(formula(m, v)) * factor
                                  for m, v in cases]
                        name = words + reduced + scaled
                        yield name, (mistakes or [''])[0], values


def ratio(measured, expected):
    """Return by what one number exceeds another in all cases, or None."""
    ratios = np.divide(measured, expected)
    if np.isfinite(ratios).all() and abs(ratios - ratios[0]).max() < (
            3e-3 * abs(ratios[0])) and abs(ratios[0]) > 1e-6:
        return float(ratios.mean())
    return None
