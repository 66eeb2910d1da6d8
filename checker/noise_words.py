"""How a sample differs from what it should be: words, and no verdicts."""

import numpy as np

from checker import noise
from checker.faults import Fault
from checker.words import number

DEVIATIONS = [
    ('exp(log_variance)', lambda mean, log_variance: np.exp(log_variance)),
    ('1', lambda mean, log_variance: np.ones_like(mean)),
    ('log_variance', lambda mean, log_variance: abs(log_variance)),
    (
        'exp(-log_variance / 2)',
        lambda mean, log_variance: np.exp(-log_variance / 2),
    ),
    ('exp(mean / 2)', lambda mean, log_variance: np.exp(mean / 2)),
]
NOISE = (
    'The latent representation is `mean + tf.exp(log_variance / 2) * noise`, '
    'with noise from N(0, I) that is new for each value and each call.'
)


def sample_fault(sample):
    """Return the `Fault` of a `Sample` whose noise is not from N(0, I)."""
    z, mean, log_variance = sample.encoded
    made = noise.of_sample(z, mean, log_variance)
    sharing = _sharing(made)
    if sharing:
        return Fault(sharing, 'noise-shared', NOISE)
    size = _one_deviation(made)
    if size is None:
        return _other_deviation(z, mean, log_variance)
    around_zero = abs(z.mean(1) * np.exp(-log_variance[:, 0] / 2) / size)
    if around_zero.max() < 0.2 < abs(made.mean(1)).max() / size:
        return Fault(
            'The samples scatter around 0 rather than around the mean.',
            'sample-without-mean',
            NOISE,
        )
    what = (
        f'The noise has a mean of {number(made.mean())} and a standard '
        f'deviation of {size:.2g}'
    )
    shape = noise.unlike((made - made.mean()) / made.std())
    if shape == 'shape':
        tails = ((made - made.mean()) ** 4).mean() / made.var() ** 2 - 3
        many = 'fewer' if tails < 0 else 'more'
        return Fault(
            f'{what}, and {many} values far away from it than a normal '
            'distribution has.',
            'noise-not-normal',
            NOISE,
        )
    return Fault(f'{what} instead of 1.', 'noise-standard-deviation', NOISE)


def _sharing(made):
    """Return what shares its noise, as a sentence, or ''."""
    kinds = [
        ('All inputs of a batch share', made - made[:, :1]),
        ('All values of a code share', made - made[..., :1]),
    ]
    for words, apart in kinds:
        if apart.size > len(apart) and abs(apart).max() < 1e-2:
            return f'{words} the same noise.'
    if noise.is_shared_by_repeats(made):
        return 'Inputs of a batch, or values of a code, share their noise.'
    return ''


def _one_deviation(values):
    """Return the deviation of values if it is one for all, or None."""
    spread = values.std(1)
    if abs(spread / spread.mean() - 1).max() > 0.2:
        return None
    return float(spread.mean())


def _other_deviation(z, mean, log_variance):
    """Return the `Fault` of a sample with another deviation."""
    words, size = '', 1
    for name, formula in DEVIATIONS:
        found = _one_deviation((z - mean) / formula(mean, log_variance))
        if found is not None:
            words, size = name, found
            break
    factor, change = '', ''
    if abs(size - 1) > 0.1:
        factor = f' * {size:.2g}'
        change = (
            'Use the root of the variance, `tf.exp(log_variance / 2)`, and '
            f'drop the factor {size:.2g}. The `stddev` of the noise stays at '
            'its default of 1.'
        )
    by = 'something other than `exp(log_variance / 2)`'
    if words:
        by = f'`{words}{factor}`'
    return Fault(
        'The samples scatter around the mean with a standard deviation of '
        f'{by}.',
        'deviation-from-log-variance',
        NOISE,
        change,
    )
