"""Mixed precision: outputs and losses stay exact."""
import functools

import numpy as np
import pytest
import tensorflow as tf

from conftest import ARGUMENTS, MODULES, build

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
    assert auto(x).dtype == 'float32'
    codes = encoder(x)
    if module == '3-variational':
        assert [c.dtype for c in codes] == ['float32'] * 3
    elif module == '1-sparse':
        assert codes.dtype == 'float32'
    hidden = [layer.compute_dtype for layer in encoder.layers + decoder.layers
              if layer.name.startswith(('dense', 'conv2d'))]
    assert hidden and set(hidden) == {policy.split('_')[1]}
