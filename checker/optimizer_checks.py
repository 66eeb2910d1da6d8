"""What is required of the optimizer.

A check takes the `evidence.Evidence` for some arguments and returns the
`Fault` that it shows, or None. It asks the solution nothing, changes nothing,
and can be called in any order.
"""

import numpy as np

from checker import formulas
from checker.assignment import EPOCH
from checker.auto_checks import not_shared
from checker.faults import Fault
from checker.loss_checks import cannot_fit

# What still counts as Adam; docs/teach.md says it in words.
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


def adam(evidence):
    """Check that the steps of `fit` are those of Adam.

    What the solution says of the settings has to be within bounds, and the
    numbers have to follow from it.
    """
    return (
        cannot_fit(evidence)
        or not_shared(evidence)
        or _another_optimizer(evidence.seen.optimizer)
        or _wrong_rates(evidence.seen.optimizer)
        or _other_steps(evidence)
    )


def _another_optimizer(optimizer):
    """Return the `Fault` of an optimizer that is not Adam, or None."""
    kinds, settings = optimizer.kinds, optimizer.settings
    # AdamW is a subclass of Adam on Keras 3, with a decay of its own.
    if kinds[0] == 'AdamW' or not {'Adam', 'AdamOptimizer'} & set(kinds):
        return Fault(f'`auto` is compiled with {kinds[0]}.', 'optimizer')
    wrong = [
        f'`{name}={settings[name]:g}`' for name in OTHERS if settings[name]
    ]
    for name, (low, high) in SETTINGS.items():
        value = setting(settings, name)
        if value is None or not low <= value <= high:
            wrong.append(f'`{name}={value}`')
    if not wrong:
        return None
    return Fault(
        f'Adam has {" and ".join(wrong)}, which makes it another optimizer.',
        'optimizer',
    )


def setting(settings, name):
    """Return a setting of Adam, a float or None."""
    if name == 'epsilon' and settings[name] is None:
        return 1e-7
    return settings[name]


def _wrong_rates(optimizer):
    """Return the `Fault` of learning rates that train nothing, or None."""
    first, later = optimizer.rates[:EPOCH], optimizer.rates[EPOCH:]
    change = (
        "Compile with `optimizer='adam'`. If you choose a learning rate, it "
        f'has to be above 0 and at most {RATES[1]:g}; only a schedule may '
        'begin or end at 0.'
    )
    if not (
        np.isfinite(first).all()
        and first[0] >= 0
        and (first[1:] > 0).all()
        and first.max() <= RATES[1]
        and (first >= RATES[0]).mean() >= 0.5
    ):
        return Fault(
            'In the first epoch, the learning rate goes from '
            f'{first.min():g} to {first.max():g}.',
            'optimizer',
            change=change,
        )
    if not (
        np.isfinite(later).all()
        and (later >= 0).all()
        and later.max() <= RATES[1]
    ):
        return Fault(
            'After the first epoch, the learning rate goes from '
            f'{later.min():g} to {later.max():g}.',
            'optimizer',
            change=change,
        )
    return None


LARGEST_GRADIENT = 1e15


def _other_steps(evidence):
    """Return the `Fault` of steps that are not Adam's, or None."""
    steps = [step for step, _ in evidence.steps]
    # The squares of larger gradients are infinite in float32.
    if not all(
        (abs(gradient) < LARGEST_GRADIENT).all()
        for step in steps
        for gradient in step.gradients
    ):
        return None
    for place in range(len(steps[0].before)):
        step = _other_step(evidence.seen, steps, place)
        if step:
            return Fault(
                f'In step {step.iteration + 1} of `fit`, the weights do not '
                'change as Adam would change them, given these gradients.',
                'optimizer',
                change='Look for a gradient that is clipped, a constraint on '
                'a weight, or anything else that changes weights.',
            )
    return None


def _other_step(seen, steps, place):
    """Return the first step in which Adam changes a weight otherwise."""
    settings, rates = seen.optimizer.settings, seen.optimizer.rates
    scale = settings.get('loss_scale_factor') or 1
    steps = [step for step in steps if place not in step.missing]
    changes = formulas.adam(
        [
            (
                step.gradients[place] / scale,
                step.iteration + 1,
                rates[step.iteration],
            )
            for step in steps
        ],
        *(setting(settings, name) for name in SETTINGS),
        settings['amsgrad'],
    )
    for step, change in zip(steps, changes):
        old = np.asarray(step.before[place], 'float64')
        allowed = 1e-3 * (abs(change) + rates[step.iteration]) + (
            2.5e-7 * abs(old) + 1e-12
        )
        away = abs(step.after[place] - old - change)
        if not (away < allowed).all():
            return step
    return None
