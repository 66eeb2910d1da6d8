#!/usr/bin/env python3
"""Record the symptoms of each mistake that docs/mistakes.md describes.

Trains the faulty solutions of the checker's tests, some more that are only
described, and correct ones for comparison, all on Keras' arrays as the
assignment's scripts do. Prints a line for each. With --record it also keeps
them in experiments/results/mistakes.json, which tests compare with the page.
"""

import sys
from collections import namedtuple

import numpy as np

import runs
from common.digits import load_digits, scaled
from runs import ARGUMENTS, BATCH, keras
from tables import read

sys.path.append(str(runs.ROOT / 'tests'))
from solutions import (  # noqa: E402
    CONVOLUTIONAL,
    FAULTS,
    SPARSE,
    VANILLA,
    VARIATIONAL,
)

FILE = 'mistakes.json'
# A solution: what is wrong, the number of its task, the entry in
# docs/mistakes.md, and the text of the module.
Solution = namedtuple('Solution', 'name task mistake text')
CORRECT = [
    Solution(f'correct, task {task}', task, '', text)
    for task, text in enumerate((VANILLA, SPARSE, CONVOLUTIONAL, VARIATIONAL))
]
# Mistakes that the page describes and no test of the checker needs.
RELU, SIGMOID = "nodes, activation='relu')", "nodes, activation='sigmoid')"
PENALIZED = f'{RELU}(x)', f'{RELU}(x)\n        x = Penalty(lambtha)(x)'
NOISE = 'tf.random.normal(tf.shape(mean))'
DIVERGENCE = '1 + log_variance - mean ** 2 - tf.exp(log_variance)'
ALSO = [
    Solution(
        'sigmoid in all hidden layers',
        0,
        'activations',
        VANILLA.replace(RELU, SIGMOID),
    ),
    Solution(
        'the categorical cross-entropy',
        0,
        'another-loss',
        VANILLA.replace('binary', 'categorical'),
    ),
    Solution(
        'a penalty on all layers of the encoder',
        1,
        'penalty-on-other-layers',
        SPARSE.replace(*PENALIZED),
    ),
    Solution(
        'mean and log variance exchanged in the divergence',
        3,
        'divergence-roles-exchanged',
        VARIATIONAL.replace(
            DIVERGENCE, '1 + mean - log_variance ** 2 - tf.exp(mean)'
        ),
    ),
    Solution(
        'divergence without the factor 1/2',
        3,
        'divergence-formula',
        VARIATIONAL.replace('-0.5 * ', '-'),
    ),
    Solution(
        'noise shared by the values of a code',
        3,
        'noise-shared',
        VARIATIONAL.replace(NOISE, 'tf.random.normal((tf.shape(mean)[0], 1))'),
    ),
    Solution(
        'noise of NumPy',
        3,
        'noise-drawn-once',
        VARIATIONAL.replace(
            NOISE,
            "np.random.normal(size=mean.shape[1:]).astype('float32')",
        ).replace(
            'import tensorflow', 'import numpy as np\nimport tensorflow'
        ),
    ),
]


def main():
    """Train the solutions that are asked for, and print how they end."""
    options = parse_options()
    x_train, x_test = (scaled(x) for x, _ in load_digits(options.data))
    recorded = read(FILE)
    for solution in solutions():
        if options.only not in f'{solution.name} {solution.mistake}':
            continue
        for seed in options.seeds:
            prepare(seed)
            run = symptoms(solution, x_train, x_test, options.epochs)
            print(described(solution, seed, run), flush=True)
            recorded[f'{solution.name}, seed {seed}'] = {
                'task': solution.task,
                'mistake': solution.mistake,
                'seed': seed,
                'epochs': options.epochs,
                **run,
            }
            if options.record:  # after each, as they take long
                runs.record(FILE, recorded)


def parse_options():
    """Parse the command line."""
    parser = runs.parser_with_data(__doc__)
    parser.add_argument(
        '--only',
        default='',
        metavar='WORDS',
        help='the mistakes with these words in their name or '
        'entry, such as "divergence" (default: all)',
    )
    parser.add_argument(
        '--epochs',
        type=int,
        default=1,
        metavar='N',
        help='how long to train each (default: 1)',
    )
    parser.add_argument(
        '--seeds',
        type=int,
        nargs='+',
        default=[0],
        metavar='N',
        help='the seeds to train each with (default: 0)',
    )
    parser.add_argument(
        '--record',
        action='store_true',
        help='keep the symptoms in experiments/results',
    )
    return parser.parse_args()


def solutions():
    """Return the correct and the faulty solutions to train.

    Those of the entry "Module" end the process, or set what all share.
    """
    faulty = [
        Solution(name, fault['task'], fault['mistake'], fault['text'])
        for name, fault in FAULTS.items()
        if fault['mistake'] != 'module'
    ]
    return CORRECT + faulty + ALSO


def prepare(seed):
    """Set a seed, and set back what another solution may have set."""
    keras.backend.clear_session()
    keras.backend.set_floatx('float32')
    keras.utils.set_random_seed(seed)


def symptoms(solution, x_train, x_test, epochs):
    """Return the losses of the last epoch and the range of the codes.

    Args:
        solution: `Solution` to train.
        x_train, x_test: Arrays `(n, 28, 28)` in [0, 1].
        epochs: Integer.

    Returns:
        Dict of `loss`, `val_loss`, and of the codes of `x_test` (in task 3,
        their means) `smallest`, `largest`, `mean` and `zeros`, the share that
        is 0. Or only `error`, the type and the message of an exception.
    """
    module = list(ARGUMENTS)[solution.task]
    shape = np.atleast_1d(ARGUMENTS[module][0])
    x_train, x_test = (x.reshape(-1, *shape) for x in (x_train, x_test))
    namespace = {'__name__': module}
    try:
        exec(solution.text, namespace)
        encoder, _, auto = namespace['autoencoder'](*ARGUMENTS[module])
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
