"""MeanL1 is the mean L1 norm on every Keras, wherever a model comes from."""
import numpy as np
import pytest
import tensorflow as tf
from conftest import build, cross_entropy

keras = tf.keras
sparse = __import__('1-sparse')
KERAS_3 = hasattr(keras, 'ops')
# What the module has to find out.
SUMS = KERAS_3 and (
    int(getattr(keras, '__version__', '3.0').split('.')[1]) < 14)


def test_own_class_only_on_keras_3_0_to_3_13():
    encoder, _, _ = build('1-sparse')
    latent = encoder.get_layer('latent')
    assert type(latent) is keras.layers.Dense
    assert latent.activation is keras.activations.relu
    assert tuple(latent.output.shape) == (None, 32)
    assert type(latent.activity_regularizer) is (
        sparse.MeanL1 if SUMS else keras.regularizers.L1)


@pytest.mark.parametrize('dtype', ['float32', 'float64'])
@pytest.mark.parametrize('sums', [False, True])
def test_value_is_the_mean_where_keras_sums_and_else_the_sum(
        sums, dtype, monkeypatch):
    if sums and not KERAS_3 or SUMS and not sums:
        pytest.skip('this Keras never does')
    monkeypatch.setattr(sparse, '_keras_sums_penalties', lambda: sums)
    codes = np.random.default_rng(0).normal(size=(7, 3)).astype(dtype)
    penalty = sparse.MeanL1(0.25)(tf.constant(codes))
    assert penalty.dtype == dtype
    expected = 0.25 * np.abs(codes).sum() / (7 if sums else 1)
    assert float(penalty) == pytest.approx(expected, rel=1e-6)


def test_a_model_of_keras_3_13_has_the_same_loss_on_this_keras(
        digits, tmp_path, monkeypatch):
    x = digits('1-sparse', 300)
    first = iter([True])
    real = sparse._keras_sums_penalties
    monkeypatch.setattr(sparse, '_keras_sums_penalties',
                        lambda: next(first, real()))
    encoder, _, auto = build('1-sparse', 784, [32], 16, 0.01)
    regularizer = encoder.get_layer('latent').activity_regularizer
    assert type(regularizer) is sparse.MeanL1
    auto.save(tmp_path / 'auto.keras')
    loaded = keras.models.load_model(tmp_path / 'auto.keras')
    penalty = 0.01 * np.abs(encoder.predict(x, verbose=0)).sum(1).mean()
    assert penalty > 0.001
    expected = cross_entropy(x, auto.predict(x, verbose=0)).mean() + penalty
    for model in (auto, loaded):
        for batch_size in (7, 300):
            loss = model.evaluate(x, x, batch_size=batch_size, verbose=0)
            assert loss == pytest.approx(expected, rel=1e-4)
