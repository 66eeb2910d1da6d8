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


def completed(source, found, change, mistake, name=''):
    """Return a verdict, completed by the module's text."""
    verdict = {
        'name': name,
        'met': False,
        'again': False,
        'found': found,
        'change': change,
        'mistake': mistake,
    }
    advice.complete(verdict, Source(source.encode()))
    return verdict


def advice_on(kind, message, source, lines=(), what='calling it', layers=()):
    """Return the advice on an exception in task 3."""
    error = {
        'type': kind,
        'message': message,
        'lines': [*lines],
        'layers': [*layers],
        'what': what,
        'task': 3,
        'order': (0, 1, 2),
        'path': 'x/y.py',
    }
    return advice.of_error(error, Source(source))


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
            'Write `tensorflow` instead in line 1: `from',
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
    lines = [source[: source.find(at)].count('\n') + 1] if at else []
    given = advice_on(kind, message, source.encode(), lines, what)
    verdict = completed(source, given.what, given.change, given.entry)
    assert verdict['mistake'].startswith(entry) and (
        says in verdict['change']
    ), verdict
    assert '0x' not in verdict['found'] and 'value=' not in verdict['found']


@pytest.mark.parametrize(
    'source, found, says, entry',
    [
        (
            LOOP,
            'Your layers have 7.',
            'Write `x = previous` before the loop, and `(x)` for `(previous)` '
            'in line 9',
            'hidden-layers',
        ),
        (
            LOOP.replace('(previous)\n', '(previous)\n        previous = x\n'),
            'Your layers have 7.',
            'Before.',
            'hidden-layers',
        ),
        (VARIATIONAL, 'Your layers have 7.', 'Before.', 'hidden-layers'),
        (
            UNPACKED,
            'It is 1, then 2.',
            'Before. The outp',
            'loss-of-the-sample',
        ),
        (L2, 'which is 1 times the L1 norm of the weights', 'Before.', ''),
        (L2, 'which is 1 times it', 'from line 21: `x = ', 'another'),
        (
            CLIP,
            'The samples scatter around the mean with a standard deviation of '
            'something other than `exp(log_variance / 2)`.',
            'Remove `K.clip(...)` from line 15: `ret',
            'activation',
        ),
        (
            "UpSampling2D(interpolation='bilinear')",
            'its output is not what such layers give.',
            'Remove `interpolation` from line 1',
            'convolutions',
        ),
    ],
)
def test_of_a_verdict(source, found, says, entry):
    verdict = completed(source, found, 'Before.', entry)
    assert verdict['mistake'].startswith(entry) and (
        says in verdict['change']
    ), verdict


FIT = 'calling `auto.fit(x, x)`'
CLOSED_ON_ALL = """
def autoencoder(input_dims, hidden_layers, latent_dims):
    inputs = keras.Input((input_dims,))
    z_mean = Dense(latent_dims)(inputs)
    z_log_sigma = Dense(latent_dims)(inputs)
    z = Sampling()([z_mean, z_log_sigma])
    encoder = keras.Model(inputs, [z, z_mean, z_log_sigma])
    outputs = decoder(encoder(inputs)[0])
    auto = keras.Model(inputs, outputs)
    def vae_loss(true, predicted):
        loss = input_dims * bce(inputs, outputs)
        return loss + K.sum(z_mean + z_log_sigma)
    return encoder, decoder, auto
"""
CLASS = """
class VAE(keras.Model):
    def train_step(self, data):
        mean, log_variance, z = self.encoder(data)
"""


@pytest.mark.parametrize(
    'entry, says, kind, message, source, line, what',
    [
        (
            'name',
            'remove line 1: `get_ipython().magic("x")`',
            'NameError',
            "name 'get_ipython' is not defined",
            'get_ipython().magic("x")',
            1,
            'importing y',
        ),
        (
            'module',
            'only in a notebook',
            'SyntaxError',
            'invalid syntax',
            'import x\n%matplotlib inline',
            2,
            'importing y',
        ),
        (
            'module',
            'Remove `pdb.set_trace()`',
            'BdbQuit',
            '',
            'import pdb\npdb.set_trace()',
            2,
            'importing y',
        ),
        (
            'module',
            'write that for `tf` in line 1: `import tf`',
            'ModuleNotFoundError',
            "No module named 'tf'",
            'import tf',
            1,
            'importing y',
        ),
        (
            'module',
            'Layers are in `tensorflow.keras.layers`',
            'ModuleNotFoundError',
            "No module named 'keras.layers.core'",
            'from keras.layers.core import Dense',
            1,
            'importing y',
        ),
        (
            'tensorflow-functions',
            'the assignment needs no such class',
            'NotImplementedError',
            'Model VAE does not have a `call()` method implemented.',
            CLASS,
            0,
            FIT,
        ),
        (
            'loss-closed',
            '`x, y = data`',
            'ValueError',
            'Layer "functional" expects 1 input(s), but it received 2 input '
            'tensors.',
            CLASS,
            4,
            FIT,
        ),
        (
            'loss-closed',
            '`_, mean, log_variance = encoder(y_true)`',
            'ValueError',
            'Dimensions must be equal, but are 784 and 32',
            'def loss(y_true, y_pred):\n    mean = y_pred[1]',
            2,
            FIT,
        ),
        (
            'loss-closed',
            'Add as its first line: `_, z_mean, z_log_sigma = encoder(true)`. '
            'Write `true` for `inputs` in it. Write `predicted` for '
            '`outputs` in it.',
            'ValueError',
            'A KerasTensor cannot be used as input',
            CLOSED_ON_ALL,
            12,
            FIT,
        ),
        (
            'not-reversed',
            '`filters[::-1]`',
            'TypeError',
            "object of type 'list_reverseiterator' has no len()",
            'x',
            1,
            'calling it',
        ),
    ],
)
def test_of_an_exception_that_is_common(
    entry, says, kind, message, source, line, what
):
    lines = [line] if line else []
    given = advice_on(kind, message, source.encode(), lines, what)
    assert given.entry.startswith(entry) and says in given.change, given


@pytest.mark.parametrize(
    'data, kind, message, says',
    [
        (
            'x = 1\ny = 2'.encode('utf-16'),
            'SyntaxError',
            'source code string cannot contain null bytes',
            'It is in UTF-16',
        ),
        (
            b'x = 1\n# Universit\xe4t\ny = 2\n',
            'SyntaxError',
            "(unicode error) 'utf-8' codec can't decode byte 0xe4 in position "
            '17: invalid continuation byte (y.py, line 1)',
            'not UTF-8 are in line 2: `# Universit\ufffdt`',
        ),
    ],
)
def test_of_a_module_that_is_not_utf8(data, kind, message, says):
    given = advice_on(kind, message, data, [1], 'importing y')
    assert given.change.startswith('Save the file as UTF-8')
    assert says in given.change
    assert ' in line ' in given.what


def test_lines_in_a_message_are_those_of_the_module():
    # As Keras 2 writes the message of a layer that is compiled.
    message = """in user code:
    File "x/y.py", line 3, in call
    File "keras/layer.py", line 99, in call
"""
    error = {'type': 'TypeError', 'lines': [], 'path': 'x/y.py'}
    assert advice.lines_of(error, message, Source(b'')) == [3]


def test_a_comment_is_no_cause():
    verdict = completed(
        'x = y  # encoder.trainable = False',
        'The weights of `encoder` do not change.',
        'Before.',
        'weights-not-shared',
        'trains',
    )
    assert verdict['change'] == 'Before.'


def test_a_declared_encoding_is_fine():
    data = '# coding: latin-1\n# Universität\n'.encode('latin-1')
    assert not Source(data).undecodable
    assert Source(data).quote(2) == 'line 2: `# Universität`'


@pytest.mark.parametrize('between', ['\f', '\u2028', '\x85', '\x1c', '\v'])
def test_lines_are_those_of_python(between):
    source = Source(f'x = 1  # {between}\r\ny = 2\rz = 3\n'.encode())
    assert source.quote(2) == 'line 2: `y = 2`'
    assert source.quote(3) == 'line 3: `z = 3`'


TWICE = """
loss = input_dims * binary_crossentropy(inputs, outputs) + kl
auto.add_loss(loss)
auto.compile(optimizer='adam', loss='binary_crossentropy')
"""


@pytest.mark.parametrize(
    'name, mistake, found, source, says, entry',
    [
        (
            'filters kept',
            'list-changed',
            'It is changed.',
            'filters.reverse()',
            'Write `filters = filters[::-1]`',
            'list-changed',
        ),
        (
            'trains',
            'weights-not-shared',
            'The weights of `encoder` do not change.',
            'x = y\nencoder.trainable = False',
            'Remove line 2: `encoder.trainable = False`.',
            'optimizer',
        ),
        (
            'cross entropy',
            'not-compiled',
            'It is missing from the loss.',
            CLASS,
            'needs no `train_step`',
            'tensorflow-functions-on-kerastensors',
        ),
        (
            'penalty',
            'another-loss',
            'It is 3, and no formula that this checker knows gives that.',
            "Dense(3, kernel_regularizer='l2')\n" * 6
            + 'Dense(3, activity_regularizer=keras.regularizers.l2(0.1))',
            '`keras.regularizers.l1(lambtha)` in line 7',
            'penalty-l2',
        ),
        (
            'penalty',
            'another-loss',
            'It is 3, and no formula that this checker knows gives that.',
            "Dense(3, kernel_regularizer='l2')\n" * 6,
            "line 4: `Dense(3, kernel_regularizer='l2')`, and 2 more.",
            'another-loss',
        ),
        (
            'penalty',
            'another-loss',
            'It is 3, and no formula that this checker knows gives that.',
            'Dense(3, activity_regularizer=keras.regularizers.l1(0.1))\n' * 3,
            'and remove it from the others. You use it in line 1',
            'penalty-on-other-layers',
        ),
        (
            'cross entropy',
            'another-loss',
            'It is 3, which is 1.029 times it.',
            TWICE,
            'and so does line 3: `auto.add_loss(loss)`. Add only the '
            'divergence there, and remove the cross-entropy from line 2',
            'another-loss',
        ),
        (
            'divergence',
            'divergence-missing',
            'It is missing from the loss.',
            'def loss(y_true, y_pred):\n    mean = y_pred[1]',
            'without an index. Change line 2: `mean = y_pred[1]`',
            'loss-closed-over-symbolic-tensors',
        ),
    ],
)
def test_of_a_verdict_that_is_common(
    name, mistake, found, source, says, entry
):
    verdict = completed(source, found, 'Before.', mistake, name)
    assert verdict['mistake'] == entry and says in verdict['change'], verdict


@pytest.mark.parametrize(
    'imports, says',
    [
        ('from tensorflow import keras', 'Write `keras.losses.mse`.'),
        ('import keras as k', 'Write `k.losses.mse`.'),
        ('import tensorflow as tf', 'Write `tf.keras.losses.mse`.'),
        (
            'import tensorflow.keras.backend as K',
            'Write `keras.losses.mse`. This needs `from tensorflow import '
            'keras` at the top.',
        ),
    ],
)
def test_advice_is_written_as_the_module_imports(imports, says):
    verdict = completed(
        f'{imports}\nx = y', '', 'Write `keras.losses.mse`.', ''
    )
    assert verdict['change'] == says


def test_full_names_need_no_import():
    verdict = completed('x = y', '', 'In `tensorflow.keras.layers`.', '')
    assert verdict['change'] == 'In `tensorflow.keras.layers`.'


def test_models_in_another_order_have_no_other_names():
    source = VANILLA.replace(
        'return encoder, decoder, auto', 'return auto, encoder, decoder'
    )
    assert source != VANILLA
    assert not {*Source(source.encode()).names} & {'encoder', 'auto'}


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
