"""What is required of training: losses and gradients.

A check takes the `evidence.Evidence` for some arguments and returns the
`Fault` that it shows, or None. It asks the solution nothing, changes nothing,
and can be called in any order.
"""

import numpy as np

from checker import noise_words
from checker.assignment import HALVES
from checker.auto_checks import not_shared
from checker.faults import Fault
from checker.loss_checks import cannot_fit
from checker.words import number

# How far a loss may be from the reference, in its own size.
LOSS = 2e-5
# The same for a gradient: correct ones are within 1e-5.
GRADIENT = 1e-3
# How many standard errors a loss or a gradient with noise may be away. The
# error is estimated from 32 parts, so Student's distribution decides.
ERRORS = 11


def trains(evidence):
    """Check losses and gradients of `fit`, and that it changes weights."""
    fault = cannot_fit(evidence) or not_shared(evidence)
    if fault:
        return fault
    return (
        _not_finite(evidence)
        or _unchanged(evidence)
        or _known_steps(evidence)
        or _noisy_steps(evidence)
    )


def _not_finite(evidence):
    """Return the `Fault` of a loss that is no number, or None."""
    for step, _ in evidence.steps:
        for name, value in step.history.items():
            # After a step with the largest rate that Adam may have, the
            # exponential of a log variance may be infinite.
            known = not evidence.seen.arguments.variational
            if not np.isfinite(value) and (known or name == 'loss'):
                return Fault(f'`{name}` is {value}.', 'not-finite')
    return None


def _unchanged(evidence):
    """Return the `Fault` of halves that `fit` leaves as they are, or None."""
    cut = len(evidence.seen.weights['encoder'])
    halves = {'encoder': slice(0, cut), 'decoder': slice(cut, None)}
    kept = [
        role
        for role, half in halves.items()
        if all(
            np.array_equal(old, new)
            for step, _ in evidence.steps
            for old, new in zip(step.before[half], step.after[half])
        )
    ]
    if not kept:
        return None
    return Fault(
        f'`fit` changes no weight of `{"` and `".join(kept)}`.',
        'weights-not-shared',
    )


def _known_steps(evidence):
    """Return the `Fault` of steps whose loss and gradients are known."""
    for step, right in evidence.steps:
        if step.drawn == 'noisy' or not right.losses:
            continue
        fault = (
            _missing(evidence, step)
            or _wrong_loss(evidence, step, right)
            or _wrong_held_loss(evidence, step, right)
            or _wrong_gradients(evidence, step, right)
        )
        if fault:
            return fault
    return None


def _missing(evidence, step):
    """Return the `Fault` of layers that get no gradient, or None."""
    offset = 0
    for role in HALVES:
        layout = evidence.seen.layouts[role]
        for number_, places in enumerate(layout.places, 1):
            own = [offset + place for place in places if place is not None]
            if set(own) & set(step.missing):
                return Fault(
                    f'Layer {number_} of `{role}` gets no gradient.',
                    'optimizer',
                    f'All weights of `{role}` are trained with the gradient '
                    'of the loss.',
                    'Look for a frozen layer (`trainable=False`), for a '
                    'stopped gradient, and for a `train_step` that uses '
                    'another optimizer than `self.optimizer`.',
                )
        offset += len(evidence.seen.weights[role])
    return None


def _wrong_loss(evidence, step, right):
    """Return the `Fault` of the loss of a step, or None."""
    values = [loss.value for loss in right.losses]
    if any(abs(step.loss - v) <= LOSS * abs(v) + 1e-6 for v in values):
        return None
    where = ''
    if step.drawn == 'large':
        where = ' and an input of zeros, with large kernels and no biases'
    return Fault(
        f'It is {step.loss:.6g}.',
        'another-loss',
        'The loss has the terms of the requirements above and no others: '
        f'{values[0]:.6g} for {evidence.seen.arguments.call} and a batch of '
        f'{len(step.x)}{where}.',
        'Look for an extra regularizer, or for a loss that uses another '
        'sample than the decoder.',
    )


def not_validated(step):
    """Tell whether a step computes no loss for other inputs at all."""
    return step.held is not None and step.history.get('val_loss', 0) == 0


def _wrong_held_loss(evidence, step, right):
    """Return the `Fault` of the loss that a step validates with, or None."""
    if step.held is None or not_validated(step):
        return None
    found = step.history['val_loss']
    if any(abs(found - v) <= 10 * LOSS * abs(v) + 1e-6 for v in right.held):
        return None
    if not np.isfinite(right.held).all():
        return None
    return Fault(
        f'It is {number(found)}.',
        'another-loss',
        'The `val_loss` that `fit` prints is the same loss, for other inputs: '
        f'{number(right.held[0])} for {evidence.seen.arguments.call}.',
        'Look for something that the model or the loss does only in training, '
        'or only when it is not training.',
    )


def gradients_of(evidence, step):
    """Return the gradients of a step, a dict from a role to pairs."""
    settings = evidence.seen.optimizer.settings
    scale = settings.get('loss_scale_factor') or 1
    arrays = [np.asarray(a, 'float64') / scale for a in step.gradients]
    cut = len(evidence.seen.weights['encoder'])
    halves = {'encoder': arrays[:cut], 'decoder': arrays[cut:]}
    return {
        role: evidence.seen.layouts[role].pairs(halves[role])
        for role in HALVES
    }


def tensors(gradients):
    """Yield the role and the array of each weight of a dict of pairs."""
    for role in HALVES:
        for pair in gradients[role]:
            for array in pair:
                if array is not None:
                    yield role, array


def _wrong_gradients(evidence, step, right):
    """Return the `Fault` of the gradients of a step, or None."""
    if step.held is None:  # inputs may be next to the edge of a `relu`
        return None
    found = list(tensors(gradients_of(evidence, step)))
    worst = [_farthest(found, loss.gradients) for loss in right.losses]
    role, away = min(worst, key=lambda pair: pair[1])
    if away < GRADIENT:
        return None
    return _gradient_fault(
        evidence,
        role,
        step,
        f'they differ by {number(100 * away)}% of its size',
    )


def _farthest(found, gradients):
    """Return the role of the gradient that is farthest, and how far."""
    expected = [array for _, array in tensors(gradients)]
    norms = [np.linalg.norm(array) for array in expected]
    least = 1e-3 * max(norms) + 1e-12
    farthest = 'encoder', 0.0
    for (role, array), right, norm in zip(found, expected, norms):
        away = np.linalg.norm(array - right) / max(norm, least)
        if not away <= farthest[1]:
            farthest = role, away
    return farthest


def _gradient_fault(evidence, role, step, words):
    """Return the `Fault` of gradients that are not those of the loss."""
    return Fault(
        f'For {evidence.seen.arguments.call} and a batch of '
        f'{len(step.x) * step.copies}, {words}.',
        'optimizer',
        f'In training, the gradients of `{role}` are those of the loss.',
        'Look for a stopped gradient, or for a training step that uses '
        'another loss than the one it prints.',
    )


def _noisy_steps(evidence):
    """Return the `Fault` of steps whose loss has noise, or None."""
    steps = [pair for pair in evidence.steps if pair[0].drawn == 'noisy']
    if not steps:
        return None
    (first, right), (second, _) = steps
    if all(map(np.array_equal, first.gradients, second.gradients)):
        return Fault(
            'In `fit`, every step draws the same noise.',
            'noise-drawn-once',
            noise_words.NOISE,
        )
    values = np.array([loss.value for loss in right.losses])
    for step in (first, second):
        if abs(errors_away(step.loss, values)) > ERRORS:
            return Fault(
                f'In `fit`, the loss of {step.copies} copies of an input is '
                f'{step.loss:.6g} instead of {values.mean():.6g}: the noise '
                'is not from N(0, I), or not new for each of them.',
                'noise-missing',
                noise_words.NOISE,
            )
        fault = _noisy_gradients(evidence, step, right)
        if fault:
            return fault
    return None


def errors_away(found, parts):
    """Return how many standard errors a mean is from the mean of parts.

    Both are of as many values, so that their errors are the same.
    """
    error = np.std(parts, ddof=1) / np.sqrt(len(parts))
    away = found - np.mean(parts)
    return away / (np.sqrt(2) * error + LOSS * abs(np.mean(parts)) + 1e-12)


def _noisy_gradients(evidence, step, right):
    """Return the `Fault` of the gradients of a noisy step, or None.

    They are compared along the mean gradient of each weight.
    """
    found = list(tensors(gradients_of(evidence, step)))
    parts = [
        [array for _, array in tensors(loss.gradients)]
        for loss in right.losses
    ]
    for place, (role, array) in enumerate(found):
        arrays = np.array([part[place] for part in parts])
        direction = arrays.mean(0)
        axes = tuple(range(1, arrays.ndim))
        lengths = (arrays * direction).sum(axes)
        away = errors_away((array * direction).sum(), lengths)
        if not abs(away) < ERRORS:
            return _gradient_fault(
                evidence,
                role,
                step,
                f'they are {number(abs(away))} standard errors away',
            )
    return None
