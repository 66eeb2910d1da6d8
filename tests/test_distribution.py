"""The same losses on several devices, and on several workers."""
import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from common.start import KERAS_VERSION
from conftest import (
    ARGUMENTS,
    ROOT,
    build,
    environment_with,
    losses_of,
    main_of,
    run_python,
    same_results,
)

# Runs in a fresh process, because devices are set up once: trains on two
# logical devices, first two modules, then with a main, undisturbed, stopped,
# and going on.
MIRRORED = """
import json, runpy, sys
import numpy as np
import tensorflow as tf
tf.random.normal = lambda shape, dtype: tf.zeros(shape, dtype)
cpu, = tf.config.list_physical_devices('CPU')
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(['CPU:0', 'CPU:1'])
assert strategy.num_replicas_in_sync == 2
root, x, arguments, main, data, output = sys.argv[1:]
sys.path[:0] = [root, root + '/mains']
x = np.load(x)
losses = {}
for module, args in json.loads(arguments).items():
    with strategy.scope():
        tf.keras.utils.set_random_seed(0)
        _, _, auto = __import__(module).autoencoder(*args)
    digits = x.reshape(-1, *auto.input_shape[1:])
    history = auto.fit(digits, digits, batch_size=50, epochs=2,
                       shuffle=False, verbose=0).history
    losses[module] = history['loss']

from common import start, training
from page import recorder
recorder.write_page = lambda *args: None
start.strategy = lambda options: strategy
real = training.Backup.on_epoch_end
def stopping(self, epoch, logs=None):
    real(self, epoch, logs)
    if epoch == 1:
        raise KeyboardInterrupt
for folder, on_epoch_end, status in (
        ('undisturbed', real, 0), ('stopped', stopping, 130),
        ('stopped', real, 0)):
    training.Backup.on_epoch_end = on_epoch_end
    sys.argv = [main, '--epochs', '3', '--batch-size', '50', '--data', data,
                '--output', f'{output}/{folder}']
    try:
        runpy.run_path(main, run_name='__main__')
        assert status == 0
    except SystemExit as end:
        assert end.code == status
print(json.dumps(losses))
"""


def test_two_devices_train_as_one_does_and_go_on_when_interrupted(
        mnist, data, tmp_path, monkeypatch):
    monkeypatch.setattr(tf.random, 'normal',
                        lambda shape, dtype: tf.zeros(shape, dtype))
    x = mnist[:200]
    np.save(tmp_path / 'x.npy', x)
    # Those with terms that are averaged over the batch.
    arguments = {module: ARGUMENTS[module]
                 for module in ('1-sparse', '3-variational')}
    done = run_python('-c', MIRRORED, ROOT, tmp_path / 'x.npy',
                      json.dumps(arguments), main_of('0-vanilla'), data,
                      tmp_path)
    losses = json.loads(done.stdout.splitlines()[-1])
    for module in arguments:
        *_, auto = build(module)
        digits = x.reshape(-1, *auto.input_shape[1:])
        expected = auto.fit(digits, digits, batch_size=50, epochs=2,
                            shuffle=False, verbose=0).history['loss']
        # Keras 3.6 adds up the gradients of the devices. Adam does not mind,
        # but for its epsilon.
        assert losses[module] == pytest.approx(expected, rel=2e-3), module
    assert 'Resuming after epoch 2 of 3' in done.stdout
    outputs = tmp_path / 'undisturbed', tmp_path / 'stopped'
    assert len(losses_of(outputs[0])) == 3
    same_results(*outputs)


def two_workers(args, outputs):
    """Run a main as two workers on loopback."""
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


@pytest.mark.skipif(KERAS_VERSION >= (3,),
                    reason='Keras 3 cannot (keras issue 20585)')
@pytest.mark.parametrize('module', ['0-vanilla', '2-convolutional'])
def test_two_workers_train_to_the_same_losses_as_one(
        module, data, tmp_path, run_main):
    args = ['--epochs', 2, '--batch-size', 64, '--data', data]
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


@pytest.mark.skipif(KERAS_VERSION < (3,), reason='only Keras 3 cannot')
def test_workers_on_keras_3_are_refused_with_what_to_set(
        data, tmp_path, run_main, monkeypatch):
    for config, says in (
            ('{}', 'TF_CONFIG is not the JSON text'),
            ('{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": '
             '"worker", "index": 0}}', 'TF_USE_LEGACY_KERAS=1')):
        monkeypatch.setenv('TF_CONFIG', config)
        done = run_main('0-vanilla', '--data', data, '--output', tmp_path)
        assert done.returncode == 2
        line, = done.stderr.splitlines()
        assert says in line
