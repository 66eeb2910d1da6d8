"""Saved models live on: in a fresh process, on another Keras, without one."""

import json

import numpy as np
import pytest
import tensorflow as tf

from common.start import KERAS_VERSION
from conftest import MODULES, PROGRAMS, ROOT, build, run_python

NORMAL = tf.random.normal
# Keras 3.0 to 3.13 do not average the penalty, so that there the sparse
# module has a class of its own.
OWN_CLASSES = {
    '3-variational': 'SamplingWithKL',
    **({'1-sparse': 'MeanL1'} if (3, 0) <= KERAS_VERSION < (3, 14) else {}),
}


def test_models_in_a_fresh_process(mnist, tmp_path, same_noise):
    expected = {}
    for module in MODULES:
        folder = tmp_path / module
        encoder, decoder, auto = build(module)
        auto.run_eagerly = True  # tracing would take longer than all steps
        x = mnist[:200].reshape(-1, *auto.input_shape[1:])
        auto.fit(x, x, batch_size=50, verbose=0)
        folder.mkdir()
        np.save(folder / 'x.npy', x)
        for model in (encoder, decoder, auto):
            model.save(folder / f'{model.name}.keras')
        codes = encoder.predict(x, verbose=0)
        codes = codes[-1] if isinstance(codes, list) else codes
        if module == '1-sparse':
            auto.export(str(folder / 'exported'))
            reconstructed = auto.predict(x, verbose=0)
        expected[module] = {
            'codes': codes,
            'decoded': decoder.predict(codes, verbose=0),
            'losses': auto.fit(
                x, x, batch_size=50, epochs=2, verbose=0, shuffle=False
            ).history['loss'],
        }
    # With its own noise.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tf.random, 'normal', NORMAL)
        encoder, *_ = build('3-variational')
        encoder.export(str(tmp_path / '3-variational' / 'exported'))
    # -I: not even the modules in this folder can be imported.
    done = run_python(
        '-I',
        PROGRAMS / 'load.py',
        ROOT,
        *(tmp_path / module for module in MODULES),
    )
    for module, arrays in expected.items():
        folder = tmp_path / module
        failed = str(folder) in done.stdout
        assert failed == (module in OWN_CLASSES)
        if failed and KERAS_VERSION >= (3,):  # Keras 2.15 is not as clear
            assert OWN_CLASSES[module] in done.stdout
        with np.load(folder / 'loaded.npz') as loaded:
            for name, array in arrays.items():
                np.testing.assert_allclose(
                    loaded[name], array, rtol=1e-5, atol=1e-6
                )
    # What was exported needs no Keras, and draws anew at each call.
    with np.load(tmp_path / '1-sparse' / 'served.npz') as served:
        np.testing.assert_allclose(
            served['arr_0'], reconstructed, rtol=1e-5, atol=1e-7
        )
    with np.load(tmp_path / '3-variational' / 'served.npz') as served:
        code, mean, log_variance, again = (
            served[f'arr_{i}'] for i in range(4)
        )
    found = encoder.predict(mnist[:200], verbose=0)
    np.testing.assert_allclose([mean, log_variance], found[1:], atol=1e-6)
    assert (code != again).all()
    noise = (code - mean) / np.exp(log_variance / 2)
    assert abs(noise.mean()) < 0.2 and noise.std() == pytest.approx(1, abs=0.2)


@pytest.mark.filterwarnings('ignore:Skipping variable loading')
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
        np.testing.assert_allclose(
            codes, expected['codes'], rtol=1e-5, atol=1e-6
        )
        np.testing.assert_allclose(
            decoder.predict(expected['codes'], verbose=0),
            expected['reconstructed'],
            rtol=1e-5,
        )
