"""What is required of `auto`, and of the sample that it decodes.

A check takes the `evidence.Evidence` for some arguments and returns the
`Fault` that it shows, or None. It asks the solution nothing, changes nothing,
and can be called in any order.
"""

import numpy as np

from checker import noise, noise_words
from checker.assignment import HALVES
from checker.evidence import close
from checker.faults import Fault
from checker.layer_checks import MODES, is_wrong
from checker.words import number


def not_shared(evidence):
    """Return the `Fault` of weights that `auto` does not share, or None."""
    if evidence.seen.shared:
        return None
    return Fault(
        '`auto` has its own weights instead of sharing those of `encoder` and '
        '`decoder`, so `fit` never trains these two.',
        'weights-not-shared',
    )


def joined(evidence):
    """Check that `auto` gives what the decoder gives for the codes."""
    fault = not_shared(evidence)
    if fault:
        return fault
    halves_right = not any(is_wrong(evidence, role) for role in HALVES)
    for one, _ in evidence.passes:
        # A dropout in the encoder draws anew for `auto`.
        if one.mode == 'train' and not halves_right:
            continue
        if not close(one.rebuilt, one.decoded):
            return _not_joined(one)
    return None


def _not_joined(one):
    """Return the `Fault` of an `auto` that is not the other two."""
    away = 'gives another shape than'
    if np.shape(one.rebuilt) == np.shape(one.decoded):
        size = np.abs(one.rebuilt - one.decoded).max()
        away = f'is up to {number(size)} away from'
    return Fault(
        f'{MODES[one.mode]}, for a batch of {len(one.x)}, `auto` {away} what '
        '`decoder` makes of the codes.',
        'weights-not-shared',
        '`auto` gives what `decoder` makes of the codes of `encoder`.',
    )


def decodes_the_sample(evidence):
    """Check that `auto` decodes the sample, with shared weights."""
    fault = not_shared(evidence)
    if fault:
        return fault
    expected = (
        'In `auto`, the decoder gets the latent representation, which is the '
        'sample.'
    )
    for sample in evidence.seen.samples:
        if sample.rebuilt is None or is_repeated(sample):
            continue
        fed, mean, log_variance = sample.decoded
        if not noise.differ(sample.rebuilt, fed):
            continue
        if is_steady(sample.rebuilt, log_variance):
            return Fault(
                'The decoder gets the log variance instead.',
                'decoder-fed-the-log-variance',
                expected,
            )
        if is_steady(sample.rebuilt, mean):
            return Fault(
                'The decoder gets the mean instead, which is not random.',
                'decoder-fed-the-mean',
                expected,
                FED_THE_MEAN,
            )
        return Fault(
            f'{MODES[sample.mode]}, the decoder gets something else.',
            'decoder-fed-the-mean',
            expected,
        )
    return _still_not_joined(evidence)


FED_THE_MEAN = (
    'Give the decoder the first output of the encoder. (The assignment prints '
    'a loss of 212 after the first epoch of MNIST, which is what you get with '
    'the mean. But its text asks for the latent representation, and with that '
    'you get 216.)'
)


def is_repeated(sample):
    """Tell whether samples share their noise, or have it in every call."""
    z, mean, log_variance = sample.encoded
    made = noise.of_sample(z, mean, log_variance)
    drawn_once = (z == sample.again).all()
    drawn_for_all = (z == z[:, :1]).all()
    if is_random(sample) and (drawn_once or drawn_for_all):
        return True
    return noise.is_shared_by_repeats(made)


def _still_not_joined(evidence):
    """Return the `Fault` of an `auto` that differs without noise, or None."""
    if any(is_wrong(evidence, role) for role in HALVES):
        return None
    for one, _ in evidence.passes:
        # If there is noise all the same, the sample is not what it should be.
        if one.drawn != 'still' or not close(*one.encoded[:2], 1e-3):
            continue
        if not close(one.rebuilt, one.decoded):
            return _not_joined(one)
    return None


def is_steady(found, expected):
    """Tell whether all repeats are one reconstruction.

    Args:
        found: Array `(inputs, repeats, values)`.
        expected: Array `(inputs, 1, values)`.
    """
    return close(found, np.broadcast_to(expected, found.shape), 1e-3)


def is_random(sample):
    """Tell whether a sample is more than the mean."""
    z, mean, _ = sample.encoded
    return abs(z - mean).max() > 1e-4 * (1 + abs(mean).max())


def noise_in_training_only(evidence):
    """Tell whether an encoder draws with `training=True` alone."""
    random = {
        sample.mode: is_random(sample) for sample in evidence.seen.samples
    }
    usual = [random[mode] for mode in random if mode != 'train']
    return random.get('train', False) and not any(usual)


def sampled(evidence):
    """Check that the latent representation is drawn as it should be."""
    samples = evidence.seen.samples
    passes = [one for one, _ in evidence.passes if one.drawn != 'still']
    if noise_in_training_only(evidence):
        samples = [one for one in samples if one.mode == 'train']
        passes = [one for one in passes if one.mode == 'train']
    for sample in samples:
        fault = _sample_fault(sample)
        if fault:
            return _told_by_mode(evidence, sample, fault)
    faults = map(_batch_fault, passes)
    return next(filter(None, faults), None)


def _told_by_mode(evidence, sample, fault):
    """Return a `Fault` that says if it shows with `training=True` only."""
    if sample.mode == 'train' and _usual_is_right(evidence):
        return _with_training(fault)
    return fault


def _batch_fault(one):
    """Return the `Fault` of the noise of a `Pass`, or None."""
    made = noise.of_sample(*one.encoded)
    if len(one.x) == 1:
        wrong = '' if made.any() else 'missing'
    else:
        wrong = noise.unlike(made)
    if not wrong:
        return None
    mistake = 'noise-missing'
    if wrong == 'shared':
        mistake = 'noise-shared'
    return Fault(
        f'{MODES[one.mode]}, for a batch of {len(one.x)}, the noise has a '
        f'mean of {number(made.mean())} and a standard deviation of '
        f'{number(made.std())}.',
        mistake,
        noise_words.NOISE,
    )


def _usual_is_right(evidence):
    """Tell whether samples are right without `training=True`."""
    return not any(
        _sample_fault(sample)
        for sample in evidence.seen.samples
        if sample.mode != 'train'
    )


def _with_training(fault):
    """Return a `Fault` that says that it shows with `training=True`."""
    return Fault(
        f'With `training=True`: {fault.found}',
        fault.mistake,
        fault.expected,
        fault.change,
    )


def _sample_fault(sample):
    """Return the `Fault` of a `Sample`, or None."""
    if not is_random(sample):
        return Fault(
            'It equals the mean, so there is no noise in it.',
            'noise-missing',
            noise_words.NOISE,
        )
    z, mean, log_variance = sample.encoded
    if (z == sample.again).all():
        return Fault(
            'Every call gives the same sample: the noise was drawn once, or '
            'never.',
            'noise-drawn-once',
            noise_words.NOISE,
        )
    if noise.unlike(noise.of_sample(z, mean, log_variance)):
        return noise_words.sample_fault(sample)
    return None
