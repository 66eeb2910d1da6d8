"""What only task 3 has: three outputs, the sample, and the divergence."""

from functools import partial
from types import SimpleNamespace

import numpy as np

from checker import formulas, training
from checker.checks import input_dims, named, number, shared, sizes
from checker.faults import RequirementNotMet
from checker.formulas import noise, unlike
from checker.models import once

# How many inputs are encoded, and how often each; of the main script's fewer.
INPUTS, REPEATS, FEWER = 4, 4000, 2000
NAMES = ('latent representation', 'mean', 'log variance')
NOT_A_SAMPLE = partial(
    RequirementNotMet,
    expected='The latent representation is `mean + tf.exp('
    'log_variance / 2) * noise`, with noise from N(0, I) that is new for each '
    'value and each call.',
)


@once
def sampled(models, mode):
    """Encode a few inputs, each of them many times.

    Returns:
        `z`, `mean` and `log_variance`, arrays `(inputs, repeats, values)`;
        `again`, what `z` is in the next call; and `random`, whether it is
        more than the mean.
    """
    models.randomize('scaled', 'scaled')
    x = models.data(INPUTS)
    (z, mean, log_variance), (again, *_) = (
        [
            one.reshape(INPUTS, -1, *models.code)
            for one in models.encode(
                x, mode, repeat=FEWER if models.main else REPEATS
            )
        ]
        for _ in range(2)
    )
    return SimpleNamespace(
        z=z,
        mean=mean,
        log_variance=log_variance,
        again=again,
        random=abs(z - mean).max() > 1e-4 * (1 + abs(mean).max()),
    )


def usual(models):
    """Return `sampled` as in the main script."""
    return sampled(models, 'predict' if models.main else 'call')


def outputs(models):
    """Check the order of the outputs of the encoder."""
    if models.places != (0, 1, 2):
        names = sorted(
            NAMES, key=lambda name: models.places[NAMES.index(name)]
        )
        raise RequirementNotMet(
            f'It gives the {", the ".join(names)}, judging by which of them '
            'is random, and around which other.',
            'order-of-outputs',
        )


def no_activation(models, place):
    """Check that the mean or the log variance has no activation."""
    sizes(models, 'encoder')
    if not models.differs('encoder', place):
        return
    left = 1 - place if not models.swapped else place
    end = [
        got
        for part, at, _, got in named(models, 'encoder')
        if part == 'activation' and at == left
    ]
    if not end and (
        models.differs('encoder', 1 - place) or named(models, 'encoder')
    ):
        return  # the hidden layers are wrong, or the other one
    raise RequirementNotMet(
        f'It uses `{end[0]}`.'
        if end
        else 'The output is not that of such a layer.',
        'activation-on-mean-or-log-variance',
    )


def sample(models):
    """Check that the latent representation is drawn as it should be."""
    found, train = usual(models), sampled(models, 'train')
    if train.random and not found.random:
        models.solution.note(
            'The latent representation has noise in '
            'training only; in `predict` it is the mean.'
        )
    for one, when in ((found, ''), (train, 'With `training=True`: ')):
        if one is found and train.random and not found.random:
            continue
        if not one.random:
            raise NOT_A_SAMPLE(
                f'{when}It is the mean; there is no noise.', 'noise-missing'
            )
        if (one.z == one.again).all():
            raise NOT_A_SAMPLE(
                f'{when}It is the same in every call: the '
                'noise was drawn once, or there is none.',
                'noise-drawn-once',
            )
        fault = _noise_fault(one)
        if fault:
            says, mistake, *change = fault
            raise NOT_A_SAMPLE(when + says, mistake, change=''.join(change))
    for look in models.looks:
        made = np.round(noise(look.z, *look.codes), 4)
        wrong = unlike(made) if len(look.x) > 1 else not made.any()
        if wrong and (found.random or look.mode == 'train'):
            raise NOT_A_SAMPLE(
                f'With `training={look.mode == "train"}` and a batch of '
                f'{len(look.x)} its noise is around {number(made.mean())} '
                f'with a deviation of {number(made.std())}'
                + ', and shared' * (wrong == 'shared')
                + '.',
                'noise-shared' if wrong == 'shared' else 'noise-missing',
            )


def _noise_fault(found):
    """Return what is wrong with a sample, and a mistake; or None."""
    z, mean, log_variance = found.z, found.mean, found.log_variance
    deviation, made = np.exp(log_variance / 2), noise(z, mean, log_variance)
    if not unlike(made):
        return None
    for words, apart in (
        ('All inputs of a batch', made - made[:, :1]),
        ('All values of a code', made - made[..., :1]),
    ):
        if apart.size > apart.shape[0] and abs(apart).max() < 1e-2:
            return f'{words} share the same noise.', 'noise-shared'
    if unlike((made - made.mean(1, keepdims=True)) / made.std()) == 'shared':
        return (
            'Inputs of a batch, or values of a code, share their noise.',
            'noise-shared',
        )

    def unit(values):
        """Return the deviation, if it is the same for all, or None."""
        spread = values.std(1)
        return (
            float(spread.mean())
            if abs(spread / spread.mean() - 1).max() < 0.2
            else None
        )

    size = unit(made)
    if size is None:
        words, size = next(
            (
                (words, size)
                for words, scale in (
                    ('exp(log_variance)', deviation**2),
                    ('1', 1),
                    ('log_variance', abs(log_variance)),
                    ('exp(-log_variance / 2)', 1 / deviation),
                    ('exp(mean / 2)', np.exp(mean / 2)),
                )
                if (size := unit((z - mean) / scale))
            ),
            ('something else', 1),
        )
        other = abs(size - 1) > 0.1
        return (
            f'Its deviation from the mean is `{words}'
            + f' * {size:.2g}' * other
            + '`.',
            'deviation-from-log-variance',
            (
                'Use the root of the variance, `tf.exp(log_variance / 2)`'
                f', and without the factor {size:.2g}: leave '
                '`stddev` of the noise at its default of 1.'
            )
            * other,
        )
    if (
        abs(z.mean(1) / deviation[:, 0] / size).max()
        < 0.2
        < abs(made.mean(1)).max() / size
    ):
        return 'It is around 0, not around the mean.', 'sample-without-mean'
    what = (
        f'Its noise is around {number(made.mean())} with a deviation of '
        f'{size:.2g}'
    )
    tails = ((made - made.mean()) ** 4).mean() / made.var() ** 2 - 3
    if abs(tails) > 0.15:
        return (
            f'{what} and {"fewer" if tails < 0 else "more"} values far '
            'away than a normal distribution has.',
            'noise-not-normal',
        )
    return f'{what} in place of 1.', 'noise-standard-deviation'


def decodes_the_sample(models):
    """Check that `auto` decodes the sample, with shared weights."""
    random = usual(models).random
    input_dims(models)
    shared(models)
    fault = partial(
        RequirementNotMet,
        expected='The decoder of `auto` gets '
        'the latent representation, that is the sample.',
    )
    for look in models.looks:
        if look.how != 'open' or not models.is_right('decoder'):
            continue
        mean, log_variance = look.codes
        noisy = random or look.mode == 'train'
        z = _decoded(models, look)
        if z is None and models.are_right:
            raise fault('It gets something else.', 'decoder-fed-the-mean')
        if z is None:
            continue
        if formulas.same(z, log_variance, 1e-2):
            outputs(models)  # if their order is wrong, that is the fault
            raise fault(
                'It gets the log variance.', 'decoder-fed-the-log-variance'
            )
        if (
            noisy
            and formulas.same(z, mean, 1e-2)
            and not formulas.same(look.z, mean)
        ):
            outputs(models)
            raise fault(
                'It gets the mean.',
                'decoder-fed-the-mean',
                change='Give it '
                'the first output of the encoder. With the mean, the first '
                'epoch of MNIST ends at 212, which is what the assignment '
                'printed; its text has the latent representation for the '
                'decoder, which ends at 217.',
            )
        made = noise(z, mean, log_variance)
        if not models.solution.unmet and (  # else the sample is wrong
            unlike(made)
            if noisy and len(z) > 1
            else not noisy and not formulas.same(z, mean, 1e-2)
        ):
            raise fault(
                'It gets something else: the deviation of its noise is'
                f' {number(made.std())} in place of {int(noisy)}.',
                'decoder-fed-the-mean',
            )


def _decoded(models, look):
    """Return the codes of reconstructions, or None if there are none.

    The decoder has all units of its `relu` above 0, so that the logits are an
    affine function of the code.
    """

    def logits(y):
        y = np.clip(np.asarray(y, 'float64'), 1e-9, 1 - 1e-9)
        return np.log(y / (1 - y))

    start, *rest = logits(
        formulas.output(
            np.concatenate(
                [np.zeros((1, *models.code)), np.eye(*models.code)]
            ),
            look.decoder,
        )
    )
    matrix, found = rest - start, logits(look.rebuilt) - start
    z = np.linalg.lstsq(matrix.T, found.T, rcond=None)[0].T
    return z if formulas.same(z @ matrix, found, 1e-2) else None


def divergence(models):
    """Check that the loss has the divergence, averaged over the batch."""
    for how in ('random', 'scaled'):
        found, losses, steps = training.rest(models, how)
        training.explain(
            models,
            found,
            formulas.divergence_terms(
                [
                    [np.asarray(code, 'float64') for code in step.codes]
                    for step in steps
                ]
            ),
            'The loss has the divergence from N(0, '
            'I), summed over the code and averaged over the batch: {}',
            lambda mistake, times: (
                mistake
                or (
                    'divergence-missing'
                    if times == 0
                    else 'divergence-weighted'
                    if times
                    else 'divergence-formula'
                )
            ),
            slack=0.3 + 0.01 * abs(losses),
        )


def trains(models):
    """Check the loss and the gradients of `fit`, with noise and without."""
    if models.opens:
        training.trains(models, 'still')
        training.trains(models, 'random', 'open', noise_of)
    else:  # the noise is not known
        training.trainable(models)
        training.measured(models, 'random', 'random')
        training.check_training(models)


def noise_of(models, step):
    """Return the noise of the sample that the decoder got in a step.

    The gradient of its first kernel is the product of the codes and the
    gradients by what that layer gives, in which all units are above 0. These
    depend on the codes a little, so it is solved again with the codes that
    were found.
    """
    x, decoder = step.x.astype('float64'), step.decoder
    gradient = np.asarray(
        step.gradients[len(models.weights['encoder']) + decoder[0].place],
        'float64',
    )
    z = np.zeros((len(x), *models.code))
    for _ in range(60):
        delta = (formulas.output(z, decoder) - x) / len(x)
        for layer in decoder[:0:-1]:
            delta = delta @ layer.kernel.T
        new = np.linalg.solve(delta @ delta.T, delta @ gradient.T)
        change, z = abs(new - z).max(), new
        if not change > 1e-6:
            break
    made = noise(z, *models.right_codes(x, step.encoder))
    if not abs(made).max() > 1e-2 or len(x) > 1 and unlike(made):
        raise NOT_A_SAMPLE(
            f'In `fit`, its noise is around {number(made.mean())} with a '
            f'deviation of {number(made.std())}, for a batch of {len(x)}.',
            'noise-missing',
        )
    # Drawn by a constant seed, fewer values are the first of many.
    last = models.kept.get('noise', made[:0])[: len(made)]
    models.kept['noise'] = made
    if last.size and abs(made[: len(last)] - last).max() < 1e-2:
        raise NOT_A_SAMPLE(
            'In `fit`, its noise is the same for batches of other inputs.',
            'noise-drawn-once',
        )
    return made
