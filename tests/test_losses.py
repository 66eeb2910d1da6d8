"""The terms that two losses have beside the cross-entropy, on every Keras."""

import numpy as np
import pytest
import tensorflow as tf

from common.start import KERAS_VERSION
from conftest import build, cross_entropy, divergence, outputs_of

keras = tf.keras
sparse = __import__('1-sparse')
SUMS = (3, 0) <= KERAS_VERSION < (3, 14)  # what the module has to find out


@pytest.fixture(params=[0, 1e-3, 1])
def penalized(request, digits):
    """Return a sparse model, inputs, and what its loss on them has to be."""
    lambtha, x = request.param, digits('1-sparse', 300)
    encoder, _, auto = build('1-sparse', 784, [32], 16, lambtha)
    auto.run_eagerly = True  # compiling would take most of the time
    penalty = lambtha * np.abs(outputs_of(encoder, x)).sum(1).mean()
    loss = cross_entropy(x, outputs_of(auto, x)).mean() + penalty
    return auto, x, loss


@pytest.mark.parametrize('batch_size', [7, 100, 300])
def test_penalty_does_not_depend_on_batch_size(penalized, batch_size):
    auto, x, expected = penalized
    loss = auto.evaluate(x, x, batch_size=batch_size, verbose=0)
    assert loss == pytest.approx(expected, rel=1e-4)


def test_penalty_is_the_same_in_training(penalized):
    # The weights change only after the loss is computed.
    auto, x, expected = penalized
    assert auto.train_on_batch(x, x) == pytest.approx(expected, rel=1e-4)


def test_penalty_of_our_own_only_on_keras_3_0_to_3_13():
    encoder, _, _ = build('1-sparse', 784, [128], 32, 0.25)
    *hidden, latent = encoder.layers
    assert latent.name == 'latent'
    assert type(latent.activity_regularizer) is (
        sparse.MeanL1 if SUMS else keras.regularizers.L1
    )
    assert float(latent.activity_regularizer.l1) == 0.25
    assert not any(
        getattr(layer, 'activity_regularizer', None) for layer in hidden
    )


@pytest.mark.parametrize('dtype', ['float32', 'float64'])
@pytest.mark.parametrize('sums', [False, True])
def test_penalty_is_the_mean_where_keras_sums_and_else_the_sum(
    sums, dtype, monkeypatch
):
    if sums and KERAS_VERSION < (3,) or SUMS and not sums:
        pytest.skip('this Keras never does')
    monkeypatch.setattr(sparse, '_keras_sums_penalties', lambda: sums)
    codes = np.random.default_rng(0).normal(size=(7, 3)).astype(dtype)
    penalty = sparse.MeanL1(0.25)(tf.constant(codes))
    assert penalty.dtype == dtype
    expected = 0.25 * np.abs(codes).sum() / (7 if sums else 1)
    assert float(penalty) == pytest.approx(expected, rel=1e-6)


@pytest.mark.filterwarnings('ignore:Skipping variable loading')
def test_a_model_of_keras_3_13_has_the_same_loss_on_this_keras(
    digits, tmp_path, monkeypatch
):
    x = digits('1-sparse', 300)
    first = iter([True])
    real = sparse._keras_sums_penalties
    monkeypatch.setattr(
        sparse, '_keras_sums_penalties', lambda: next(first, real())
    )
    encoder, _, auto = build('1-sparse', 784, [32], 16, 0.01)
    regularizer = encoder.get_layer('latent').activity_regularizer
    assert type(regularizer) is sparse.MeanL1
    auto.save(tmp_path / 'auto.keras')
    loaded = keras.models.load_model(tmp_path / 'auto.keras')
    penalty = 0.01 * np.abs(outputs_of(encoder, x)).sum(1).mean()
    assert penalty > 0.001
    expected = cross_entropy(x, outputs_of(auto, x)).mean() + penalty
    for model in (auto, loaded):
        model.run_eagerly = True
        for batch_size in (7, 300):
            loss = model.evaluate(x, x, batch_size=batch_size, verbose=0)
            assert loss == pytest.approx(expected, rel=1e-4)


def test_divergence_in_closed_form_is_that_of_a_monte_carlo_estimate():
    rng = np.random.default_rng(0)
    mean, log_variance = rng.normal(size=(2, 5, 3))
    noise = rng.normal(size=(200_000, 5, 3))
    z = mean + np.exp(log_variance / 2) * noise
    log_ratio = (-log_variance - noise**2 + z**2) / 2  # log q(z) / p(z)
    estimate = log_ratio.sum(2).mean(0)
    np.testing.assert_allclose(
        divergence(mean, log_variance), estimate, rtol=0.02
    )
    layer = __import__('3-variational').SamplingWithKL()
    layer([tf.constant(mean, 'float32'), tf.constant(log_variance, 'float32')])
    assert float(layer.losses[0]) == pytest.approx(estimate.mean(), rel=0.01)
