"""The requirements on `fit`: losses, gradients and Adam."""

from dataclasses import replace
from functools import partial

import numpy as np

from checker import formulas
from checker.checks import input_dims, number, shared
from checker.faults import RequirementNotMet
from checker.models import ROLES, once

# Steps of the assignment's training: an epoch, and all 50.
EPOCH, ALL = 235, 11750
# Those at which the learning rate is read, counted from 0.
READ = [*range(EPOCH), 1000, ALL - 1]
# Weights for which nothing but the cross-entropy is in the loss.
BASE = 'zero', 'biases'


@once
def optimizer(models):
    """Return what the optimizer of `auto` is said to be, if there is one."""
    found, _ = models.ask(
        'looking at the optimizer',
        'optimizer',
        case=models.case,
        steps=READ,
        names=[*SETTINGS, 'amsgrad', *OTHERS],
    )
    if not found['kinds']:
        raise RequirementNotMet('`auto` is not compiled.', 'not-compiled')
    return found


def trainable(models):
    """Check that `auto` can be fitted to its input."""
    models.check_not_plain()
    optimizer(models)
    input_dims(models)
    shared(models)


@once
def measured(models, encoder, decoder, like=()):
    """Return a step of `fit` for each of some sizes of batches.

    Args:
        models: A `Models`.
        encoder, decoder: Strings, how to draw their weights.
        like: Those of a call whose inputs and decoders to take, or none.

    Returns:
        List of what `Models.step` returns, with `codes` and `rebuilt` as in
        `Models.looks`.
    """
    found, others = [], measured(models, *like) if like else []
    for place, count in enumerate((256, 96, 1) if models.main else (32, 1)):
        models.randomize(encoder, decoder)
        x = others[place].x if like else models.data(count)
        if like:
            models.set_weights(
                {
                    'decoder': others[place].before[
                        len(models.values['encoder']) :
                    ]
                }
            )
        _, *codes = models.encode(x)
        (rebuilt,) = models.give('auto', x)
        found.append(models.step(x))
        found[-1].codes, found[-1].rebuilt = codes, rebuilt
    return found


def explain(models, found, terms, sentence, name, weight=1, slack=0.3):
    """Raise what numbers are, if they are not what they should be.

    Args:
        models: A `Models`.
        found: Array, a number for each of some batches.
        terms: List of a description, a mistake, and an array of numbers,
            without their weight; the right ones come first.
        sentence: String, what is right, with `{}` for the number.
        name: Function of the mistake of the term that fits and how often it
            is there, 0 for no term and None for an unknown one; it returns
            the mistake to name, or None if it is no fault.
        weight: Float, by what the right term is multiplied.
        slack: Float or array, what is added to the size of a number before
            its tolerance is taken.
    """

    def fits(values):
        return formulas.close(found, values, abs(values) + slack)

    right = weight * terms[0][2]
    if fits(right):
        return
    place = [
        formulas.close(*one) for one in zip(found, right, abs(right) + slack)
    ].index(False)
    # Where there is nothing, nothing can be told apart.
    terms = terms[:1] + [
        one for one in terms[1:] if (abs(one[2]) > 1e-6).all()
    ]
    times, (words, mistake, _) = next(
        (
            (times, one)
            for times, one in [
                (0, terms[0]),
                *((weight, one) for one in terms),
                *((formulas.ratio(found, one[2]), one) for one in terms),
            ]
            if times is not None and fits(times * one[2])
        ),
        (None, ('', '', 0)),
    )
    mistake = name(mistake, times)
    if mistake:
        raise RequirementNotMet(
            'It has none.'
            if times == 0
            else f'It is {number(found[place])}, which is '
            + (
                'no formula this checker knows'
                if times is None
                else f'{number(times)} times ' * (times != 1) + words
            )
            + '.',
            mistake,
            f'{sentence.format(number(right[place]))} for {models.call}.',
            ''
            if times is not None
            else 'Is there a '
            'regularizer or a dropout in the model, or a term or a factor too '
            'many in the loss?',
        )


def cross_entropy(models):
    """Check that the loss has the binary cross-entropy.

    All weights of the encoder are 0, and so are penalty and divergence.
    """
    trainable(models)
    steps = measured(models, *BASE)
    losses = [step.loss for step in steps]

    def name(mistake, times):
        again = [step.loss for step in measured(models, *BASE, BASE)]
        if models.variational and not formulas.close(losses, again):
            raise RequirementNotMet(
                f'It is {number(losses[0])}, then {number(again[0])}: the '
                'divergence is computed of the sample, which is random.',
                'loss-of-the-sample',
                'The loss depends on the latent '
                'representation by what the decoder makes of it only: with '
                'all weights of the encoder 0, it is the same each time.',
            )
        return 'not-compiled' if times == 0 else mistake or 'another-loss'

    explain(
        models,
        losses,
        sorted(
            formulas.reconstruction_terms(
                [(step.x, step.rebuilt) for step in steps], models.variational
            ),
            key=lambda term: bool(term[1]),
        ),
        'The loss is the binary cross-entropy, '
        + ('summed' if models.variational else 'averaged')
        + ' over the values of an input: {}',
        name,
    )


def rest(models, how='random'):
    """Return what the loss has beside the cross-entropy.

    The decoder is biases, so that it does not depend on the code; `how` says
    how to draw the weights of the encoder.

    Returns:
        Array of numbers, array of losses, and the steps, see `measured`.
    """
    trainable(models)
    steps = measured(models, how, 'biases', BASE)
    losses = np.array([step.loss for step in steps])
    if np.isnan(losses).any():
        raise RequirementNotMet('The loss is nan.', 'not-finite')
    return (
        losses - [step.loss for step in measured(models, *BASE)],
        (losses),
        steps,
    )


def _penalties(steps):
    """Return what a penalty could be, without its weight; see `explain`."""
    codes = [np.asarray(step.codes[0], 'float64') for step in steps]
    outputs = [
        ('the L1 norm of the code', '', [abs(c) for c in codes]),
        ('the squares of the code (L2)', 'penalty-l2', [c**2 for c in codes]),
    ]
    weights, hidden = [], [step.x.astype('float64') for step in steps]
    if steps[0].encoder:
        last = [step.encoder[-1] for step in steps]
        weights = [
            (
                f'the {kind} norm of the weights of the layer of the code',
                'penalty-on-weights',
                np.array([function(layer.kernel).sum() for layer in last]),
            )
            for kind, function in (('L1', abs), ('L2', np.square))
        ]
        for place in range(len(steps[0].encoder) - 1):
            hidden = [
                formulas.output(x, [step.encoder[place]])
                for x, step in zip(hidden, steps)
            ]
            outputs.append(
                (
                    f'the L1 norm of the output of hidden layer {place + 1}',
                    'penalty-on-other-layers',
                    hidden,
                )
            )
        outputs.append(
            (
                'the L1 norm of the code before its `relu`',
                'penalty-before-relu',
                [abs(formulas.affine(*pair)) for pair in zip(hidden, last)],
            )
        )
    return [
        *(
            (
                words + reduced,
                mistake or other,
                np.array([reduction(one) for one in values]),
            )
            for reduced, other, reduction in (
                ('', '', lambda c: c.sum(1).mean()),
                (
                    ', summed over the batch',
                    'summed-over-the-batch',
                    lambda c: c.sum(),
                ),
                (
                    ', averaged over its values',
                    'penalty-averaged',
                    lambda c: c.mean(),
                ),
            )
            for words, mistake, values in outputs
        ),
        *weights,
    ]


def penalty(models):
    """Check that the loss holds `lambtha` times the L1 norm of the code."""
    found, _, steps = rest(models)

    def name(mistake, times):
        part = times and times / models.lambtha
        if (
            mistake == 'summed-over-the-batch'
            and part == 1
            and ((3, 0) <= models.solution.keras < (3, 14))
        ):
            models.solution.note(
                'The penalty is summed over the batch. So does every '
                '`activity_regularizer` in Keras 3.0 to 3.13: that is '
                "Keras', and not counted. See "
                'docs/mistakes.md#summed-over-the-batch'
            )
            models.summed = True
            return None
        # A regularizer of another layer adds a little.
        return mistake or (
            'penalty-missing'
            if times == 0
            else 'another-loss'
            if times is None or 1 < part < 1.1
            else 'penalty-weight'
            if round(part, 2) in (0.5, 2)
            else 'lambtha-ignored'
        )

    explain(
        models,
        found,
        _penalties(steps),
        'The loss has `lambtha` times '
        'the L1 norm of the code, averaged over the batch: {}',
        name,
        models.lambtha,
        0.1,
    )


def loss_of(models, x, encoder, decoder, noise=0):
    """Return the right loss of a batch for some layers, and some noise."""
    z, *more = models.right_codes(x, encoder)
    extra = models.lambtha * abs(z).sum() / (1 if models.summed else len(x))
    if more:
        extra = formulas.divergence(z, more[0]).sum() / len(x)
        z = z + np.exp(more[0] / 2) * noise
    values = formulas.cross_entropy(x, formulas.output(z, decoder))
    return values.mean() * (x[0].size if more else 1) + extra


def nothing_wrong(models):
    """Tell whether gradients can be judged: all before them is right."""
    return models.are_right and not models.solution.unmet


def trains(models, encoder='random', decoder='random', noise_of=None):
    """Check the loss and the gradients of `fit`.

    `noise_of` is a function from a `Models` and a step to its noise, if any.
    """
    trainable(models)
    for count in (256, 96, 1) if models.main else (8, 1):
        # Rounding can move a unit across the edge of its `relu`: a fault has
        # to show twice.
        for last in (False, True):
            models.randomize(encoder, decoder)
            step = models.step(
                models.data(count),
                held=models.data(96 if models.main else 6)
                if count > 1
                else None,
            )
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
    for step in models.steps:
        for name, value in step.history.items():
            # What is wrong may well make them infinite. After a step with the
            # largest rate that Adam may have, an exponential of task 3 may be.
            if (
                not np.isfinite(value)
                and not models.solution.unmet
                and not (models.variational and name.startswith('val_'))
            ):
                raise RequirementNotMet(f'`{name}` is {value}.', 'not-finite')
    cut = len(models.weights['encoder'])
    kept = [
        role
        for role, half in zip(ROLES, (slice(cut), slice(cut, None)))
        if all(
            (old == new).all()
            for step in models.steps
            for old, new in zip(step.before[half], step.after[half])
        )
    ]
    if kept:
        raise RequirementNotMet(
            f'It changes no weight of `{"` and `".join(kept)}`.',
            'weights-not-shared',
        )


def _check_losses(models, step, noise):
    """Check the loss of a step, and the one that it validates with."""
    right = loss_of(models, step.x, step.encoder, step.decoder, noise)
    if not formulas.close(step.loss, right, abs(right) / 30):
        raise RequirementNotMet(
            f'It is {step.loss:.6g}.',
            'another-loss',
            'The loss is that of '
            f'the requirements above, and nothing else: {right:.6g} for '
            f'{models.call} and a batch of {len(step.x)}.',
            'Is there a regularizer too many, or does the loss use another '
            'sample than the decoder?',
        )
    if step.held is None or models.variational:
        return
    after = models.chain('encoder'), models.chain('decoder')
    rebuilt = formulas.output(
        *models.right_codes(step.held, after[0]), after[1]
    )
    right = formulas.cross_entropy(step.held, rebuilt).mean()
    found = step.history.get('val_loss', right)
    # A penalty may be left out. Keras clips what is next to 0 or 1.
    if abs(rebuilt - 0.5).max() < 0.5 - 1e-5 and not any(
        formulas.close(found, value)
        for value in (right, loss_of(models, step.held, *after))
    ):
        raise RequirementNotMet(
            f'It is {number(found)}.',
            'another-loss',
            'The loss that `fit` '
            'prints for other inputs is that loss, too: `val_loss` is '
            f'{number(right)}.',
            'Does the model or the loss do something '
            'else outside of training?',
        )


def _check_gradients(models, step, noise):
    """Check the gradients of a step along directions drawn at random.

    There the slope of the loss has to be what they say.
    """
    offset, chains = 0, {'encoder': step.encoder, 'decoder': step.decoder}
    for role, chain in chains.items():
        weights = [
            (place, name, offset + layer.place + extra)
            for place, layer in enumerate(chain)
            for extra, name in enumerate(('kernel', 'bias'))
            if getattr(layer, name) is not None
        ]
        offset += len(models.weights[role])
        fault = partial(
            RequirementNotMet,
            mistake='optimizer',
            expected='Training gives '
            f'the weights of `{role}` the gradient of the loss.',
        )
        frozen = [place for place, _, at in weights if at in step.missing]
        if frozen:
            raise fault(
                f'It gives it none for layer {frozen[0] + 1}.',
                change='Is the layer frozen (`trainable=False`), or a '
                'gradient stopped? Does a `train_step` use another '
                'optimizer than `self.optimizer`?',
            )
        gradients = [
            np.asarray(step.gradients[at], 'float64') for _, _, at in weights
        ]
        norms = [np.linalg.norm(one) for one in gradients]
        # Each weight counts the same.
        directions = [
            models.rng.normal(size=one.shape)
            / max(norm, 1e-3 * max(norms), 1e-12)
            for one, norm in zip(gradients, norms)
        ]
        size, losses = 1e-6 / max(abs(one).max() for one in directions), []
        for sign in (size, -size):
            moved = list(map(replace, chain))
            for (place, name, _), direction in zip(weights, directions):
                setattr(
                    moved[place],
                    name,
                    getattr(moved[place], name) + sign * direction,
                )
            losses.append(
                loss_of(models, step.x, **{**chains, role: moved}, noise=noise)
            )
        away = (
            abs(
                (losses[0] - losses[1]) / (2 * size)
                - sum(
                    (one * other).sum()
                    for one, other in zip(gradients, directions)
                )
            )
            / len(weights) ** 0.5
        )
        if not away < 1e-3:  # right ones are less than 1e-5 away
            raise fault(
                f'For {models.call} and a batch of {len(step.x)}, '
                f'they are {number(away)} of its size away from that.',
                change='Is a gradient stopped, or does training use '
                'another loss than it prints?',
            )


# What still counts as Adam; docs/grading.md says it in words.
RATES = (1e-5, 1)
SETTINGS = {
    'beta_1': (0, 0.9999),
    'beta_2': (0.5, 0.999999),
    'epsilon': (0, 1e-3),
}
OTHERS = (
    'weight_decay',
    'clipnorm',
    'clipvalue',
    'global_clipnorm',
    'use_ema',
    'gradient_accumulation_steps',
)


def adam(models):
    """Check that the steps of `fit` are those of Adam.

    What the worker says of the settings has to be within bounds, and the
    numbers have to follow from it.
    """
    found = optimizer(models)
    kinds, settings = found['kinds'], found['settings']
    rates = np.array(found['rates'], 'float64')

    def fault(says, change=''):
        return RequirementNotMet(says, 'optimizer', change=change)

    # AdamW is a subclass of Adam on Keras 3, with a decay of its own.
    if kinds[0] == 'AdamW' or not {'Adam', 'AdamOptimizer'} & set(kinds):
        raise fault(f'Its optimizer is {kinds[0]}.')
    if settings['epsilon'] is None:
        settings['epsilon'] = 1e-7
    wrong = [
        f'`{name}` of {settings[name]:g}' for name in OTHERS if settings[name]
    ]
    wrong += [
        f'`{name}` of {settings[name]}'
        for name, (low, high) in SETTINGS.items()
        if settings[name] is None or not low <= settings[name] <= high
    ]
    if wrong:
        raise fault(
            f'It has {" and ".join(wrong)}, which makes it another optimizer.'
        )
    first = rates[:EPOCH]
    if not (
        np.isfinite(rates).all()
        and (rates >= 0).all()
        and (first[1:] > 0).all()
        and RATES[0] <= first.max()
        and rates.max() <= RATES[1]
    ):
        raise fault(
            'In the first epoch its learning rate is from '
            f'{first.min():g} to {first.max():g}.',
            'A rate is above 0, up '
            f'to {RATES[1]:g}; one that rises from 0 may begin there. '
            "Compile with `optimizer='adam'`.",
        )
    if not models.are_right or not all(
        np.isfinite(gradient).all()
        for step in models.steps
        for gradient in step.gradients
    ):
        return
    if nothing_wrong(models):
        if not models.steps:
            measured(models, 'random', 'random')
        check_training(models)
    for iteration in (EPOCH - 1, ALL - 1) if models.main else ():
        models.randomize()
        models.step(models.data(96), iteration)
    rates = dict(zip(READ, rates))
    for place in range(len(models.steps[0].before) if models.steps else 0):
        steps = [one for one in models.steps if place not in one.missing]
        changes = formulas.adam(
            [
                (one.gradients[place], one.iteration + 1, rates[one.iteration])
                for one in steps
            ],
            *map(settings.get, SETTINGS),
            settings['amsgrad'],
        )
        for one, change in zip(steps, changes):
            old = np.asarray(one.before[place], 'float64')
            allowed = 1e-3 * (abs(change) + rates[one.iteration]) + (
                2.5e-7 * abs(old) + 1e-12
            )
            if not (abs(one.after[place] - old - change) < allowed).all():
                raise fault(
                    f'In step {one.iteration + 1} of `fit`, its weights are '
                    'not what Adam makes of the gradients.',
                    'Is a gradient '
                    'clipped, or a weight changed by something else?',
                )
