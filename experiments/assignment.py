#!/usr/bin/env python3
"""Run the assignment's own script of a task with our module, and record it.

Run it on several versions of Keras, and with TF_ENABLE_ONEDNN_OPTS=0, which
the scripts set only after TensorFlow has read it.
"""

import os
import runpy
import sys
from importlib import metadata
from types import SimpleNamespace

import matplotlib
import numpy as np

import runs
from common.digits import load_digits
from recorded import read
from runs import keras


def main():
    """Run the script, and record its losses and its first ten codes."""
    parser = runs.parser_with_data(__doc__)
    parser.add_argument('task', type=int, choices=range(4))
    parser.add_argument('--epochs', type=int, default=50, metavar='N')
    parser.add_argument('--change', choices=runs.CHANGES, help='for task 3')
    options = parser.parse_args()
    environment = f'Keras {metadata.version("keras")}'
    # Asked for now, as the script sets it.
    if os.environ['TF_ENABLE_ONEDNN_OPTS'] == '0':
        environment += ', oneDNN off'
    module = list(runs.ARGUMENTS)[options.task]
    title = f'{module}, {options.change}' if options.change else module
    digits = load_digits(options.data)
    keras.datasets.mnist.load_data = lambda: digits
    sys.modules[module] = SimpleNamespace(
        autoencoder=runs.imported(module, options.change)
    )
    fit, run = keras.Model.fit, {}

    def fit_for_epochs(*args, **kwargs):
        history = fit(*args, **{**kwargs, 'epochs': options.epochs}).history
        run.update(
            {
                key: np.round(losses, 6).tolist()
                for key, losses in history.items()
            }
        )

    keras.Model.fit = fit_for_epochs
    matplotlib.use('Agg')
    names = runpy.run_path(
        str(runs.ROOT / 'tests' / 'assignment' / f'{options.task}-main.py')
    )
    run['code'] = float(np.mean(names['encoded']))
    if options.task == 3:
        run.update(
            mean=names['mu'].tolist(), log_variance=names['log_sig'].tolist()
        )
    name = f'assignment-{options.epochs}-epochs.json'
    recorded = read(name)
    recorded.setdefault(environment, {})[title] = run
    runs.record(name, recorded)


if __name__ == '__main__':
    main()
