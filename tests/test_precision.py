"""Mixed precision: outputs and losses stay exact."""

import pytest
import tensorflow as tf

from conftest import MODULES, build, loss_of

keras = tf.keras
POLICIES = {
    '0-vanilla': 'mixed_float16',
    '1-sparse': 'mixed_bfloat16',
    '2-convolutional': 'mixed_bfloat16',
    '3-variational': 'mixed_float16',
}


@pytest.fixture(scope='module', params=MODULES)
def module(request):
    """Return the name of a module; the tests of one follow each other."""
    return request.param


@pytest.fixture(scope='module')
def models(module):
    """Return the models of a module, built under its policy."""
    keras.mixed_precision.set_global_policy(POLICIES[module])
    try:
        encoder, decoder, auto = build(module)
    finally:
        keras.mixed_precision.set_global_policy('float32')
    auto.run_eagerly = True  # compiling would take most of the time
    return encoder, decoder, auto


def test_hidden_layers_compute_in_the_type_of_the_policy(module, models):
    encoder, decoder, _ = models
    hidden = {
        layer.compute_dtype
        for layer in encoder.layers + decoder.layers
        if layer.name.startswith(('dense', 'conv2d'))
    }
    assert hidden == {POLICIES[module].split('_')[1]}


def test_weights_stay_in_float32(models):
    *_, auto = models
    assert {weights.dtype.name for weights in auto.get_weights()} == {
        'float32'
    }


def test_outputs_stay_in_float32(module, models, digits):
    encoder, _, auto = models
    x = digits(module, 16)
    assert auto(x).dtype == 'float32'
    # Those that a term of the loss is computed of.
    if module == '1-sparse':
        assert encoder(x).dtype == 'float32'
    if module == '3-variational':
        assert [output.dtype for output in encoder(x)] == ['float32'] * 3


def test_loss_is_exact_and_falls(module, models, digits, same_noise):
    *_, auto = models
    x = digits(module, 16)
    expected, losses = loss_of(module, models, x), []
    for _ in range(10):
        auto.reset_metrics()
        losses.append(float(auto.train_on_batch(x, x)))
    assert losses[0] == pytest.approx(expected, rel=1e-3)
    # Under mixed_float16, Keras skips an update whose gradients overflow.
    assert len(set(losses)) > 4
    assert losses[-1] < 0.9 * losses[0]
    assert auto.evaluate(x, x, verbose=0) == pytest.approx(
        loss_of(module, models, x), rel=1e-3
    )
