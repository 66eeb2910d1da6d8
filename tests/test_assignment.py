"""The assignment's own main scripts run unmodified beside the modules."""

import re
import runpy

import matplotlib.pyplot as plt
import numpy as np
import pytest
import tensorflow as tf

from conftest import MODULES, ROOT, loss_of


@pytest.fixture
def run_script(data, monkeypatch, capsys):
    """Return a function: run a script on a few digits, for one epoch.

    It returns what the script printed, its names, and the images it showed,
    without the minute that 625 subplots take.
    """
    with np.load(data) as arrays:
        digits = [
            (arrays[f'x_{part}'], arrays[f'y_{part}'])
            for part in ('train', 'test')
        ]
    fit, axis, shown = tf.keras.Model.fit, plt.subplot(), []

    def fit_once(model, *args, epochs, **kwargs):
        assert epochs == 50
        return fit(model, *args, epochs=1, **kwargs)

    monkeypatch.setattr(tf.keras.datasets.mnist, 'load_data', lambda: digits)
    monkeypatch.setattr(tf.keras.Model, 'fit', fit_once)
    monkeypatch.setattr(plt, 'subplot', lambda *_: axis)
    monkeypatch.setattr(plt, 'imshow', shown.append)

    def run(module):
        script = ROOT / 'tests' / 'assignment' / f'{module[0]}-main.py'
        names = runpy.run_path(str(script), run_name='__main__')
        return capsys.readouterr().out, names, np.array(shown)

    return run


@pytest.mark.parametrize('module', MODULES)
def test_main_script_of_the_assignment(module, run_script, same_noise):
    printed, names, shown = run_script(module)
    models = encoder, decoder, auto = [
        names[name] for name in ('encoder', 'decoder', 'auto')
    ]
    x = names['x_test'].reshape(-1, *auto.input_shape[1:])
    codes = encoder.predict(x, verbose=0)
    code = codes[0] if module == '3-variational' else codes
    np.testing.assert_allclose(names['encoded'], code[:10], atol=1e-6)
    # Each digit, then what becomes of it.
    assert shown.shape == (20 + 625 * (module == '3-variational'), 28, 28)
    np.testing.assert_array_equal(
        shown[:20:2].reshape(10, -1), x[:10].reshape(10, -1)
    )
    decoded = decoder.predict(code[:10], verbose=0)
    np.testing.assert_allclose(
        shown[1:20:2].reshape(10, -1), decoded.reshape(10, -1), atol=1e-5
    )
    # What it printed: the loss on its test digits, and its codes.
    loss, val_loss = map(
        float, re.findall(r'loss: ([\d.]+) - val_loss: ([\d.]+)', printed)[-1]
    )
    assert val_loss == pytest.approx(
        loss_of(module, models, x), abs=1e-4, rel=1e-5
    )
    assert val_loss < loss < 0.75 * (784 if module == '3-variational' else 1)
    after = printed.split('val_loss')[-1].split('\n', 1)[1]
    numbers = [
        float(number)
        for number in re.findall(
            r'-?\d+\.\d*(?:e[-+]?\d+)?', re.sub('(?m)^.*step.*$', '', after)
        )
    ]
    if module == '3-variational':
        _, mean, log_variance = codes
        np.testing.assert_allclose(
            np.reshape(numbers, (2, 10, 2)),
            [mean[:10], np.exp(log_variance[:10] / 2)],
            rtol=1e-4,
            atol=1e-5,
        )
    else:
        assert numbers == pytest.approx([codes[:10].mean()], rel=1e-4)
    if module == '2-convolutional':
        assert printed.startswith('(192, 28, 28, 1)\n(100, 28, 28, 1)\n')
