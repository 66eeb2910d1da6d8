#!/usr/bin/env python3
"""Record the symptoms of each mistake that docs/mistakes.md describes.

It trains the faulty solutions of the checker's tests, some more that are only
described, and correct ones for comparison, all on Keras' arrays as the
assignment's scripts do, and prints a line for each. With --record it also
writes them to experiments/results/mistakes.json, which tests compare with the
page.
"""

import copy
import sys

import numpy as np

import runs
from common.digits import load_digits, scaled
from recorded import read
from runs import ARGUMENTS, BATCH, keras

sys.path.append(str(runs.ROOT / 'tests'))
from faults import FAULTS, Fault  # noqa: E402
from solutions import fault_text  # noqa: E402

FILE = 'mistakes.json'
CORRECT = [
    Fault(f'correct, task {task}', task, '', '', base=base)
    for task, base in enumerate(
        ('vanilla', 'sparse', 'convolutional', 'variational')
    )
]
# Mistakes that the page describes and that no test of the checker needs.
RELU = "x = keras.layers.Dense(nodes, activation='relu')(x)"
NOISE = 'tf.random.normal(tf.shape(mean))'
DIVERGENCE = '1 + log_variance - mean**2 - tf.exp(log_variance)'
ALSO = [
    Fault(
        'sigmoid in all hidden layers',
        task=0,
        requirement='encoder relu',
        mistake='activations',
        changes=(("nodes, activation='relu'", "nodes, activation='sigmoid'"),),
    ),
    Fault(
        'the categorical cross-entropy',
        task=0,
        requirement='cross entropy',
        mistake='another-loss',
        changes=(('binary_crossentropy', 'categorical_crossentropy'),),
    ),
    Fault(
        'a penalty on all layers of the encoder',
        task=1,
        requirement='penalty',
        mistake='penalty-on-other-layers',
        changes=((RELU, f'{RELU}\n        x = Penalty(lambtha)(x)'),),
        base='sparse',
    ),
    Fault(
        'mean and log variance exchanged in the divergence',
        task=3,
        requirement='divergence',
        mistake='divergence-roles-exchanged',
        changes=((DIVERGENCE, '1 + mean - log_variance**2 - tf.exp(mean)'),),
        base='variational',
    ),
    Fault(
        'divergence without the factor 1/2',
        task=3,
        requirement='divergence',
        mistake='divergence-formula',
        changes=(('-0.5 * ', '-'),),
        base='variational',
    ),
    Fault(
        'noise shared by the values of a code',
        task=3,
        requirement='sample',
        mistake='noise-shared',
        changes=((NOISE, 'tf.random.normal((tf.shape(mean)[0], 1))'),),
        base='variational',
    ),
    Fault(
        'noise of NumPy',
        task=3,
        requirement='sample',
        mistake='noise-drawn-once',
        changes=(
            ('import tensorflow', 'import numpy as np\nimport tensorflow'),
            (
                NOISE,
                "np.random.normal(size=mean.shape[1:]).astype('float32')",
            ),
        ),
        base='variational',
    ),
]


def main():
    """Train the solutions that are asked for, and print how they end."""
    options = parse_options()
    x_train, x_test = (scaled(x) for x, _ in load_digits(options.data))
    recorded = read(FILE)
    for name, solution, seed in planned(options, recorded):
        prepare(seed)
        run = symptoms(solution, x_train, x_test, options.epochs)
        print(described(solution, seed, run), flush=True)
        recorded[name] = {
            'task': solution.task,
            'mistake': solution.mistake,
            'seed': seed,
            'epochs': options.epochs,
            **run,
        }
        if options.record:  # after each, as they take long
            runs.record(FILE, recorded)


def planned(options, recorded):
    """Return what to train: names, solutions and seeds."""
    found = []
    for solution in solutions():
        if options.only in f'{solution.name} {solution.mistake}':
            for seed in options.seeds:
                name = f'{solution.name}, seed {seed}'
                if name not in recorded or not options.missing:
                    found.append((name, solution, seed))
    return found


def parse_options():
    """Parse the command line."""
    parser = runs.parser_with_data(__doc__)
    parser.add_argument(
        '--only',
        default='',
        metavar='WORDS',
        help='train only mistakes with these words in their name or '
        'entry, such as "divergence" (default: all)',
    )
    parser.add_argument(
        '--epochs',
        type=int,
        default=1,
        metavar='N',
        help='train each for N epochs (default: 1)',
    )
    parser.add_argument(
        '--seeds',
        type=int,
        nargs='+',
        default=[0],
        metavar='N',
        help='train each with these seeds (default: 0)',
    )
    parser.add_argument(
        '--record',
        action='store_true',
        help='write the symptoms to experiments/results',
    )
    parser.add_argument(
        '--missing',
        action='store_true',
        help='skip those that are recorded already, as after an interruption',
    )
    return parser.parse_args()


def solutions():
    """Return the correct and the faulty solutions to train.

    Those of the entry "Module" end the process, or set what all share.
    """
    faults = [fault for fault in FAULTS if fault.mistake != 'module']
    return CORRECT + faults + ALSO


def prepare(seed):
    """Set a seed, and set back what another solution may have set."""
    keras.backend.clear_session()
    keras.backend.set_floatx('float32')
    keras.utils.set_random_seed(seed)


def symptoms(solution, x_train, x_test, epochs):
    """Return the losses of the last epoch and the range of the codes.

    Args:
        solution: `Fault` to train.
        x_train, x_test: Arrays `(n, 28, 28)` in [0, 1].
        epochs: Integer.

    Returns:
        Dict of `loss`, `val_loss`, and of the codes of `x_test` (in task 3,
        their means) `smallest`, `largest`, `mean` and `zeros`, the share that
        is 0. Or only `error`, the type and the message of an exception.
    """
    module = list(ARGUMENTS)[solution.task]
    # A copy: a mistake is to change the list.
    arguments = copy.deepcopy(ARGUMENTS[module])
    shape = np.atleast_1d(arguments[0])
    x_train, x_test = (x.reshape(-1, *shape) for x in (x_train, x_test))
    namespace = {'__name__': module}
    try:
        exec(fault_text(solution), namespace)
        encoder, _, auto = namespace['autoencoder'](*arguments)
        history = auto.fit(
            x_train,
            x_train,
            BATCH,
            epochs,
            verbose=0,
            validation_data=(x_test, x_test),
        ).history
        codes = encoder.predict(x_test, BATCH, verbose=0)
    except Exception as error:  # of any type: the solution is faulty
        text = ' '.join(f'{type(error).__name__}: {error}'.split())
        return {'error': text[:220]}
    if isinstance(codes, (list, tuple)):
        codes = codes[1]
    return {
        'loss': history['loss'][-1],
        'val_loss': history['val_loss'][-1],
        'smallest': float(np.min(codes)),
        'largest': float(np.max(codes)),
        'mean': float(np.mean(codes)),
        'zeros': float(np.mean(codes == 0)),
    }


def described(solution, seed, run):
    """Return the line that is printed for a run."""
    start = f'task {solution.task}, {solution.name}, seed {seed}: '
    if 'error' in run:
        return start + run['error']
    return start + (
        'loss {loss:.4f}, val_loss {val_loss:.4f}, codes {smallest:.1f} to '
        '{largest:.1f}, mean {mean:.2f}, {zeros:.0%} are 0'
    ).format(**run)


if __name__ == '__main__':
    main()
