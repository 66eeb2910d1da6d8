"""Train on two devices, which a process sets up once.

Trains two modules, and prints their losses as JSON; then runs a main that is
stopped after two epochs, and again.
"""

import json
import runpy
import sys

import numpy as np
import tensorflow as tf

from common import start, training
from conftest import build, main_of
from page import recorder

(cpu,) = tf.config.list_physical_devices('CPU')
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration()] * 2
)
strategy = tf.distribute.MirroredStrategy(['CPU:0', 'CPU:1'])
assert strategy.num_replicas_in_sync == 2
start.strategy = lambda options: strategy
recorder.write_page = lambda *args: None
tf.random.normal = lambda shape, dtype: tf.zeros(shape, dtype)
on_epoch_end = training.Backup.on_epoch_end


def stop(self, epoch, logs=None):
    """Save the epoch, and stop after the second one."""
    on_epoch_end(self, epoch, logs)
    if epoch == 1:
        raise KeyboardInterrupt


x = np.load(sys.argv[1])
losses = {}
for module in ('1-sparse', '3-variational'):
    with strategy.scope():
        *_, auto = build(module)
    losses[module] = auto.fit(
        x, x, batch_size=50, shuffle=False, verbose=0
    ).history['loss']
sys.argv = [str(main_of('0-vanilla')), *sys.argv[2:]]
for training.Backup.on_epoch_end, status in ((stop, 130), (on_epoch_end, 0)):
    try:
        runpy.run_path(sys.argv[0], run_name='__main__')
        assert status == 0
    except SystemExit as end:
        assert end.code == status
print(json.dumps(losses))
