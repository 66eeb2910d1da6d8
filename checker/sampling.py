"""What only task 3 has: three outputs, the sample, and the divergence."""
from functools import partial
from itertools import permutations

import numpy as np

from checker import advice, formulas
from checker.checks import (
    are_right,
    check_gradients,
    check_training,
    cross_entropy,
    find_ends,
    input_dims,
    joined_change,
    measured,
    not_shared,
    nothing_wrong,
    number,
    relu,
    sizes,
    trainable,
)
from checker.faults import RequirementNotMet

# How many inputs are encoded, and how often each.
INPUTS, REPEATS = 4, 4000
NAMES = ('latent representation', 'mean', 'log variance')
RIGHT = 'mean + tf.exp(log_variance / 2) * noise'
SAMPLE = (f'The latent representation is `{RIGHT}`, with noise from N(0, I) '
          'that is new for each value and each call.')
CHANGE = ('In the `call` of a layer: `noise = tf.random.normal(tf.shape(mean)'
          f')`, and `return {RIGHT}`.')


def plain(models):
    """Raise what is not met by an encoder that is not variational at all."""
    encoder, rest = models.kernels('encoder')
    if len(models.shapes['encoder']) == 1 and not rest and (
            len(encoder) <= len(models.sizes) + 1):
        raise RequirementNotMet(
            'The encoder of a variational autoencoder has a layer for the '
            'mean and one for the log variance, draws the latent '
            'representation from them, and gives all three.',
            'It is that of a plain autoencoder: it has no such layers, '
            'draws nothing, and gives one output. The divergence is missing '
            'then, too.', 'After the hidden layers, make the three outputs '
            'and the loss as in the entry, which is task 3 whole.',
            'a-plain-autoencoder')


def layers(models):
    """Check the sizes of the layers of the encoder."""
    plain(models)
    sizes(models, 'encoder')


class Sampled:
    """What the encoder gives for a few inputs, each of them many times.

    Args:
        models: A `Models`.

    Attributes:
        x: Array, the inputs, repeated.
        z, mean, log_variance: Arrays `(inputs, repeats, values)`.
        again: What `z` is in the next call.
        order: Tuple, the place of each of the three among the outputs.
    """

    def __init__(self, models):
        """Encode twice and find out which output is which."""
        self.models = models
        models.randomize()
        self.x = np.repeat(models.data(INPUTS), REPEATS, 0)
        first, second = self._outputs(), self._outputs()
        # The mean around the sample has the same noise, but it is constant.
        self.order = next(
            (order for order in permutations(range(3))
             if all((first[place] == first[place][:, :1]).mean() > 0.9
                    for place in order[1:])
             and standard(*(first[place] for place in order))),
            None) or self._guess(first, second)
        self.z, self.mean, self.log_variance = (
            first[place] for place in self.order)
        self.again = second[self.order[0]]

    def _outputs(self):
        """Return the outputs of one call."""
        models = self.models
        outputs = models.give('encoder', self.x,
                              'predict' if models.main else 'call')
        if not isinstance(outputs, list) or len(outputs) != 3:
            plain(models)
            count = len(outputs) if isinstance(outputs, list) else 1
            raise RequirementNotMet(
                'The encoder gives three outputs: the latent representation, '
                'the mean and the log variance.', f'It gives {count}.',
                'End with `encoder = keras.Model(inputs, [latent, mean, '
                'log_variance])`.', 'order-of-outputs')
        for output in outputs:
            if output.shape != (len(self.x), *models.code):
                raise RequirementNotMet(
                    f'Each output of the encoder has {models.code[0]} values '
                    'for an input.', f'One has the shape {output.shape} for '
                    f'{len(self.x)} inputs.', 'Make each the output of a '
                    '`Dense(latent_dims)`.', 'shapes')
        return [np.asarray(output, 'float64').reshape(INPUTS, REPEATS, -1)
                for output in outputs]

    @staticmethod
    def _guess(first, second):
        """Return the most likely order where the sample is not as asked."""
        random = [place for place in range(3)
                  if abs(first[place] - second[place]).max() > 1e-5
                  or abs(first[place] - first[place][:, :1]).max() > 1e-5]
        latent = random[0] if len(random) == 1 else 0
        return (latent, *(place for place in range(3) if place != latent))


def standard(z, mean, log_variance):
    """Tell whether `(z - mean) / deviation` is noise from N(0, I)."""
    with np.errstate(all='ignore'):
        return not unlike((z - mean) / np.exp(log_variance / 2))


def unlike(noise):
    """Tell in what noise is unlike that of N(0, I), new for each value.

    Args:
        noise: Array `(..., values)`.

    Returns:
        String: '' if in nothing, or 'finite', 'shared', 'centre', 'size',
        'tails'.
    """
    noise = np.asarray(noise, 'float64')
    if not np.isfinite(noise).all():
        return 'finite'
    noise = noise.reshape(-1, noise.shape[-1])
    count, values = noise.shape
    # Seven standard errors: by chance once in 10 ** 11 times.
    error = 7 / np.sqrt(noise.size)
    if count > 9:
        # The same noise in other rows, or in other columns.
        centred = noise - noise.mean(0)
        half = centred[:count // 2 * 2]
        pairs = [(half[::2], half[1::2]), (centred[:-1], centred[1:]),
                 (half[:count // 2], half[count // 2:])]
        pairs += [(centred[:, 1:], centred[:, :-1])] * (values > 1)
        for one, other in pairs:
            if abs((one * other).mean()) > (
                    7 / np.sqrt(one.size) * noise.var() + 1e-12):
                return 'shared'
    if abs(noise.mean()) > error:
        return 'centre'
    if abs(noise.std() - 1) > max(error / np.sqrt(2), 0.01):
        return 'size'
    if count > 9 and abs((noise ** 4).mean() - 3) > max(
            error * np.sqrt(96), 0.15):
        return 'tails'
    return ''


def sampled(models):
    """Return the `Sampled` of models, computed once."""
    if 'sampled' not in models.measured:
        try:
            found = Sampled(models)
            models.places = models.solution.order = found.order
            models.measured['sampled'] = found
            if models.chain('encoder'):
                find_ends(models, 'encoder', found.order[1:])
        except RequirementNotMet as fault:
            models.measured['sampled'] = fault
    if isinstance(models.measured['sampled'], RequirementNotMet):
        raise models.measured['sampled']
    return models.measured['sampled']


def outputs(models):
    """Check the order of the outputs of the encoder."""
    found = sampled(models).order
    if found != (0, 1, 2):
        names = sorted(NAMES, key=lambda name: found[NAMES.index(name)])
        raise RequirementNotMet(
            'The encoder gives the latent representation, the mean and the '
            'log variance, in this order.',
            f'It gives the {", the ".join(names)}, to judge by which is '
            'random and around which it is.',
            'Change the order: `keras.Model(inputs, [latent, mean, '
            'log_variance])`, and use `encoder(inputs)[0]`. '
            + advice.taken_apart(models.solution), 'order-of-outputs')


def encoder_relu(models):
    """Check the activations of the hidden layers of the encoder."""
    sampled(models)
    relu(models, 'encoder')


def no_activation(models, name):
    """Check that the mean or the log variance has no activation."""
    sampled(models)
    sizes(models, 'encoder')
    end = models.ends['encoder'][NAMES.index(name) - 1]
    if end != 'None':
        raise RequirementNotMet(
            f'The layer of the {name} uses no activation (`None`).',
            f'It uses `{end}`.' if end else 'The output is not that of such '
            'a layer.', 'Make it `keras.layers.Dense(latent_dims)`, and '
            'return its output: both may be negative.',
            'activation-on-mean-or-log-variance')


def sample(models):
    """Check that the latent representation is drawn as it should be."""
    found = sampled(models)
    fault = partial(RequirementNotMet, SAMPLE)
    looks = [('train', 256), ('call', 256), ('call', 96), ('train', 1)]
    if not (found.z == found.again).all():
        _check_noise(found, fault)
    elif abs(found.z - found.mean).max() < 1e-4 * (
            1 + abs(found.mean).max()):
        looks = [look for look in looks if look[0] == 'train']
        if not _noise(models, 'train', 64).any():
            raise fault('It is the mean; there is no noise.', CHANGE,
                        'noise-missing')
        models.solution.note('The latent representation has noise in '
                             'training only; in `predict` it is the mean.')
    else:
        raise fault('It is the same in every call: the noise was drawn once, '
                    'or there is none.', CHANGE + ' With a number as its '
                    '`seed`, Keras 3 draws the same each time.',
                    'noise-drawn-once')
    models.randomize()
    for mode, count in looks:
        noise = _noise(models, mode, count)
        wrong = unlike(noise) if count > 1 else not noise.any()
        if wrong:
            where = f'With `training={mode == "train"}` and a batch of '
            raise fault(
                f'{where}{count} its noise is around {number(noise.mean())} '
                f'with a deviation of {number(noise.std())}'
                + ', and shared' * (wrong == 'shared') + '.', CHANGE,
                'noise-missing')


def _noise(models, mode, count):
    """Return the noise of one batch of codes."""
    outputs = models.give('encoder', models.data(count), mode)
    z, mean, log_variance = (np.asarray(outputs[place], 'float64')
                             for place in models.places)
    return np.round((z - mean) / np.exp(log_variance / 2), 4)


def _check_noise(found, fault):
    """Raise what is wrong with a sample that is random, if anything is."""
    z, mean, log_variance = found.z, found.mean, found.log_variance
    deviation = np.exp(log_variance / 2)
    noise = (z - mean) / deviation
    wrong = unlike(noise)
    if not wrong:
        return
    for words, shared in (
            ('All inputs of a batch', noise - noise[:, :1]),
            ('All values of a code', noise - noise[..., :1])):
        if shared.size > shared.shape[0] and abs(shared).max() < 1e-2:
            raise fault(f'{words} share the same noise.', CHANGE,
                        'noise-shared')
    if unlike(
            (noise - noise.mean(1, keepdims=True)) / noise.std()) == 'shared':
        raise fault('Inputs of a batch, or values of a code, share their '
                    'noise.', CHANGE, 'noise-shared')

    def unit(values):
        """Return the deviation, if it is the same for all, or None."""
        spread = values.std(1)
        return (float(spread.mean())
                if abs(spread / spread.mean() - 1).max() < 0.2 else None)
    size = unit(noise)
    if size is None:
        for words, scale in (
                ('exp(log_variance)', deviation ** 2), ('1', 1),
                ('log_variance', abs(log_variance)),
                ('exp(-log_variance / 2)', 1 / deviation),
                ('exp(mean / 2)', np.exp(mean / 2)), ('something else', 0)):
            size = unit((z - mean) / scale) if words[0] != 's' else 1
            if size is not None:
                break
        change = ('The deviation is the root of the variance: '
                  '`tf.exp(log_variance / 2)`.')
        if abs(size - 1) > 0.1:
            words += f' * {number(size)}'
            change += (f' And the factor {number(size)} is none of it: leave '
                       '`stddev` of the noise at its default of 1.')
        raise fault(f'Its deviation from the mean is `{words}`.', change,
                    'deviation-from-log-variance')
    if abs(z.mean(1) / deviation[:, 0] / size).max() < 0.2 < abs(
            noise.mean(1)).max() / size:
        raise fault('It is around 0, not around the mean.', CHANGE,
                    'sample-without-mean')
    what = (f'Its noise is around {number(noise.mean())} with a deviation of '
            f'{number(size)}')
    tails = ((noise - noise.mean()) ** 4).mean() / noise.var() ** 2 - 3
    if abs(tails) > 0.15:
        raise fault(f'{what} and {"fewer" if tails < 0 else "more"} values '
                    'far away than a normal distribution has.',
                    'Use `tf.random.normal`, not `uniform` or '
                    '`truncated_normal`.', 'noise-not-normal')
    raise fault(what + ' in place of 1.', 'Leave `stddev` at its default of '
                '1, and `mean` at 0.', 'noise-standard-deviation')


def decodes_the_sample(models):
    """Check that `auto` decodes the sample, with shared weights."""
    found = sampled(models)
    input_dims(models)
    expected = ('The decoder of `auto` gets the latent representation, that '
                'is the sample.')
    change = f'Give it that. {joined_change(models)}'
    mean_change = change + (
        ' With the mean, the first epoch of MNIST ends at 212, which is what '
        'the assignment printed; its text has the latent representation for '
        'the decoder, which ends at 217.')
    if not models.shared:
        raise not_shared(models)
    models.randomize('random', 'open')
    many = 256 if models.main else 64
    x = models.data(many)
    random = not (found.z == found.again).all()
    looks = [('call', many, random), ('train', many, True),
             ('train', 1, True)]
    looks += [('predict', many, random)] * models.main
    for mode, count, noisy in looks:
        got = models.give('auto', x[:count], mode)
        outputs = models.give('encoder', x[:count], mode)
        z, mean, log_variance = (outputs[place] for place in models.places)
        for value, name, wrong in (
                (mean, 'mean', noisy and not formulas.same(z, mean)),
                (log_variance, 'log variance', True)):
            if wrong and formulas.same(got, models.give('decoder', value)):
                raise RequirementNotMet(
                    expected, f'It gets the {name}.',
                    mean_change if name == 'mean' else change,
                    f'decoder-fed-the-{name.replace(" ", "-")}')
        if not nothing_wrong(models):
            continue
        z = _decoded(models, got)
        noise = None if z is None else (z - mean) / np.exp(log_variance / 2)
        if z is None or noisy and count > 1 and unlike(noise) or not (
                noisy or formulas.same(z, mean, 1e-2)):
            raise RequirementNotMet(
                expected, 'It gets something else'
                + ('.' if z is None else ': around it there is noise of '
                   f'{number(noise.std())} in place of {int(noisy)}.'),
                change, 'decoder-fed-the-mean')


def _decoded(models, rebuilt):
    """Return the codes of reconstructions, or None if there are none.

    The decoder has all units of its `relu` above 0, so that the logits are an
    affine function of the code.
    """
    y = np.clip(np.asarray(rebuilt, 'float64'), 1e-9, 1 - 1e-9)
    logits = np.log(y / (1 - y))

    def affine(codes):
        y = models.decode(codes)
        return np.log(y / (1 - y))
    start = affine(np.zeros((1, *models.code)))
    matrix = affine(np.eye(*models.code)) - start
    z, *_ = np.linalg.lstsq(matrix.T, (logits - start).T, rcond=None)
    return z.T if formulas.same(z.T @ matrix, logits - start, 1e-2) else None


def reconstruction_loss(models):
    """Check the cross-entropy, with all weights of the encoder 0."""
    plain(models)
    try:
        cross_entropy(models, 'sum', 'zero', 'biases')
    except RequirementNotMet:
        trainable(models)
        models.randomize('zero', 'biases')
        kept, x, found = dict(models.values), models.data(8), []
        for _ in range(2):
            found.append(models.step(x).loss)
            models.set_weights(kept)
        if not formulas.close(found[:1], found[1:]):
            raise RequirementNotMet(
                'The loss depends on the latent representation by what the '
                'decoder makes of it only: with all weights of the encoder '
                '0, it is the same each time.',
                f'It is {number(found[0])}, then {number(found[1])}: the '
                'divergence is computed of the sample, which is random.',
                advice.taken_apart(models.solution),
                'loss-of-the-sample') from None
        raise


def divergence(models):
    """Check that the loss has the divergence, averaged over the batch."""
    found = sampled(models)
    trainable(models)
    # With a decoder of biases, the sample does not matter; at weights of 0,
    # the divergence of a right loss is 0.
    base = measured(models, 'zero', 'biases')
    cases = measured(models, 'random', 'biases', like=base)
    losses = np.array([case.step.loss for case in cases])
    rest = losses - [case.step.loss for case in base]
    places = (0, 1) if are_right(models) else found.order[1:]
    pairs = [[np.asarray(case.code[place], 'float64') for place in places]
             for case in cases]
    right = [formulas.divergence(*pair).sum(1).mean() for pair in pairs]

    def fits(values):
        return formulas.close(rest, values, np.abs(values) + 0.3
                              + 0.01 * np.abs(losses))
    if fits(right):
        return
    fault = partial(RequirementNotMet, (
        'The loss has the divergence from N(0, I), summed over the code and '
        f'averaged over the batch: {number(right[0])} for {models.call}.'))
    change = ('It is `-0.5 * tf.reduce_sum(1 + log_variance - mean ** 2 - '
              'tf.exp(log_variance), axis=-1)`, averaged over the batch and '
              'added to the cross-entropy, as its sum over the values.')
    if fits(np.zeros(len(rest))):
        raise fault('It has no divergence.', 'Add it in the `call` of the '
                    'layer that draws the sample: `self.add_loss(...)`. '
                    + change, 'divergence-missing')
    words, mistake = next((
        (words, mistake) for words, mistake, values
        in formulas.divergence_terms(pairs) if fits(values)), ('', ''))
    factor = formulas.ratio(rest, right)
    if not words and factor is not None:
        words, mistake = (f'{number(factor)} times the divergence',
                          'divergence-weighted')
    raise fault(f'It has {number(rest[0])}, which is '
                f'{words or "no formula this checker knows"}.', change,
                mistake or 'divergence-formula')


def trains(models):
    """Check the loss and the gradients of `fit`, noise included.

    The gradient of the decoder's first kernel tells which sample it got.
    """
    trainable(models)
    cases = measured(models, 'random', 'open', (256, 96, 1) if models.main
                     else (8, 1))
    check_training(models)
    if not nothing_wrong(models):
        return
    for case in cases:
        step, x = case.step, case.x.astype('float64')
        z = _sample_of(step)
        right = formulas.variational_gradients(x, step.encoder, step.decoder,
                                               z)
        check_gradients(models, step, right, 1e-2)
        mean, log_variance = case.code
        noise = (z - mean) / np.exp(log_variance / 2)
        if not abs(noise).max() > 1e-2 or len(x) > 1 and unlike(noise):
            raise RequirementNotMet(
                'In `fit` the decoder gets a sample with noise from N(0, I), '
                'as elsewhere.', 'Its noise is around '
                f'{number(noise.mean())} with a deviation of '
                f'{number(noise.std())} there, for a batch of {len(x)}.',
                CHANGE, 'noise-missing')
        loss = formulas.cross_entropy(x, formulas.output(
            z, step.decoder)).sum(1).mean() + formulas.divergence(
                mean, log_variance).sum(1).mean()
        if not formulas.close(step.loss, loss, abs(loss)):
            raise RequirementNotMet(
                'The loss is the cross-entropy of the reconstruction of the '
                f'sample and the divergence: {number(loss)} for '
                f'{models.call} and a batch of {len(x)}.',
                f'It is {number(step.loss)}.', 'Does it use another sample '
                'than the decoder?', 'loss-of-the-sample')


def _sample_of(step):
    """Return the codes that the decoder got in a `Step`.

    The gradient of its first kernel is the product of the codes and the
    gradients by what that layer gives. These depend on the codes a little,
    so it is solved again with the codes that were found.
    """
    x, decoder = step.x.astype('float64'), step.decoder
    offset = next(i for i, value in enumerate(step.before)
                  if value.shape == decoder[0].kernel.shape
                  and np.array_equal(value, decoder[0].kernel))
    gradient = np.asarray(step.gradients[offset], 'float64')
    z = np.zeros((len(x), decoder[0].kernel.shape[0]))
    for _ in range(60):
        passes = formulas.forward(z, decoder)
        delta = (passes[-1].y - x) / len(x)
        for before, layer in zip(passes[-2::-1], decoder[:0:-1]):
            delta = delta @ layer.kernel.T * (before.before > 0)
        new = np.linalg.solve(delta @ delta.T, delta @ gradient.T)
        change, z = abs(new - z).max(initial=0), new
        if not change > 1e-6:
            break
    return z
