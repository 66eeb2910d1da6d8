"""Saved models live on: in a fresh process, on another Keras, without one."""

import json

import numpy as np
import pytest
import tensorflow as tf

from common.start import KERAS_VERSION
from conftest import (
    MODULES,
    PROGRAMS,
    ROOT,
    build,
    outputs_of,
    run_python,
)

# Keras 3.0 to 3.13 do not average the penalty, so that there the sparse
# module has a class of its own.
OWN_CLASSES = {'3-variational': 'SamplingWithKL'}
if (3, 0) <= KERAS_VERSION < (3, 14):
    OWN_CLASSES['1-sparse'] = 'MeanL1'


@pytest.fixture(scope='module')
def saved(mnist, tmp_path_factory):
    """Return the folder of what was saved and exported, and what it does.

    That is by module what the models made of `x.npy` in its folder, and the
    losses of two epochs of training. All noise is 1.
    """
    root, expected = tmp_path_factory.mktemp('saved'), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            tf.random, 'normal', lambda shape, dtype: tf.ones(shape, dtype)
        )
        for module in MODULES:
            expected[module] = save_one(module, mnist[:200], root / module)
    # With its own noise.
    encoder, *_ = build('3-variational')
    encoder.export(str(root / '3-variational' / 'exported'))
    expected['3-variational']['exported'] = outputs_of(encoder, mnist[:200])
    return root, expected


def save_one(module, x, folder):
    """Train the models of a module a little, save them, and train on."""
    encoder, decoder, auto = build(module)
    auto.run_eagerly = True  # tracing would take longer than all steps
    x = x.reshape(-1, *auto.input_shape[1:])
    auto.fit(x, x, batch_size=50, verbose=0)
    folder.mkdir()
    np.save(folder / 'x.npy', x)
    for model in (encoder, decoder, auto):
        model.save(folder / f'{model.name}.keras')
    if module == '1-sparse':
        auto.export(str(folder / 'exported'))
    codes = outputs_of(encoder, x)
    codes = codes[-1] if isinstance(codes, list) else codes
    return {
        'codes': codes,
        'decoded': outputs_of(decoder, codes),
        'reconstructed': outputs_of(auto, x),
        'losses': auto.fit(
            x, x, batch_size=50, epochs=2, verbose=0, shuffle=False
        ).history['loss'],
    }


@pytest.fixture(scope='module')
def fresh_process(saved):
    """Return what a process printed that loaded all that was saved.

    -I: not even the modules in this folder can be imported.
    """
    root, _ = saved
    folders = [root / module for module in MODULES]
    return run_python('-I', PROGRAMS / 'load.py', ROOT, *folders).stdout


@pytest.mark.parametrize('module', MODULES)
def test_models_load_without_their_module_unless_it_has_a_class(
    module, saved, fresh_process
):
    root, _ = saved
    failed = str(root / module) in fresh_process
    assert failed == (module in OWN_CLASSES)
    if failed and KERAS_VERSION >= (3,):  # Keras 2.15 is not as clear
        assert OWN_CLASSES[module] in fresh_process


@pytest.mark.parametrize('part', ['codes', 'decoded', 'losses'])
@pytest.mark.parametrize('module', MODULES)
def test_a_loaded_model_does_what_the_saved_one_did(
    module, part, saved, fresh_process
):
    root, expected = saved
    with np.load(root / module / 'loaded.npz') as loaded:
        np.testing.assert_allclose(
            loaded[part], expected[module][part], rtol=1e-5, atol=1e-6
        )


def test_an_exported_model_reconstructs_without_keras(saved, fresh_process):
    root, expected = saved
    with np.load(root / '1-sparse' / 'served.npz') as served:
        np.testing.assert_allclose(
            served['arr_0'],
            expected['1-sparse']['reconstructed'],
            rtol=1e-5,
            atol=1e-6,
        )


def test_an_exported_encoder_draws_anew_at_each_call(saved, fresh_process):
    root, expected = saved
    with np.load(root / '3-variational' / 'served.npz') as served:
        code, mean, log_variance, again = (
            served[f'arr_{i}'] for i in range(4)
        )
    _, *distribution = expected['3-variational']['exported']
    np.testing.assert_allclose([mean, log_variance], distribution, atol=1e-6)
    assert (code != again).all()
    noise = (code - mean) / np.exp(log_variance / 2)
    assert abs(noise.mean()) < 0.2
    assert noise.std() == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(
    'module, name',
    [('1-sparse', 'MeanL1'), ('3-variational', 'SamplingWithKL')],
)
def test_files_name_a_class_as_they_always_did(module, name):
    # Under another name, no file that was saved before could be loaded.
    own = getattr(__import__(module), name)
    assert tf.keras.utils.get_registered_name(own) == f'autoencoders>{name}'


@pytest.mark.filterwarnings('ignore:Skipping variable loading')
@pytest.mark.parametrize('module', MODULES)
def test_weights_of_keras_2_load(module):
    # Written on Keras 2.15 by tests/data/make.py, with what they predict.
    folder = ROOT / 'tests' / 'data'
    args = json.loads((folder / 'arguments.json').read_text())[module]
    encoder, decoder, auto = build(module, *args, seed=1)
    auto.load_weights(str(folder / f'{module}.weights.h5'))
    with np.load(folder / f'{module}.npz') as expected:
        codes = outputs_of(encoder, expected['x'])
        codes = codes[-1] if isinstance(codes, list) else codes
        np.testing.assert_allclose(
            codes, expected['codes'], rtol=1e-5, atol=1e-6
        )
        np.testing.assert_allclose(
            outputs_of(decoder, expected['codes']),
            expected['reconstructed'],
            rtol=1e-5,
        )
