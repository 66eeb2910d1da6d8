"""The mains train on each digit, in an order, and as plain Keras does."""
import numpy as np
import pytest
import tensorflow as tf
from conftest import build

from common.batches import batches_in_order, shuffled_batches
from common.training import compiled_for_speed

keras = tf.keras


def order(n, batch_size, seed=0, epoch=0):
    """Return the rows 0 to n - 1 as the batches of an epoch have them."""
    epoch = tf.Variable(epoch, dtype='int64')
    return read(shuffled_batches(np.arange(n), batch_size, seed, epoch))


def read(batches):
    """Return what a dataset of inputs and targets holds, batch by batch."""
    pairs = [(x.numpy(), y.numpy()) for x, y in batches]
    for x, y in pairs:
        np.testing.assert_array_equal(x, y)
    return [x for x, _ in pairs]


@pytest.mark.parametrize('n, batch_size', [(100, 10), (53, 8), (1000, 384),
                                           (5, 256), (7, 1)])
def test_every_row_comes_once_an_epoch(n, batch_size):
    batches = order(n, batch_size)
    assert sorted(np.concatenate(batches)) == list(range(n))
    full, rest = divmod(n, batch_size)
    assert [len(rows) for rows in batches] == (
        [batch_size] * full + ([rest] if rest else []))


def test_the_order_is_another_in_each_epoch_and_for_each_seed():
    orders = [np.concatenate(order(100, 10, seed, epoch))
              for seed in (0, 1) for epoch in (0, 1, 2)]
    for i, one in enumerate([np.arange(100), *orders]):
        for other in orders[i:]:
            # Two random orders agree in one place, on average.
            assert np.mean(one == other) < 0.1


def test_the_order_is_the_same_when_started_in_the_middle():
    epoch = tf.Variable(0, dtype='int64')
    batches = shuffled_batches(np.arange(53), 8, 3, epoch)
    for number in range(3):
        epoch.assign(number)
        expected = order(53, 8, 3, number)
        for got, rows in zip(read(batches), expected):
            np.testing.assert_array_equal(got, rows)


@pytest.mark.parametrize('n, batch_size, sizes', [
    (100, 32, [25] * 4), (53, 8, [8] * 6 + [5]), (1000, 250, [250] * 4),
    (5, 256, [5])])
def test_every_row_is_tested_on_in_batches_equal_where_possible(
        n, batch_size, sizes):
    batches = read(batches_in_order(np.arange(n), batch_size))
    np.testing.assert_array_equal(np.concatenate(batches), np.arange(n))
    assert [len(rows) for rows in batches] == sizes


class Losses(keras.callbacks.Callback):
    """Keep the loss after each call from Python."""

    def on_train_begin(self, logs=None):
        """Start anew."""
        self.losses = []

    def on_train_batch_end(self, batch, logs=None):
        """Keep a loss: the mean of the epoch so far."""
        self.losses.append(logs['loss'])


# A rest; more steps than one call from Python takes, 37 of them, which is a
# prime; these with a rest.
@pytest.mark.parametrize('n, batch_size', [(100, 38), (148, 4), (145, 4)])
def test_losses_are_those_of_plain_keras_on_the_same_order(n, batch_size):
    x = np.random.default_rng(0).random((n, 12), 'float32')
    args = '1-sparse', 12, [8], 4, 0.01
    expected, losses = [], Losses()
    *_, plain = build(*args)
    for number in range(3):
        rows = np.concatenate(order(n, batch_size, epoch=number))
        history = plain.fit(x[rows], x[rows], batch_size=batch_size,
                            shuffle=False, verbose=0,
                            validation_data=(x[:13], x[:13])).history
        expected.append([history['loss'][0], history['val_loss'][0]])
    epoch = tf.Variable(0, dtype='int64')
    *_, auto = build(*args)
    with compiled_for_speed(auto):
        got = auto.fit(
            shuffled_batches(x, batch_size, 0, epoch), epochs=3, verbose=0,
            shuffle=False, validation_data=batches_in_order(x[:13], 5),
            callbacks=[losses, keras.callbacks.LambdaCallback(
                on_epoch_end=lambda *_: epoch.assign_add(1))]).history
    np.testing.assert_allclose(
        np.transpose([got['loss'], got['val_loss']]), expected, rtol=1e-5)
    steps = -(-n // batch_size)
    assert int(auto.optimizer.iterations) == 3 * steps
    for one, other in zip(auto.get_weights(), plain.get_weights()):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def compiled(model):
    """Return how a model is compiled."""
    config = model.get_compile_config()
    return {name: config.get(name)
            for name in ('loss', 'loss_weights', 'steps_per_execution',
                         'jit_compile')}, id(model.optimizer)


@pytest.mark.parametrize('module', ['0-vanilla', '2-convolutional',
                                    '3-variational'])
def test_after_an_error_it_is_compiled_as_before(module):
    *_, auto = build(module)
    plain = compiled(auto)
    expected = compiled(build(module)[-1])[0]
    with pytest.raises(KeyboardInterrupt), compiled_for_speed(auto):
        fast = compiled(auto)
        raise KeyboardInterrupt
    # Keras 3.0 to 3.6 loses the losses of steps that are left over, and XLA
    # is slow for convolutions: there, nothing is changed.
    assert fast != plain or module == '2-convolutional'
    assert compiled(auto) == plain
    assert compiled(auto)[0] == expected
