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
from conftest import build, environment_with, main_of, run_program


@pytest.fixture(scope='module')
def two_devices(mnist, undisturbed, tmp_path_factory):
    """Return what a process printed that trained on two devices.

    It trains two modules for an epoch, and then runs a main like that of
    `undisturbed`, which is interrupted and started again. Also return the
    main's folder. All noise is 0.
    """
    options, _ = undisturbed
    output = tmp_path_factory.mktemp('two')
    np.save(output / 'x.npy', mnist[:200])
    done = run_program(
        'devices.py', output / 'x.npy', *options, '--output', output
    )
    return done.stdout, output


# Those with terms that are averaged over the batch.
@pytest.mark.parametrize('module', ['1-sparse', '3-variational'])
def test_two_devices_have_the_losses_of_one(
    module, two_devices, mnist, monkeypatch
):
    monkeypatch.setattr(
        tf.random, 'normal', lambda shape, dtype: tf.zeros(shape, dtype)
    )
    *_, auto = build(module)
    auto.run_eagerly = True  # compiling would take longer than all steps
    expected = auto.fit(
        mnist[:200], mnist[:200], batch_size=50, shuffle=False, verbose=0
    ).history['loss']
    printed, _ = two_devices
    losses = json.loads(printed.splitlines()[-1])
    assert losses[module] == pytest.approx(expected, rel=2e-3)


def test_a_main_on_two_devices_goes_on_when_interrupted(two_devices):
    printed, _ = two_devices
    assert 'Resuming after epoch 2 of 4' in printed


def test_a_main_on_two_devices_trains_as_on_one(two_devices, undisturbed):
    (_, output), (_, one_device) = two_devices, undisturbed
    # Keras 3.6 adds up the gradients of the devices. Adam does not mind, but
    # for its epsilon, and that grows from epoch to epoch.
    adds = (3,) <= KERAS_VERSION < (3, 14)
    np.testing.assert_allclose(
        history_of(output),
        history_of(one_device),
        rtol=0.06 if adds else 1e-3,
    )


def history_of(output):
    """Return the numbers of a main's history, a row an epoch."""
    return np.loadtxt(output / 'history.csv', delimiter=',', skiprows=1)


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
        config = {
            'cluster': cluster,
            'task': {'type': 'worker', 'index': index},
        }
        workers.append(
            subprocess.Popen(
                [sys.executable, *map(str, args), '--output', output],
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment_with(TF_CONFIG=json.dumps(config)),
            )
        )
    results = [worker.communicate(timeout=300) for worker in workers]
    assert not any(worker.returncode for worker in workers), results


@pytest.mark.skipif(
    KERAS_VERSION >= (3,), reason='Keras 3 cannot (keras issue 20585)'
)
def test_two_workers_train_to_the_same_losses_as_one(data, tmp_path, run_main):
    module = '0-vanilla'
    args = ['--epochs', 2, '--batch-size', 64, '--data', data]
    outputs = [tmp_path / 'chief', tmp_path / 'other']
    two_workers([main_of(module), *args], outputs)
    assert not run_main(module, *args, '--output', tmp_path / 'one').returncode
    expected, got = map(history_of, (tmp_path / 'one', outputs[0]))
    np.testing.assert_allclose(got, expected, rtol=1e-4)
    # Only the chief writes files.
    assert sorted(os.listdir(outputs[0])) == sorted(
        os.listdir(tmp_path / 'one')
    )
    assert not outputs[1].exists()


CLUSTER = {
    'cluster': {'worker': ['a:1', 'b:1']},
    'task': {'type': 'worker', 'index': 0},
}


@pytest.mark.skipif(KERAS_VERSION < (3,), reason='only Keras 3 cannot')
@pytest.mark.parametrize(
    'config, says',
    [
        ('{', 'TF_CONFIG is malformed'),
        (json.dumps(CLUSTER), 'TF_USE_LEGACY_KERAS=1'),
    ],
    ids=['malformed', 'two workers'],
)
def test_workers_on_keras_3_are_refused_with_what_to_set(
    config, says, data, tmp_path, run_main, monkeypatch
):
    monkeypatch.setenv('TF_CONFIG', config)
    done = run_main('0-vanilla', '--data', data, '--output', tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert says in line
