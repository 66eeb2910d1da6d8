"""The layers of the convolutional autoencoder."""
from checker import recompute
from checker.common import LAYERS, listed
from checker.faults import Unmet
from checker.models import Models


def _plans(models, role):
    """Return the expected and the found plan of a model.

    Raises:
        Unmet: If no plan explains what the model gives.
    """
    if role in models.plans:
        return models.plans[role]
    expected = models.plan(role)
    x = models.data(3) if role == 'encoder' else models.codes(3)
    models.set(role, 'random')
    chain, rest = models.layers(role)
    output = models.give(role, x)
    found = None
    if len(chain) == len(expected) and not rest:
        found = recompute.find_plan(
            x.astype('float64'), chain, output, expected,
            recompute.POOLINGS if role == 'encoder' else
            ['upsampling', 'none'])
    if found is None:
        _filters(models, role)
        raise Unmet(
            f'`{role}` is the convolutions of the assignment, one fed by '
            'the other.', 'Its output is not that of its convolutions with '
            'any usual padding, activation and '
            f'{"pooling" if role == "encoder" else "upsampling"}.',
            'Is there a layer too many, or in another place? ' + LAYERS,
            'convolutions')
    models.plans[role] = expected, found
    return expected, found


def _check(models, role, part, places, say):
    """Raise a Unmet if layers differ in one part from the expected.

    Args:
        models: A `Models`.
        role: 'encoder' or 'decoder'.
        part: Integer, 0 for the padding, 1 for the activation, 2 for what
            follows.
        places: Function of the number of layers, the indices that count.
        say: Function of the place, the expected value and the found one,
            `(expected, found, change, mistake)`.
    """
    expected, found = _plans(models, role)
    for place in places(len(expected)):
        want, got = expected[place][part], found[place][part]
        if want != got:
            raise Unmet(*say(place, want, got))


def filters(solution, role):
    """Check the number of filters of each convolution, and the kernels."""
    for models in solution.built:
        _filters(models, role)


def _filters(models, role):
    """Check the number of filters of one set of models."""
    chain, rest = models.layers(role)
    found = [kernel.shape[-1] for kernel, _ in chain]
    expected = ([*models.middle] if role == 'encoder' else
                [*models.middle[::-1], models.inputs[-1]])
    if role == 'decoder':
        expected, found = expected[:-1], found[:-1]
    if found == expected and not rest:
        return
    change, mistake = LAYERS, 'convolutions'
    if role == 'decoder' and found == models.middle:
        change, mistake = ('The filters of the decoder are those of the '
                           'encoder in reverse: `reversed(filters)`.',
                           'not-reversed')
    transposed = [kernel for kernel, _ in rest if kernel.ndim == 4]
    if transposed:
        change, mistake = ('Is one a `Conv2DTranspose`? The assignment has '
                           '`Conv2D` and `UpSampling2D`.', 'convolutions')
    text = f'They have {listed(found)}'
    if rest:
        text += '; and outside of that chain there are ' + listed(
            'x'.join(map(str, kernel.shape)) for kernel, _ in rest)
    last = ' before its last' if role == 'decoder' else ''
    raise Unmet(f'For {models.call}, the convolutions of `{role}`{last} '
                f'have {listed(expected)} filters.', text + '.', change,
                mistake)


def kernels(solution, role):
    """Check that the convolutions of a model have kernels of 3 x 3."""
    chain, _ = solution.models.layers(role)
    for place, (kernel, _) in enumerate(chain):
        if kernel.shape[:2] != (3, 3):
            raise Unmet(
                f'Each convolution of `{role}` has a kernel of (3, 3).',
                f'That of convolution {place + 1} is {kernel.shape[:2]}.',
                'Give it `(3, 3)` as its `kernel_size`.', 'convolutions')


def _activation(place, want, got):
    return (f'Convolution {place + 1} uses `{want}`.', f'It uses `{got}`.',
            f'Give it `activation=\'{want}\'`.', 'activations')


def encoder_relu(solution):
    """Check the activations of the encoder."""
    _check(solution.models, 'encoder', 1, range, _activation)


def encoder_padding(solution):
    """Check the padding of the convolutions of the encoder."""
    _check(solution.models, 'encoder', 0, range, lambda place, want, got: (
        f'Convolution {place + 1} of `encoder` has `{want}` padding.',
        f'It has `{got}` padding.', "Give it `padding='same'`.",
        'convolutions'))


def pooling(solution):
    """Check the pooling of the encoder."""
    _check(solution.models, 'encoder', 2, range, lambda place, want, got: (
        f'Convolution {place + 1} of `encoder` is followed by max pooling '
        'of (2, 2), with `same` padding so that odd sizes are rounded up.',
        'It is followed by no pooling.' if got == 'none' else
        f'It is followed by {got.split(", ")[0]} with `{got.split(", ")[1]}`'
        ' padding.',
        "Follow it by `keras.layers.MaxPooling2D((2, 2), padding='same')`.",
        'pooling-without-same'))


def decoder_relu(solution):
    """Check the activations of the decoder, but for the last."""
    _check(solution.models, 'decoder', 1, lambda n: range(n - 1),
           _activation)


def sigmoid(solution):
    """Check the activation of the last convolution."""
    _check(solution.models, 'decoder', 1, lambda n: [n - 1],
           lambda place, want, got: (
               f'The last convolution uses `{want}`.', f'It uses `{got}`.',
               f'Give it `activation=\'{want}\'`.', 'activations'))


def decoder_padding(solution):
    """Check the padding of the decoder, but for the second to last."""
    def say(place, want, got):
        return (f'Convolution {place + 1} of `decoder` has `{want}` '
                'padding.', f'It has `{got}` padding.',
                f'Give it `padding=\'{want}\'`. Only the second to last '
                'has `valid` padding.', 'valid-convolution')
    _check(solution.models, 'decoder', 0,
           lambda n: [*range(n - 2), n - 1], say)


def valid(solution):
    """Check that the second to last convolution has valid padding."""
    _check(solution.models, 'decoder', 0, lambda n: [n - 2],
           lambda place, want, got: (
               'The second to last convolution has `valid` padding.',
               f'It has `{got}` padding.', "Give it `padding='valid'`: "
               'that is how 16 x 16 become 14 x 14, and then 28 x 28.',
               'valid-convolution'))


def upsampling(solution):
    """Check the upsampling of the decoder."""
    _check(solution.models, 'decoder', 2, range, lambda place, want, got: (
        f'Convolution {place + 1} of `decoder` is followed by '
        + ('upsampling of (2, 2).' if want == 'upsampling' else
           'no upsampling.'),
        f'It is followed by {"none" if got == "none" else got}.',
        'Follow each convolution but the last by '
        '`keras.layers.UpSampling2D((2, 2))`.', 'convolutions'))


def channels(solution):
    """Check that the last convolution has a filter for each channel."""
    for models in solution.built:
        chain, _ = models.layers('decoder')
        got = models.give('decoder', models.codes(2)).shape[-1]
        want = models.inputs[-1]
        if got != want:
            raise Unmet(
                f'For {models.call}, the last convolution has {want} '
                f'filter{"s" * (want > 1)}, one for each channel.',
                f'It has {got}.', 'Use `input_dims[-1]` in place of the '
                'number.', 'one-channel-written-in')


def explained(requirement):
    """Return a requirement that names what makes another shape, if known."""
    def judged(solution):
        if not any(isinstance(models, Models) and models.fits
                   for models in solution.cases):
            for check in (channels, valid, decoder_padding, upsampling):
                check(solution)
        requirement(solution)
    return judged
