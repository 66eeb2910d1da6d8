"""The same losses on several devices, and on several workers."""
import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from conftest import (
    ARGUMENTS,
    MODULES,
    ROOT,
    build,
    environment_with,
    main_of,
    run_python,
)

KERAS_3 = hasattr(tf.keras, 'ops')

# Runs in a fresh process, because devices are set up once: trains each
# module on two logical CPU devices.
MIRRORED = """
import json, sys
import numpy as np
import tensorflow as tf
tf.random.normal = lambda shape, dtype: tf.zeros(shape, dtype)
cpu, = tf.config.list_physical_devices('CPU')
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(['CPU:0', 'CPU:1'])
assert strategy.num_replicas_in_sync == 2
x = np.load(sys.argv[1])
losses = {}
for module, args in json.loads(sys.argv[2]).items():
    with strategy.scope():
        tf.keras.utils.set_random_seed(0)
        _, _, auto = __import__(module).autoencoder(*args)
    digits = x.reshape(-1, *auto.input_shape[1:])
    history = auto.fit(digits, digits, batch_size=50, epochs=2,
                       shuffle=False, verbose=0).history
    losses[module] = history['loss']
print(json.dumps(losses))
"""


def test_two_devices_train_to_the_same_losses_as_one(
        mnist, tmp_path, monkeypatch):
    np.save(tmp_path / 'x.npy', mnist[:200])
    done = run_python('-c', MIRRORED, tmp_path / 'x.npy',
                      json.dumps(ARGUMENTS), PYTHONPATH=str(ROOT))
    losses = json.loads(done.stdout.splitlines()[-1])
    monkeypatch.setattr(tf.random, 'normal',
                        lambda shape, dtype: tf.zeros(shape, dtype))
    for module in MODULES:
        _, _, auto = build(module)
        x = mnist[:200].reshape(-1, *auto.input_shape[1:])
        expected = auto.fit(x, x, batch_size=50, epochs=2, shuffle=False,
                            verbose=0).history['loss']
        # Keras 3.6 adds up the gradients of the devices. Adam does not mind,
        # but for its epsilon.
        assert losses[module] == pytest.approx(expected, rel=2e-3), module


def two_workers(args, outputs):
    """Run a main as two workers on loopback; return what each printed."""
    ports = []
    for _ in outputs:
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            ports.append(free.getsockname()[1])
    cluster = {'worker': [f'127.0.0.1:{port}' for port in ports]}
    workers = []
    for index, output in enumerate(outputs):
        config = {'cluster': cluster,
                  'task': {'type': 'worker', 'index': index}}
        workers.append(subprocess.Popen(
            [sys.executable, *map(str, args), '--output', output], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment_with(TF_CONFIG=json.dumps(config))))
    results = [worker.communicate(timeout=300) for worker in workers]
    assert not any(worker.returncode for worker in workers), results
    return results


@pytest.mark.skipif(KERAS_3, reason='Keras 3 cannot (keras issue 20585)')
@pytest.mark.parametrize('module', ['0-vanilla', '2-convolutional'])
def test_two_workers_train_to_the_same_losses_as_one(
        module, data, tmp_path, run_main):
    args = ['--epochs', 2, '--data', data]
    outputs = [tmp_path / 'chief', tmp_path / 'other']
    two_workers([main_of(module), *args], outputs)
    assert not run_main(module, *args, '--output', tmp_path / 'one').returncode
    expected, got = (np.loadtxt(output / 'history.csv', delimiter=',',
                                skiprows=1)
                     for output in (tmp_path / 'one', outputs[0]))
    np.testing.assert_allclose(got, expected, rtol=1e-4)
    # Only the chief writes files.
    assert sorted(os.listdir(outputs[0])) == sorted(
        os.listdir(tmp_path / 'one'))
    assert not outputs[1].exists()


@pytest.mark.skipif(not KERAS_3, reason='only Keras 3 cannot')
def test_workers_on_keras_3_are_refused_with_what_to_set(
        data, tmp_path, run_main, monkeypatch):
    monkeypatch.setenv('TF_CONFIG', '{}')
    done = run_main('0-vanilla', '--data', data, '--output', tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert 'TF_USE_LEGACY_KERAS=1' in done.stderr
