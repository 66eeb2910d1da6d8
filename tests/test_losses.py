"""The losses in detail: batch sizes, gradients, edges.

That they are those of the assignment is for tests/assignment/ to say.
"""
import numpy as np
import pytest
import tensorflow as tf
from conftest import STOCK, build, cross_entropy

keras = tf.keras


def trained(module, x, *args):
    """Return models after a little training, so that no term is trivial."""
    models = build(module, *args)
    models[2].fit(x, x, batch_size=50, epochs=2, verbose=0)
    return models


@pytest.mark.parametrize('lambtha', [0, 1e-3, 1, np.float32(0.5)])
def test_penalty_does_not_depend_on_batch_size(lambtha, digits):
    x = digits('1-sparse', 300)
    encoder, _, auto = trained('1-sparse', x, 784, [32], 16, lambtha)
    penalty = lambtha * np.abs(encoder.predict(x, verbose=0)).sum(1).mean()
    reconstructed = auto.predict(x, verbose=0)
    expected = cross_entropy(x, reconstructed).mean() + penalty
    for batch_size in (1, 7, 100, 300):
        loss = auto.evaluate(x, x, batch_size=batch_size, verbose=0)
        assert loss == pytest.approx(expected, rel=1e-4), batch_size


def test_penalty_makes_codes_smaller(digits):
    x = digits('1-sparse', 500)
    norms = [np.abs(trained('1-sparse', x, 784, [], 32, lambtha)[0]
                    .predict(x, verbose=0)).mean()
             for lambtha in (0, 1e-2)]
    assert norms[1] < 0.7 * norms[0]


def test_penalty_is_an_l1_regularizer_on_the_latent_layer():
    encoder, _, _ = build('1-sparse', 784, [128], 32, 0.25)
    regularizers = [getattr(layer, 'activity_regularizer', None)
                    for layer in encoder.layers]
    assert isinstance(regularizers[-1], keras.regularizers.L1)
    assert float(regularizers[-1].l1) == 0.25
    assert not any(regularizers[:-1])
    assert encoder.layers[-1].name == 'latent'


def divergence(mean, log_variance):
    """Return KL(N(mean, exp(log_variance)) || N(0, I)) of each row."""
    return (mean ** 2 + np.exp(log_variance) - 1 - log_variance).sum(1) / 2


def test_divergence_in_closed_form_is_that_of_a_monte_carlo_estimate():
    rng = np.random.default_rng(0)
    mean, log_variance = rng.normal(size=(2, 5, 3))
    noise = rng.normal(size=(200_000, 5, 3))
    z = mean + np.exp(log_variance / 2) * noise
    log_ratio = (-log_variance - noise ** 2 + z ** 2) / 2  # log q(z) / p(z)
    estimate = log_ratio.sum(2).mean(0)
    np.testing.assert_allclose(divergence(mean, log_variance), estimate,
                               rtol=0.02)
    layer = __import__('3-variational').Sampling()
    layer([tf.constant(mean, 'float32'), tf.constant(log_variance, 'float32')])
    assert float(layer.losses[0]) == pytest.approx(estimate.mean(), rel=0.01)


def test_divergence_reaches_the_encoder_gradients(digits):
    x = tf.constant(digits('3-variational', 50))
    encoder, _, _ = trained('3-variational', x.numpy())
    with tf.GradientTape() as tape:
        encoder(x)
        kl = tf.add_n(encoder.losses)
    gradients = tape.gradient(kl, encoder.trainable_variables)
    assert all(np.abs(g).max() > 0 for g in gradients)
    _, mean, log_variance = (part.numpy() for part in encoder(x))
    # d KL / d bias: the mean of mean, and of (variance - 1) / 2.
    named = dict(zip([id(v) for v in encoder.trainable_variables], gradients))
    np.testing.assert_allclose(
        named[id(encoder.get_layer('mean').trainable_variables[1])],
        mean.mean(0), rtol=1e-3)
    np.testing.assert_allclose(
        named[id(encoder.get_layer('log_variance').trainable_variables[1])],
        (np.exp(log_variance) - 1).mean(0) / 2, rtol=1e-3)


EDGES = {'zeros': np.zeros((5, 784)), 'ones': np.ones((5, 784)),
         'one sample': np.full((1, 784), 0.5)}


@pytest.mark.parametrize('edge', EDGES)
@pytest.mark.parametrize('module', STOCK + ['3-variational'])
def test_losses_are_finite_at_the_edges(module, edge):
    _, _, auto = build(module)
    x = EDGES[edge].astype('float32').reshape(-1, *auto.input_shape[1:])
    # Batches of 4: the last one is of one sample; then one larger than x.
    for batch_size in (4, 256):
        history = auto.fit(x, x, batch_size=batch_size, verbose=0).history
        assert np.isfinite(history['loss']).all()
    assert np.isfinite(auto.predict(x, verbose=0)).all()


@pytest.mark.parametrize('module', ['0-vanilla', '1-sparse', '3-variational'])
def test_code_may_be_larger_than_the_input(module):
    args = (4, [3], 50) + ((1e-3,) if module == '1-sparse' else ())
    _, _, auto = build(module, *args)
    x = np.random.default_rng(0).random((9, 4), 'float32')
    assert np.isfinite(auto.fit(x, x, verbose=0).history['loss']).all()


def test_variational_far_off_fails_clearly_or_stays_finite(digits):
    x = 255 * digits('3-variational', 500)
    _, _, auto = build('3-variational')
    history = auto.fit(x, x, epochs=3, verbose=0,
                       callbacks=[keras.callbacks.TerminateOnNaN()]).history
    finite = np.isfinite(history['loss'])
    assert finite.all() or not finite[-1] and auto.stop_training
