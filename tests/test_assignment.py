"""The assignment's own main scripts run unmodified beside the modules."""

import contextlib
import io
import re
import runpy
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import tensorflow as tf

from conftest import MODULES, ROOT, loss_of, outputs_of

NUMBER = re.compile(r'-?\d+\.\d*(?:e[-+]?\d+)?')
LOSSES = re.compile(r'loss: ([\d.]+) - val_loss: ([\d.]+)')


@pytest.fixture(scope='module', params=MODULES)
def script(request, data):
    """Return what a script did on a few digits, in one epoch.

    That is `module`, the text `printed`, the script's `names`, and the images
    `shown`, without the minute that 625 subplots take. All noise is 1.
    """
    module, shown = request.param, []
    file = ROOT / 'tests' / 'assignment' / f'{module[0]}-main.py'
    with np.load(data) as arrays:
        train = arrays['x_train'], arrays['y_train']
        test = arrays['x_test'], arrays['y_test']
    axis, fit = plt.subplot(), tf.keras.Model.fit

    def fit_once(model, *args, epochs, **kwargs):
        assert epochs == 50
        model.run_eagerly = True  # compiling would take longer
        return fit(model, *args, epochs=1, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            tf.keras.datasets.mnist, 'load_data', lambda: (train, test)
        )
        patch.setattr(tf.keras.Model, 'fit', fit_once)
        patch.setattr(
            tf.random, 'normal', lambda shape, dtype: tf.ones(shape, dtype)
        )
        patch.setattr(plt, 'subplot', lambda *_: axis)
        patch.setattr(plt, 'imshow', shown.append)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            names = runpy.run_path(str(file), run_name='__main__')
        models = names['encoder'], names['decoder'], names['auto']
        x = names['x_test'].reshape(-1, *names['auto'].input_shape[1:])
        found = SimpleNamespace(
            module=module,
            printed=printed.getvalue(),
            x=x,
            names=names,
            shown=np.array(shown),
            outputs=outputs_of(names['encoder'], x),
            loss=loss_of(module, models, x),
        )
    plt.close('all')
    return found


def code_of(script):
    """Return the codes of the script's test digits: in task 3, the samples."""
    if script.module == '3-variational':
        return script.outputs[0]
    return script.outputs


def numbers_after_training(printed):
    """Return the numbers printed after the losses, without progress bars."""
    after = printed.split('val_loss')[-1].split('\n', 1)[1]
    without_bars = re.sub('(?m)^.*step.*$', '', after)
    return [float(number) for number in NUMBER.findall(without_bars)]


def test_script_encodes_its_test_digits(script):
    np.testing.assert_allclose(
        script.names['encoded'], code_of(script)[:10], atol=1e-5
    )


def test_script_shows_digits_and_what_becomes_of_them(script):
    inputs, decoded = script.shown[:20:2], script.shown[1:20:2]
    np.testing.assert_array_equal(
        inputs.reshape(10, -1), script.x[:10].reshape(10, -1)
    )
    expected = outputs_of(script.names['decoder'], code_of(script)[:10])
    np.testing.assert_allclose(
        decoded.reshape(10, -1), expected.reshape(10, -1), atol=1e-5
    )


def test_script_shows_the_plane_of_task_3_alone(script):
    plane = 25 * 25 if script.module == '3-variational' else 0
    assert script.shown.shape == (20 + plane, 28, 28)


def test_script_prints_the_loss_of_its_test_digits(script):
    loss, val_loss = map(float, LOSSES.findall(script.printed)[-1])
    assert val_loss == pytest.approx(script.loss, abs=1e-4, rel=1e-5)
    # The epoch has one step, after which the validation is better.
    untrained = 784 * 0.75 if script.module == '3-variational' else 0.75
    assert val_loss < loss < untrained


def test_script_prints_its_first_codes(script):
    numbers = numbers_after_training(script.printed)
    if script.module == '3-variational':
        _, mean, log_variance = script.outputs
        np.testing.assert_allclose(
            np.reshape(numbers, (2, 10, 2)),
            [mean[:10], np.exp(log_variance[:10] / 2)],
            rtol=1e-4,
            atol=1e-5,
        )
    else:
        mean_code = script.outputs[:10].mean()
        assert numbers == pytest.approx([mean_code], rel=1e-4)


def test_convolutional_script_prints_the_shapes_of_its_digits(script):
    starts = script.printed.startswith('(192, 28, 28, 1)\n(100, 28, 28, 1)\n')
    assert starts == (script.module == '2-convolutional')
