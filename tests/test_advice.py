"""What is said of an exception, and of what the module's text shows.

The messages are those of Keras 2.15 and 3.15.
"""

import pytest

from checker import advice
from checker.source import Source, readable
from solutions import REGULARIZED, VANILLA, VARIATIONAL

OUTSIDE = VARIATIONAL.replace(
    '    latent = Sampling()([mean, log_variance])',
    """
    def sample(args):
        noise = tf.random.normal((2, latent_dims))
        return mean + tf.exp(args / 2) * noise
    latent = keras.layers.Lambda(sample)(log_variance)""",
)
LOOP = VANILLA.replace('inputs = x =', 'previous =').replace(
    "'relu')(x)\n    code", "'relu')(previous)\n    code"
)
OWN = (
    VARIATIONAL.replace('inputs', 'encoder_input')
    .replace('auto', 'vae')
    .replace('vaeencoder', 'autoencoder')
    .replace('log_variance', 'z_log_sigma')
)
CLOSED = OWN.replace('(x, y)\n\n', '(x, y) + mean\n\n')
UNPACKED = VANILLA + 'def loss(x, y):\n    mean, variance = encoder(x)\n'
L2 = REGULARIZED.replace("activation='relu'", "kernel_regularizer='l2'", 1)
CLIP = VARIATIONAL.replace('(log_variance / 2)', '(K.clip(log_variance, 0))')


def completed(source, *found):
    """Return a verdict, completed by the module's text."""
    verdict = {
        'met': False,
        'again': False,
        **dict(zip(('found', 'change', 'mistake'), found)),
    }
    advice.complete(verdict, Source(source.encode()))
    return verdict


# The module, what stands in the line if it is known, and what is done.
USUAL = VANILLA, '', 'calling autoencoder(784, [512], 2)'


@pytest.mark.parametrize(
    'case',
    [
        ('module', 'no package or file `a.b`', "Error: No module named 'a.b'"),
        (
            'module',
            'asks for input',
            'EOFError: EOF',
            VANILLA,
            '',
            'importing y',
        ),
        ('module', 'in task 1 `lambtha`', 'Error: autoencoder() takes 3'),
        (
            'optimizer',
            'in the function, not in line 1: `OPT = Adam()`',
            'Error: Unknown variable: <path=a, value=[[1]]>',
            'OPT = Adam()',
        ),
        (
            'name',
            '`encoder_input`',
            "E: name 'inputs' is not defined",
            OWN,
            'dec',
        ),
        (
            'name',
            'it `vae`',
            "E: name 'auto' is not defined",
            OWN,
            'vae.compile',
        ),
        ('name', '`self.add_loss`', "E: name 'add_loss' is not defined"),
        (
            'hidden',
            '`x` gets its value',
            "E: cannot access local variable 'x'",
        ),
        (
            'functions',
            'There is no `exp` there',
            "ImportError: cannot import name 'exp' from 'keras.backend' "
            '(x.py)',
        ),
        (
            'functions',
            '`tf.reduce_sum`. This needs `import tensorflow as tf` at',
            "TypeError: sum() got an unexpected keyword argument 'axis'",
        ),
        (
            'functions',
            'Write `tensorflow` for it in line 1: `from',
            'Error: no',
            'from tensorflow.python import keras',
        ),
        # Without a line, with that of the call, with that of the function.
        (
            'lambda',
            '`def sample(args):` uses `mean` of',
            'E: symbolic',
            OUTSIDE,
        ),
        (
            'lambda',
            '`mean, log_variance = args`',
            'TypeError: Could not build a TypeSpec',
            OUTSIDE,
            'Lambda(sample)',
        ),
        (
            'lambda',
            'log_variance = args`',
            'E: symbolic',
            OUTSIDE,
            'tf.exp(args',
        ),
        (
            'loss',
            '`_, mean, _ = encoder(x)`',
            'E: Keras symbolic',
            CLOSED,
            '+ mean',
            'calling `auto.fit(x, x)`',
        ),
        (
            'add-loss',
            'a model has no `add_loss`',
            'NotImplementedError: ',
            'auto.add_loss(1)',
            'auto',
        ),
        ('first-step', 'in place of that line', 'NotImplementedError: '),
        (
            'first-step',
            'Write the encoder',
            'E: ',
            'def autoencoder():\n    pass',
        ),
        (
            'shapes',
            '`Dense` is made, but not called',
            'ValueError: Found: <keras.src.layers.core.dense.Dense object '
            'at 0x7fb>',
        ),
        (
            'shapes',
            'come from its input',
            'E: It is not connected to `inputs`',
        ),
        (
            'order',
            'unpack them as `_, mean, log_variance = encoder(x)`',
            'ValueError: too many values to unpack',
            UNPACKED,
            'mean, var',
        ),
        (
            'noise',
            "Remove line 1: `backend.set_floatx('float64')`",
            'Error: not type float64',
            "backend.set_floatx('float64')",
        ),
    ],
)
def test_of_an_exception(case):
    entry, says, message, source, at, what = (*case, *USUAL[len(case) - 3 :])
    kind, _, message = message.partition(': ')
    lines = [source[: source.find(at)].count('\n') + 1] * bool(at)
    verdict = completed(
        source,
        *advice.of_error(
            {
                'type': kind,
                'message': message,
                'lines': lines,
                'layers': [],
                'what': what,
                'task': 3,
                'order': (0, 1, 2),
                'path': 'x/y.py',
            },
            Source(source.encode()),
        ),
    )
    assert verdict['mistake'].startswith(entry) and (
        says in verdict['change']
    ), verdict
    assert '0x' not in verdict['found'] and 'value=' not in verdict['found']


@pytest.mark.parametrize(
    'source, found, says, entry',
    [
        (
            LOOP,
            'They have 7.',
            'add `previous = x` in the loop',
            'hidden-layers',
        ),
        (
            LOOP.replace('(previous)\n', '(previous)\n        previous = x\n'),
            'They have 7.',
            'Before.',
            'hidden-layers',
        ),
        (VARIATIONAL, 'They have 7.', 'Before.', 'hidden-layers'),
        (
            UNPACKED,
            'It is 1, then 2.',
            'Before. The outp',
            'loss-of-the-sample',
        ),
        (L2, 'which is 1 times the L1 norm of the weights', 'Before.', ''),
        (L2, 'which is 1 times it', '`kernel_regularizer` in line', 'another'),
        (
            CLIP,
            '`something else`',
            '`K.clip(...)` in line 15: `ret',
            'activation',
        ),
        (
            "UpSampling2D(interpolation='bilinear')",
            'not that of its layers.',
            'Remove `interpolation=` in line 1',
            'convolutions',
        ),
    ],
)
def test_of_a_verdict(source, found, says, entry):
    verdict = completed(source, found, 'Before.', entry)
    assert verdict['mistake'].startswith(entry) and (
        says in verdict['change']
    ), verdict


def test_names_of_the_module():
    assert not Source(
        VARIATIONAL.replace('[latent, mean', '[mean, latent').encode()
    ).names
    assert ' '.join(Source(OWN.encode()).names.values()) == (
        'vae encoder_input z_log_sigma'
    )


def test_messages_are_the_same_wherever_they_are_made():
    for place in ('/home/me/x', '/usr/lib/python3.11/site-packages/keras'):
        assert readable(f"no 'x' in ({place}/a b.py)") == "no 'x' in (a b.py)"
    assert readable('see https://a.b/c/d.html') == 'see https://a.b/c/d.html'
    assert readable('a\x1b[31mb\x00\n\u202ec') == 'ab c'
