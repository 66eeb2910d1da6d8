"""Mixed precision and other float types: outputs and losses stay exact."""
import functools
import json

import numpy as np
import pytest
import tensorflow as tf
from conftest import ARGUMENTS, MODULES, ROOT, build, run_python

keras = tf.keras


def train(module, x, steps=10):
    """Return models and, for each training step, the updates so far, loss."""
    models = encoder, _, auto = build(module)
    updates, losses = 0, []
    for _ in range(steps):
        before = encoder.get_weights()
        auto.reset_metrics()
        loss = auto.train_on_batch(x, x)
        losses.append((updates, loss))
        # Under mixed_float16, Keras skips an update whose gradients overflow.
        updates += any((a != b).any() for a, b
                       in zip(before, encoder.get_weights()))
    return models, losses


@pytest.fixture(scope='module')
def in_float32(mnist):
    """Return a function: the losses of a module in float32, by updates."""
    @functools.cache
    def losses(module):
        x = mnist[:64].reshape(-1, *np.atleast_1d(ARGUMENTS[module][0]))
        return dict(train(module, x)[1])
    return losses


@pytest.mark.parametrize('policy', ['mixed_bfloat16', 'mixed_float16'])
@pytest.mark.parametrize('module', MODULES)
def test_mixed_precision_trains_like_float32(
        module, policy, digits, in_float32):
    x = digits(module, 64)
    expected = in_float32(module)
    keras.mixed_precision.set_global_policy(policy)
    try:
        (encoder, decoder, auto), got = train(module, x)
    finally:
        keras.mixed_precision.set_global_policy('float32')
    for updates, loss in got:
        assert loss == pytest.approx(expected[updates], rel=0.02)
    assert updates > 4
    assert auto.predict(x, verbose=0).dtype == 'float32'
    codes = encoder.predict(x, verbose=0)
    if module == '3-variational':
        assert [c.dtype for c in codes] == ['float32'] * 3
    elif module == '1-sparse':
        assert codes.dtype == 'float32'
    hidden = [layer.compute_dtype for layer in encoder.layers + decoder.layers
              if layer.name.startswith(('dense', 'conv2d'))]
    assert hidden and set(hidden) == {policy.split('_')[1]}


# Runs in a fresh process, because policies stay set.
FLOAT64 = """
import json, sys
import numpy as np
import tensorflow as tf
tf.keras.backend.set_floatx('float64')
x = np.load(sys.argv[1])
for module, args in json.loads(sys.argv[2]).items():
    _, _, auto = __import__(module).autoencoder(*args)
    digits = x.reshape(-1, *auto.input_shape[1:])
    loss, = auto.fit(digits, digits, verbose=0).history['loss']
    assert np.isfinite(loss)
    assert {w.dtype.name for w in auto.get_weights()} == {'float64'}
    assert auto.predict(digits, verbose=0).dtype == 'float64'
    print(module)
"""


def test_float64_gives_float64_models(mnist, tmp_path):
    np.save(tmp_path / 'x.npy', mnist[:50].astype('float64'))
    done = run_python('-c', FLOAT64, tmp_path / 'x.npy',
                      json.dumps(ARGUMENTS), PYTHONPATH=str(ROOT))
    assert done.stdout.split() == MODULES
