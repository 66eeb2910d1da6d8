"""Mixed precision: outputs and losses stay exact."""

import pytest
import tensorflow as tf

from conftest import MODULES, build, loss_of

keras = tf.keras


@pytest.mark.parametrize(
    'module, policy',
    zip(
        MODULES,
        ['mixed_float16', 'mixed_bfloat16', 'mixed_bfloat16', 'mixed_float16'],
    ),
)
def test_losses_are_exact_in_mixed_precision_and_fall(
    module, policy, digits, same_noise
):
    x = digits(module, 64)
    keras.mixed_precision.set_global_policy(policy)
    try:
        models = encoder, decoder, auto = build(module)
    finally:
        keras.mixed_precision.set_global_policy('float32')
    expected, losses = loss_of(module, models, x), []
    for _ in range(10):
        auto.reset_metrics()
        losses.append(float(auto.train_on_batch(x, x)))
    assert losses[0] == pytest.approx(expected, rel=1e-3)
    assert auto.evaluate(x, x, verbose=0) == pytest.approx(
        loss_of(module, models, x), rel=1e-3
    )
    # Under mixed_float16, Keras skips an update whose gradients overflow.
    assert len(set(losses)) > 4 and losses[-1] < 0.9 * losses[0]
    assert auto(x).dtype == 'float32'
    codes = encoder(x)
    if module == '3-variational':
        assert [c.dtype for c in codes] == ['float32'] * 3
    elif module == '1-sparse':
        assert codes.dtype == 'float32'
    hidden = [
        layer.compute_dtype
        for layer in encoder.layers + decoder.layers
        if layer.name.startswith(('dense', 'conv2d'))
    ]
    assert hidden and set(hidden) == {policy.split('_')[1]}
    assert all(weights.dtype == 'float32' for weights in auto.get_weights())
