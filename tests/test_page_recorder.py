"""Tests of the callback that records how a training unfolds."""

import json

import numpy as np
import pytest

import pages
from conftest import build, build_learner
from page import recorder
from page.contents import describe

# Fewer than there are.
CODED = 300
STEPS = {'batch_size': 50, 'verbose': 0, 'shuffle': False}


@pytest.fixture
def few(monkeypatch):
    """Take snapshots after other epochs, of fewer digits, in few steps."""
    monkeypatch.setattr(recorder, 'EPOCHS', (0, 1, 3))
    monkeypatch.setattr(recorder, 'CODED', CODED)


class InterruptionError(Exception):
    """What interrupts a training."""


def train(
    folder,
    epochs,
    module='0-vanilla',
    arguments=(784, [], 3),
    initial_epoch=0,
    stop_after=None,
    record=True,
):
    """Train a small model, and return it."""
    encoder, decoder, auto = build(module, *arguments)
    auto.run_eagerly = True  # tracing would take longer than all steps
    x, labels = pages.digits()
    callbacks = (
        [recorder.Recorder(encoder, decoder, x, labels, folder)]
        if record
        else []
    )
    if stop_after:

        def stop(epoch, _):
            if epoch + 1 == stop_after:
                raise InterruptionError

        callbacks.append(
            recorder.keras.callbacks.LambdaCallback(on_epoch_end=stop)
        )
    shaped = x[:100].reshape(-1, *auto.input_shape[1:])
    try:
        auto.fit(
            shaped,
            shaped,
            validation_data=(shaped, shaped),
            epochs=epochs,
            initial_epoch=initial_epoch,
            callbacks=callbacks,
            **STEPS,
        )
    except InterruptionError:
        pass
    return encoder, decoder, auto


def load(folder):
    """Return what is recorded."""
    with np.load(folder / 'unfolding.npz') as file:
        return dict(file)


def test_snapshots_are_what_the_models_make_of_digits(tmp_path, few):
    encoder, decoder, auto = train(tmp_path, 4)
    record = load(tmp_path)
    assert record['epochs'].tolist() == [0, 1, 3, 4]
    x = pages.held()[:10]
    made = 255 * pages.decode(decoder, pages.locate(encoder, x))
    np.testing.assert_allclose(
        record['images'][-1], made.reshape(10, 784), atol=0.501
    )
    codes = pages.locate(encoder, pages.digits()[0][:CODED])
    np.testing.assert_allclose(
        record['usage'][-1], (codes > 0).mean(axis=0), atol=1e-6
    )
    np.testing.assert_allclose(
        record['losses'],
        np.transpose(
            [auto.history.history['loss'], auto.history.history['val_loss']]
        ),
    )
    # Before the training, what is drawn is grey.
    encoder, decoder, _ = build('0-vanilla', 784, [], 3)
    made = 255 * pages.decode(decoder, pages.locate(encoder, x))
    np.testing.assert_allclose(
        record['images'][0], made.reshape(10, 784), atol=0.501
    )


def test_two_values_are_recorded_as_places(tmp_path, few):
    encoder, *_ = train(tmp_path, 1, '3-variational', (784, [], 2))
    record = load(tmp_path)
    x, labels = pages.digits()
    np.testing.assert_allclose(
        record['codes'][-1], pages.locate(encoder, x[:CODED]), atol=1e-5
    )
    np.testing.assert_array_equal(record['labels'], labels[:CODED])
    assert len(labels) > CODED


def test_the_use_of_a_distribution_is_its_divergence(tmp_path, few):
    encoder, *_ = train(tmp_path, 1, '3-variational', (784, [], 3))
    _, mean, log_variance = pages.run(encoder, pages.digits()[0][:CODED])
    # KL(N(m, s^2) || N(0, 1)) by Monte Carlo: E[log q(z) - log p(z)].
    noise = np.random.default_rng(0).normal(size=(4000, *mean.shape))
    z = mean + np.exp(log_variance / 2) * noise
    log_ratio = (z**2 - noise**2 - log_variance) / 2
    np.testing.assert_allclose(
        load(tmp_path)['usage'][-1], log_ratio.mean(axis=(0, 1)), rtol=0.02
    )


# A call of one leaves a loss of its own, a call of the other draws numbers.
@pytest.mark.parametrize(
    'module, arguments',
    [('1-sparse', (784, [], 3, 0.1)), ('3-variational', (784, [], 3))],
)
def test_a_training_is_the_same_with_it(tmp_path, few, module, arguments):
    with_it, without = (
        train(tmp_path, 2, module, arguments, record=record)[2].get_weights()
        for record in (True, False)
    )
    for one, other in zip(with_it, without):
        np.testing.assert_array_equal(one, other)


def test_an_interrupted_training_goes_on_with_its_record(tmp_path, few):
    train(tmp_path, 5, stop_after=4)
    before = load(tmp_path)
    assert before['epochs'].tolist() == [0, 1, 3]
    # It goes on from a state before: what is later is dropped.
    train(tmp_path, 4, initial_epoch=2)
    after = load(tmp_path)
    assert after['epochs'].tolist() == [0, 1, 3, 4]
    np.testing.assert_array_equal(after['images'][:2], before['images'][:2])
    assert (after['images'][2] != before['images'][2]).any()
    np.testing.assert_array_equal(after['losses'][:2], before['losses'][:2])
    assert len(after['losses']) == 4
    # All was done but the page.
    train(tmp_path, 4, initial_epoch=4)
    np.testing.assert_array_equal(load(tmp_path)['images'], after['images'])


def test_another_training_starts_anew(tmp_path, few):
    train(tmp_path, 3)
    first = load(tmp_path)['images'][0]
    train(tmp_path, 1, arguments=(784, [], 2))
    record = load(tmp_path)
    assert record['epochs'].tolist() == [0, 1]
    assert 'usage' not in record
    assert (record['images'][0] != first).any()


def test_from_the_start_nothing_of_another_training_is_kept(tmp_path, few):
    # Given the record of a training with other images of the same sizes.
    train(tmp_path, 1)
    record = load(tmp_path)
    others = {**record, 'images': 255 - record['images']}
    np.savez(tmp_path / 'unfolding.npz', **others)
    train(tmp_path, 1)
    np.testing.assert_array_equal(load(tmp_path)['images'], record['images'])


def test_other_losses_are_those_of_another_training(tmp_path, few):
    # Given a record from before the terms of the loss were in it.
    train(tmp_path, 1, '3-variational', (784, [], 2))
    record = load(tmp_path)
    assert record['losses'].shape == (1, 4)
    record['losses'] = record['losses'][:, :2]
    np.savez(tmp_path / 'unfolding.npz', **record)
    train(tmp_path, 2, '3-variational', (784, [], 2), initial_epoch=1)
    assert load(tmp_path)['epochs'].tolist() == [1, 2]


@pytest.mark.parametrize('module', ['2-convolutional', '3-variational'])
def test_models_of_a_learner_are_recorded(tmp_path, few, module):
    encoder, decoder, _ = build_learner(module)
    x, labels = pages.digits()
    shaped = x.reshape(-1, *encoder.input_shape[1:])
    one = recorder.Recorder(encoder, decoder, shaped, labels, tmp_path)
    one.set_params({'epochs': 0})
    one.on_train_begin()
    one.on_train_end()
    outputs = pages.run(encoder, pages.held()[:10])
    made = decoder(outputs if module == '2-convolutional' else outputs[1])
    np.testing.assert_allclose(
        load(tmp_path)['images'][0],
        255 * np.reshape(made, (10, 784)),
        atol=0.501,
    )


def test_what_cannot_be_read_is_written_anew(tmp_path, few):
    (tmp_path / 'unfolding.npz').write_bytes(b'PK\3\4 not a record')
    train(tmp_path, 2, initial_epoch=1)
    record = load(tmp_path)
    assert record['epochs'].tolist() == [1, 2]
    assert np.isnan(record['losses'][0]).all()
    assert [file.name for file in tmp_path.iterdir()] == ['unfolding.npz']


@pytest.mark.parametrize(
    'module, arguments',
    [
        ('2-convolutional', ((28, 28, 1), [16, 8, 8], (4, 4, 8))),
        ('3-variational', (784, [], 2)),
    ],
)
def test_it_adds_little_to_a_page(tmp_path, monkeypatch, module, arguments):
    encoder, decoder, _ = build(module, *arguments)
    rng = np.random.default_rng(0)
    x = rng.random((1000, 784), 'float32')
    one = recorder.Recorder(
        encoder, decoder, x, np.arange(1000) % 10, tmp_path
    )
    one.set_params({'epochs': 50})
    one.on_train_begin()
    for epoch in range(50):
        one.on_epoch_begin(epoch)
        one.on_epoch_end(epoch, {'loss': 1 / 3, 'val_loss': 2 / 3})
    one.on_train_end()
    file = tmp_path / 'unfolding.npz'
    model = describe('Some', encoder, decoder, x, np.arange(1000) % 10, file)
    assert model['unfolding']['epochs'] == [*recorder.EPOCHS]
    assert len(json.dumps(model['unfolding'])) < 400_000


def test_a_page_has_no_number_for_a_loss_that_is_not_known(tmp_path, few):
    # Given a training of which the first epoch was not recorded.
    encoder, decoder, _ = train(tmp_path, 2, initial_epoch=1)
    file = tmp_path / 'unfolding.npz'
    model = describe('Some', encoder, decoder, *pages.digits(), file)
    # NaN is no JSON.
    assert model['unfolding']['losses'][0] == [None, None]


@pytest.mark.parametrize(
    'epochs, begins, recorded', [(4, 2, [2, 3, 4]), (4, 4, [4])]
)
def test_without_what_was_before_it_begins_where_it_is(
    tmp_path, few, epochs, begins, recorded
):
    train(tmp_path, epochs, initial_epoch=begins)
    record = load(tmp_path)
    assert record['epochs'].tolist() == recorded
    assert np.isnan(record['losses']).all(axis=1).tolist() == [
        epoch < begins for epoch in range(epochs)
    ]


def test_killed_before_the_last_epoch_was_recorded(tmp_path, few):
    train(tmp_path, 4, stop_after=2)
    train(tmp_path, 3, initial_epoch=3)
    record = load(tmp_path)
    assert record['epochs'].tolist() == [0, 1, 3]
    assert np.isnan(record['losses']).all(axis=1).tolist() == [0, 0, 1]
