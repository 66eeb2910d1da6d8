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
    options = parse_options()
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
    run = run_script(options.task, options.epochs)
    name = f'assignment-{options.epochs}-epochs.json'
    recorded = read(name)
    recorded.setdefault(environment, {})[title] = run
    runs.record(name, recorded)


def parse_options():
    """Parse the command line."""
    parser = runs.parser_with_data(__doc__)
    parser.add_argument(
        'task', type=int, choices=range(4), help='run the script of this task'
    )
    parser.add_argument(
        '--epochs',
        type=int,
        default=50,
        metavar='N',
        help='train for N epochs (default: 50)',
    )
    parser.add_argument(
        '--change',
        choices=runs.CHANGES,
        help='make this change to the module of task 3 first',
    )
    return parser.parse_args()


def run_script(task, epochs):
    """Run the script of a task; return its losses and its first codes."""
    fit, run = keras.Model.fit, {}

    def fit_for_epochs(*args, **kwargs):
        history = fit(*args, **{**kwargs, 'epochs': epochs}).history
        for key, losses in history.items():
            run[key] = np.round(losses, 6).tolist()

    keras.Model.fit = fit_for_epochs
    matplotlib.use('Agg')
    names = runpy.run_path(
        str(runs.ROOT / 'tests' / 'assignment' / f'{task}-main.py')
    )
    run['code'] = float(np.mean(names['encoded']))
    if task == 3:
        run['mean'] = names['mu'].tolist()
        run['log_variance'] = names['log_sig'].tolist()
    return run


if __name__ == '__main__':
    main()
