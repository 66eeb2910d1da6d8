"""Saved models live on: in a fresh process, on another Keras, without one."""
import json

import numpy as np
import pytest
import tensorflow as tf

from common.start import KERAS_VERSION
from conftest import MODULES, ROOT, build, run_python

# Keras 3.0 to 3.13 do not average the penalty, so that there the sparse
# module has a class of its own.
OWN_CLASSES = {'3-variational': 'SamplingWithKL',
               **({'1-sparse': 'MeanL1'}
                  if (3, 0) <= KERAS_VERSION < (3, 14) else {})}

# Runs in a fresh process: for each folder, loads its models, keeps what they
# predict and what the loaded autoencoder's next losses are. What cannot be
# loaded without its module: says why not, and loads it with the module. Serves
# what was exported.
LOAD = """
import sys
import numpy as np
import tensorflow as tf
tf.random.normal = lambda shape, dtype: tf.ones(shape, dtype)
def load(folder):
    x = np.load(folder + '/x.npy')
    encoder, decoder, auto = (
        tf.keras.models.load_model(f'{folder}/{name}.keras')
        for name in ('encoder', 'decoder', 'autoencoder'))
    codes = encoder.predict(x, verbose=0)
    codes = codes[-1] if isinstance(codes, list) else codes
    decoded = decoder.predict(codes, verbose=0)
    losses = auto.fit(x, x, batch_size=50, epochs=2, shuffle=False,
                      verbose=0).history['loss']
    np.savez(folder + '/loaded.npz', codes=codes, decoded=decoded,
             losses=losses)
modules, *folders = sys.argv[1:]
failed = []
for folder in folders:
    try:
        load(folder)
    except Exception as error:
        print(folder, error)
        failed.append(folder)
    model = tf.saved_model.load(folder + '/exported')
    np.save(folder + '/served.npy', model.serve(np.load(folder + '/x.npy')))
sys.path.append(modules)
for folder in failed:
    __import__(folder.split('/')[-1])
    load(folder)
"""


def test_models_in_a_fresh_process(mnist, tmp_path, same_noise):
    expected = {}
    for module in MODULES:
        folder = tmp_path / module
        encoder, decoder, auto = build(module)
        x = mnist[:200].reshape(-1, *auto.input_shape[1:])
        auto.fit(x, x, batch_size=50, verbose=0)
        folder.mkdir()
        np.save(folder / 'x.npy', x)
        for model in (encoder, decoder, auto):
            model.save(folder / f'{model.name}.keras')
        auto.export(str(folder / 'exported'))
        codes = encoder.predict(x, verbose=0)
        codes = codes[-1] if isinstance(codes, list) else codes
        served = auto.predict(x, verbose=0)
        expected[module] = served, {
            'codes': codes, 'decoded': decoder.predict(codes, verbose=0),
            'losses': auto.fit(x, x, batch_size=50, epochs=2, verbose=0,
                               shuffle=False).history['loss']}
    # -I: not even the modules in this folder can be imported.
    done = run_python('-I', '-c', LOAD, ROOT,
                      *(tmp_path / module for module in MODULES))
    for module, (served, arrays) in expected.items():
        folder = tmp_path / module
        failed = str(folder) in done.stdout
        assert failed == (module in OWN_CLASSES)
        if failed and KERAS_VERSION >= (3,):  # Keras 2.15 is not as clear
            assert OWN_CLASSES[module] in done.stdout
        with np.load(folder / 'loaded.npz') as loaded:
            for name, array in arrays.items():
                np.testing.assert_allclose(loaded[name], array, rtol=1e-5,
                                           atol=1e-6)
        # What was exported needs no Keras.
        np.testing.assert_allclose(np.load(folder / 'served.npy'), served,
                                   rtol=1e-5, atol=1e-7)


def test_exported_variational_encoder_serves_code_mean_and_log_variance(
        digits, tmp_path):
    x = digits('3-variational', 50)
    encoder, _, _ = build('3-variational')
    encoder.export(str(tmp_path / 'exported'))
    model = tf.saved_model.load(str(tmp_path / 'exported'))
    served, again = model.serve(x), model.serve(x)
    expected = encoder.predict(x, verbose=0)
    np.testing.assert_allclose(served[1:], expected[1:], atol=1e-6)
    assert (served[0].numpy() != again[0].numpy()).all()


@pytest.mark.parametrize('module', MODULES)
def test_weights_of_keras_2_load(module):
    # Written on Keras 2.15 by tests/data/make.py, with what they predict.
    folder = ROOT / 'tests' / 'data'
    args = json.loads((folder / 'arguments.json').read_text())[module]
    encoder, decoder, auto = build(module, *args, seed=1)
    auto.load_weights(str(folder / f'{module}.weights.h5'))
    with np.load(folder / f'{module}.npz') as expected:
        codes = encoder.predict(expected['x'], verbose=0)
        codes = codes[-1] if isinstance(codes, list) else codes
        np.testing.assert_allclose(codes, expected['codes'], rtol=1e-5,
                                   atol=1e-6)
        np.testing.assert_allclose(
            decoder.predict(expected['codes'], verbose=0),
            expected['reconstructed'], rtol=1e-5)
