"""The mains train on each digit, in an order, and as plain Keras does."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from common.digits import scaled
from common.start import KERAS_VERSION, has_xla
from common.training import (
    compiled_for_speed,
    shuffled_batches,
    validation_batches,
)
from conftest import build

keras = tf.keras


def orders(n, batch_size, seed=0, first=0, epochs=1):
    """Return the rows 0 to n - 1 as the batches of each epoch have them."""
    # Row 256 a + b is made of the pixels a and b.
    pixels = np.stack(divmod(np.arange(n), 256), 1).astype('uint8')
    batches, steps = shuffled_batches(
        pixels,
        SimpleNamespace(batch_size=batch_size, seed=seed, epochs=epochs),
        first,
    )
    found = []
    for x, y in batches.take(steps * (epochs - first)):
        np.testing.assert_array_equal(x, y)
        found.append(np.rint(255 * x.numpy()).astype(int) @ [256, 1])
    return [found[i : i + steps] for i in range(0, len(found), steps)]


@pytest.mark.parametrize(
    'n, batch_size', [(100, 10), (53, 8), (1000, 384), (5, 256), (7, 1)]
)
def test_every_row_comes_once_an_epoch(n, batch_size):
    full, rest = divmod(n, batch_size)
    epochs = orders(n, batch_size, epochs=2)
    assert len(epochs) == 2
    for batches in epochs:
        assert sorted(np.concatenate(batches)) == list(range(n))
        sizes = [batch_size] * full
        if rest:
            sizes.append(rest)
        assert [len(rows) for rows in batches] == sizes


def test_the_order_is_another_in_each_epoch_and_for_each_seed():
    found = [
        np.arange(100),
        *(
            np.concatenate(batches)
            for seed in (0, 1)
            for batches in orders(100, 10, seed, epochs=3)
        ),
    ]
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            # Two random orders agree in one place, on average.
            assert np.mean(one == other) < 0.1


def test_the_order_is_the_same_when_started_in_the_middle():
    whole = orders(53, 8, 3, epochs=4)
    np.testing.assert_array_equal(
        np.concatenate(sum(orders(53, 8, 3, first=2, epochs=4), [])),
        np.concatenate(sum(whole[2:], [])),
    )


def test_pixels_are_scaled_as_numpy_divides_them():
    pixels = np.arange(256, dtype='uint8').reshape(1, -1)
    for batches in (
        shuffled_batches(
            pixels, SimpleNamespace(batch_size=1, seed=0, epochs=1)
        )[0],
        validation_batches(scaled(pixels)),
    ):
        ((x, _),) = batches
        np.testing.assert_array_equal(x, pixels / np.float32(255))


def test_the_validation_goes_through_all_inputs_in_order():
    x = np.random.default_rng(0).random((613, 4), 'float32')
    found = list(validation_batches(x))
    for part in zip(*found):
        np.testing.assert_array_equal(np.concatenate(part), x)
    assert [len(rows) for rows, _ in found] == [250, 250, 113]


class Calls(keras.callbacks.Callback):
    """Count the calls from Python in each epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        """Start anew."""
        self.calls = 0

    def on_train_batch_end(self, batch, logs=None):
        """Count one."""
        self.calls += 1


EPOCHS = 2


# Batches with a rest, all in one call; more of them than one call takes; a
# prime number of them, which no number of calls divides.
@pytest.fixture(
    scope='module',
    params=[(300, 113, 1), (148, 2, 2), (134, 2, 67)],
    ids=['one call', 'two calls', 'a call for each'],
)
def two_trainings(request):
    """Return a training as the mains do it, and one by plain Keras.

    Each has the model `auto` and `losses`, a row an epoch; that of the mains
    also the number of `steps` and of `calls` from Python in an epoch, and
    the calls that are `expected`.
    """
    n, batch_size, expected = request.param
    pixels = np.random.default_rng(0).integers(
        256, size=(n, 12), dtype='uint8'
    )
    with pytest.MonkeyPatch.context() as patch:
        if expected > 1:  # once with XLA is enough
            patch.setattr('common.training.has_xla', lambda: False)
        fast = train_as_mains(pixels, batch_size)
    fast.expected = expected
    return fast, train_plainly(pixels, batch_size)


def train_as_mains(pixels, batch_size):
    """Train a small model as the mains do."""
    *_, auto = build('1-sparse', 12, [8], 4, 0.01)
    batches, steps = shuffled_batches(
        pixels,
        SimpleNamespace(batch_size=batch_size, seed=0, epochs=EPOCHS),
    )
    counter = Calls()
    with compiled_for_speed(auto, steps):
        history = auto.fit(
            batches,
            steps_per_epoch=steps,
            epochs=EPOCHS,
            verbose=0,
            shuffle=False,
            validation_data=validation_batches(scaled(pixels)),
            callbacks=[counter],
        ).history
    losses = np.transpose([history['loss'], history['val_loss']])
    return SimpleNamespace(
        auto=auto, losses=losses, steps=steps, calls=counter.calls
    )


def train_plainly(pixels, batch_size):
    """Train the same model on the same order, by `fit` on arrays."""
    *_, auto = build('1-sparse', 12, [8], 4, 0.01)
    x, losses = scaled(pixels), []
    for batches in orders(len(pixels), batch_size, epochs=EPOCHS):
        rows = np.concatenate(batches)
        history = auto.fit(
            x[rows],
            x[rows],
            batch_size=batch_size,
            shuffle=False,
            verbose=0,
            validation_data=(x, x),
        ).history
        losses.append([history['loss'][0], history['val_loss'][0]])
    return SimpleNamespace(auto=auto, losses=losses)


def test_losses_are_those_of_plain_keras_on_the_same_order(two_trainings):
    fast, plain = two_trainings
    np.testing.assert_allclose(fast.losses, plain.losses, rtol=1e-5)


def test_weights_are_those_of_plain_keras_on_the_same_order(two_trainings):
    fast, plain = two_trainings
    for one, other in zip(fast.auto.get_weights(), plain.auto.get_weights()):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_every_step_is_counted_by_the_optimizer(two_trainings):
    fast, _ = two_trainings
    assert int(fast.auto.optimizer.iterations) == EPOCHS * fast.steps


def test_several_steps_run_in_a_call(two_trainings):
    fast, _ = two_trainings
    # Keras 3.0 to 3.6 loses the losses of several steps in a call.
    one_each = (3, 0) <= KERAS_VERSION < (3, 7)
    assert fast.calls == (fast.steps if one_each else fast.expected)


def compiled(model):
    """Return how a model is compiled."""
    config = model.get_compile_config()
    return {
        name: config.get(name)
        for name in (
            'loss',
            'loss_weights',
            'steps_per_execution',
            'jit_compile',
        )
    }, id(model.optimizer)


@pytest.mark.parametrize(
    'module', ['0-vanilla', '2-convolutional', '3-variational']
)
def test_after_an_error_it_is_compiled_as_before(module):
    *_, auto = build(module)
    plain, expected = compiled(auto), compiled(build(module)[-1])[0]
    with pytest.raises(KeyboardInterrupt), compiled_for_speed(auto, 6):
        fast, optimizer = compiled(auto)
        raise KeyboardInterrupt
    # XLA is slow in the gradient of max pooling.
    xla = module != '2-convolutional' and has_xla()
    assert (fast['jit_compile'] is True) == xla
    assert fast['loss_weights'] == plain[0]['loss_weights']
    assert compiled(auto) == plain
    assert compiled(auto)[0] == expected
    assert optimizer == plain[1]


@pytest.mark.skipif(sys.platform != 'linux', reason='known of Linux alone')
def test_xla_is_found():
    assert has_xla() == tf.test.is_built_with_xla()
