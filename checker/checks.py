"""The requirements that tasks share, each a function of one case.

A check takes the `Models` for some arguments, and raises what is not met.
Numbers decide; what the worker says of its layers only names the fault.
"""
from functools import partial

import numpy as np

from checker import formulas, layers
from checker.faults import RequirementNotMet
from checker.formulas import ACTIVATIONS
from checker.models import ROLES

LAYERS = 'Compare the layers, side by side below.'
# Steps of the assignment's training: an epoch, and all 50.
EPOCH, ALL = 235, 11750


def number(value):
    """Return a number as a text, with four significant digits."""
    return f'{value:.4g}'


def listed(values):
    """Return values as a text."""
    return ', '.join(map(str, values)) or 'none'


def in_order(models):
    """Check that encoder, decoder and auto are returned in this order."""
    if models.order != ROLES:
        raise RequirementNotMet(
            'It returns `encoder, decoder, auto`.',
            f'It returns {", ".join(models.order)}, to judge by their '
            'shapes.', 'End with `return encoder, decoder, auto`.',
            'order-of-models')


def check_shape(models, role, expected):
    """Check the shape of what a model gives."""
    for count, *got in models.shapes[role]:
        got = tuple(got)
        if got != expected or count != 2:
            shape = ' x '.join(map(str, got))
            wanted = ' x '.join(map(str, expected))
            change, mistake = ('Use the arguments of the function, not '
                               'numbers, for every size.', 'shapes')
            if len(got) == 3 and got[-1] == 1 != expected[-1]:
                change = 'Use `input_dims[-1]` for the channels.'
                mistake = 'one-channel-hard-coded'
            elif got == (784,) or got[-1:] == (1,):
                change = (f'{got[-1]} seems written into the code: '
                          'use `input_dims`.')
                mistake = '784-hard-coded'
            raise RequirementNotMet(
                f'For {models.call}, `{role}` gives {wanted} values.',
                f'It gives {shape}.', change, mistake)


def input_dims(models):
    """Check that inputs and reconstructions have `input_dims` values."""
    check_shape(models, 'decoder', models.inputs)
    check_shape(models, 'auto', models.inputs)


def latent_dims(models):
    """Check that codes have `latent_dims` values."""
    check_shape(models, 'encoder', models.code)


def list_kept(models):
    """Check that the caller's list is what it was."""
    if models.changed != models.sizes:
        raise RequirementNotMet(
            f'The caller\'s list stays {models.sizes}.',
            f'After the call it is {models.changed}.',
            '`.reverse()`, `.pop()` and `.append()` change the list of '
            'the caller: use `reversed(...)` or a slice `[::-1]`.',
            'list-changed')


def sizes(models, role):
    """Check the nodes of the dense layers of a model, or the filters."""
    chain, rest = models.kernels(role)
    found = [layer.kernel.shape[-1] for layer in chain]
    right, name = models.right_sizes(role), models.names[1]
    convolutional, heads = models.task == 2, len(models.ends[role]) - 1
    if convolutional and role == 'decoder':
        # The last has a requirement of its own.
        right, found = right[:-1], found[:-1]
    if found == right and len(rest) == heads:
        return
    if role == 'decoder' and models.sizes != models.sizes[::-1] and (
            found[:len(models.sizes)] == models.sizes):
        change, mistake = (f'`{name}` of the decoder are those of the '
                           f'encoder in reverse: `reversed({name})`.',
                           'not-reversed')
    elif convolutional and role == 'decoder' and (
            sorted(found) == sorted(right)):
        change, mistake = ('Only their order is wrong: loop over '
                           '`reversed(filters[1:])`, and give `filters[0]` '
                           'to the convolution with `valid` padding.',
                           'not-reversed')
    elif convolutional:
        change, mistake = LAYERS + (
            ' Is one a `Conv2DTranspose`? The assignment has `Conv2D` and '
            '`UpSampling2D`.') * bool(rest), 'convolutions'
        if role == 'decoder' and sorted(found) == sorted(right):
            change, mistake = (
                'Only their order is wrong: loop over `reversed(filters[1:])`,'
                ' and give `filters[0]` to the convolution with `valid` '
                'padding.', 'not-reversed')
    elif found == right and not rest:
        change, mistake = ('The mean and the log variance are the same '
                           'layer. Make a `Dense` for each.',
                           'one-layer-for-mean-and-log-variance')
    elif found[-1:] != right[-1:] and found[:-1] == right[:-1]:
        change, mistake = ('The last size is written into the code or is '
                           'another argument.', '784-hard-coded')
    else:
        change, mistake = (f'Make one `Dense` for each number of `{name}`, '
                           'and one for the output.', 'hidden-layers')
    outside = listed('x'.join(map(str, layer.kernel.shape)) for layer in rest)
    raise RequirementNotMet(
        f'For {models.call}, the layers of `{role}` have {listed(right)}'
        + f' and {right[-1]}' * heads
        + (' filters' if convolutional else ' values')
        + ' before the last' * (convolutional and role == 'decoder') + '.',
        f'They have {listed(found)}' + (
            f'; and outside of that chain {outside}' if rest else '') + '.',
        change, mistake)


def kernels(models, role):
    """Check that the convolutions of a model have kernels of 3 x 3."""
    for place, layer in enumerate(models.kernels(role)[0]):
        if layer.kernel.shape[:2] != (3, 3):
            raise RequirementNotMet(
                f'Each convolution of `{role}` has a kernel of (3, 3).',
                f'That of convolution {place + 1} is '
                f'{layer.kernel.shape[:2]}.',
                'Give it `(3, 3)` as its `kernel_size`.', 'convolutions')


def channels(models):
    """Check that the last convolution has a filter for each channel."""
    got, want = models.shapes['decoder'][0][-1], models.inputs[-1]
    if got != want:
        raise RequirementNotMet(
            f'For {models.call}, the last convolution has {want} '
            f'filter{"s" * (want > 1)}, one for each channel.',
            f'It has {got}.', 'Use `input_dims[-1]` in place of the number.',
            'one-channel-hard-coded')


def find_ends(models, role, order=(0,)):
    """Find out the activations of the last layers of a model.

    With all kernels 0, a last layer gives the activation of its biases,
    whatever is before it.

    Args:
        models: A `Models`.
        role: String, 'encoder' or 'decoder'.
        order: Tuple, the places of the outputs of these layers.
    """
    outputs, biases = [], []
    for how in ('ends', 'far'):
        models.randomize(**{role: how})
        x = (models.codes if role == 'decoder' else models.data)(2)
        found = models.give(role, x)
        found = found if isinstance(found, list) else [found]
        outputs.append([found[place] for place in order])
        chain = models.chain(role)[-len(order):]
        if any(layer.bias is None for layer in chain):
            return
        biases.append([layer.bias for layer in chain])
    heads, ends = [], []
    for found in zip(*outputs):
        name, place = next((
            (name, place) for name, function in ACTIVATIONS.items()
            for place, bias in enumerate(zip(*biases))
            if all(formulas.same(got, function(b.astype('float64')) + 0 * got,
                                 1e-5) for got, b in zip(found, bias))),
            ('', len(heads)))
        heads.append(chain[place].place)
        ends.append(name)
    models.heads = heads if len(set(heads)) == 2 else models.heads
    models.ends[role] = ends


def differs(models, role):
    """Tell where a half gives something else than it should.

    Returns:
        Tuple of how weights were drawn, the mode and the size of the batch,
        or () if it gives what is right throughout.
    """
    if role not in models.differs:
        models.differs[role] = _differs(models, role)
    return models.differs[role]


def _differs(models, role):
    """Compare what a half gives, see `differs`."""
    if not models.chain(role):
        return 'random', 'call', 16
    if '' in models.ends[role]:
        return 'ends', 'call', 2
    many = 256 if models.main else 32
    wider = [('call', many, 0), ('train', many, 0), ('train', 1, 0)]
    if models.main:
        wider += [('call', 96, 0), ('predict', many + 44, many),
                  ('predict', 10, 32)]
    for how in ('random', 'closed', 'large', 'small'):
        looks = wider if how == 'random' else [('call', 16, 0),
                                               ('train', 16, 0)]
        models.randomize(**{role: how})
        x = (models.codes if role == 'decoder' else models.data)(
            max(count for _, count, _ in looks))
        right = (models.decode if role == 'decoder' else models.encode)(x)
        for mode, count, batch in looks:
            found = models.give(role, x[:count], mode, batch)
            if models.variational and role == 'encoder':
                if not isinstance(found, list) or len(found) != 3:
                    return how, mode, count
                pairs = zip(right, (found[place]
                                    for place in models.places[1:]))
            else:
                pairs = [(right, found)]
            if not all(formulas.same(got, want[:count])
                       for want, got in pairs):
                return how, mode, count
    return ()


def is_right(models, role):
    """Tell whether a half gives what it should."""
    return models.ends[role] == models.right_ends(role) and not differs(
        models, role)


def are_right(models):
    """Tell whether both halves give what they should."""
    return is_right(models, 'encoder') and is_right(models, 'decoder')


RESIZED = {'pooling': layers.POOLING, 'upsampling': layers.UPSAMPLING,
           '': 'nothing'}


def named(models, role):
    """Return the differences that the worker's words name.

    Returns:
        List of `(part, place, want, got)`; without those of hidden layers if
        what it says cannot be all.
    """
    chain = models.chain(role)
    found = [row for row in layers.said(models, role)
             if row['type'] in ('Dense', 'Conv2D')]
    ends, count = models.ends[role], len(chain)
    right = ['relu'] * (count - len(ends)) + models.right_ends(role)
    wrong = [('activation', count - len(ends) + place, want, got or 'another')
             for place, (want, got) in enumerate(zip(
                 models.right_ends(role), ends)) if want != got]
    if len(found) < count:
        return wrong
    return wrong + [
        (part, place, want, row[part])
        for place, (row, layer) in enumerate(zip(found, chain))
        for part, want in (('activation', right[place]),
                           ('padding', layer.padding),
                           ('resize', RESIZED[layer.resize]))
        if want and row.get(part) != want and not (
            part == 'activation' and place >= count - len(ends))]


# What is said of a part of a layer: what is right, and what to change.
PARTS = {
    'activation': ('The activation of {} of `{}` is `{}`.',
                   "Give it `activation='{}'`."),
    'padding': ('The padding of {} of `{}` is `{}`.',
                "Give it `padding='{}'`. Only the second to last of the "
                'decoder has `valid` padding: 16 x 16 become 14 x 14, and '
                'then 28 x 28.'),
    'resize': ('After {} of `{}` comes `{}`.', 'Follow it by `{}`; pooling '
               'with `same` padding rounds odd sizes up.')}
ENTRIES = {('activation', 'encoder'): 'activations',
           ('activation', 'decoder'): 'activations',
           ('padding', 'decoder'): 'valid-convolution',
           ('resize', 'encoder'): 'pooling-without-same'}


def part(models, role, what, where=lambda left: True):
    """Check one part of the layers of a model.

    Args:
        models: A `Models`.
        role: String, 'encoder' or 'decoder'.
        what: String, 'activation', 'padding' or 'resize'.
        where: Function of how many layers are left after one: whether this
            is about it.
    """
    check_chain(models, role)
    if is_right(models, role):
        return
    count = len(models.chain(role))
    for kind, place, want, got in named(models, role):
        if kind == what and where(count - 1 - place):
            expected, change = PARTS[what]
            layer = 'convolution' if models.task == 2 else 'layer'
            which = f'{layer} {place + 1}' if place < count - 1 else (
                f'the last {layer}')
            raise RequirementNotMet(
                expected.format(which, role, want), f'It is `{got}`.',
                change.format(want),
                ENTRIES.get((what, role), 'convolutions'))


def check_chain(models, role):
    """Check that a model has the layers of the assignment."""
    if not models.chain(role):
        sizes(models, role)
        if models.task == 2:
            kernels(models, role)
            channels(models)


WHERE = {
    'train': 'With `training=True` its output', 'call': 'Its output',
    'predict': 'In `predict` its output',
    'closed': ', where values are far below 0',
    'large': ', where values are large', 'small': ', where values are small'}


def relu(models, role):
    """Check the activations of a model, but those without `relu`."""
    ends = models.right_ends(role)
    part(models, role, 'activation', lambda place: place >= len(ends)
         or ends == ['relu'])
    where = differs(models, role)
    if not where or named(models, role):
        return
    how, mode, count = where
    found = (WHERE[mode] + ' is not that of its layers' + WHERE.get(how, '')
             + f', for a batch of {count}' * (mode != 'call' or count == 96))
    others = [row['type'] for row in layers.said(models, role)
              if not row['type'].startswith(('Dense', 'Conv', 'Lambda'))
              and 'pool_size' not in row]
    if others and not models.variational:
        found += f'. It has other layers: {listed(others[:4])}'
    raise RequirementNotMet(
        f'`{role}` is the layers of the assignment with `relu`, one fed by '
        'the other.', found + '.', 'Is there a layer too many, such as a '
        'normalization or a dropout, or another activation? ' + LAYERS,
        'convolutions' if models.task == 2 else 'activations')


sigmoid = partial(part, role='decoder', what='activation',
                  where=lambda left: left == 0)


def joined_change(models):
    """Return how to make `auto`, as the task needs it."""
    place = '[0]' if models.variational else ''
    return ('Make it of the two: `auto = keras.Model(inputs, '
            f'decoder(encoder(inputs){place}))`.')


def not_shared(models):
    """Return what is not met by an `auto` with layers of its own."""
    return RequirementNotMet(
        '`auto` is the decoder after the encoder, with their weights: '
        'training `auto` trains all three.', '`auto` has weights of its own, '
        'so that `encoder` and `decoder` are never trained.',
        joined_change(models), 'weights-not-shared')


def joined(models):
    """Check that `auto` gives what the decoder gives for the codes."""
    if not models.shared:
        raise not_shared(models)
    input_dims(models)
    models.randomize()
    many = 256 if models.main else 32
    x = models.data(many)
    if are_right(models):
        right = models.decode(models.encode(x))
    else:
        right = models.give('decoder', models.give('encoder', x))
    looks = [('call', many, 0), ('train', many, 0), ('train', 1, 0)]
    if not are_right(models):
        looks = looks[:1]
    for mode, count, batch in looks:
        got = models.give('auto', x[:count], mode, batch)
        if not formulas.same(got, right[:count]):
            words = {'call': '', 'train': ', with `training=True`',
                     'predict': ', in `predict`'}[mode]
            raise RequirementNotMet(
                '`auto` gives what `decoder` gives for the codes of '
                f'`encoder`, also for a batch of {count}{words}.',
                'It gives something else: '
                f'{number(abs(got - right[:count]).max())} away.',
                joined_change(models), 'weights-not-shared')


def optimizer(models):
    """Return what the optimizer of `auto` is said to be, if there is one."""
    if models.optimizer is None:
        models.optimizer, _ = models.ask(
            'looking at the optimizer', 'optimizer', case=models.case,
            steps=[*range(EPOCH), 1000, ALL - 1])
    if not models.optimizer['kinds']:
        loss = ("loss='binary_crossentropy'" if models.task != 3 else
                "loss='binary_crossentropy', loss_weights=[input_dims]")
        raise RequirementNotMet(
            '`auto` is compiled.', '`auto` is not compiled.',
            f"End with `auto.compile(optimizer='adam', {loss})`.",
            'not-compiled')
    return models.optimizer


def trainable(models):
    """Check that `auto` can be fitted to its input."""
    optimizer(models)
    input_dims(models)


class Measured:
    """A step of `fit`, beside what is right for its inputs.

    Attributes:
        step: A `Step`.
        x: Array, its inputs.
        passes: List of `Pass`, see `Models.sure_data`.
        code: What the encoder gives for them.
        rebuilt: Array, what `auto` gives for them.
        validation: Pair of inputs and the right reconstructions of those by
            the weights after the step, or None.
    """

    def __init__(self, models, encoder, decoder, count, like=None):
        """Draw weights and inputs, and train on one batch."""
        right = are_right(models)
        models.randomize(encoder, decoder)
        if like:
            cut = len(models.values['encoder'])
            models.set_weights({'decoder': like.step.before[cut:]})
        self.x, self.passes = (like.x, None) if like else (
            models.sure_data(count))
        if right and not models.variational:
            self.code = self.passes[len(models.chain('encoder')) - 1].y
            self.rebuilt = self.passes[-1].y
        else:
            self.code = (models.encode(self.x) if right else
                         models.give('encoder', self.x))
            self.rebuilt = models.give('auto', self.x)
        held, self.validation = None, None
        if count > 1 and encoder == 'random' and not like:
            held = models.data(96 if models.main else 6)
        self.step = models.step(self.x, validation=held)
        if held is not None and right and not models.variational:
            self.validation = held, models.decode(models.encode(held))


def measured(models, encoder='random', decoder='random', counts=None,
             like=None):
    """Return a `Measured` for each size of batch, measured once.

    Args:
        models: A `Models`.
        encoder, decoder: Strings, how to draw their weights.
        counts: Sizes of batches, or None for the usual ones.
        like: List of `Measured`, whose inputs and decoders to take.
    """
    key = encoder, decoder
    if key not in models.measured:
        counts = counts or ((256, 96, 1) if models.main else (32, 1))
        models.measured[key] = [
            Measured(models, *key, count, *other) for count, *other in (
                zip(counts, like) if like else zip(counts))]
    return models.measured[key]


def cross_entropy(models, reduction='mean', encoder='random',
                  decoder='random'):
    """Check that the loss is the binary cross-entropy.

    Args:
        models: A `Models`.
        reduction: 'sum' or 'mean', over the values of an input.
        encoder: String, how the weights of the encoder are drawn.
        decoder: String, the same for the decoder.
    """
    trainable(models)
    if models.ends['decoder'] != ['sigmoid']:
        # No probabilities: Keras clips them, each version its own way.
        decoder = 'biases'
    cases = measured(models, encoder, decoder)
    losses = [case.step.loss for case in cases]
    terms = list(formulas.reconstruction_terms(
        [(case.x, case.rebuilt) for case in cases], reduction))
    right = next(term for term in terms if not term[1])
    wrong = [place for place, pair in enumerate(zip(losses, right[2]))
             if not formulas.close(*pair)]
    if not wrong:
        return
    place = wrong[0]
    expected = (f'The loss is {right[0]}: {number(right[2][place])} for '
                f'{models.call} and a batch of {len(cases[place].x)}.')
    found = f'It is {number(losses[place])}'
    words, mistake = next(((words, mistake) for words, mistake, values
                           in terms if formulas.close(losses, values)),
                          ('', ''))
    if not any(losses):
        words, mistake = 'no loss at all', 'not-compiled'
    usual = "Compile `auto` with `loss='binary_crossentropy'`."
    if models.variational:
        usual = ('The cross-entropy is `input_dims * '
                 'keras.losses.binary_crossentropy(x, y)`; the divergence is '
                 'added to it.')
    if words:
        change = {
            'cross-entropy-averaged': 'Keras averages over the values: '
            'multiply the cross-entropy by `input_dims`, and leave the '
            'divergence as it is.',
            'cross-entropy-summed': "Use `loss='binary_crossentropy'`, which "
            'averages.',
            '784-hard-coded': 'Use `input_dims` in place of the number.',
            'summed-over-the-batch': 'Return a loss for each input, or '
            'average them: `tf.reduce_mean`.',
            'from-logits': 'The output is a probability already, no logit: '
            + usual,
        }.get(mistake, usual)
        raise RequirementNotMet(expected, f'{found}, which is {words}.',
                                change, mistake)
    excess = losses[place] - right[2][place]
    found += (f', {number(abs(excess))} {"more" if excess > 0 else "less"}')
    if len(wrong) < len(cases):
        found += ('; for a batch of ' + listed(
            len(case.x) for i, case in enumerate(cases) if i not in wrong)
            + ' it is right')
    raise RequirementNotMet(
        expected, found + '.', 'That is no formula this checker knows. Is '
        'there a regularizer or a dropout in the model, or a term too many '
        'in the loss?', 'another-loss')


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
    """Yield what a penalty could be, without its weight.

    Args:
        cases: List of `Measured`.

    Yields:
        `(description, mistake, numbers)`, the number of each case.
    """
    norms = [('', lambda c: abs(c).sum(1).mean()),
             (', summed over the batch', lambda c: abs(c).sum())]
    for words, mistake, function in (
            ('the L1 norm of the code', '', norms[0][1]),
            ('the L1 norm of the code, summed over the batch',
             'summed-over-the-batch', norms[1][1]),
            ('the mean of the values of the code', 'penalty-averaged',
             lambda c: abs(c).mean()),
            ('the squares of the code (L2)', 'penalty-l2',
             lambda c: (c ** 2).sum(1).mean()),
            ('the squares of the code (L2), summed over the batch',
             'penalty-l2', lambda c: (c ** 2).sum())):
        yield words, mistake, [function(np.asarray(case.code, 'float64'))
                               for case in cases]
    passes = [case.passes and case.passes[:len(case.step.encoder)]
              for case in cases]
    if not all(passes):
        return
    for kind, function in (('L1', abs), ('L2', np.square)):
        yield (f'the {kind} norm of the weights of the layer of the code',
               'penalty-on-weights', [function(found[-1].layer.kernel).sum()
                                      for found in passes])
    for words, norm in norms:
        for place in range(len(passes[0]) - 1):
            yield (f'the L1 norm of the output of hidden layer {place + 1}'
                   + words, 'penalty-on-other-layers',
                   [norm(found[place].y) for found in passes])
        yield ('the L1 norm of the code before its `relu`' + words,
               'penalty-before-relu',
               [norm(found[-1].before) for found in passes])


def penalty(models):
    """Check that the loss holds `lambtha` times the L1 norm of the code."""
    trainable(models)
    cases = measured(models, 'heavy', 'biases')
    losses = [case.step.loss for case in cases]
    if np.isnan(losses).any():
        raise RequirementNotMet(
            'The loss is a number.', 'It is nan.', 'Look for a logarithm of '
            'values that are not in its range.', 'not-finite')
    rest = [loss - formulas.cross_entropy(case.x.astype('float64'),
                                          case.rebuilt).mean()
            for loss, case in zip(losses, cases)]

    def fits(values):
        return formulas.close(rest, values, np.abs(values) + 0.1)
    terms, weight = _penalties(cases), models.lambtha
    _, _, right = next(terms)
    if fits(np.multiply(right, weight)):
        return
    fault = partial(RequirementNotMet, (
        'The loss has `lambtha` times the L1 norm of the code, averaged over '
        f'the batch: {number(weight * right[0])} for {models.call}.'))
    if fits(np.zeros(len(rest))):
        raise fault('It has no penalty.', PENALTY, 'penalty-missing')
    # Where there is nothing, nothing can be told apart.
    terms = [('the L1 norm of the code', '', right), *(
        term for term in terms if np.all(np.asarray(term[2]) > 1e-6))]
    for times, (words, mistake, values) in (
            [(weight, term) for term in terms]
            + [(formulas.ratio(rest, term[2]), term) for term in terms]):
        if times is None or not fits(np.multiply(values, times)):
            continue
        if mistake == 'summed-over-the-batch' and times == weight and (
                (3, 0) <= models.solution.keras < (3, 14)):
            models.solution.note(
                'The penalty is summed over the batch. So does every '
                '`activity_regularizer` in Keras 3.0 to 3.13: that is '
                'Keras\', and not counted. See '
                'docs/mistakes.md#summed-over-the-batch')
            models.summed = True
            return
        raise fault(
            f'It has {number(rest[0])}, which is {times:.3g} times {words}; '
            f'`lambtha` is {weight}.', PENALTIES.get(mistake, PENALTY),
            mistake or ('penalty-weight' if round(times / weight, 2) in (
                0.5, 2) else 'lambtha-ignored'))
    raise fault(f'It has {number(rest[0])} beside the cross-entropy, which '
                'is no formula this checker knows.', PENALTY,
                'penalty-missing')


def trains(models):
    """Check that `auto.fit` works as in the assignment's main script."""
    trainable(models)
    cases = measured(models)
    check_training(models)
    for case in cases if nothing_wrong(models) else ():
        cut = len(case.step.encoder)
        check_gradients(models, case.step, formulas.plain_gradients(
            case.x, case.passes[:cut], case.passes[cut:], models.lambtha / (
                1 if models.summed else len(case.x))), 2e-3)
        if case.validation:
            x, rebuilt = case.validation
            right = formulas.cross_entropy(x.astype('float64'),
                                           rebuilt).mean()
            found = case.step.history.get('val_loss', right)
            # A penalty is small beside it, or left out.
            if not formulas.close(found, right) and not models.lambtha:
                raise RequirementNotMet(
                    'The loss that `fit` prints for other inputs is that '
                    f'loss, too: `val_loss` is {number(right)}.',
                    f'It is {number(found)}.', 'Does the model or the loss '
                    'do something else outside of training?', 'another-loss')


def nothing_wrong(models):
    """Tell whether gradients can be judged: all before them is right."""
    return are_right(models) and not models.solution.unmet


def check_training(models):
    """Check that losses are finite, and that weights change."""
    if not models.shared:
        raise not_shared(models)
    for step in models.steps:
        for name, value in step.history.items():
            if not np.isfinite(value):
                raise RequirementNotMet(
                    'The losses are finite.', f'`{name}` is {value}.',
                    'Look for a logarithm or an exponential of values that '
                    'are not in their range.', 'not-finite')
    changed = [any((old != new).any() for step in models.steps
                   for old, new in zip(step.before[part], step.after[part]))
               for part in (slice(len(models.weights['encoder'])),
                            slice(len(models.weights['encoder']), None))]
    if not all(changed):
        role = f'`{ROLES[changed.index(False)]}`'
        raise RequirementNotMet(
            'Training `auto` trains `encoder` and `decoder`.',
            'It changes no weight of '
            + (role if any(changed) else 'them') + '.',
            joined_change(models) + ' Does the loss depend on the weights?',
            'weights-not-shared')


def check_gradients(models, step, right, tolerance):
    """Check that the gradients in a step are those of the loss.

    Args:
        models: A `Models`.
        step: A `Step`.
        right: Two lists of pairs, the gradients by the kernel and the bias
            of each layer of encoder and decoder.
        tolerance: Float, what they may differ in parts of the largest.
    """
    offset = 0
    for role, chain, pairs in zip(ROLES, (step.encoder, step.decoder), right):
        for place, (layer, pair) in enumerate(zip(chain, pairs)):
            for extra, name in enumerate(['kernel', 'bias'][
                    :1 + (layer.bias is not None)]):
                fault = partial(RequirementNotMet, (
                    'Training gives each weight the gradient of the loss, '
                    f'such as the {name} of layer {place + 1} of `{role}`.'))
                at = offset + layer.place + extra
                if at in step.missing:
                    raise fault('It gives it none.', 'Is the layer frozen '
                                '(`trainable=False`), or a gradient '
                                'stopped?', 'optimizer')
                want, got = pair[extra], step.gradients[at]
                scale = abs(want).max() + 1e-4 * max(
                    abs(one[extra]).max() for one in pairs) + 1e-12
                away = abs(got - want).max() / scale
                if not away < tolerance:
                    raise fault(
                        f'For {models.call} and a batch of {len(step.x)}, it '
                        f'is {number(away)} of its size away from that.',
                        'Is a gradient stopped, or does training use another '
                        'loss than it prints?', 'optimizer')
        offset += len(models.weights[role])


# What still counts as Adam; docs/grading.md says it in words.
RATES, BETA_1, BETA_2, EPSILON = (1e-5, 1), 0.9999, (0.5, 0.999999), 1e-3
OTHERS = ('weight_decay', 'clipnorm', 'clipvalue', 'global_clipnorm',
          'use_ema', 'gradient_accumulation_steps')


def adam(models):
    """Check that the steps of `fit` are those of Adam.

    What the worker says of the settings has to be within bounds, and the
    numbers have to follow from it.
    """
    found = optimizer(models)
    kinds, settings, rates = (found['kinds'], found['settings'],
                              np.array(found['rates'], 'float64'))
    expected = '`auto` is compiled with the optimizer Adam.'
    usual = "Compile it with `optimizer='adam'`."
    # AdamW is a subclass of Adam on Keras 3, with a decay of its own.
    if kinds[0] == 'AdamW' or not {'Adam', 'AdamOptimizer'} & set(kinds):
        raise RequirementNotMet(expected, f'Its optimizer is {kinds[0]}.',
                                usual, 'optimizer')
    wrong = [f'`{name}` of {settings[name]:g}' for name in OTHERS
             if settings[name]]
    beta_1, beta_2, epsilon = (settings[name] for name in (
        'beta_1', 'beta_2', 'epsilon'))
    epsilon = 1e-7 if epsilon is None else epsilon
    for name, value, low, high in (('beta_1', beta_1, 0, BETA_1),
                                   ('beta_2', beta_2, *BETA_2),
                                   ('epsilon', epsilon, 0, EPSILON)):
        if value is None or not low <= value <= high:
            wrong.append(f'`{name}` of {value}')
    if wrong:
        raise RequirementNotMet(
            expected, f'It has {" and ".join(wrong)}, which makes it another '
            'optimizer.', usual, 'optimizer')
    first = rates[:EPOCH]
    if not (np.isfinite(rates).all() and (rates >= 0).all()
            and (first[1:] > 0).all()
            and RATES[0] <= first.max() and rates.max() <= RATES[1]):
        raise RequirementNotMet(
            expected, 'In the first epoch its learning rate is from '
            f'{first.min():g} to {first.max():g}.', 'A rate is above 0, up '
            f'to {RATES[1]:g}; one that rises from 0 may begin there. '
            + usual, 'optimizer')
    if not are_right(models):
        return
    if nothing_wrong(models):
        if not models.steps:
            measured(models)
        check_training(models)
    for iteration in (EPOCH - 1, ALL - 1) if models.main else ():
        models.randomize()
        models.step(models.data(16), iteration)
    rates = dict(zip([*range(EPOCH), 1000, ALL - 1], rates))
    right = formulas.Adam(beta_1, beta_2, epsilon, bool(settings['amsgrad']))
    for step in models.steps:
        worst, size = 0, rates[step.iteration]
        for place, (old, new, gradient) in enumerate(zip(
                step.before, step.after, step.gradients)):
            if place in step.missing:
                continue
            old = np.asarray(old, 'float64')
            change = right.change(place, gradient, step.iteration + 1, size)
            allowed = 1e-3 * (abs(change) + size) + 2.5e-7 * abs(old)
            worst = max(worst, (abs(new - old - change) / allowed).max())
        if not worst < 1:
            raise RequirementNotMet(
                expected, f'In step {step.iteration + 1} of `fit`, its '
                'weights are not what Adam makes of the gradients.',
                'Is a gradient clipped, or a weight changed by something '
                f'else? {usual}', 'optimizer')
