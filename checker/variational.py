"""The distribution, the sample and the divergence of the variational one."""
import numpy as np

from checker import advice, losses, recompute
from checker.common import (
    LAYERS,
    chain_of,
    cross_entropy,
    hidden,
    losses_of,
    not_shared,
    number,
    trainable,
)
from checker.faults import Unmet

INPUTS, REPEATS = 4, 4000
NAMES = ('latent representation', 'mean', 'log variance')


class Sampled:
    """What the encoder gives for a few inputs, each of them many times.

    Args:
        models: A `Models`.

    Attributes:
        z, mean, log_variance: Arrays `(inputs, repeats, values)`.
        again: What `z` is in the next call.
        in_training: Dict, how to call the encoder so that it has noise: in
            training mode if it has it only then.
        order: Tuple, the place of each of the three among the outputs.
        linear: For each output, the activation of the dense layer that it
            is the output of, or None.
    """

    def __init__(self, models):
        """Run the encoder twice and find out which output is which."""
        self.models = models
        for role in ('encoder', 'decoder'):
            models.set(role, 'random')
        self.x = models.data(INPUTS)
        self.repeated = np.repeat(self.x, REPEATS, 0)
        self.in_training = {}
        first, second = (self._outputs() for _ in range(2))
        self.last = self._last_hidden()
        self._find_order(first, second)
        place = dict(zip(NAMES, self.order))
        self.z, self.mean, self.log_variance = (
            first[place[name]] for name in NAMES)
        self.again = second[place[NAMES[0]]]

    def _outputs(self):
        """Return the outputs of one call."""
        outputs = self.models.predict('encoder', self.repeated)
        expected = ('The encoder gives three outputs: the latent '
                    'representation, the mean and the log variance.')
        if not isinstance(outputs, list) or len(outputs) != 3:
            count = len(outputs) if isinstance(outputs, list) else 1
            plain(self.models, count)
            raise Unmet(expected, f'It gives {count}.', 'End with '
                        '`encoder = keras.Model(inputs, [latent, mean, '
                        'log_variance])`.', 'order-of-outputs')
        outputs = [np.asarray(output, 'float64') for output in outputs]
        shape = (INPUTS * REPEATS, *self.models.code)
        for output in outputs:
            if output.shape != shape:
                raise Unmet('Each output of the encoder has '
                            f'{shape[-1]} values for an input.',
                            f'One has the shape {output.shape} for '
                            f'{shape[0]} inputs.', 'Make each the output of a '
                            '`Dense(latent_dims)`.', 'shapes')
        return [output.reshape(INPUTS, REPEATS, -1) for output in outputs]

    def _find_order(self, first, second):
        """Set the order and the activations of the outputs."""
        random = [i for i in range(3)
                  if abs(first[i] - second[i]).max() > 1e-5
                  or abs(first[i] - first[i][:, :1]).max() > 1e-5]
        self.linear, self.heads = zip(*(
            (None, None) if i in random else self._head(first[i][:, 0])
            for i in range(3)))
        apart = [i for i in range(3) if self.linear[i] is None]
        if len(random) == 1:
            latent = random[0]
        elif not random and len(apart) == 1:
            latent = apart[0]
        else:
            latent = 0
        mean, log_variance = (i for i in range(3) if i != latent)
        centre = first[latent].mean(1)
        away = [abs(centre - first[i][:, 0]).mean()
                for i in (mean, log_variance)]
        # Draws around 0 are nearer to one of the two by chance alone.
        near = 0.1 * first[latent].std(1).mean()
        if random and away[1] < min(near, away[0] / 2):
            mean, log_variance = log_variance, mean
        self.order = (latent, mean, log_variance)
        self.models.log_variance = (self.heads[log_variance]
                                    or self.heads[mean] and next(
            (head for head in self.last[1]
             if head is not self.heads[mean]), None))

    def _head(self, output):
        """Return the activation of the layer with this output, and it."""
        for layer in self.last[1] if self.last else ():
            value = recompute.affine(self.last[0], layer)
            for name, function in recompute.ACTIVATIONS.items():
                with np.errstate(all='ignore'):
                    if recompute.same(output, function(value)):
                        return name, layer
        return None, None

    def _last_hidden(self):
        """Return what the layers of mean and log variance get, and them."""
        try:
            chain = chain_of(self.models, 'encoder')
        except Unmet:
            return None
        rest = self.models.layers('encoder')[1]
        width = chain[-1].kernel.shape[-2]
        heads = [layer for layer in (chain[-1], *rest)
                 if layer.kernel.shape == (width, *self.models.code)]
        x = self.x.astype('float64')
        self.hidden = None
        outputs = self.models.give('encoder', self.x)
        expected = ['relu'] * (len(chain) - 1)

        def choices(place):
            return [n for n in recompute.ACTIVATIONS if n != 'relu']
        for names in recompute.alternatives(expected, choices):
            with np.errstate(all='ignore'):
                values = [x, *recompute.dense(x, chain[:-1], names)][-1]
                for layer in heads:
                    y = recompute.affine(values, layer)
                    for function in recompute.ACTIVATIONS.values():
                        for output in outputs:
                            if recompute.same(output, function(y)):
                                self.hidden = names
                                return values, heads
        return None


def sampled(solution):
    """Return what the encoder gives, computed once."""
    if not hasattr(solution, 'sampled'):
        try:
            solution.sampled = Sampled(solution.models)
        except Unmet as fault:
            solution.sampled = fault
    if isinstance(solution.sampled, Unmet):
        raise solution.sampled
    return solution.sampled


def order(solution):
    """Check the order of the outputs of the encoder."""
    found = sampled(solution).order
    if found != (0, 1, 2):
        names = sorted(NAMES, key=lambda name: found[NAMES.index(name)])
        raise Unmet('The encoder gives the latent representation, the mean '
                    'and the log variance, in this order.',
                    f'It gives the {", the ".join(names)}, to judge by '
                    'which is random and around which it is.',
                    'Change the order: `keras.Model(inputs, [latent, mean, '
                    'log_variance])`, and use `encoder(inputs)[0]`. '
                    + advice.taken_apart(solution),
                    'order-of-outputs')


def encoder_relu(solution):
    """Check the activations of the hidden layers of the encoder."""
    found = sampled(solution)
    chain_of(solution.models, 'encoder')
    if not found.last:
        raise Unmet('The mean and the log variance are dense layers on '
                    'hidden layers with `relu`.', 'No output of the encoder '
                    'is that of its layers with any usual activation.',
                    'Is there a layer too many, such as a normalization? '
                    + LAYERS,
                    'activations')
    expected = ['relu'] * len(found.hidden)
    for place, (want, got) in enumerate(zip(expected, found.hidden)):
        if want != got:
            raise Unmet(f'Hidden layer {place + 1} of `encoder` uses '
                        f'`{want}`.', f'It uses `{got}`.',
                        f'Give the layer `activation=\'{want}\'`.',
                        'activations')


def no_activation(solution, name):
    """Check that the mean or the log variance has no activation."""
    found = sampled(solution)
    if not found.last:
        encoder_relu(solution)
    if len(found.last[1]) < 2:
        hidden(solution, 'encoder')
    got = found.linear[found.order[NAMES.index(name)]]
    if got is None:
        raise Unmet(f'The {name} is the output of a dense layer without '
                    'activation.', 'It is something else.', 'Return the '
                    f'output of the layer itself as the {name}.',
                    'activation-on-mean-or-log-variance')
    if got != 'None':
        raise Unmet(f'The layer of the {name} uses no activation (`None`).',
                    f'It uses `{got}`.', 'Make it `keras.layers.Dense('
                    'latent_dims)`: both may be negative.',
                    'activation-on-mean-or-log-variance')


def plain(models, count):
    """Raise the Unmet of an encoder that is not variational at all."""
    encoder, rest = models.layers('encoder')
    if count == 1 and not rest and len(encoder) <= len(models.middle) + 1:
        raise Unmet(
            'The encoder of a variational autoencoder has a layer for the '
            'mean and one for the log variance, draws the latent '
            'representation from them, and gives all three.',
            'It is that of a plain autoencoder: it has no such layers, '
            'draws nothing, and gives one output. The divergence is missing '
            'then, too.', 'After the hidden layers, make the three outputs '
            'and the loss as in the entry, which is task 3 whole.',
            'a-plain-autoencoder')


def layers(solution):
    """Check the sizes of the layers of the encoder."""
    models = solution.models
    plain(models, len(models.shapes['encoder']))
    hidden(solution, 'encoder')


def _in_training(solution, x):
    """Return two outputs of the encoder in training mode, or None."""
    try:
        return [np.asarray(solution.models.give(
            'encoder', x, training=True)[0], 'float64') for _ in range(2)]
    except Unmet as fault:
        if fault.ended:
            raise
        return None


def _constant(z, mean, log_variance):
    """Tell whether a sample that never changes has noise at all."""
    if (z != z[:, :1]).any():
        return True
    for scale in (np.exp(log_variance / 2), np.exp(log_variance), 1):
        noise = ((z - mean) / scale)[:, 0]
        if abs(noise - noise[:1]).max() < 1e-2:
            return True
    return False


RIGHT = 'mean + tf.exp(log_variance / 2) * noise'


def sample(solution):
    """Check that the latent representation is a draw as it should be."""
    found = sampled(solution)
    z, mean, log_variance = found.z, found.mean, found.log_variance
    expected = (f'The latent representation is `{RIGHT}`, with noise from '
                'N(0, I) that is new for each value and each call')
    change = ('In the `call` of a layer: `noise = '
              'tf.random.normal(tf.shape(mean))`, and `return ' + RIGHT
              + '`.')
    if (z == found.again).all():
        if abs(z - mean).max() < 1e-4 * (1 + abs(mean).max()):
            draws = _in_training(solution, found.repeated)
            if draws and (draws[0] != draws[1]).any():
                solution.notes.append(
                    'The latent representation has noise in training only; '
                    'in `predict` it is the mean.')
                z = draws[0].reshape(z.shape)
                found.in_training = {'training': True}
            else:
                raise Unmet(expected + '.', 'It is the mean; there is no '
                            'noise.', change, 'noise-missing')
        elif not _constant(z, mean, log_variance):
            raise Unmet(expected + '.', 'It is the same in every call, and '
                        'not around the mean.', change, 'noise-missing')
        else:
            raise Unmet(expected + '.', 'It is the same in every call: the '
                        'noise was drawn once.', change + ' With a number '
                        'as its `seed`, Keras 3 draws the same each time.',
                        'noise-drawn-once')
    deviation = np.exp(log_variance / 2)
    noise = (z - mean) / deviation
    if (noise.std(1) < 1e-3).any():
        raise Unmet(expected + '.', 'All inputs of a batch share the same '
                    'noise.', change, 'noise-shared')
    if noise.shape[2] > 1 and abs(noise - noise[..., :1]).max() < 1e-2:
        raise Unmet(expected + '.', 'All values of a code share the same '
                    'noise.', change, 'noise-shared')
    flat = noise.reshape(-1, noise.shape[-1])
    correlation = abs(np.corrcoef(noise.transpose(0, 2, 1).reshape(
        -1, noise.shape[1])) - np.eye(noise[:, 0].size)).max()
    if correlation > 0.4:
        raise Unmet(expected + '.', 'Inputs of a batch share their noise.',
                    change, 'noise-shared')

    def unit(values):
        """Tell whether deviations are the same for all, and which."""
        spread = values.std(1)
        return (float(spread.mean())
                if abs(spread / spread.mean() - 1).max() < 0.2 else None)
    size = unit(noise)
    centre = noise.mean(1)
    if size is None:
        for words, scale in (
                ('exp(log_variance)', np.exp(log_variance)),
                ('log_variance', abs(log_variance)),
                ('exp(-log_variance / 2)', np.exp(-log_variance / 2)),
                ('exp(mean / 2)', np.exp(mean / 2)),
                ('1', 1), ('sqrt(abs(log_variance))',
                           np.sqrt(abs(log_variance)))):
            size = unit((z - mean) / scale)
            if size is not None:
                factor = ''
                if abs(size - 1) > 0.1:
                    words += f' * {number(size)}'
                    factor = (f' And the factor {number(size)} is none of it:'
                              ' leave `stddev` of the noise at its default '
                              'of 1.')
                raise Unmet(expected + '.',
                            f'Its deviation from the mean is `{words}`.',
                            'The deviation is the root of the variance: '
                            '`tf.exp(log_variance / 2)`.' + factor,
                            'deviation-from-log-variance')
        raise Unmet(expected + '.', 'Its deviation from the mean is not '
                    f'that: {number(z.std(1)[0, 0])} in place of '
                    f'{number(deviation[0, 0, 0])}.', change,
                    'deviation-from-log-variance')
    if abs(centre).max() > 0.2 * size:
        if abs(z.mean(1) / (deviation[:, 0] * size)).max() < 0.2:
            raise Unmet(expected + '.', 'It is around 0, not around the '
                        'mean.', change, 'sample-without-mean')
        raise Unmet(
            expected + '.', f'Its noise is around {number(flat.mean())} with '
            f'a deviation of {number(size)}: no normal distribution N(0, I).',
            'Use `tf.random.normal`, not `uniform`.', 'noise-not-normal')
    tails = ((flat / size) ** 4).mean() - 3
    if abs(tails) > 0.2:
        raise Unmet(expected + '.', 'Its noise is not from a normal '
                    'distribution: it has '
                    f'{"fewer" if tails < 0 else "more"} values far away.',
                    'Use `tf.random.normal`, not `uniform` or '
                    '`truncated_normal`.', 'noise-not-normal')
    if abs(size - 1) > 0.02:
        raise Unmet(expected + '.', 'Its noise has a deviation of '
                    f'{number(size)} in place of 1.',
                    'Leave `stddev` at its default of 1.', 'noise-deviation')


def decodes_the_sample(solution):
    """Check that `auto` decodes the sample, with shared weights."""
    found, models = sampled(solution), solution.models
    for role in ('encoder', 'decoder'):
        models.set(role, 'random', copy=False)
    x = found.repeated
    latent, mean, log_variance = found.order

    def shaped(output):
        return np.asarray(output, 'float64').reshape(INPUTS, REPEATS, -1)
    decoder = models.layers('decoder')[0]
    if solution.unmet:
        decoded = [shaped(models.give('decoder', output))
                   for output in models.predict('encoder', x)]
    else:
        # What is known to be right is drawn and computed here.
        encoded = models.right(x)[0]
        decoded = [shaped(recompute.outputs(code, decoder, models.plan(
            'decoder'))[-1]) for code in (
                recompute.drawn(*encoded, solution.rng), *encoded)]
    do = 'call' if found.in_training else 'predict'
    first, second = (shaped(models.give('auto', x, do, **found.in_training))
                     for _ in range(2))
    expected = 'The decoder of `auto` gets the latent representation, that '
    expected += 'is the sample.'
    change = 'Give it that: `decoder(encoder(inputs)[0])`.'
    noisy = (decoded[latent] != decoded[latent][:, :1]).any()
    if (first == second).all():
        for place, name, mistake in (
                (mean, 'mean', 'decoder-fed-the-mean'),
                (log_variance, 'log variance',
                 'decoder-fed-the-log-variance')):
            if recompute.same(first, decoded[place]) and (
                    noisy or name != 'mean'):
                if name == 'mean':
                    change += (
                        ' With the mean, the first epoch of MNIST ends at '
                        '212, which is what the assignment printed; its text '
                        'has the latent representation for the decoder, '
                        'which ends at 217.')
                raise Unmet(expected, f'It gets the {name}.', change,
                            mistake)
        if noisy or not recompute.same(first, decoded[latent]):
            if recompute.same(first, decoded[latent]):
                return
            if not models.shared:
                raise not_shared(solution)
            if (found.z == found.again).all():
                sample(solution)
            raise Unmet(expected, 'It gets something else, without noise.',
                        change, 'decoder-fed-the-mean')
        return
    if not noisy:
        return
    deviation = decoded[latent].std(1)
    allowed = 12 * deviation / np.sqrt(REPEATS) + 1e-3
    away = abs(first.mean(1) - decoded[latent].mean(1))
    spread = first.std(1) / (deviation + 1e-6)
    if (away > allowed).any() or abs(np.median(spread) - 1) > 0.2:
        if not models.shared:
            raise not_shared(solution)
        raise Unmet(expected, 'It gets another sample: its outputs differ '
                    f'from each other {number(np.median(spread))} times as '
                    'much as those of `decoder` for the codes of `encoder`.',
                    change, 'decoder-fed-the-mean')


def reconstruction_loss(solution):
    """Check the cross-entropy, with all weights of the encoder 0."""
    plain(solution.models, len(solution.models.shapes['encoder']))
    try:
        sampled(solution)
    except Unmet as fault:
        if fault.ended:
            raise
    try:
        cross_entropy(solution, 'sum', 'zero', 'biases')
    except Unmet:
        models = trainable(solution)
        models.set('encoder', 'zero')
        models.set('decoder', 'biases')
        kept, x, found = dict(models.values), models.data(8), []
        for _ in range(2):
            found.append(models.loss(x))
            for role in ('encoder', 'decoder'):
                models.put(role, kept[role])
        if not losses.close(found[:1], found[1:]):
            raise Unmet(
                'The loss depends on the latent representation by what the '
                'decoder makes of it only: with all weights of the encoder '
                '0, it is the same each time.',
                f'It is {number(found[0])}, then {number(found[1])}: the '
                'divergence is computed of the sample, which is random.',
                advice.taken_apart(solution), 'loss-of-the-sample') from None
        raise


def divergence(solution):
    """Check that the loss has the divergence, averaged over the batch."""
    found = sampled(solution)
    models = trainable(solution)
    base = losses_of(models, 'zero', 'biases')
    cases = losses_of(models, 'random', 'biases', base)

    def judged():
        """Return what the loss has beside, and means and log variances."""
        places = found.order[1:] if solution.unmet else (0, 1)
        # At weights of 0, the divergence of a right loss is 0.
        return np.subtract(cases.measured, base.measured), [
            [np.asarray(outputs[place], 'float64') for place in places]
            for outputs in cases.encoded]

    def right():
        return [recompute.divergence(m, v).sum(1).mean() for m, v in pairs]
    measured, pairs = judged()
    if losses.close(measured, right(), np.abs(cases.measured) + 0.3):
        return
    cases.measure_another()
    measured, pairs = judged()
    right = right()
    expected = ('The loss has the divergence from N(0, I), summed over the '
                'code and averaged over the batch: '
                f'{number(right[0])} for {models.call}.')
    words, mistake = losses.first_that_fits(
        measured, losses.divergence_terms(pairs, models.inputs[0], [0, 1]))
    factor = losses.ratio(measured, right)
    if not words and factor is None:
        words, mistake = losses.first_that_fits(
            measured, losses.divergence_terms(pairs, models.inputs[0],
                                              [2, 3]))
    what = f'It has {number(measured[0])}'
    change = ('It is `-0.5 * tf.reduce_sum(1 + log_variance - mean ** 2 - '
              'tf.exp(log_variance), axis=-1)`, averaged over the batch and '
              'added to the cross-entropy.')
    if mistake == 'divergence-missing':
        raise Unmet(expected, 'It has no divergence.', 'Add it in the '
                    '`call` of the layer that draws the sample: '
                    '`self.add_loss(...)`. ' + change, mistake)
    if words:
        if mistake == 'divergence-averaged':
            change = 'Sum over the last axis in place of `mean`. ' + change
        raise Unmet(expected, f'{what}, which is {words}.', change, mistake)
    if factor is not None:
        raise Unmet(expected, f'{what}, which is {number(factor)} times the '
                    'divergence.', 'Add it with a weight of 1 to the sum of '
                    'the cross-entropy. ' + change, 'divergence-weighted')
    raise Unmet(expected, f'{what}, which is no formula this checker knows.',
                change, 'divergence-formula')
