"""The penalty of the sparse autoencoder."""
import numpy as np

from checker import losses, recompute
from checker.common import losses_of, number, trainable
from checker.faults import Unmet

CHANGE = ('Give the layer of the code '
          '`activity_regularizer=keras.regularizers.l1(lambtha)`.')


def _terms(models, cases):
    """Yield what a penalty could be, without its weight.

    Args:
        models: A `Models`.
        cases: The `Losses`.

    Yields:
        `(description, mistake, numbers)`, the number of each case.
    """
    codes = [np.asarray(code, 'float64') for code in cases.encoded]

    def each(function):
        return [function(code) for code in codes]
    code = 'of the code'
    yield f'the L1 norm {code}', '', each(lambda c: abs(c).sum(1).mean())
    yield (f'the L1 norm {code}, summed over the batch',
           'summed-over-the-batch', each(lambda c: abs(c).sum()))
    yield (f'the mean of the values {code}', 'penalty-averaged',
           each(lambda c: abs(c).mean()))
    yield (f'the squares {code} (L2)', 'penalty-l2',
           each(lambda c: (c ** 2).sum(1).mean()))
    yield (f'the squares {code} (L2), summed over the batch', 'penalty-l2',
           each(lambda c: (c ** 2).sum()))
    yield (f'the L2 norm {code}', 'penalty-l2',
           each(lambda c: np.sqrt((c ** 2).sum(1)).mean()))
    yield (f'the L1 norm and the squares {code}', 'penalty-l2',
           each(lambda c: (abs(c) + c ** 2).sum(1).mean()))
    for kind, function in (('L1', abs), ('L2', np.square)):
        layers = cases.layers
        sums = {role: [function(kernel).sum() for kernel, _ in chain]
                for role, chain in layers.items()}
        last = len(sums['encoder']) - 1
        for i, value in enumerate(sums['encoder']):
            where = 'layer of the code' if i == last else f'layer {i + 1}'
            yield (f'the {kind} norm of the weights of the {where}',
                   'penalty-on-weights', [value] * len(cases.x))
        for words, values in (
                ('all weights of the encoder', sums['encoder']),
                ('the weights of the hidden layers', sums['encoder'][:-1]),
                ('all weights of the decoder', sums['decoder']),
                ('all weights', sums['encoder'] + sums['decoder'])):
            yield (f'the {kind} norm of {words}', 'penalty-on-weights',
                   [sum(values)] * len(cases.x))
    chain, decoder = cases.layers['encoder'], cases.layers['decoder']
    outputs = [recompute.dense(x.astype('float64'), chain,
                               ['relu'] * len(chain)) for x in cases.x]
    for words, reduction in (
            ('', lambda v: abs(v).sum(1).mean()),
            (', summed over the batch', lambda v: abs(v).sum())):
        norms = np.array([[reduction(v) for v in values]
                          for values in outputs])
        for i in range(len(chain) - 1):
            yield (f'the L1 norm of the output of hidden layer {i + 1}'
                   + words, 'penalty-on-other-layers', norms[:, i])
        yield ('the L1 norm of the outputs of the hidden layers' + words,
               'penalty-on-other-layers', norms[:, :-1].sum(1))
        yield ('the L1 norm of the outputs of all layers' + words,
               'penalty-on-other-layers', norms.sum(1))
        before = [recompute.affine(values[-2], chain[-1])
                  for values in outputs]
        yield ('the L1 norm of the code before its `relu`' + words,
               'penalty-before-relu', [reduction(v) for v in before])
        decoded = [recompute.dense(
            values[-1], decoder, ['relu'] * (len(decoder) - 1) + ['sigmoid'])
            for values in outputs]
        norms = np.array([[reduction(v) for v in values]
                          for values in decoded])
        yield ('the L1 norm of the reconstruction' + words,
               'penalty-on-other-layers', norms[:, -1])
        yield ('the L1 norm of the outputs of the decoder' + words,
               'penalty-on-other-layers', norms.sum(1))


def penalty(solution):
    """Check that the loss holds `lambtha` times the L1 norm of the code."""
    models = trainable(solution)
    cases = losses_of(models, 'large', 'biases')
    measured = cases.measured
    if np.isnan(measured).any():
        raise Unmet('The loss is a number.', 'It is nan.', 'Look for a '
                    'logarithm of values that are not in its range.',
                    'not-finite')
    def judged():
        """Return what the loss has beside, and what that could be."""
        return [m - recompute.cross_entropy(x.astype('float64'), p).mean()
                for m, (x, p) in zip(measured, cases.pairs)], list(
                    _terms(models, cases))

    def fits(values):
        return losses.close(rest, values, np.abs(values) + 0.1)
    rest, terms = judged()
    weight = models.lambtha
    if fits(np.multiply(terms[0][2], weight)):
        return
    cases.measure_another()
    rest, terms = judged()
    right = terms[0][2]
    expected = ('The loss has `lambtha` times the L1 norm of the code, '
                'averaged over the batch: '
                f'{number(weight * right[0])} for {models.call}.')
    if fits(np.zeros(2)):
        raise Unmet(expected, 'It has no penalty.', CHANGE,
                    'penalty-missing')
    # Where there is nothing, nothing can be told apart.
    terms = [term for term in terms if np.all(np.asarray(term[2]) > 1e-6)]
    for words, mistake, values in terms:
        for scale, factor in (('', 1), (' twice', 2), (' half', .5)):
            if fits(np.multiply(values, weight * factor)):
                if mistake == 'summed-over-the-batch' and (
                        (3, 0) <= solution.keras < (3, 14)) and not scale:
                    solution.notes.append(
                        'The penalty is summed over the batch. So does '
                        'every `activity_regularizer` in Keras 3.0 to '
                        '3.13: that is Keras\', and not counted. See '
                        'docs/mistakes.md#summed-over-the-batch')
                    models.summed = True
                    return
                change = {
                    'summed-over-the-batch': 'Divide by the number of '
                    'inputs: `tf.reduce_mean` over the first axis.',
                    'penalty-l2': 'Use `keras.regularizers.l1`. ' + CHANGE,
                    'penalty-before-relu': 'Put the activation and the '
                    'regularizer on one layer.',
                    'penalty-on-weights': CHANGE + ' That of weights is '
                    'called `kernel_regularizer`.',
                    'penalty-on-other-layers': CHANGE + ' No other layer '
                    'has one.',
                }.get(mistake, CHANGE)
                raise Unmet(expected, f'It has {number(rest[0])}, which is'
                            f'{scale} `lambtha` times {words}.', change,
                            mistake or 'penalty-weight')
    for words, mistake, values in terms:
        factor = losses.ratio(rest, values)
        if factor is not None:
            raise Unmet(
                expected, f'It has {number(rest[0])}, which is '
                f'{factor:.3g} times {words}; `lambtha` is {weight}.',
                'Use `lambtha`, not a number. ' + CHANGE,
                'lambtha-ignored' if not mistake else mistake)
    raise Unmet(expected, f'It has {number(rest[0])} beside the '
                'cross-entropy, which is no formula this checker knows.',
                CHANGE, 'penalty-missing')
