"""The requirements on `fit`: losses, gradients and Adam."""
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from checker import formulas
from checker.checks import input_dims, joined_change, listed, number, shared
from checker.faults import RequirementNotMet
from checker.models import ROLES, Step, once

# Steps of the assignment's training: an epoch, and all 50.
EPOCH, ALL = 235, 11750


@once
def optimizer(models):
    """Return what the optimizer of `auto` is said to be, if there is one."""
    found, _ = models.ask('looking at the optimizer', 'optimizer',
                          case=models.case,
                          steps=[*range(EPOCH), 1000, ALL - 1])
    if not found['kinds']:
        weights = ', loss_weights=[input_dims]' * models.variational
        raise RequirementNotMet(
            '`auto` is compiled.', '`auto` is not compiled.', "End with `auto"
            f".compile(optimizer='adam', loss='binary_crossentropy'{weights})"
            '`.', 'not-compiled')
    return found


def trainable(models):
    """Check that `auto` can be fitted to its input."""
    models.check_not_plain()
    optimizer(models)
    input_dims(models)


@dataclass
class Measured:
    """A step of `fit`, and what the models gave for its inputs before.

    Attributes:
        step: A `Step`.
        codes: List of the code, or of the mean and the log variance.
        rebuilt: Array, what `auto` gave.
    """

    step: Step
    codes: list
    rebuilt: np.ndarray


@once
def measured(models, encoder, decoder, like=()):
    """Return a `Measured` for each of some sizes of batches.

    Args:
        models: A `Models`.
        encoder, decoder: Strings, how to draw their weights.
        like: Arguments of a call whose inputs and decoders to take, or none.
    """
    found = []
    for place, count in enumerate((256, 96, 1) if models.main else (32, 1)):
        models.randomize(encoder, decoder)
        x = models.data(count)
        if like:
            step = measured(models, *like)[place].step
            x = step.x
            models.set_weights({'decoder': step.before[
                len(models.values['encoder']):]})
        _, *codes = models.encode(x)
        rebuilt, = models.give('auto', x)
        found.append(Measured(models.step(x), codes, rebuilt))
    return found


def cross_entropy(models):
    """Check that the loss has the binary cross-entropy.

    All weights of the encoder are 0, and so are penalty and divergence.
    """
    trainable(models)
    cases = measured(models, 'zero', 'biases')
    losses = [case.step.loss for case in cases]
    terms = formulas.reconstruction_terms(
        [(case.step.x, case.rebuilt) for case in cases], models.variational)
    right = next(term for term in terms if not term[1])
    wrong = [place for place, pair in enumerate(zip(losses, right[2]))
             if not formulas.close(*pair)]
    if not wrong:
        return
    if models.variational:
        _check_not_random(models)
    place = wrong[0]
    fault = partial(RequirementNotMet, (
        f'The loss is {right[0]}: {number(right[2][place])} for '
        f'{models.call} and a batch of {len(cases[place].step.x)}.'))
    found = f'It is {number(losses[place])}'
    words, mistake = next(((words, mistake) for words, mistake, values
                           in terms if formulas.close(losses, values)),
                          ('', ''))
    if not any(losses):
        words, mistake = 'no loss at all', 'not-compiled'
    if not words:
        same = [len(case.step.x) for i, case in enumerate(cases)
                if i not in wrong]
        raise fault(
            found + f'; for a batch of {listed(same)} it is right' * bool(same)
            + '.', 'That is no formula this checker knows. Is there a '
            'regularizer or a dropout in the model, or a term too many in '
            'the loss?', 'another-loss')
    usual = ('The cross-entropy is `input_dims * keras.losses.'
             'binary_crossentropy(x, y)`; the divergence is added to it.'
             if models.variational else
             "Compile `auto` with `loss='binary_crossentropy'`.")
    raise fault(f'{found}, which is {words}.', {
        'cross-entropy-averaged': 'Keras averages over the values: multiply '
        'the cross-entropy by `input_dims`, and leave the divergence as it '
        'is.',
        'cross-entropy-summed': "Use `loss='binary_crossentropy'`, which "
        'averages.',
        '784-hard-coded': 'Use `input_dims` in place of the number.',
        'summed-over-the-batch': 'Return a loss for each input, or average '
        'them: `tf.reduce_mean`.',
        'from-logits': 'The output is a probability already, no logit: '
        + usual}.get(mistake, usual), mistake)


def _check_not_random(models):
    """Check that the loss is the same for the same weights and inputs."""
    models.randomize('zero', 'biases')
    kept, x, found = dict(models.values), models.data(8), []
    for _ in range(2):
        found.append(models.step(x).loss)
        models.set_weights(kept)
    if not formulas.close(*found):
        raise RequirementNotMet(
            'The loss depends on the latent representation by what the '
            'decoder makes of it only: with all weights of the encoder 0, it '
            'is the same each time.', f'It is {number(found[0])}, then '
            f'{number(found[1])}: the divergence is computed of the sample, '
            'which is random.', '', 'loss-of-the-sample')


def term(models, how, weight, terms, sentence, missing, slack=0.3):
    """Look for what the loss has beside the cross-entropy.

    The decoder is biases, so that it does not depend on the code.

    Args:
        models: A `Models`.
        how: String, how to draw the weights of the encoder.
        weight: Float, that of the term.
        terms: Function from the list of `Measured` to descriptions, mistakes
            and numbers; the right one is the first.
        sentence: String, what is right, with `{}` for the number.
        missing: String, what is said if there is no such term.
        slack: Float, to which size small numbers are compared.

    Returns:
        None if it is right, or a function that makes the fault of what to
        change, the description, the mistake and the number that it is times.
    """
    trainable(models)
    base = measured(models, 'zero', 'biases')
    cases = measured(models, how, 'biases', ('zero', 'biases'))
    losses = np.array([case.step.loss for case in cases])
    if np.isnan(losses).any():
        raise RequirementNotMet(
            'The loss is a number.', 'It is nan.', 'Look for a logarithm of '
            'values that are not in its range.', 'not-finite')
    rest = losses - [case.step.loss for case in base]

    def fits(values):
        return formulas.close(rest, values, abs(values) + slack
                              + 0.01 * (slack > 0.1) * abs(losses))
    terms = [(*words, np.asarray(values)) for *words, values in terms(cases)]
    right = weight * terms[0][2]
    if fits(right):
        return None
    fault = partial(RequirementNotMet, sentence.format(number(right[0]))
                    + f' for {models.call}.')
    if fits(0 * right):
        return partial(fault, missing), '', '', None
    # Where there is nothing, nothing can be told apart.
    terms = terms[:1] + [one for one in terms[1:] if (
        abs(one[2]) > 1e-6).all()]
    for times, (words, mistake, values) in [
            *((weight, one) for one in terms),
            *((formulas.ratio(rest, one[2]), one) for one in terms)]:
        if times is not None and fits(times * values):
            return partial(fault, f'It has {number(rest[0])}, which is '
                           f'{number(times)} times {words}.'.replace(
                               'is 1 times', 'is')), words, mistake, times
    return partial(fault, f'It has {number(rest[0])}, which is no formula '
                   'this checker knows.'), '', '', 0


PENALTY = ('Give the layer of the code '
           '`activity_regularizer=keras.regularizers.l1(lambtha)`.')
PENALTIES = {
    'summed-over-the-batch': 'Divide by the number of inputs: '
    '`tf.reduce_mean` over the first axis.',
    'penalty-l2': 'Use `keras.regularizers.l1`. ' + PENALTY,
    'penalty-before-relu': 'Put the activation and the regularizer on one '
    'layer.',
    'penalty-on-weights': PENALTY + ' That of weights is called '
    '`kernel_regularizer`.',
    'penalty-on-other-layers': PENALTY + ' No other layer has one.'}


def _penalties(cases):
    """Yield what a penalty could be, without its weight; see `term`."""
    def norm(values):
        return abs(values).sum(1).mean()

    def each(function):
        return [function(np.asarray(case.codes[0], 'float64'))
                for case in cases]
    yield 'the L1 norm of the code', '', each(norm)
    yield ('the L1 norm of the code, summed over the batch',
           'summed-over-the-batch', each(lambda c: abs(c).sum()))
    yield ('the mean of the values of the code', 'penalty-averaged',
           each(lambda c: abs(c).mean()))
    for words, reduced in (('', lambda c: (c ** 2).sum(1).mean()), (
            ', summed over the batch', lambda c: (c ** 2).sum())):
        yield (f'the squares of the code (L2){words}', 'penalty-l2',
               each(reduced))
    layers = [case.step.encoder for case in cases]
    if not all(layers):
        return
    for kind, function in (('L1', abs), ('L2', np.square)):
        yield (f'the {kind} norm of the weights of the layer of the code',
               'penalty-on-weights',
               [function(chain[-1].kernel).sum() for chain in layers])
    hidden = [case.step.x.astype('float64') for case in cases]
    for place in range(len(layers[0]) - 1):
        hidden = [formulas.output(x, [chain[place]])
                  for x, chain in zip(hidden, layers)]
        yield (f'the L1 norm of the output of hidden layer {place + 1}',
               'penalty-on-other-layers', list(map(norm, hidden)))
    yield ('the L1 norm of the code before its `relu`',
           'penalty-before-relu', [norm(formulas.affine(x, chain[-1]))
                                   for x, chain in zip(hidden, layers)])


def penalty(models):
    """Check that the loss holds `lambtha` times the L1 norm of the code."""
    weight = models.lambtha
    found = term(
        models, 'heavy', weight, _penalties, 'The loss has `lambtha` times '
        'the L1 norm of the code, averaged over the batch: {}',
        'It has no penalty.', 0.1)
    if not found:
        return
    fault, words, mistake, times = found
    if mistake == 'summed-over-the-batch' and times == weight and (
            (3, 0) <= models.solution.keras < (3, 14)):
        models.solution.note(
            'The penalty is summed over the batch. So does every '
            '`activity_regularizer` in Keras 3.0 to 3.13: that is Keras\', '
            'and not counted. See docs/mistakes.md#summed-over-the-batch')
        models.summed = True
        return
    raise fault(PENALTIES.get(mistake, PENALTY), mistake or (
        'penalty-missing' if not words else 'penalty-weight'
        if round(times / weight, 2) in (0.5, 2) else 'lambtha-ignored'))


def loss_of(models, x, encoder, decoder, noise=0):
    """Return the right loss of a batch, computed by NumPy.

    Args:
        models: A `Models`.
        x: Array, the batch.
        encoder, decoder: Lists of `Layer`.
        noise: Array, that of the sample of task 3.
    """
    z, *rest = models.right_codes(x, encoder)
    extra = models.lambtha * abs(z).sum() / (1 if models.summed else len(x))
    if rest:
        extra = formulas.divergence(z, rest[0]).sum() / len(x)
        z = z + np.exp(rest[0] / 2) * noise
    values = formulas.cross_entropy(x, formulas.output(z, decoder))
    return values.mean() * (x[0].size if rest else 1) + extra


def nothing_wrong(models):
    """Tell whether gradients can be judged: all before them is right."""
    return models.are_right and not models.solution.unmet


def trains(models, encoder='random', decoder='random', noise_of=None):
    """Check the loss and the gradients of `fit`.

    Args:
        models: A `Models`.
        encoder, decoder: Strings, how to draw their weights.
        noise_of: Function from a `Models` and a `Step` to its noise, or None
            for none.
    """
    trainable(models)
    for count in (256, 96, 1) if models.main else (8, 1):
        # Rounding can move a unit across the edge of its `relu`: a fault has
        # to show twice.
        for last in (False, True):
            models.randomize(encoder, decoder)
            step = models.step(models.data(count), held=models.data(
                96 if models.main else 6) if count > 1 else None)
            check_training(models)
            if not nothing_wrong(models):
                break
            try:
                noise = noise_of(models, step) if noise_of else 0
                _check_losses(models, step, noise)
                _check_gradients(models, step, noise)
                break
            except RequirementNotMet:
                if last:
                    raise


def check_training(models):
    """Check that losses are finite, and that weights change."""
    shared(models)
    for step in models.steps:
        for name, value in step.history.items():
            if not np.isfinite(value):
                raise RequirementNotMet(
                    'The losses are finite.', f'`{name}` is {value}.',
                    'Look for a logarithm or an exponential of values that '
                    'are not in their range.', 'not-finite')
    cut = len(models.weights['encoder'])
    changed = [any((old != new).any() for step in models.steps for old, new
                   in zip(step.before[half], step.after[half]))
               for half in (slice(cut), slice(cut, None))]
    if not all(changed):
        role = f'`{ROLES[changed.index(False)]}`'
        raise RequirementNotMet(
            'Training `auto` trains `encoder` and `decoder`.',
            'It changes no weight of '
            + (role if any(changed) else 'them') + '.',
            joined_change(models) + ' Does the loss depend on the weights?',
            'weights-not-shared')


def _check_losses(models, step, noise):
    """Check the loss of a step, and the one that it validates with."""
    chains = step.encoder, step.decoder
    right = loss_of(models, step.x, *chains, noise)
    if not formulas.close(step.loss, right, abs(right) / (
            1 if np.any(noise) else 10)):
        raise RequirementNotMet(
            'The loss is that of the requirements above, and nothing else: '
            f'{number(right)} for {models.call} and a batch of '
            f'{len(step.x)}.', f'It is {step.loss:.6g}.', 'Is there a '
            'regularizer too many, or does the loss use another sample than '
            'the decoder?', 'loss-of-the-sample' if models.variational
            else 'another-loss')
    if step.held is None or models.variational:
        return
    after = [models.chain(role, step.after[part]) for role, part in zip(
        ROLES, (slice(len(models.weights['encoder'])),
                slice(len(models.weights['encoder']), None)))]
    z, = models.right_codes(step.held, after[0])
    rebuilt = formulas.output(z, after[1])
    right = formulas.cross_entropy(step.held, rebuilt).mean()
    found = step.history.get('val_loss', right)
    # A penalty may be left out. Keras clips what is next to 0 or 1.
    if abs(rebuilt - 0.5).max() < 0.5 - 1e-5 and not any(
            formulas.close(found, value) for value in (right, loss_of(
                models, step.held, *after))):
        raise RequirementNotMet(
            'The loss that `fit` prints for other inputs is that loss, too: '
            f'`val_loss` is {number(right)}.', f'It is {number(found)}.',
            'Does the model or the loss do something else outside of '
            'training?', 'another-loss')


def _check_gradients(models, step, noise):
    """Check the gradients of a step along a direction drawn at random.

    There they have to be the slope of the loss.
    """
    weights, offset = [], 0
    for role, chain in zip(ROLES, (step.encoder, step.decoder)):
        weights += [(role, place, name, offset + layer.place + extra)
                    for place, layer in enumerate(chain)
                    for extra, name in enumerate(('kernel', 'bias'))
                    if getattr(layer, name) is not None]
        offset += len(models.weights[role])

    def slope(directions):
        """Return the slope of the loss along directions, by differences."""
        size = 1e-6 / max(abs(one).max() for one in directions.values())
        losses = []
        for sign in (1, -1):
            chains = {'encoder': list(map(replace, step.encoder)),
                      'decoder': list(map(replace, step.decoder))}
            for (role, place, name, _), direction in directions.items():
                layer = chains[role][place]
                setattr(layer, name, getattr(layer, name)
                        + sign * size * direction)
            losses.append(loss_of(models, step.x, **chains, noise=noise))
        return (losses[0] - losses[1]) / (2 * size)

    gradients = {one: np.asarray(step.gradients[one[-1]], 'float64')
                 for one in weights}
    norms = {one: np.linalg.norm(gradients[one]) for one in weights}
    floor = 1e-3 * max(norms.values()) + 1e-12
    directions = {one: models.rng.normal(size=gradients[one].shape) / max(
        norms[one], floor) for one in weights}
    # In parts of the usual slope along the direction of one weight.
    away = {None: slope(directions) - sum(
        (gradients[one] * directions[one]).sum() for one in weights)}
    frozen = [one for one in weights if one[-1] in step.missing]
    if abs(away[None]) < (1e-2 if np.any(noise) else 2e-3) * len(
            weights) ** 0.5 and not frozen:
        return
    away = {one: abs(slope({one: directions[one]}) - (
        gradients[one] * directions[one]).sum()) for one in weights}
    role, place, name, at = one = (frozen or sorted(
        weights, key=away.get))[-1]
    raise RequirementNotMet(
        'Training gives each weight the gradient of the loss, such as the '
        f'{name} of layer {place + 1} of `{role}`.', 'It gives it none.'
        if frozen else f'For {models.call} and a batch of {len(step.x)}, it '
        f'is {number(away[one])} of its size away from that.',
        'Is the layer frozen (`trainable=False`), or a gradient stopped?'
        if frozen else 'Is a gradient stopped, or does training use another '
        'loss than it prints?', 'optimizer')


# What still counts as Adam; docs/grading.md says it in words.
RATES = (1e-5, 1)
SETTINGS = {'beta_1': (0, 0.9999), 'beta_2': (0.5, 0.999999),
            'epsilon': (0, 1e-3)}
OTHERS = ('weight_decay', 'clipnorm', 'clipvalue', 'global_clipnorm',
          'use_ema', 'gradient_accumulation_steps')


def adam(models):
    """Check that the steps of `fit` are those of Adam.

    What the worker says of the settings has to be within bounds, and the
    numbers have to follow from it.
    """
    found = optimizer(models)
    kinds, settings = found['kinds'], found['settings']
    rates = np.array(found['rates'], 'float64')
    usual = "Compile it with `optimizer='adam'`."

    def fault(says, change=usual):
        return RequirementNotMet(
            '`auto` is compiled with the optimizer Adam.', says, change,
            'optimizer')
    # AdamW is a subclass of Adam on Keras 3, with a decay of its own.
    if kinds[0] == 'AdamW' or not {'Adam', 'AdamOptimizer'} & set(kinds):
        raise fault(f'Its optimizer is {kinds[0]}.')
    if settings['epsilon'] is None:
        settings['epsilon'] = 1e-7
    wrong = [f'`{name}` of {settings[name]:g}' for name in OTHERS
             if settings[name]]
    wrong += [f'`{name}` of {settings[name]}'
              for name, (low, high) in SETTINGS.items()
              if settings[name] is None or not low <= settings[name] <= high]
    if wrong:
        raise fault(f'It has {" and ".join(wrong)}, which makes it another '
                    'optimizer.')
    first = rates[:EPOCH]
    if not (np.isfinite(rates).all() and (rates >= 0).all()
            and (first[1:] > 0).all()
            and RATES[0] <= first.max() and rates.max() <= RATES[1]):
        raise fault(
            'In the first epoch its learning rate is from '
            f'{first.min():g} to {first.max():g}.', 'A rate is above 0, up '
            f'to {RATES[1]:g}; one that rises from 0 may begin there. {usual}')
    if not models.are_right:
        return
    if nothing_wrong(models):
        if not models.steps:
            measured(models, 'random', 'random')
        check_training(models)
    for iteration in (EPOCH - 1, ALL - 1) if models.main else ():
        models.randomize()
        models.step(models.data(16), iteration)
    rates = dict(zip([*range(EPOCH), 1000, ALL - 1], rates))
    right = formulas.Adam(*map(settings.get, SETTINGS),
                          bool(settings['amsgrad']))
    for step in models.steps:
        size = rates[step.iteration]
        for place, (old, new, gradient) in enumerate(zip(
                step.before, step.after, step.gradients)):
            if place in step.missing:
                continue
            old = np.asarray(old, 'float64')
            change = right.change(place, gradient, step.iteration + 1, size)
            allowed = 1e-3 * (abs(change) + size) + 2.5e-7 * abs(
                old) + 1e-12
            if not (abs(new - old - change) < allowed).all():
                raise fault(
                    f'In step {step.iteration + 1} of `fit`, its weights are '
                    'not what Adam makes of the gradients.', 'Is a gradient '
                    'clipped, or a weight changed by something else? '
                    + usual)
