"""The requirements that tasks share, each a function of a `Solution`."""
import sys

import numpy as np

from checker import losses, recompute
from checker.faults import Unmet
from checker.models import ROLES


def number(value):
    """Return a number as Keras prints it."""
    return f'{value:.4g}'


def listed(values):
    """Return numbers as a text."""
    return ', '.join(map(str, values)) or 'none'


def builds(solution):
    """Build the models for every set of arguments, or raise the Unmet."""
    solution.built  # noqa: B018
    for case in solution.cases:
        if isinstance(case, Unmet):
            case.blocks = False
            case.expected = ('The function works for these sizes as for '
                             'others. ' + case.expected)
            raise case


def in_order(solution):
    """Check that encoder, decoder and auto are returned in this order."""
    models = solution.models
    if models.order != ROLES:
        raise Unmet('It returns `encoder, decoder, auto`.',
                    f'It returns {", ".join(models.order)}, to judge by '
                    'their shapes.',
                    'End with `return encoder, decoder, auto`.',
                    'order-of-models')


def _check_shape(models, role, expected):
    """Raise a Unmet if a model gives another shape than expected."""
    for count, *got in models.shapes[role]:
        got = tuple(got)
        if got != expected or count != 2:
            shape = ' x '.join(map(str, got))
            wanted = ' x '.join(map(str, expected))
            change, mistake = ('Use the arguments of the function, not '
                               'numbers, for every size.', 'shapes')
            if got == (784,) or got[-1:] == (1,):
                change = (f'{got[-1]} seems written into the code: '
                          'use `input_dims`.')
                mistake = '784-written-in'
            raise Unmet(f'For {models.call}, `{role}` gives {wanted} values.',
                        f'It gives {shape}.', change, mistake)


def input_dims(solution):
    """Check that inputs and reconstructions have `input_dims` values."""
    for models in solution.built:
        _check_shape(models, 'decoder', models.inputs)
        _check_shape(models, 'auto', models.inputs)


def latent_dims(solution):
    """Check that codes have `latent_dims` values."""
    for models in solution.built:
        _check_shape(models, 'encoder', models.code)


def _sizes(pairs):
    """Return the number of outputs of each layer."""
    return [kernel.shape[-1] for kernel, _ in pairs]


def hidden(solution, role):
    """Check the sizes of the dense layers of a model."""
    models = solution.models
    chain, rest = models.layers(role)
    found = _sizes(chain)
    if role == 'encoder':
        expected = [*models.middle, *models.code]
    else:
        expected = [*models.middle[::-1], *models.inputs]
    wanted = 1 if models.variational and role == 'encoder' else 0
    if found == expected and len(rest) == wanted:
        return
    what = (f'For {models.call}, the layers of `{role}` have '
            f'{listed(expected)}')
    if wanted:
        what += f' and {models.code[0]}'
    change, mistake = ('Make one `Dense` for each number of '
                       f'`{models.names[1]}`, and one for the output.',
                       'hidden-layers')
    if found[-1:] != expected[-1:] and found[:-1] == expected[:-1]:
        change, mistake = ('The last size is written into the code or is '
                           'another argument.', '784-written-in')
    if role == 'decoder' and found[:-1] == models.middle:
        change, mistake = ('The hidden layers of the decoder are those of '
                           'the encoder in reverse: `for nodes in '
                           'reversed(hidden_layers)`.', 'not-reversed')
    if wanted and found == expected and not rest:
        change, mistake = ('The mean and the log variance are the same '
                           'layer. Make a `Dense` for each.',
                           'one-layer-for-mean-and-log-variance')
    text = listed(found)
    if rest:
        text += '; and outside of that chain ' + listed(
            'x'.join(map(str, kernel.shape)) for kernel, _ in rest)
    raise Unmet(what + ' values.', f'They have {text}.', change, mistake)


def list_kept(solution):
    """Check that the caller's list is what it was."""
    for models in solution.built:
        if not models.kept:
            raise Unmet(
                f'The caller\'s list stays {models.middle}.',
                f'After the call it is {models.changed}.',
                '`.reverse()`, `.pop()` and `.append()` change the list of '
                'the caller: use `reversed(...)` or a slice `[::-1]`.',
                'list-changed')


def _chain(models, role):
    """Return the layers of a model that lead from its input to its output.

    Raises:
        Unmet: If there are others, so that outputs cannot be recomputed.
    """
    chain, rest = models.layers(role)
    end = models.code if role == 'encoder' else models.inputs
    spare = 1 if models.variational and role == 'encoder' else 0
    if not chain or chain[-1][0].shape[-1] != end[-1] or len(rest) != spare:
        hidden(models.solution, role)
        raise Unmet('', 'The layers are not those of the assignment.',
                    blocks=True)
    return chain


def found_activations(models, role):
    """Return the expected and the found activations of a dense model.

    Raises:
        Unmet: If no activations explain what the model gives.
    """
    chain = _chain(models, role)
    if role == 'encoder':
        expected = ['relu'] * len(chain)
        x = models.data(16)
    else:
        expected = ['relu'] * (len(chain) - 1) + ['sigmoid']
        x = models.codes(16)
    models.set(role, 'random')
    chain, _ = models.layers(role)
    output = models.give(role, x)
    if isinstance(output, list):
        raise Unmet(f'`{role}` has one output.',
                    f'It has {len(output)}.', blocks=True)
    found = recompute.find_activations(
        x.astype('float64'), chain, output, expected)
    if found is None:
        raise Unmet(f'`{role}` is dense layers with `relu`, one fed by the '
                    'other.', 'Its output is not that of its layers with '
                    'any usual activation.', 'Is there a layer too many, '
                    'such as a normalization?', 'activations', blocks=True)
    return expected, found


def wrong_activations(models, role, expected, found, places):
    """Raise a Unmet if activations at some places are not the expected."""
    wrong = [place for place in places if expected[place] != found[place]]
    if not wrong:
        return
    names = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth']
    which = ', '.join('last' if place == len(found) - 1 else names[place]
                      for place in wrong)
    got = ' and '.join(dict.fromkeys(f'`{found[place]}`' for place in wrong))
    want = expected[wrong[0]]
    raise Unmet(
        f'The {which} layer of `{role}` uses `{want}`.', f'It uses {got}.',
        f'Give the layer `activation=\'{want}\'`.' if want != 'None'
        else 'Give the layer no `activation`.', 'activations')


def relu(solution, role):
    """Check the activations of a model, but for the last of the decoder."""
    models = solution.models
    expected, found = found_activations(models, role)
    places = range(len(found) - (role == 'decoder'))
    wrong_activations(models, role, expected, found, places)


def sigmoid(solution):
    """Check the activation of the last layer of the decoder."""
    models = solution.models
    expected, found = found_activations(models, 'decoder')
    wrong_activations(models, 'decoder', expected, found, [len(found) - 1])


NOT_SHARED = Unmet(
    '`auto` is the decoder after the encoder, with their weights: training '
    '`auto` trains all three.',
    '`auto` has weights of its own, so that `encoder` and `decoder` are '
    'never trained.',
    'Make it of the two: `auto = keras.Model(inputs, '
    'decoder(encoder(inputs)))`.', 'weights-not-shared')


def joined(solution):
    """Check that `auto` gives what the decoder gives for the codes."""
    models = solution.models
    x = models.data(8)
    for role in ROLES[:2]:
        models.set(role, 'random', seed=1, copy=False)
    codes = models.give('encoder', x)
    if models.give('auto', x).shape != x.shape:
        _check_shape(models, 'auto', models.inputs)
    expected = models.give('decoder', codes)
    got = models.give('auto', x)
    if not recompute.same(got, expected):
        if not models.shared:
            raise NOT_SHARED
        raise Unmet('`auto` gives what `decoder` gives for the codes of '
                    '`encoder`.', 'It gives something else: '
                    f'{number(abs(got - expected).max())} away.',
                    'Make it of the two: `auto = keras.Model(inputs, '
                    'decoder(encoder(inputs)))`.', 'weights-not-shared')


def adam(solution):
    """Check that `auto` is compiled with Adam."""
    optimizer = getattr(solution.models.auto, 'optimizer', None)
    optimizer = getattr(optimizer, 'inner_optimizer', optimizer)
    if optimizer is None:
        raise not_compiled(solution)
    kinds = [kind.__name__ for kind in type(optimizer).__mro__]
    # AdamW is a subclass of Adam on Keras 3, with a decay of its own.
    if kinds[0] == 'AdamW' or not {'Adam', 'AdamOptimizer'} & set(kinds):
        raise Unmet('`auto` is compiled with the optimizer Adam.',
                    f'Its optimizer is {kinds[0]}.',
                    "Compile it with `optimizer='adam'`.", 'optimizer')


def not_compiled(solution):
    """Return the Unmet of a model that was never compiled."""
    return Unmet('`auto` is compiled.', '`auto` is not compiled.',
                 "End with `auto.compile(optimizer='adam', "
                 "loss='binary_crossentropy')`.", 'not-compiled',
                 blocks=True)


def trainable(solution):
    """Return the models, if their `auto` can be fitted to its input.

    Raises:
        Unmet: If it is not compiled, or its output has another shape.
    """
    models = solution.models
    if getattr(models.auto, 'optimizer', None) is None:
        raise not_compiled(solution)
    _check_shape(models, 'auto', models.inputs)
    return models


def trains(solution):
    """Check that `auto.fit` works as in the assignment's main script."""
    models = trainable(solution)
    for role in ROLES[:2]:
        models.set(role, 'random')
    kept = models.weights()
    history = models.fit(models.data(12), models.data(4, seed=1))
    changed = [any((a != b).any() for a, b in zip(old, new))
               for old, new in zip(kept, models.weights())]
    models.restore(kept)
    for name, values in history.items():
        if not np.isfinite(values).all():
            raise Unmet('The losses are finite.',
                        f'`{name}` is {values[-1]}.',
                        'Look for a logarithm or an exponential of values '
                        'that are not in their range.', 'not-finite')
    if not any(changed):
        raise Unmet('Training changes the weights.', 'It changes none.',
                    'Does the loss depend on the weights?', 'not-compiled')
    if models.shared and not all(changed[:2]):
        raise Unmet(
            'Training `auto` trains `encoder` and `decoder`.',
            f'It does not change `{ROLES[changed.index(False)]}`.',
            'Make it of the two: `auto = keras.Model(inputs, '
            'decoder(encoder(inputs)))`.', 'weights-not-shared')


def loss_cases(models, encoder, decoder):
    """Return losses for two batch sizes, and what they are computed from.

    Args:
        models: A `Models`.
        encoder: String, how the weights of the encoder are set.
        decoder: String, the same for the decoder.

    Returns:
        List of the losses that `fit` prints, and list of pairs of the inputs
        and their reconstructions.
    """
    models.set('encoder', encoder, seed=2)
    models.set('decoder', decoder, seed=2)
    if (encoder, decoder) in models.losses:
        return models.losses[encoder, decoder]
    measured, pairs = [], []
    for count in (8, 20):
        x = models.data(count, seed=count)
        measured.append(models.loss(x))
        pairs.append((x, models.give('auto', x)))
    models.losses[encoder, decoder] = measured, pairs
    return measured, pairs


def cross_entropy(solution, reduction, encoder='random', decoder='random'):
    """Check that the loss is the binary cross-entropy.

    Args:
        solution: A `Solution`.
        reduction: 'sum' or 'mean', over the values of an input.
        encoder: String, how the weights of the encoder are set.
        decoder: String, the same for the decoder.
    """
    models = trainable(solution)
    if decoder == 'random':
        models.set('encoder', encoder, seed=2)
        models.set('decoder', decoder, seed=2)
        y = models.give('auto', models.data(20, seed=20))
        if y.min() < 1e-3 or y.max() > 1 - 1e-3:
            # No probabilities: Keras clips them, each version its own way.
            decoder = 'biases'
    measured, pairs = loss_cases(models, encoder, decoder)
    terms = list(losses.reconstruction_terms(pairs, reduction))
    right = terms[0 if reduction == 'sum' else 1]
    if losses.close(measured, right[2]):
        return
    expected = (f'The loss is {right[0]}: {number(right[2][0])} for '
                f'{models.call} and a batch of 8.')
    found = f'It is {number(measured[0])}'
    words, mistake = losses.first_that_fits(measured, terms)
    if words:
        change = {
            'cross-entropy-averaged': 'Keras averages over the values: '
            'multiply by `input_dims`, or sum over the last axis.',
            'cross-entropy-summed': "Use `loss='binary_crossentropy'`, which "
            'averages.',
            '784-written-in': 'Use `input_dims` in place of the number.',
            'summed-over-the-batch': 'Average over the batch: '
            '`keras.ops.mean` (Keras 2: `keras.backend.mean`).',
            'from-logits': 'The output is a probability already: leave out '
            '`from_logits=True`.',
            'not-compiled': "Compile `auto` with "
            "`loss='binary_crossentropy'`.",
        }.get(mistake, "Compile `auto` with `loss='binary_crossentropy'`.")
        raise Unmet(expected, f'{found}, which is {words}.', change, mistake)
    excess = np.subtract(measured, right[2])
    text = f'{found}, {number(abs(excess[0]))} '
    text += 'more' if excess[0] > 0 else 'less'
    text += f'; for a batch of 20 it is {number(measured[1])} in place of '
    text += number(right[2][1])
    raise Unmet(expected, text + '.', 'That is no formula this checker '
                'knows. Is there a regularizer or a dropout in the model, or '
                'a term too many in the loss?', 'another-loss')


def version():
    """Return the version of Keras as two integers."""
    keras = sys.modules['tensorflow'].keras
    if not hasattr(keras, 'ops'):
        return 2, 15
    parts = getattr(keras, '__version__', '3.0').split('.')
    return int(parts[0]), int(parts[1])
