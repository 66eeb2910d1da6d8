"""What is required of the loss.

A check takes the `evidence.Evidence` for some arguments and returns the
`Fault` that it shows, or None. It asks the solution nothing, changes nothing,
and can be called in any order.
"""

import numpy as np

from checker import loss_terms
from checker.auto_checks import not_shared
from checker.evidence import may_sum
from checker.faults import Fault
from checker.words import number


def cannot_fit(evidence):
    """Return the `Fault` of a model that `fit` does not train, or None."""
    seen = evidence.seen
    if seen.stage == 'fit':
        return seen.failure
    if seen.optimizer is None or not seen.optimizer.kinds:
        return Fault('`auto` is not compiled.', 'not-compiled')
    return None


def steps_of(evidence, *names):
    """Return the steps for which weights were drawn in some ways."""
    return [step for step, _ in evidence.steps if step.drawn in names]


def blank_steps(evidence):
    """Return the steps without a code, and the one that is there again."""
    *steps, again = steps_of(evidence, 'blank')
    return steps, again


def cross_entropy(evidence):
    """Check that the loss has the binary cross-entropy.

    All weights of the encoder are 0, and so are penalty and divergence.
    """
    fault = cannot_fit(evidence)
    if fault:
        return fault
    arguments = evidence.seen.arguments
    steps, again = blank_steps(evidence)
    losses = np.array([step.loss for step in steps])
    terms = loss_terms.reconstruction_terms(steps, arguments.variational)
    wrong = ~loss_terms.agree(losses, terms[0].values)
    if not wrong.any():
        return None
    if arguments.variational and not loss_terms.agree(losses[0], again.loss):
        return Fault(
            f'It is {number(losses[0])}, then {number(again.loss)}: the '
            'divergence is computed from the sample, which is random.',
            'loss-of-the-sample',
            'The latent representation enters the loss only through what the '
            'decoder makes of it. With all weights of the encoder at 0, the '
            'loss is the same each time.',
        )
    return _wrong_cross_entropy(arguments, losses, terms, wrong)


def _wrong_cross_entropy(arguments, losses, terms, wrong):
    """Return the `Fault` of a loss that is not the cross-entropy.

    Args:
        arguments: An `assignment.Arguments`.
        losses: Array, the losses of some steps.
        terms: List of `loss_terms.Term`, what they could be.
        wrong: Array of booleans, which of them are wrong.
    """
    place = int(np.argmax(wrong))
    match = loss_terms.match(losses, terms)
    kind = 'summed' if arguments.variational else 'averaged'
    mistake, change = 'another-loss', _unknown_loss(match)
    if match and match.times == 0:
        mistake = 'not-compiled'
    elif match:
        mistake = match.term.mistake or mistake
        change = match.term.change
    return Fault(
        loss_terms.explanation(match, losses[place]),
        mistake,
        f'The loss is the binary cross-entropy, {kind} over the values of an '
        f'input: {number(terms[0].values[place])} for {arguments.call}.',
        change,
    )


def _unknown_loss(match):
    """Return what to look for in a loss that no formula explains."""
    if match:
        return ''
    return (
        'Look for a regularizer or a dropout in the model, and for an extra '
        'term or factor in the loss.'
    )


def beside_cross_entropy(evidence, *names):
    """Return steps with a code, and what it adds to their losses, an array.

    The steps without a code have the same inputs and the same decoder, which
    does not depend on the code: what their losses differ in is its.
    """
    steps = steps_of(evidence, *names)
    blank, _ = blank_steps(evidence)
    # Each way of drawing has a step for each of these.
    bases = blank * (len(steps) // len(blank))
    added = [step.loss - base.loss for step, base in zip(steps, bases)]
    return steps, np.array(added)


def penalty(evidence):
    """Check that the loss has `lambtha` times the L1 norm of the code."""
    fault = cannot_fit(evidence) or not_shared(evidence)
    if fault:
        return fault
    arguments = evidence.seen.arguments
    steps, found = beside_cross_entropy(evidence, 'code')
    if np.isnan(found).any():
        return Fault('The loss is nan.', 'not-finite')
    terms = loss_terms.penalty_terms(arguments, steps)
    right = arguments.lambtha * terms[0].values
    wrong = ~loss_terms.agree(found, right, 0.1)
    if not wrong.any() or is_summed(evidence):
        return None
    match = loss_terms.match(found, terms, arguments.lambtha, 0.1)
    place = int(np.argmax(wrong))
    return Fault(
        loss_terms.explanation(match, found[place]),
        _penalty_mistake(match, arguments.lambtha),
        'The loss has `lambtha` times the L1 norm of the code, averaged over '
        f'the batch: {number(right[place])} for {arguments.call}.',
        _unknown_loss(match),
    )


def _penalty_mistake(match, lambtha):
    """Return the anchor of the mistake that a penalty has."""
    if match is None:
        return 'another-loss'
    if match.times == 0:
        return 'penalty-missing'
    if match.term.mistake:
        return match.term.mistake
    part = match.times / lambtha
    if 1 < part < 1.1:  # a regularizer of another layer adds a little
        return 'another-loss'
    if round(part, 2) in (0.5, 2):
        return 'penalty-weight'
    return 'lambtha-ignored'


def is_summed(evidence):
    """Tell whether a penalty is summed over the batch, as this Keras does."""
    if not may_sum(evidence.seen):
        return False
    lambtha = evidence.seen.arguments.lambtha
    steps, found = beside_cross_entropy(evidence, 'code')
    sums = np.array([abs(step.encoded[0]).sum() for step in steps])
    return bool(loss_terms.agree(found, lambtha * sums, 0.1).all())


def divergence(evidence):
    """Check that the loss has the divergence, averaged over the batch."""
    fault = cannot_fit(evidence) or not_shared(evidence)
    if fault:
        return fault
    steps, found = beside_cross_entropy(evidence, 'code', 'extreme')
    losses = np.array([step.loss for step in steps])
    if np.isnan(losses).any():
        return Fault('The loss is nan.', 'not-finite')
    return _divergence_fault(evidence.seen.arguments, steps, found, losses)


def _divergence_fault(arguments, steps, found, losses):
    """Return the `Fault` of a divergence, or None."""
    terms = loss_terms.divergence_terms(steps)
    slack = 0.3 + 0.01 * abs(losses)
    wrong = ~loss_terms.agree(found, terms[0].values, slack)
    if not wrong.any():
        return None
    place = int(np.argmax(wrong))
    expected = (
        'The loss has the divergence from N(0, I), summed over the code and '
        f'averaged over the batch: {number(terms[0].values[place])} for '
        f'{arguments.call}.'
    )
    match = loss_terms.match(found, terms, slack=slack)
    if match is None or match.times not in (0, 1):
        factors = loss_terms.divergence_parts(found, steps, slack)
        if factors and len(set(map(abs, factors))) > 1:
            return Fault(
                f'It is {number(found[place])}, the sum of '
                f'`{loss_terms.divergence_sum(factors)}` over the code.',
                'divergence-formula',
                expected,
                'Compare your factors with the correct ones, which are 0.5, '
                '0.5, -0.5 and -0.5.',
            )
    mistake = 'divergence-formula'
    if match and match.times == 0:
        mistake = 'divergence-missing'
    elif match:
        mistake = match.term.mistake or 'divergence-weighted'
    return Fault(
        loss_terms.explanation(match, found[place]),
        mistake,
        expected,
        _unknown_loss(match),
    )
