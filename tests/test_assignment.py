"""The assignment's own main scripts run unmodified beside the modules."""
import json
import re

import numpy as np
import pytest

from conftest import MODULES, ROOT, cross_entropy, run_python

# Runs in a fresh process: the scripts as they are, only on a few digits, for
# one epoch, and without the minute that 625 subplots take. Keeps what they
# worked with and what they showed.
RUN = """
import json, runpy, sys
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
with np.load(sys.argv[1]) as data:
    train, test = ((data['x_' + part], data['y_' + part])
                   for part in ('train', 'test'))
tf.keras.datasets.mnist.load_data = lambda: (train, test)
fit = tf.keras.Model.fit
def fit_once(model, *args, epochs, **kwargs):
    assert epochs == 50
    return fit(model, *args, epochs=1, **kwargs)
tf.keras.Model.fit = fit_once
axis = plt.subplot()
plt.subplot = lambda *args: axis
for script, output in json.loads(sys.argv[2]):
    shown = []
    plt.imshow = shown.append
    print('script:', script)
    names = runpy.run_path(script, run_name='__main__')
    encoder, decoder, auto = (
        names[name] for name in ('encoder', 'decoder', 'auto'))
    x = names['x_test'].reshape(-1, *auto.input_shape[1:])
    codes = encoder(x)
    np.savez(output, x=x, shown=shown, encoded=names['encoded'],
             reconstructed=auto(x), decoded=decoder(names['encoded']),
             codes=codes[1] if isinstance(codes, (list, tuple)) else codes,
             **{
                 f'{model.name}_{i}': array for model in (encoder, decoder)
                 for i, array in enumerate(model.get_weights())})
"""


@pytest.fixture(scope='module')
def runs(data, tmp_path_factory):
    """Return what each script printed, and the arrays it worked with."""
    folder = tmp_path_factory.mktemp('runs')
    scripts = [[f'{ROOT}/tests/assignment/{module[0]}-main.py',
                f'{folder}/{module}.npz'] for module in MODULES]
    done = run_python('-c', RUN, data, json.dumps(scripts),
                      PYTHONPATH=str(ROOT))
    printed = re.split('script: .*\n', done.stdout)[1:]
    found = {}
    for module, text in zip(MODULES, printed):
        with np.load(folder / f'{module}.npz') as file:
            found[module] = text, dict(file)
    return found


def dense(x, arrays, model, linear=0):
    """Return the outputs of dense layers, by NumPy, the last ones linear."""
    weights = [arrays[f'{model}_{i}'].astype('float64') for i in range(
        sum(name.startswith(f'{model}_') for name in arrays))]
    pairs = list(zip(weights[::2], weights[1::2]))
    hidden = len(pairs) - linear
    for kernel, bias in pairs[:hidden]:
        x = np.maximum(x @ kernel + bias, 0)
    return [x @ kernel + bias for kernel, bias in pairs[hidden:]] or x


def numbers(text):
    """Return all numbers in a text."""
    return [float(number) for number in re.findall(
        r'-?\d+\.\d*(?:e[-+]?\d+)?', text)]


@pytest.mark.parametrize('module', MODULES)
def test_main_script_of_the_assignment(module, runs):
    text, arrays = runs[module]
    x, shown = arrays['x'], arrays['shown']
    images = 20 + (625 if module == '3-variational' else 0)
    assert shown.shape == (images, 28, 28)
    np.testing.assert_array_equal(shown[:20:2].reshape(10, -1),
                                  x[:10].reshape(10, -1))
    if module == '2-convolutional':
        assert text.startswith('(1024, 28, 28, 1)\n(100, 28, 28, 1)\n')
        reconstructed = arrays['decoded']
        codes = arrays['codes']
    else:
        logits, = dense(arrays['encoded'], arrays, 'decoder', linear=1)
        reconstructed = 1 / (1 + np.exp(-logits))
        codes = dense(x, arrays, 'encoder', 2 * (module == '3-variational'))
    np.testing.assert_allclose(shown[1:20:2].reshape(10, -1),
                               reconstructed.reshape(10, -1), atol=1e-5)

    # What it printed: the loss on its test digits, and its codes.
    losses = re.findall(r'loss: ([\d.]+) - val_loss: ([\d.]+)', text)[-1]
    loss, val_loss = map(float, losses)
    expected = cross_entropy(x, arrays['reconstructed'])
    after = text.split('val_loss')[-1].split('\n', 1)[1]
    printed = numbers(re.sub(r'(?m)^.*step.*$', '', after))
    if module == '3-variational':
        mean, log_variance = codes
        expected = expected.sum(1).mean() + np.sum(
            mean ** 2 + np.exp(log_variance) - 1 - log_variance) / 200
        # The noise is another one in each call.
        assert val_loss == pytest.approx(expected, rel=0.01)
        np.testing.assert_allclose(
            np.reshape(printed, (2, 10, 2)),
            [mean[:10], np.exp(log_variance[:10] / 2)], rtol=1e-4, atol=1e-5)
        assert val_loss < loss < 0.75 * 784
    else:
        expected = expected.mean()
        if module == '1-sparse':
            expected += 10e-6 * np.abs(codes).sum(1).mean()
        assert val_loss == pytest.approx(expected, abs=1e-4)
        assert printed == pytest.approx([np.mean(codes[:10])], rel=1e-4)
        assert val_loss < loss < 0.75
