"""The requirements that tasks share, each a function of a `Solution`."""
import numpy as np

from checker import losses, recompute
from checker.faults import Unmet
from checker.models import ROLES


def number(value):
    """Return a number as a text, with four significant digits."""
    return f'{value:.4g}'


def listed(values):
    """Return numbers as a text."""
    return ', '.join(map(str, values)) or 'none'


def builds(solution):
    """Build the models for every set of arguments, or raise the Unmet."""
    solution.built  # noqa: B018
    for case in solution.cases:
        if isinstance(case, Unmet):
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


def check_shape(models, role, expected):
    """Raise a Unmet if a model gives another shape than expected."""
    for count, *got in models.shapes[role]:
        got = tuple(got)
        if got != expected or count != 2:
            shape = ' x '.join(map(str, got))
            wanted = ' x '.join(map(str, expected))
            change, mistake = ('Use the arguments of the function, not '
                               'numbers, for every size.', 'shapes')
            if len(got) == 3 and got[-1] == 1 != expected[-1]:
                change = 'Use `input_dims[-1]` for the channels.'
                mistake = 'one-channel-written-in'
            elif got == (784,) or got[-1:] == (1,):
                change = (f'{got[-1]} seems written into the code: '
                          'use `input_dims`.')
                mistake = '784-written-in'
            raise Unmet(f'For {models.call}, `{role}` gives {wanted} values.',
                        f'It gives {shape}.', change, mistake)


def input_dims(solution):
    """Check that inputs and reconstructions have `input_dims` values."""
    for models in solution.built:
        check_shape(models, 'decoder', models.inputs)
        check_shape(models, 'auto', models.inputs)


def latent_dims(solution):
    """Check that codes have `latent_dims` values."""
    for models in solution.built:
        check_shape(models, 'encoder', models.code)


def _sizes(pairs):
    """Return the number of outputs of each layer."""
    return [kernel.shape[-1] for kernel, _ in pairs]


def hidden(solution, role):
    """Check the sizes of the dense layers of a model."""
    for models in solution.built:
        _hidden(models, role)


def _hidden(models, role):
    """Check the sizes of the dense layers of one model."""
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
        if models.changed != models.middle:
            raise Unmet(
                f'The caller\'s list stays {models.middle}.',
                f'After the call it is {models.changed}.',
                '`.reverse()`, `.pop()` and `.append()` change the list of '
                'the caller: use `reversed(...)` or a slice `[::-1]`.',
                'list-changed')


LAYERS = 'Compare the layers, side by side below.'


def chain_of(models, role):
    """Return the layers of a model that lead from its input to its output.

    Raises:
        Unmet: If there are others, so that outputs cannot be recomputed.
    """
    chain, rest = models.layers(role)
    end = models.code if role == 'encoder' else models.inputs
    spare = 1 if models.variational and role == 'encoder' else 0
    if (not chain or chain[-1].kernel.shape[-1] != end[-1]
            or len(rest) != spare):
        _hidden(models, role)
        raise Unmet('The layers are those of the assignment.',
                    'They are not.', LAYERS, 'hidden-layers')
    return chain


def found_activations(models, role):
    """Return the expected and the found activations of a dense model.

    Raises:
        Unmet: If no activations explain what the model gives.
    """
    chain = chain_of(models, role)
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
                    f'It has {len(output)}.', 'End with '
                    f'`{role} = keras.Model(inputs, output)`.', 'shapes')
    found = recompute.find_activations(
        x.astype('float64'), chain, output, expected)
    if found is None:
        raise Unmet(f'`{role}` is dense layers with `relu`, one fed by the '
                    'other.', 'Its output is not that of its layers with '
                    'any usual activation.', 'Is there a layer too many, '
                    'such as a normalization? ' + LAYERS, 'activations')
    return expected, found


def wrong_activations(role, expected, found, places):
    """Raise a Unmet if activations at some places are not the expected."""
    wrong = [place for place in places if expected[place] != found[place]]
    if not wrong:
        return
    which = ' and '.join(
        'the last layer' if place == len(found) - 1 else f'layer {place + 1}'
        for place in wrong)
    got = ' and '.join(dict.fromkeys(f'`{found[place]}`' for place in wrong))
    want = expected[wrong[0]]
    raise Unmet(
        f'The activation of {which} of `{role}` is `{want}`.',
        f'It uses {got}.',
        f'Give the layer `activation=\'{want}\'`.' if want != 'None'
        else 'Give the layer no `activation`.', 'activations')


def relu(solution, role):
    """Check the activations of a model, but for the last of the decoder."""
    models = solution.models
    expected, found = found_activations(models, role)
    places = range(len(found) - (role == 'decoder'))
    wrong_activations(role, expected, found, places)


def sigmoid(solution):
    """Check the activation of the last layer of the decoder."""
    models = solution.models
    expected, found = found_activations(models, 'decoder')
    wrong_activations('decoder', expected, found, [len(found) - 1])


def joined_change(solution):
    """Return how to make `auto`, as the task needs it."""
    place = '[0]' if solution.task == 3 else ''
    return ('Make it of the two: `auto = keras.Model(inputs, '
            f'decoder(encoder(inputs){place}))`.')


def not_shared(solution):
    """Return the Unmet of an `auto` with layers of its own."""
    return Unmet(
        '`auto` is the decoder after the encoder, with their weights: '
        'training `auto` trains all three.', '`auto` has weights of its own, '
        'so that `encoder` and `decoder` are never trained.',
        joined_change(solution), 'weights-not-shared')


def joined(solution):
    """Check that `auto` gives what the decoder gives for the codes."""
    for models in solution.built if not solution.unmet else [
            solution.models]:
        _joined(models)


def _joined(models):
    """Check the `auto` of one set of models."""
    solution, x = models.solution, models.data(8)
    for role in ROLES[:2]:
        models.set(role, 'random', copy=False)
    got = models.give('auto', x)
    if isinstance(got, list) or got.shape != x.shape:
        check_shape(models, 'auto', models.inputs)
    if solution.unmet:
        expected = models.give('decoder', models.give('encoder', x))
    else:
        expected = models.right(x)[1]
    if not recompute.same(got, expected):
        if not models.shared:
            raise not_shared(solution)
        raise Unmet('`auto` gives what `decoder` gives for the codes of '
                    '`encoder`.', 'It gives something else: '
                    f'{number(abs(got - expected).max())} away.',
                    joined_change(solution), 'weights-not-shared')


def compiled(solution):
    """Return what the optimizer of `auto` is said to be."""
    models = solution.models
    found, _ = models.ask('looking at the optimizer', 'compiled',
                          case=models.case)
    if not found['kinds']:
        loss = ("loss='binary_crossentropy'" if solution.task != 3 else
                "loss='binary_crossentropy', loss_weights=[input_dims]")
        raise Unmet('`auto` is compiled.', '`auto` is not compiled.',
                    f"End with `auto.compile(optimizer='adam', {loss})`.",
                    'not-compiled')
    return found


def adam(solution):
    """Check that two steps of `fit` are those of Adam.

    The name that the worker gives counts as long as something else is wrong.
    """
    found = compiled(solution)
    kinds = found['kinds']
    expected = '`auto` is compiled with the optimizer Adam.'
    # AdamW is a subclass of Adam on Keras 3, with a decay of its own.
    if kinds[0] == 'AdamW' or not {'Adam', 'AdamOptimizer'} & set(kinds):
        raise Unmet(expected, f'Its optimizer is {kinds[0]}.',
                    "Compile it with `optimizer='adam'`.", 'optimizer')
    if solution.unmet:
        return
    models = trainable(solution)
    agree = like_adam(models, found)
    if agree < 0.98:
        # Rounding moves a unit across the edge of its `relu` once in
        # thousands of times; not twice.
        again = type(models)(solution, models.args)
        again.log_variance, again.summed = models.log_variance, models.summed
        agree = max(agree, like_adam(again, found))
    if agree < 0.98:
        raise Unmet(
            expected, f'After two steps of `fit`, {100 * agree:.0f} % of its '
            'weights are what Adam makes of the gradients.', 'Is a layer '
            "frozen, or a gradient stopped or clipped? `optimizer='adam'` "
            'needs nothing else.', 'optimizer')


def like_adam(models, found):
    """Return the share of weights that `fit` changes as Adam does.

    Args:
        models: A `Models` that was not trained before.
        found: Dict, what the optimizer is said to be.
    """
    right = recompute.adam(
        models.training, models, found['learning_rate'] or 0.001,
        found['beta_1'] or 0.9, found['beta_2'] or 0.999,
        found['epsilon'] or 1e-7, found['amsgrad'])
    agree, counted = 0, 0
    for got, want, sure, before in right:
        step = abs(want - before).max(initial=0) + 1e-30
        near = abs(got - want) < 0.03 * step
        agree += (near & sure).sum()
        counted += sure.sum()
    return agree / counted if counted >= 50 else 0


def trainable(solution):
    """Return the models, if their `auto` can be fitted to its input.

    Raises:
        Unmet: If it is not compiled, or its output has another shape.
    """
    models = solution.models
    compiled(solution)
    check_shape(models, 'auto', models.inputs)
    return models


def trains(solution):
    """Check that `auto.fit` works as in the assignment's main script."""
    models = trainable(solution)
    training = models.training
    for name, value in training.history.items():
        if not np.isfinite(value):
            raise Unmet('The losses are finite.', f'`{name}` is {value}.',
                        'Look for a logarithm or an exponential of values '
                        'that are not in their range.', 'not-finite')
    if not any(training.changed):
        if not models.shared:
            raise not_shared(solution)
        raise Unmet('Training `auto` trains `encoder` and `decoder`.',
                    'It changes no weight of them.', joined_change(solution)
                    + ' Does the loss depend on the weights?',
                    'weights-not-shared')
    if models.shared and not all(training.changed):
        raise Unmet(
            'Training `auto` trains `encoder` and `decoder`.',
            'It does not change '
            f'`{ROLES[training.changed.index(False)]}`.',
            joined_change(solution), 'weights-not-shared')


class Losses:
    """The losses that `fit` prints for one batch, or for two.

    Args:
        models: A `Models`.
        encoder: String, how the weights of the encoder are set.
        decoder: String, the same for the decoder.
        like: Other `Losses`, whose inputs and decoder to take, or None.

    Attributes:
        measured: List of the losses.
        x: List of the inputs.
        encoded: List of what the encoder gives for them.
        rebuilt: List of what `auto` gives for them.
        layers: Dict from a role to its layers.
    """

    def __init__(self, models, encoder, decoder, like=None):
        """Draw weights and inputs, and measure."""
        try:
            models.training  # noqa: B018
        except Unmet as fault:
            if fault.ended:
                raise
        self.models, self.like = models, like
        self.measured, self.x, self.encoded, self.rebuilt = [], [], [], []
        models.set('encoder', encoder)
        if like:
            models.put('decoder', like.values['decoder'])
        else:
            models.set('decoder', decoder)
        self.layers = {role: models.layers(role)[0] for role in ROLES[:2]}
        self.values = dict(models.values)
        self._measure(int(models.rng.integers(6, 11)))
        if like and len(like.x) > 1:
            self.measure_another()

    def _measure(self, count):
        """Measure the loss of a batch of a size."""
        models = self.models
        x = self.like.x[len(self.x)] if self.like else models.data(count)
        if models.solution.unmet or (
                models.variational and models.log_variance is None):
            found = models.give('encoder', x), models.give('auto', x)
        else:
            found = models.right(x)
        self.measured.append(models.loss(x))
        for kept, value in ((self.x, x), (self.encoded, found[0]),
                            (self.rebuilt, found[1])):
            kept.append(value)

    def measure_another(self):
        """Measure a larger batch, too, which tells mistakes apart."""
        if len(self.x) == 1:
            if self.like:
                self.like.measure_another()
            for role in ROLES[:2]:
                self.models.put(role, self.values[role])
            self._measure(20)

    @property
    def pairs(self):
        """Pairs of the inputs and their reconstructions."""
        return list(zip(self.x, self.rebuilt))


def losses_of(models, encoder, decoder, like=None):
    """Return the `Losses` for weights that are set so, measured once."""
    key = encoder, decoder
    if key not in models.losses:
        models.losses[key] = Losses(models, *key, like)
    return models.losses[key]


def cross_entropy(solution, reduction, encoder='random', decoder='random'):
    """Check that the loss is the binary cross-entropy.

    Args:
        solution: A `Solution`.
        reduction: 'sum' or 'mean', over the values of an input.
        encoder: String, how the weights of the encoder are set.
        decoder: String, the same for the decoder.
    """
    models = trainable(solution)
    cases = losses_of(models, encoder, decoder)
    if decoder == 'random' and any(y.min() < 1e-3 or y.max() > 1 - 1e-3
                                   for y in cases.rebuilt):
        # No probabilities: Keras clips them, each version its own way.
        cases = losses_of(models, encoder, 'biases')
    measured = cases.measured
    place = 0 if reduction == 'sum' else 1
    first = list(losses.reconstruction_terms(cases.pairs, reduction))[place]
    if losses.close(measured, first[2]):
        return
    cases.measure_another()
    terms = list(losses.reconstruction_terms(cases.pairs, reduction))
    right = terms[place]
    expected = (f'The loss is {right[0]}: {number(right[2][0])} for '
                f'{models.call} and a batch of {len(cases.x[0])}.')
    found = f'It is {number(measured[0])}'
    words, mistake = losses.first_that_fits(measured, terms)
    usual = "Compile `auto` with `loss='binary_crossentropy'`."
    if solution.task == 3:
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
            '784-written-in': 'Use `input_dims` in place of the number.',
            'summed-over-the-batch': 'Return a loss for each input, or '
            'average them: `tf.reduce_mean`.',
            'from-logits': 'The output is a probability already, no logit: '
            + usual,
        }.get(mistake, usual)
        raise Unmet(expected, f'{found}, which is {words}.', change, mistake)
    excess = np.subtract(measured, right[2])
    text = f'{found}, {number(abs(excess[0]))} '
    text += 'more' if excess[0] > 0 else 'less'
    text += f'; for a batch of 20 it is {number(measured[1])} in place of '
    text += number(right[2][1])
    raise Unmet(expected, text + '.', 'That is no formula this checker '
                'knows. Is there a regularizer or a dropout in the model, or '
                'a term too many in the loss?', 'another-loss')
