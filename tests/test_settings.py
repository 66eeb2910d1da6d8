"""Keras' global settings: what holds whatever they are."""
import json
import os
import shutil
from importlib.util import find_spec

import numpy as np
import pytest
import tensorflow as tf

from common.start import KERAS_VERSION
from conftest import (
    ARGUMENTS,
    MODULES,
    ROOT,
    STOCK,
    build,
    main_of,
    run_python,
)

keras = tf.keras
KERAS_3 = KERAS_VERSION >= (3,)
# Another backend, if what it needs is there (that of NumPy needs jax).
BACKEND = next((backend for backend, package in (
    ('torch', 'torch'), ('numpy', 'jax'), ('tensorflow', 'tensorflow'))
    if find_spec(package)), None) if KERAS_3 else 'tensorflow'


def losses(module, digits):
    """Return the losses of two epochs, with the same noise in each step."""
    *_, auto = build(module)
    x = digits(module, 50)
    return auto.fit(x, x, batch_size=25, epochs=2, shuffle=False,
                    verbose=0).history['loss']


@pytest.mark.parametrize('module', MODULES)
def test_channels_first_and_eager_functions_train_the_same(
        module, digits, same_noise):
    expected = losses(module, digits)
    keras.backend.set_image_data_format('channels_first')
    try:
        assert losses(module, digits) == expected
    finally:
        keras.backend.set_image_data_format('channels_last')
    tf.config.run_functions_eagerly(True)
    try:
        assert losses(module, digits) == pytest.approx(expected, rel=1e-3)
    finally:
        tf.config.run_functions_eagerly(False)


# Runs in a fresh process, because settings stay set: each module alone in a
# folder, in float64, then with other switches.
SWITCHES = """
import json, sys
import numpy as np
import tensorflow as tf
keras = tf.keras
tf.random.normal = lambda shape, dtype: tf.ones(shape, dtype)
x = np.load(sys.argv[1])
losses = {}
def train(what):
    for module, args in json.loads(sys.argv[2]).items():
        sys.path[0] = f'{sys.argv[3]}/{module}'
        keras.utils.set_random_seed(0)
        _, _, auto = __import__(module).autoencoder(*args)
        digits = x.reshape(-1, *auto.input_shape[1:])
        losses[module + what] = auto.fit(
            digits, digits, batch_size=25, epochs=2, shuffle=False, verbose=0
            ).history['loss']
        dtypes = {auto(digits[:1]).dtype.name} | {
            w.dtype.name for w in auto.get_weights()}
        assert dtypes == {keras.backend.floatx()}, dtypes
keras.backend.set_floatx('float64')
train(' in float64')
keras.backend.set_floatx('float32')
keras.mixed_precision.set_global_policy('float32')
tf.config.experimental.enable_op_determinism()
tf.experimental.numpy.experimental_enable_numpy_behavior()
keras.backend.set_epsilon(1e-6)
train(' with switches')
print(json.dumps(losses))
"""


def test_alone_in_float64_and_with_other_switches_they_train_the_same(
        digits, tmp_path, same_noise):
    np.save(tmp_path / 'x.npy', digits('0-vanilla', 50))
    for module in MODULES:
        (tmp_path / module).mkdir()
        shutil.copy(ROOT / f'{module}.py', tmp_path / module)
    done = run_python('-c', SWITCHES, tmp_path / 'x.npy',
                      json.dumps(ARGUMENTS), tmp_path)
    got = json.loads(done.stdout.splitlines()[-1])
    assert len(got) == 2 * len(MODULES)
    for name, values in got.items():
        expected = losses(name.split()[0], digits)
        # In float64, the first weights are drawn otherwise.
        rel = 0.1 if 'float64' in name else 1e-3
        assert values == pytest.approx(expected, rel=rel), name


# Runs in a fresh process, under the keras.json of old tutorials and another
# backend.
PREDICT = """
import json, sys
import numpy as np
from tensorflow import keras
assert keras.backend.image_data_format() == 'channels_first'
print(keras.backend.backend())
for module, args in json.loads(sys.argv[1]).items():
    try:
        encoder, decoder, auto = __import__(module).autoencoder(*args)
    except RuntimeError as error:
        print(error)
        continue
    with np.load(f'{sys.argv[2]}/{module}.npz') as file:
        arrays = dict(file)
    x = arrays['x']
    auto.set_weights([arrays[f'arr_{i}'] for i in range(len(auto.weights))])
    for model in (auto, encoder):
        y = model.predict(x, verbose=0)
        y = y[1] if isinstance(y, list) else y
        if model is encoder or len(encoder.outputs) == 1:
            np.testing.assert_allclose(y, arrays[model.name], rtol=1e-4,
                                       atol=1e-5)
    if keras.backend.backend() != 'numpy':  # it cannot train
        first, last = auto.fit(x, x, epochs=2, verbose=0).history['loss']
        assert last < first
"""


@pytest.fixture
def keras_home(tmp_path):
    """Return a function: write a keras.json, return its folder as text."""
    def home(**settings):
        (tmp_path / 'keras.json').write_text(json.dumps({
            'floatx': 'float32', 'epsilon': 1e-7, 'backend': 'tensorflow',
            'image_data_format': 'channels_last', **settings}))
        return str(tmp_path)
    return home


def test_other_backend_and_channels_first_in_a_file_predict_the_same(
        digits, tmp_path, keras_home):
    for module in MODULES:
        encoder, _, auto = build(module)
        x = digits(module, 20)
        codes = encoder.predict(x, verbose=0)
        np.savez(tmp_path / f'{module}.npz', *auto.get_weights(), x=x,
                 encoder=codes[1] if isinstance(codes, list) else codes,
                 **({'autoencoder': auto.predict(x, verbose=0)}
                    if module in STOCK else {}))
    home = keras_home(image_data_format='channels_first')
    done = run_python('-c', PREDICT, json.dumps(ARGUMENTS), tmp_path,
                      PYTHONPATH=str(ROOT), KERAS_HOME=home,
                      KERAS_BACKEND=BACKEND)
    lines = done.stdout.splitlines()
    assert lines[0] == BACKEND
    if BACKEND != 'tensorflow':
        assert lines[1].startswith('The variational autoencoder draws')
        assert lines[1].endswith(f'Received: KERAS_BACKEND={BACKEND}')


@pytest.mark.skipif(not KERAS_3, reason='Keras 2 has one backend')
@pytest.mark.parametrize('environment, settings, says', [
    ({}, {'backend': 'torch'}, 'torch'),  # it may be there or be missing
    ({'TF_USE_LEGACY_KERAS': '1'}, {}, 'it cannot be imported: ')])
def test_mains_refuse_other_backends(
        environment, settings, says, data, tmp_path, keras_home):
    if 'TF_USE_LEGACY_KERAS' in environment and find_spec('tf_keras'):
        pytest.skip('tf-keras is installed')
    done = run_python(
        main_of('0-vanilla'), '--data', data, '--output', tmp_path / 'output',
        check=False, KERAS_HOME=keras_home(**settings), **environment)
    assert done.returncode == 2
    assert done.stdout == ''
    # Of tf-keras, TensorFlow says in a line before that it is missing.
    *before, line = done.stderr.splitlines()
    assert 'tf_keras' in ''.join(before) if before else settings
    assert says in line and 'Set KERAS_BACKEND=tensorflow' in line
    assert os.listdir(tmp_path / 'output') == ['.lock']
