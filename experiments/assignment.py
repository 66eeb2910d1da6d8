#!/usr/bin/env python3
"""Record what the assignment's own scripts print with these modules.

The scripts of tests/assignment run as they are, each in a process of its own,
up to the end of their fifth epoch: with oneDNN on and, as a script wants it
but asks for too late, with oneDNN off. Run it on several versions of Keras.
"""
import json
import os
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from runs import ARGUMENTS, RESULTS, ROOT, parser_with_data, record

# Of the 50; the others do not change them.
EPOCHS = 5
# Runs a script, but with these digits for MNIST and up to the end of `fit`.
PROGRAM = """
import json
import runpy
import sys
import numpy as np
import tensorflow as tf
script, file, data, epochs = sys.argv[1:]
if data:
    with np.load(data) as arrays:
        digits = tuple((arrays['x_' + part], arrays['y_' + part])
                       for part in ('train', 'test'))
    tf.keras.datasets.mnist.load_data = lambda: digits
fit = tf.keras.Model.fit

def first_epochs(*args, **kwargs):
    history = fit(*args, **{**kwargs, 'epochs': int(epochs)}).history
    with open(file, 'w') as output:
        json.dump(history, output)
    raise SystemExit

tf.keras.Model.fit = first_epochs
runpy.run_path(script)
"""


def main():
    """Run each script with oneDNN on and off, and record its losses."""
    parser = parser_with_data(__doc__)
    parser.add_argument('--tasks', type=int, nargs='*', default=range(4),
                        help='which scripts (default: 0 1 2 3)')
    parser.add_argument('--onednn', nargs='*', default=['on', 'off'],
                        choices=['on', 'off'],
                        help='the convolutional one is slow with it off '
                        '(default: on off)')
    options = parser.parse_args()
    name = f'assignment-keras-{metadata.version("keras")}.json'
    file = RESULTS / name
    runs = json.loads(file.read_text()) if file.exists() else {}
    for task in options.tasks:
        for onednn in options.onednn:
            module = list(ARGUMENTS)[task]
            print(module, 'with oneDNN', onednn, flush=True)
            history = run_script(task, onednn, options.data)
            runs.setdefault(module, {})[onednn] = history
            record(name, runs)


def run_script(task, onednn, data):
    """Return the losses of the first epochs of a script.

    Args:
        task: Integer, 0 to 3.
        onednn: `'on'` or `'off'`.
        data: Path of the digits, or None for what Keras loads.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / 'history.json'
        subprocess.run(
            [sys.executable, '-c', PROGRAM,
             ROOT / 'tests' / 'assignment' / f'{task}-main.py', file,
             data or '', str(EPOCHS)],
            env={**os.environ, 'PYTHONPATH': str(ROOT), 'MPLBACKEND': 'Agg',
                 'TF_ENABLE_ONEDNN_OPTS': str(int(onednn == 'on'))},
            check=True)
        return {key: [round(loss, 6) for loss in losses]
                for key, losses in json.loads(file.read_text()).items()}


if __name__ == '__main__':
    main()
