"""Saved models live on: in a fresh process, on another Keras, without one."""
import json

import numpy as np
import pytest
import tensorflow as tf
from conftest import MODULES, ROOT, build, run_python

keras = tf.keras

# Keras 3.0 to 3.13 do not average the penalty, so that there the sparse
# module has a class of its own.
OWN_PENALTY = hasattr(keras, 'ops') and (
    int(getattr(keras, '__version__', '3.0').split('.')[1]) < 14)
OWN_CLASSES = {'3-variational': 'Sampling',
               **({'1-sparse': 'MeanL1'} if OWN_PENALTY else {})}

# Runs in a fresh process: for each folder, loads its models, keeps what they
# predict and what the loaded autoencoder's next losses are.
LOAD = """
import sys
import numpy as np
import tensorflow as tf
tf.random.normal = lambda shape, dtype: tf.zeros(shape, dtype)
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
"""

# Without a module: loads what can be loaded, says of the others why not, and
# serves what was exported.
WITHOUT_MODULES = LOAD + """
for folder in sys.argv[1:]:
    try:
        load(folder)
    except Exception as error:
        print(folder, error)
    model = tf.saved_model.load(folder + '/exported')
    np.save(folder + '/served.npy', model.serve(np.load(folder + '/x.npy')))
"""

WITH_MODULES = LOAD + """
for module, folder in zip(sys.argv[1::2], sys.argv[2::2]):
    __import__(module)
    load(folder)
"""


@pytest.fixture(scope='module')
def saved(mnist, tmp_path_factory):
    """Return a folder of each module's models, and what is expected there."""
    folders, expected = {}, {}
    with pytest.MonkeyPatch.context() as patch:
        # Without noise, which would be another in each process.
        patch.setattr(tf.random, 'normal',
                      lambda shape, dtype: tf.zeros(shape, dtype))
        for module in MODULES:
            folder = folders[module] = tmp_path_factory.mktemp(module)
            encoder, decoder, auto = build(module)
            x = mnist[:200].reshape(-1, *auto.input_shape[1:])
            auto.fit(x, x, batch_size=50, verbose=0)
            np.save(folder / 'x.npy', x)
            for model in (encoder, decoder, auto):
                model.save(folder / f'{model.name}.keras')
            auto.export(str(folder / 'exported'))
            codes = encoder.predict(x, verbose=0)
            codes = codes[-1] if isinstance(codes, list) else codes
            expected[module] = {
                'codes': codes, 'decoded': decoder.predict(codes, verbose=0),
                'reconstructed': auto.predict(x, verbose=0),
                'losses': auto.fit(x, x, batch_size=50, epochs=2, verbose=0,
                                   shuffle=False).history['loss']}
    return folders, expected


def check_loaded(folder, expected):
    """Check what LOAD has kept."""
    with np.load(folder / 'loaded.npz') as loaded:
        for name in ('codes', 'decoded', 'losses'):
            np.testing.assert_array_equal(loaded[name], expected[name])


def test_models_in_a_fresh_process_without_modules(saved):
    folders, expected = saved
    # -I: not even the modules in this folder can be imported.
    done = run_python('-I', '-c', WITHOUT_MODULES, *folders.values())
    for module, folder in folders.items():
        if module in OWN_CLASSES:
            assert not (folder / 'loaded.npz').exists()
            assert str(folder) in done.stdout
            if hasattr(keras, 'ops'):  # Keras 2.15 is not as clear
                assert OWN_CLASSES[module] in done.stdout
        else:
            check_loaded(folder, expected[module])
        # What was exported needs no Keras.
        np.testing.assert_allclose(
            np.load(folder / 'served.npy'), expected[module]['reconstructed'],
            rtol=1e-5, atol=1e-7)


def test_models_with_own_classes_go_on_once_the_module_is_imported(saved):
    folders, expected = saved
    run_python('-c', WITH_MODULES,
               *(word for module in OWN_CLASSES
                 for word in (module, folders[module])), PYTHONPATH=str(ROOT))
    for module in OWN_CLASSES:
        check_loaded(folders[module], expected[module])


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
