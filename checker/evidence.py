"""What was seen of a solution, beside what the reference makes of it.

An `Evidence` is all that a requirement is judged by.
"""

from dataclasses import dataclass, field

import numpy as np

from checker.observation import Observation

# In how many parts the copies of an input are, for which the noise of the
# reference is drawn: their spread tells how far a gradient may be away.
PARTS = 32
# The versions of Keras that sum the penalty of a regularizer over the batch.
SUMMING = (3, 0), (3, 14)


@dataclass(frozen=True)
class Right:
    """What the reference makes of a `Pass`.

    Attributes:
        codes: List of arrays, the code, or the mean and the log variance;
            empty where the layers are not the assignment's.
        decoded: Array, what the decoder should make of `fed`, or None.
    """

    codes: list = field(default_factory=list)
    decoded: object = None


@dataclass(frozen=True)
class Trained:
    """What the reference makes of a `Step`.

    Attributes:
        losses: List of `reference.Loss`, each of which would be correct; of
            a 'noisy' step, those of `PARTS` parts, which are so on average;
            empty where the loss is not known.
        held: List of floats, each of which would be a correct `val_loss`.
    """

    losses: list = field(default_factory=list)
    held: list = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Evidence:
    """An observation, and what is correct for it.

    Attributes:
        seen: The `observation.Observation`.
        passes: List of pairs, a `Pass` and what is `Right` for it.
        steps: List of pairs, a `Step` and the `Trained` for it.
    """

    seen: Observation
    passes: list = field(default_factory=list)
    steps: list = field(default_factory=list)


def compare(seen, rng):
    """Return the `Evidence` of an observation.

    Args:
        seen: An `observation.Observation`.
        rng: A `numpy.random.Generator`, for the noise of the reference.
    """
    passes = [(one, right_for(seen.arguments, one)) for one in seen.passes]
    steps = []
    for one in seen.steps:
        if steps and one.drawn == 'noisy' == steps[-1][0].drawn:
            steps.append((one, steps[-1][1]))  # its weights are the same
        else:
            steps.append((one, trained_for(seen, one, rng)))
    return Evidence(seen, passes, steps)


def right_for(arguments, seen):
    """Return what is `Right` for a `Pass`."""
    # TensorFlow is imported when it is needed, not with this module.
    from checker import reference

    codes, decoded = [], None
    if seen.weights['encoder']:
        codes = reference.encode(arguments, seen.weights['encoder'], seen.x)
    if seen.weights['decoder']:
        decoded = reference.decode(
            arguments, seen.weights['decoder'], seen.fed
        )
    return Right(codes, decoded)


def trained_for(seen, step, rng):
    """Return what is `Trained` for a `Step`."""
    from checker import reference

    arguments = seen.arguments
    if not is_known(arguments, step):
        return Trained()
    if step.drawn == 'noisy':
        shape = PARTS, step.copies // PARTS, *arguments.code
        noises = rng.normal(size=shape)
        return Trained(
            reference.train_with_noise(
                arguments, step.weights, step.x, list(noises)
            )
        )
    ways = [False, True] if may_sum(seen) else [False]
    losses = [
        reference.train(arguments, step.weights, step.x, summed=summed)
        for summed in ways
    ]
    held = []
    if step.held is not None:
        held = [
            float(
                reference.loss_of(
                    arguments, step.trained, step.held, summed=summed
                )
            )
            for summed in ways
        ]
        if arguments.lambtha:  # it may be left out where nothing is trained
            codes = reference.encode(
                arguments, step.trained['encoder'], step.held
            )
            norm = abs(codes[0]).sum(1).mean()
            held.append(held[0] - arguments.lambtha * norm)
    return Trained(losses, held)


def is_known(arguments, step):
    """Tell whether the reference knows the loss of a `Step`."""
    if not (step.weights['encoder'] and step.weights['decoder']):
        return False
    if not arguments.variational:
        return step.drawn in ('random', 'large')
    # Without a bias, the log variance of zeros is 0, and there is noise.
    quiet = step.weights['encoder'][-1][1] is not None
    return step.drawn in ('still', 'noisy') or (
        step.drawn == 'large' and quiet
    )


def may_sum(seen):
    """Tell whether this Keras sums the penalty of a regularizer."""
    first, end = SUMMING
    return seen.arguments.task == 1 and first <= seen.keras < end


def close(found, expected, tolerance=1e-4, axis=None):
    """Tell whether two arrays agree as closely as float32 lets them.

    Args:
        found, expected: Arrays.
        tolerance: Float, the largest difference, in the unit of the largest
            expected value.
        axis: The axes over which that is the largest, or None for all.
    """
    found, expected = (np.asarray(a, 'float64') for a in (found, expected))
    if found.shape != expected.shape or not np.isfinite(found).all():
        return False
    scale = abs(expected).max(axis, keepdims=True, initial=0)
    return bool((abs(found - expected) <= tolerance * scale + 1e-7).all())
