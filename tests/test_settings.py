"""Keras' global settings: what holds whatever they are."""

import functools
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
    PROGRAMS,
    ROOT,
    build,
    main_of,
    run_program,
    run_python,
)

keras = tf.keras
KERAS_3 = KERAS_VERSION >= (3,)
# Another backend, if what it needs is there (that of NumPy needs jax).
BACKEND = (
    next(
        (
            backend
            for backend, package in (
                ('torch', 'torch'),
                ('numpy', 'jax'),
                ('tensorflow', 'tensorflow'),
            )
            if find_spec(package)
        ),
        None,
    )
    if KERAS_3
    else 'tensorflow'
)


@pytest.fixture(scope='module')
def trained(mnist):
    """Return a function: a module's first weights, and losses with them.

    There are two epochs, with the same noise in each step.
    """

    @functools.cache
    def weights_and_losses(module):
        *_, auto = build(module)
        weights = auto.get_weights()
        x = mnist[:50].reshape(-1, *auto.input_shape[1:])
        return weights, train(auto, x)

    return weights_and_losses


def train(auto, x):
    """Return the losses of two epochs."""
    return auto.fit(
        x, x, batch_size=25, epochs=2, shuffle=False, verbose=0
    ).history['loss']


@pytest.mark.filterwarnings('ignore:Even though the `tf.config')
@pytest.mark.parametrize('module', MODULES)
def test_eager_functions_train_the_same(module, digits, trained, same_noise):
    *_, auto = build(module)
    tf.config.run_functions_eagerly(True)
    try:
        losses = train(auto, digits(module, 50))
    finally:
        tf.config.run_functions_eagerly(False)
    assert losses == pytest.approx(trained(module)[1], rel=1e-3)


def test_channels_first_is_not_for_the_convolutional_one(digits):
    expected, found = [], []
    for data_format, outputs in (
        ('channels_last', expected),
        ('channels_first', found),
    ):
        keras.backend.set_image_data_format(data_format)
        try:
            encoder, _, auto = build('2-convolutional')
        finally:
            keras.backend.set_image_data_format('channels_last')
        x = digits('2-convolutional', 20)
        outputs.extend([np.asarray(encoder(x)), np.asarray(auto(x))])
    for one, other in zip(expected, found):
        np.testing.assert_array_equal(one, other)


def test_alone_in_float64_and_with_other_switches_they_train_the_same(
    digits, tmp_path, trained, same_noise
):
    for module in MODULES:
        (tmp_path / module).mkdir()
        shutil.copy(ROOT / f'{module}.py', tmp_path / module)
        np.savez(
            tmp_path / f'{module}.npz',
            *trained(module)[0],
            x=digits(module, 50),
        )
    done = run_python(
        PROGRAMS / 'switches.py', tmp_path, json.dumps(ARGUMENTS)
    )
    got = json.loads(done.stdout.splitlines()[-1])
    for module in MODULES:
        assert got[module] == pytest.approx(trained(module)[1], rel=1e-3)


def test_other_backend_and_channels_first_in_a_file_predict_the_same(
    digits, tmp_path
):
    for module in MODULES:
        encoder, decoder, auto = build(module)
        x = digits(module, 20)
        codes = encoder(x)
        codes = codes[1] if module == '3-variational' else codes
        np.savez(
            tmp_path / f'{module}.npz',
            *auto.get_weights(),
            x=x,
            codes=codes,
            reconstructed=decoder(codes),
        )
    # The file of old tutorials.
    (tmp_path / 'keras.json').write_text(
        json.dumps(
            {
                'floatx': 'float32',
                'epsilon': 1e-7,
                'backend': 'tensorflow',
                'image_data_format': 'channels_first',
            }
        )
    )
    done = run_program(
        'backend.py', tmp_path, KERAS_HOME=str(tmp_path), KERAS_BACKEND=BACKEND
    )
    lines = done.stdout.splitlines()
    assert lines[0] == BACKEND
    if BACKEND != 'tensorflow':
        assert lines[1].startswith('The variational autoencoder ')
        assert lines[1].endswith(f'Received: KERAS_BACKEND={BACKEND}')


@pytest.mark.skipif(
    not KERAS_3 or find_spec('tf_keras'), reason='there, it is no other Keras'
)
def test_mains_refuse_a_keras_that_is_missing(data, tmp_path):
    done = run_python(
        main_of('0-vanilla'),
        '--data',
        data,
        '--output',
        tmp_path / 'output',
        check=False,
        TF_USE_LEGACY_KERAS='1',
    )
    assert done.returncode == 2
    assert done.stdout == ''
    # TensorFlow says in a line before that it is missing.
    *before, line = done.stderr.splitlines()
    assert 'tf_keras' in ''.join(before)
    assert 'it cannot be imported: ' in line
    assert 'Set KERAS_BACKEND=tensorflow' in line
    assert os.listdir(tmp_path / 'output') == ['.lock']
