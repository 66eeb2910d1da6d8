"""What each requirement asks of the evidence: pure functions.

A check takes the `evidence.Evidence` for some arguments and returns the
`Fault` that it shows, or None. It asks the solution nothing, changes nothing,
and can be called in any order. Numbers decide; what the solution says of its
layers only names the fault.
"""

import numpy as np

from checker import diagnose, formulas, noise
from checker.assignment import EPOCH, HALVES, ROLES
from checker.diagnose import listed, number
from checker.evidence import close, may_sum
from checker.faults import Fault

MODES = {
    'call': 'In a call',
    'train': 'With `training=True`',
    'predict': 'In `predict`',
}


# ---- what is returned ----


def builds(evidence):
    """Check that the models can be built and called."""
    if evidence.seen.stage in ('build', 'call'):
        return evidence.seen.failure
    return None


def in_order(evidence):
    """Check that encoder, decoder and auto are returned in this order."""
    if evidence.seen.roles == ROLES:
        return None
    return Fault(
        f'Judging by their shapes, it returns {listed(evidence.seen.roles)}.',
        'order-of-models',
    )


def dims(evidence, roles):
    """Check that models give arrays of the shapes in the arguments."""
    for role in roles:
        fault = _dims(evidence.seen, role)
        if fault:
            return fault
    return None


def _dims(seen, role):
    """Return the `Fault` of the shapes that a model gives, or None."""
    arguments = seen.arguments
    wanted = arguments.shape(role, 'output')
    expected = (
        f'For {arguments.call}, `{role}` gives {listed(wanted, " x ")} values.'
    )
    if seen.kinds[role] == 'dict':
        return Fault(
            'It gives a dict, for which the script of the assignment has no '
            'use.',
            'shapes',
            expected,
            'Give `keras.Model` its outputs as they are, or in a list.',
        )
    shapes = seen.shapes[role]
    for count, *got in shapes:
        if (count, *got) == (2, *wanted):
            continue
        mistake = 'shapes'
        if got[2:] == [1] != [wanted[-1]]:
            mistake = 'one-channel-hard-coded'
        elif got == [784] or got[-1:] == [1]:
            mistake = '784-hard-coded'
        return Fault(f'It gives {listed(got, " x ")}.', mistake, expected)
    one = 3 if role == 'encoder' and arguments.variational else 1
    if len(shapes) != 1 and one == 1:
        return Fault(
            f'It gives {len(shapes)} arrays.',
            'shapes',
            f'For {arguments.call}, `{role}` gives one array.',
        )
    return None


def input_dims(evidence):
    """Check that decoder and auto give `input_dims` values."""
    return dims(evidence, ('decoder', 'auto'))


def latent_dims(evidence):
    """Check that the encoder gives `latent_dims` values."""
    return dims(evidence, ('encoder',))


def list_kept(evidence):
    """Check that the caller's list is what it was."""
    seen = evidence.seen
    if seen.changed == seen.arguments.sizes:
        return None
    return Fault(
        f'After the call it is {seen.changed}.',
        'list-changed',
        f'It stays {seen.arguments.sizes}.',
    )


def outputs(evidence):
    """Check the three outputs of the encoder, and their order."""
    seen = evidence.seen
    names = ('latent representation', 'mean', 'log variance')
    if len(seen.shapes['encoder']) != 3:
        return Fault(
            f'It gives {len(seen.shapes["encoder"])}.',
            'order-of-outputs',
            'The encoder gives three outputs: the latent representation, the '
            'mean and the log variance.',
        )
    if seen.outputs in ((), (0, 1, 2)):
        return None
    found = sorted(names, key=lambda name: seen.outputs[names.index(name)])
    return Fault(
        f'It gives the {", the ".join(found)}, judging by which of them is '
        'random, and around which other.',
        'order-of-outputs',
    )


# ---- layers ----


def sizes(evidence, role):
    """Check the nodes of the dense layers of a half, or the filters."""
    seen = evidence.seen
    arguments = seen.arguments
    plain = _plain(seen)
    if plain:
        return plain
    found, others = diagnose.chain(arguments, role, seen.weights[role])
    found = [shape[-1] for shape in found]
    wanted = [layer.size for layer in arguments.layers(role)]
    heads = arguments.heads - 1 if role == 'encoder' else 0
    wanted = wanted[: len(wanted) - heads]
    decodes_images = arguments.task == 2 and role == 'decoder'
    if decodes_images:  # the last has a requirement of its own
        wanted, found = wanted[:-1], found[:-1]
    if found == wanted and len(others) == heads:
        return None
    mistake, change = _why_other_sizes(arguments, role, found, wanted, others)
    outside = ''
    if others:
        shapes = listed(listed(shape, 'x') for shape in others)
        outside = f'; and outside of that chain {shapes}'
    kind = 'filters' if arguments.task == 2 else 'values'
    before = ' before the last' if decodes_images else ''
    more = f' and {wanted[-1]}' * heads
    return Fault(
        f'They have {listed(found)}{outside}.',
        mistake,
        f'For {arguments.call}, the layers of `{role}` have '
        f'{listed(wanted)}{more} {kind}{before}.',
        change,
    )


def _plain(seen):
    """Return the `Fault` of an encoder that is not variational, or None."""
    arguments = seen.arguments
    if not arguments.variational or len(seen.shapes['encoder']) != 1:
        return None
    found, others = diagnose.chain(
        arguments, 'encoder', seen.weights['encoder']
    )
    if others or len(found) > len(arguments.sizes) + 1:
        return None
    return Fault(
        'It is that of a plain autoencoder: it has no such layers, draws '
        'nothing, and gives one output. The divergence is missing, too.',
        'a-plain-autoencoder',
        'The encoder of a variational autoencoder has a layer for the mean '
        'and one for the log variance, draws the latent representation from '
        'them, and gives all three.',
    )


def _why_other_sizes(arguments, role, found, wanted, others):
    """Return the anchor of a mistake with sizes, and what to change."""
    decoder = role == 'decoder'
    same = decoder and sorted(found) == sorted(wanted)
    if arguments.task == 2:
        if same:
            return 'not-reversed', (
                'Only their order is wrong: loop over `reversed(filters[1:])`,'
                ' and give `filters[0]` to the convolution with `valid` '
                'padding.'
            )
        if others:
            return 'convolutions', (
                'The assignment has `Conv2D` and `UpSampling2D`: no `Dense`, '
                'and no `Conv2DTranspose`.'
            )
        return 'convolutions', ''
    own = arguments.sizes
    if decoder and found[: len(own)] == own != own[::-1]:
        return 'not-reversed', ''
    if arguments.variational and found == wanted and not others:
        return 'one-layer-for-mean-and-log-variance', ''
    if found[:-1] == wanted[:-1] and found[-1:] != wanted[-1:]:
        return '784-hard-coded', ''
    return 'hidden-layers', ''


def kernels(evidence, role):
    """Check that the convolutions of a half have kernels of 3 x 3."""
    seen = evidence.seen
    shapes, _ = diagnose.chain(seen.arguments, role, seen.weights[role])
    for place, shape in enumerate(shapes):
        if shape[:2] != (3, 3):
            return Fault(
                f'Convolution {place + 1} of `{role}` has a kernel size of '
                f'{shape[:2]}.',
                'convolutions',
            )
    return None


def channels(evidence):
    """Check that the last convolution has a filter for each channel."""
    seen = evidence.seen
    got, wanted = seen.shapes['decoder'][0][-1], seen.arguments.inputs[-1]
    if got == wanted:
        return None
    return Fault(
        f'It has {got}.',
        'one-channel-hard-coded',
        f'For {seen.arguments.call}, it has {wanted}.',
    )


def wrong_pass(evidence, role, place=0):
    """Return the first `Pass` in which a half is not correct, or None.

    Args:
        evidence: An `Evidence`.
        role: String, 'encoder' or 'decoder'.
        place: Integer, 1 for the log variance, else 0.
    """
    heads = evidence.seen.arguments.heads
    for one, right in evidence.passes:
        if role == 'decoder':
            found, expected = one.decoded, right.decoded
            unknown = one.weights['decoder'] is None
        else:
            found = one.encoded[-heads:][place : place + 1]
            expected = right.codes[place : place + 1]
            unknown = one.weights['encoder'] is None
            found, expected = (
                values[0] if values else None for values in (found, expected)
            )
        if unknown:
            # Weights of a half may be out of reach for one way of drawing.
            if evidence.seen.layouts.get(role):
                continue
            return one
        # In other units, each unit has its own size.
        axis = None
        if one.drawn == 'scaled' and role == 'encoder':
            axis = tuple(range(np.ndim(expected) - 1))
        if found is None or not close(found, expected, axis=axis):
            return one
    return None


def is_wrong(evidence, role):
    """Tell whether a half does not give what it should."""
    heads = evidence.seen.arguments.heads if role == 'encoder' else 1
    return any(
        wrong_pass(evidence, role, place) is not None for place in range(heads)
    )


def layer_faults(evidence, role):
    """Return what is wrong with the layers of a half.

    Returns:
        Dict from the name of a requirement to the `Fault`; empty if a half
        gives what it should. At least one is named if it does not.
    """
    seen = evidence.seen
    heads = seen.arguments.heads if role == 'encoder' else 1
    passes = [wrong_pass(evidence, role, place) for place in range(heads)]
    if not any(passes):
        return {}
    found = {}
    for difference in diagnose.differences(seen, role):
        name = _requirement_of(seen, role, difference)
        found.setdefault(name, _named_fault(seen, role, difference))
    if found:
        return found
    first = next(one for one in passes if one)
    if heads == 2 and not all(passes):
        name = 'mean' if passes[0] else 'log variance'
        return {
            name: Fault(
                'The output is not that of such a layer.',
                'activation-on-mean-or-log-variance',
            )
        }
    return {f'{role} relu': _unnamed_fault(seen, role, first)}


def _requirement_of(seen, role, difference):
    """Return the name of the requirement that a `Difference` is about."""
    left, part = difference.left, difference.part
    if role == 'encoder':
        if part == 'activation' and seen.arguments.variational and left < 2:
            return 'mean' if left == _left_of_mean(seen) else 'log variance'
        names = {'activation': 'encoder relu', 'padding': 'encoder padding'}
        return names.get(part, 'pooling')
    if part == 'activation':
        return 'decoder relu' if left else 'sigmoid'
    if part == 'padding':
        return 'valid padding' if left == 1 else 'decoder padding'
    return 'upsampling'


def _left_of_mean(seen):
    """Return how many layers come after that of the mean: 1 or 0."""
    layout = seen.layouts.get('encoder')
    if layout and layout.places[-2][0] > layout.places[-1][0]:
        return 0
    return 1


ENTRIES = {
    'activation': ('activations', 'activations'),
    'padding': ('convolutions', 'valid-convolution'),
    'resize': ('pooling-without-same', 'convolutions'),
}


def _named_fault(seen, role, difference):
    """Return the `Fault` of a difference that the words for layers show."""
    layer = 'convolution' if seen.arguments.task == 2 else 'layer'
    place = len(seen.arguments.layers(role)) - difference.left
    where = f'{layer} {place}' if difference.left else f'the last {layer}'
    words = {
        'activation': f'The activation of {where} of `{role}` is',
        'padding': f'The padding of {where} of `{role}` is',
        'resize': f'After {where} of `{role}` comes',
    }
    mistake = ENTRIES[difference.part][HALVES.index(role)]
    if _requirement_of(seen, role, difference) in ('mean', 'log variance'):
        mistake = 'activation-on-mean-or-log-variance'
    return Fault(
        f'It is `{difference.found}`.',
        mistake,
        f'{words[difference.part]} `{difference.expected}`.',
    )


def _unnamed_fault(seen, role, one):
    """Return the `Fault` of a half in which no layer says what is wrong."""
    rows, _ = diagnose.rows_of(seen, role)
    others = [
        row['type']
        for row in rows
        if not row['type'].startswith(('Dense', 'Conv', 'Lambda'))
        and 'pool_size' not in row
    ]
    more, large = '', ''
    if others and not seen.arguments.variational:
        more = f' It has other layers: {listed(others[:4])}.'
    if one.drawn == 'scaled':
        large = ', where values are large, or far below 0'
    mistake = 'convolutions' if seen.arguments.task == 2 else 'activations'
    return Fault(
        f'{MODES[one.mode]} its output is not that of its layers{large}, for '
        f'a batch of {len(one.x)}.{more}',
        mistake,
        f'`{role}` is the layers of the assignment with `relu`, one fed by '
        'the other.',
    )


def layer(name, role):
    """Return the check of a requirement on the layers of a half.

    Args:
        name: String, the name of the requirement.
        role: String, 'encoder' or 'decoder'.
    """

    def check(evidence):
        """Return the fault that is about this requirement, or None."""
        return layer_faults(evidence, role).get(name)

    return check


# ---- auto ----


def not_shared(evidence):
    """Return the `Fault` of weights that `auto` does not share, or None."""
    if evidence.seen.shared:
        return None
    return Fault(
        '`auto` has weights of its own, so that `encoder` and `decoder` are '
        'never trained.',
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
    away = 'it gives something else'
    if np.shape(one.rebuilt) == np.shape(one.decoded):
        size = np.abs(one.rebuilt - one.decoded).max()
        away = f'it is up to {number(size)} away'
    return Fault(
        f'{MODES[one.mode]}, for a batch of {len(one.x)}, {away}.',
        'weights-not-shared',
        '`auto` gives what `decoder` gives for the codes of `encoder`.',
    )


def decodes_the_sample(evidence):
    """Check that `auto` decodes the sample, with shared weights."""
    fault = not_shared(evidence)
    if fault:
        return fault
    expected = (
        'The decoder of `auto` gets the latent representation, that is the '
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
                'It gets the log variance.',
                'decoder-fed-the-log-variance',
                expected,
            )
        if is_steady(sample.rebuilt, mean):
            return Fault(
                'It gets the mean.',
                'decoder-fed-the-mean',
                expected,
                FED_THE_MEAN,
            )
        return Fault(
            f'{MODES[sample.mode]}, it gets something else.',
            'decoder-fed-the-mean',
            expected,
        )
    return _still_not_joined(evidence)


FED_THE_MEAN = (
    'Give it the first output of the encoder. With the mean, the first epoch '
    'of MNIST ends at 212, which is what the assignment printed; its text has '
    'the latent representation for the decoder, which ends at 217.'
)


def is_repeated(sample):
    """Tell whether samples share their noise, or have it in every call."""
    z, mean, log_variance = sample.encoded
    made = noise.of_sample(z, mean, log_variance)
    rows = (made - made.mean(1, keepdims=True)).reshape(-1, made.shape[-1])
    drawn_once = is_random(sample) and (z == sample.again).all()
    return bool(drawn_once) or noise.is_shared(rows)


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


# ---- the sample ----


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
    quiet = noise_in_training_only(evidence)
    for sample in evidence.seen.samples:
        if quiet and sample.mode != 'train':
            continue
        fault = _sample_fault(sample)
        if fault and sample.mode == 'train':
            usual = _usual_of(evidence, sample)
            if usual is None or _sample_fault(usual) is None:
                return _with_training(fault)
        if fault:
            return fault
    for one, _ in evidence.passes:
        if one.drawn == 'still' or (quiet and one.mode != 'train'):
            continue
        made = noise.of_sample(*one.encoded)
        wrong = noise.unlike(made) if len(one.x) > 1 else not made.any()
        if wrong:
            return Fault(
                f'{MODES[one.mode]}, for a batch of {len(one.x)}, its noise '
                f'is around {number(made.mean())} with a deviation of '
                f'{number(made.std())}.',
                'noise-shared' if wrong == 'shared' else 'noise-missing',
                diagnose.NOISE,
            )
    return None


def _usual_of(evidence, sample):
    """Return the sample of the same weights without `training=True`."""
    samples = evidence.seen.samples
    place = samples.index(sample)
    return samples[place - 1] if place else None


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
            'It is the mean; there is no noise.',
            'noise-missing',
            diagnose.NOISE,
        )
    z, mean, log_variance = sample.encoded
    if (z == sample.again).all():
        return Fault(
            'It is the same in every call: the noise was drawn once, or there '
            'is none.',
            'noise-drawn-once',
            diagnose.NOISE,
        )
    if noise.unlike(noise.of_sample(z, mean, log_variance)):
        return diagnose.sample_fault(sample)
    return None


# ---- the loss ----


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
    terms = diagnose.reconstruction_terms(steps, arguments.variational)
    wrong = ~diagnose.agree(losses, terms[0].values)
    if not wrong.any():
        return None
    if arguments.variational and not diagnose.agree(losses[0], again.loss):
        return Fault(
            f'It is {number(losses[0])}, then {number(again.loss)}: the '
            'divergence is computed of the sample, which is random.',
            'loss-of-the-sample',
            'The loss depends on the latent representation only by what the '
            'decoder makes of it: with all weights of the encoder 0, it is '
            'the same each time.',
        )
    place = int(np.argmax(wrong))
    match = diagnose.match(losses, terms)
    kind = 'summed' if arguments.variational else 'averaged'
    mistake, change = 'another-loss', _unknown_loss(match)
    if match and match.times == 0:
        mistake = 'not-compiled'
    elif match:
        mistake = match.term.mistake or mistake
        change = match.term.change
    return Fault(
        diagnose.explanation(match, losses[place]),
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
        'Is there a regularizer or a dropout in the model, or a term or a '
        'factor too many in the loss?'
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
    terms = diagnose.penalty_terms(arguments, steps)
    right = arguments.lambtha * terms[0].values
    wrong = ~diagnose.agree(found, right, 0.1)
    if not wrong.any() or is_summed(evidence):
        return None
    match = diagnose.match(found, terms, arguments.lambtha, 0.1)
    place = int(np.argmax(wrong))
    return Fault(
        diagnose.explanation(match, found[place]),
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
    return bool(diagnose.agree(found, lambtha * sums, 0.1).all())


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
    terms = diagnose.divergence_terms(steps)
    slack = 0.3 + 0.01 * abs(losses)
    wrong = ~diagnose.agree(found, terms[0].values, slack)
    if not wrong.any():
        return None
    place = int(np.argmax(wrong))
    expected = (
        'The loss has the divergence from N(0, I), summed over the code and '
        f'averaged over the batch: {number(terms[0].values[place])} for '
        f'{arguments.call}.'
    )
    match = diagnose.match(found, terms, slack=slack)
    if match is None or match.times not in (0, 1):
        factors = diagnose.divergence_parts(found, steps, slack)
        if factors and len(set(map(abs, factors))) > 1:
            return Fault(
                f'It is {number(found[place])}, the sum of '
                f'`{diagnose.divergence_sum(factors)}` over the code.',
                'divergence-formula',
                expected,
                'The four factors are 0.5, 0.5, -0.5 and -0.5. Compare each '
                'of them.',
            )
    mistake = 'divergence-formula'
    if match and match.times == 0:
        mistake = 'divergence-missing'
    elif match:
        mistake = match.term.mistake or 'divergence-weighted'
    return Fault(
        diagnose.explanation(match, found[place]),
        mistake,
        expected,
        _unknown_loss(match),
    )


# ---- training ----

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
        f'It changes no weight of `{"` and `".join(kept)}`.',
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
                    f'It gives it none for layer {number_}.',
                    'optimizer',
                    f'Training gives the weights of `{role}` the gradient of '
                    'the loss.',
                    'Is the layer frozen (`trainable=False`), or a gradient '
                    'stopped? Does a `train_step` use another optimizer than '
                    '`self.optimizer`?',
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
        'The loss is that of the requirements above, and nothing else: '
        f'{values[0]:.6g} for {evidence.seen.arguments.call} and a batch of '
        f'{len(step.x)}{where}.',
        'Is there a regularizer too many, or does the loss use another sample '
        'than the decoder?',
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
        'The loss that `fit` prints for other inputs is that loss, too: '
        f'`val_loss` is {number(right.held[0])} for '
        f'{evidence.seen.arguments.call}.',
        'Does the model or the loss do something else outside of training?',
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
        evidence, role, step, f'they are {number(away)} of its size away from'
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
        f'{len(step.x) * step.copies}, {words} that.',
        'optimizer',
        f'Training gives the weights of `{role}` the gradient of the loss.',
        'Is a gradient stopped, or does training use another loss than it '
        'prints?',
    )


def _noisy_steps(evidence):
    """Return the `Fault` of steps whose loss has noise, or None."""
    steps = [pair for pair in evidence.steps if pair[0].drawn == 'noisy']
    if not steps:
        return None
    (first, right), (second, _) = steps
    if all(map(np.array_equal, first.gradients, second.gradients)):
        return Fault(
            'In `fit`, its noise is the same in every step.',
            'noise-drawn-once',
            diagnose.NOISE,
        )
    values = np.array([loss.value for loss in right.losses])
    for step in (first, second):
        if abs(errors_away(step.loss, values)) > ERRORS:
            return Fault(
                f'In `fit`, the loss of {step.copies} copies of an input is '
                f'{step.loss:.6g} in place of {values.mean():.6g}: its noise '
                'is not from N(0, I), or not new for each of them.',
                'noise-missing',
                diagnose.NOISE,
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
                f'they are {number(abs(away))} standard errors away from',
            )
    return None


# ---- the optimizer ----

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
        return Fault(f'Its optimizer is {kinds[0]}.', 'optimizer')
    wrong = [
        f'`{name}` of {settings[name]:g}' for name in OTHERS if settings[name]
    ]
    for name, (low, high) in SETTINGS.items():
        value = setting(settings, name)
        if value is None or not low <= value <= high:
            wrong.append(f'`{name}` of {value}')
    if not wrong:
        return None
    return Fault(
        f'It has {" and ".join(wrong)}, which makes it another optimizer.',
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
        f'A rate is above 0, up to {RATES[1]:g}; one that rises from 0 may '
        'begin there, and one that falls may end there. Compile with '
        "`optimizer='adam'`."
    )
    if not (
        np.isfinite(first).all()
        and first[0] >= 0
        and (first[1:] > 0).all()
        and first.max() <= RATES[1]
        and (first >= RATES[0]).mean() >= 0.5
    ):
        return Fault(
            'In the first epoch its learning rate is from '
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
            'After the first epoch its learning rate is from '
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
                f'In step {step.iteration + 1} of `fit`, its weights are not '
                'what Adam makes of the gradients.',
                'optimizer',
                change='Is a gradient clipped, is there a constraint on a '
                'weight, or does something else change it?',
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
