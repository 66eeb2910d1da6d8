"""What is said of an exception, and of what the module's text shows.

The messages are those of Keras 2.15 and 3.15.
"""
from types import SimpleNamespace

import pytest

from checker import advice
from checker.source import Source, readable
from solutions import VANILLA, VARIATIONAL

OUTSIDE = VARIATIONAL.replace(
    '    latent = Sampling()([mean, log_variance])', '''
    def sample(args):
        noise = tf.random.normal((2, latent_dims))
        return mean + tf.exp(args / 2) * noise
    latent = keras.layers.Lambda(sample)(log_variance)''')
LOOP = VANILLA.replace('inputs = x =', 'previous =').replace(
    "'relu')(x)\n    code", "'relu')(previous)\n    code")
OWN = VARIATIONAL.replace('inputs', 'encoder_input').replace(
    'auto', 'vae').replace('vaeencoder', 'autoencoder').replace(
        'log_variance', 'z_log_sigma')
IMPORT, BUILD = 'importing y.py', 'calling autoencoder(784, [512], 2)'
FIT = 'calling `auto.fit(x, x)`'


def line_of(source, text):
    """Return the number of the line with a text."""
    return source[:source.index(text)].count('\n') + 1


def advised(what, message, source=VANILLA, task=0, **error):
    """Return the advice on an exception, completed by the module's text."""
    kind, _, message = message.partition(': ')
    solution = SimpleNamespace(task=task, path='x/y.py', order=(0, 1, 2),
                               source=Source(source.encode()))
    found = advice.of_error({'type': kind, 'message': message, 'lines': [],
                             'layers': [], **error}, solution, what)
    verdict = {'met': False, 'again': False, 'found': found.what,
               'change': found.change, 'mistake': found.entry}
    advice.complete(verdict, solution.source)
    return verdict


@pytest.mark.parametrize('says, entry, what, message, more', [
    ('asks for input', 'module', IMPORT, 'EOFError: EOF when reading', {}),
    ('no package or file `seaborn`', 'module', IMPORT,
     "ModuleNotFoundError: No module named 'seaborn'", {}),
    ('in Colab only', 'module', IMPORT,
     "ModuleNotFoundError: No module named 'google.colab'", {}),
    ('without a network', 'module', IMPORT, 'Exception: URL fetch failure on '
     'https://x/mnist.npz: None -- [Errno -2] Name or service', {}),
    ('Remove line 1, `tf.compat.v1.disable_eager', 'module', FIT,
     "AttributeError: 'SymbolicTensor' object has no attribute", {
         'source': 'tf.compat.v1.disable_eager_execution()\n'}),
    ("write `optimizer='adam'`", 'optimizer', BUILD, 'ImportError: `keras.'
     'optimizers.legacy` is not supported in Keras 3. When using', {}),
    ('In line 1, `from tensorflow.python import keras`, write `tensorflow`',
     'functions-of-another-keras', BUILD,
     "AttributeError: 'tuple' object has no attribute 'rank'", {
         'source': 'from tensorflow.python import keras\n'}),
    ("Remove line 1, `keras.backend.set_floatx('float64')`",
     'noise-of-another-type', BUILD, "TypeError: Input 'y' of 'Mul' Op has "
     'type float32 that does not match type float64', {
         'source': "keras.backend.set_floatx('float64')\n", 'task': 3,
         'layers': ['Sampling']}),
    # What a report says of names has to be those of the module.
    ('probably `encoder_input`', 'name-not-defined', BUILD,
     "NameError: name 'inputs' is not defined", {
         'source': OWN, 'lines': [line_of(OWN, 'encoder = ')]}),
    ('probably `vae`', 'name-not-defined', BUILD,
     "NameError: name 'auto' is not defined", {
         'source': OWN, 'lines': [line_of(OWN, 'vae.compile')]}),
    ('`x` has no value yet', 'hidden-layers', BUILD,
     "UnboundLocalError: cannot access local variable 'x' where it", {}),
    ('Write `self.add_loss`', 'name-not-defined', BUILD,
     "NameError: name 'add_loss' is not defined", {}),
    ('use `tf.reduce_sum`. This needs `import tensorflow as tf`',
     'functions-of-another-keras', BUILD,
     "TypeError: sum() got an unexpected keyword argument 'axis'", {}),
    ('This Keras has no `ops` there', 'functions-of-another-keras', BUILD,
     "AttributeError: module 'keras.api._v2.keras' has no attribute 'ops'",
     {}),
    ('Inside a layer, `tf.exp` works on both',
     'functions-of-another-keras', IMPORT,
     "ImportError: cannot import name 'exp' from 'keras.backend' (x.py)", {}),
    # A Lambda with a tensor from outside: without a line, with that of the
    # call, with that of the function.
    ('`def sample(args):`, uses `mean` from outside',
     'lambda-with-tensors-from-outside', BUILD,
     'ValueError: A KerasTensor is symbolic', {'source': OUTSIDE}),
    ('`mean, log_variance = args`', 'lambda-with-tensors-from-outside', BUILD,
     'TypeError: Could not build a TypeSpec for a KerasTensor', {
         'source': OUTSIDE, 'lines': [line_of(OUTSIDE, 'Lambda(sample)')]}),
    ('`mean, log_variance = args`', 'lambda-with-tensors-from-outside', BUILD,
     'ValueError: A KerasTensor cannot be used as input to a TensorFlow', {
         'source': OUTSIDE, 'lines': [line_of(OUTSIDE, 'return mean + tf.exp('
                                              'args')]}),
    ('into the `call` of a layer', 'tensorflow-functions-on-kerastensors',
     BUILD, 'ValueError: A KerasTensor is symbolic', {}),
    ('A convolution takes images', 'hidden-layers', BUILD, 'ValueError: Input '
     '0 of layer "conv2d" is incompatible: expected min_ndim=4', {}),
    ('does not come from its input', 'shapes', BUILD,
     'ValueError: Output with path `` is not connected to `inputs`', {}),
    ('`Dense` is made, but not called', 'shapes', BUILD, 'ValueError: Output '
     'tensors of a Functional model must be the output of a TensorFlow '
     '`Layer` Found: <keras.src.layers.core.dense.Dense object at 0x7fb>',
     {}),
    ('unpack them as `_, mean, log_variance = encoder(x)`',
     'order-of-outputs', FIT, 'ValueError: too many values to unpack', {
         'task': 3, 'lines': [2], 'source':
         'def loss(x, y):\n    mean, log_variance = encoder(x)\n'}),
    ('def autoencoder(input_dims, hidden_layers, latent_dims, lambtha):',
     'module', BUILD, 'TypeError: autoencoder() takes 3 positional', {
         'task': 1}),
    ('`for nodes in hidden_layers:`', 'hidden-layers', BUILD,
     "TypeError: 'list' object cannot be interpreted as an integer", {}),
    ('Write the encoder first', 'first-step', BUILD, 'NotImplementedError', {
        'source': 'def autoencoder(a):\n    raise NotImplementedError\n'}),
    ('a model has no `add_loss`', 'add-loss-on-a-model', BUILD,
     'NotImplementedError', {})])
def test_advice(says, entry, what, message, more):
    verdict = advised(what, message, **more)
    assert says in verdict['change'], verdict
    assert verdict['mistake'] == entry
    assert '/tmp' not in verdict['found'] and '0x' not in verdict['found']


def test_a_loop_that_feeds_each_layer_with_the_same():
    verdict = {'met': False, 'again': False, 'found': 'They have 7.',
               'change': 'Make one for each.', 'mistake': 'hidden-layers'}
    advice.complete(verdict, Source(LOOP.encode()))
    assert 'Add `previous = x` below that line' in verdict['change']
    mended = LOOP.replace("(previous)\n", "(previous)\n        previous = x\n")
    for source in (VANILLA, VARIATIONAL, mended):
        assert not Source(source.encode()).stuck


def test_names_of_the_module():
    assert Source(VANILLA.encode()).names == {}
    assert Source(OWN.encode()).names == {
        'auto': 'vae', 'inputs': 'encoder_input',
        'log_variance': 'z_log_sigma'}


def test_messages_are_the_same_wherever_they_are_made():
    for place in ('/home/me/x', '/usr/lib/python3.11/site-packages/keras'):
        assert readable(f"cannot import 'x' from 'y' ({place}/a b.py)") == (
            "cannot import 'x' from 'y' (a b.py)")
    assert readable('see https://a.b/c/d.html') == 'see https://a.b/c/d.html'
    assert readable('a\x1b[31mb\x00\n\u202ec') == 'ab c'
