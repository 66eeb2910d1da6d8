"""Judges modules in this process, where isolation is not what is tested."""

import contextlib
import io
import json
import os
import sys
from types import SimpleNamespace

import numpy as np
import tensorflow as tf

from checker import judge
from checker.assignment import MODULES, Arguments, arguments
from checker.worker import Worker

# Arguments to find a fault with: no other order of the sizes is the same.
SEVERAL = {
    0: (30, [23, 29, 17, 17], 19),
    1: (30, [23, 29, 17, 11], 19, 0.02),
    2: ((12, 20, 2), [6, 7, 5], (2, 3, 5)),
    3: (30, [23, 29, 17, 11], 13),
}


class Local(Worker):
    """A worker in this process: nothing is limited."""

    def ask(self, do, arrays=(), **more):
        """Return the answer to a question: a dict and arrays."""
        question = json.loads(json.dumps({'do': do, **more}))
        given = [np.array(array, '<f4') for array in arrays]
        answer, found = self.answer(question, given)
        return json.loads(json.dumps(answer)), [
            np.array(array, '<f4') for array in found
        ]

    def close(self):
        """Do nothing: there is no process to end."""


@contextlib.contextmanager
def in_place():
    """Undo what a module changes in this process."""
    folder, argv, path = os.getcwd(), sys.argv, list(sys.path)
    own = {name: sys.modules.pop(name, None) for name in MODULES}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        os.chdir(folder)
        sys.argv, sys.path[:] = argv, path
        for name, module in own.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module
        tf.config.run_functions_eagerly(False)
        tf.keras.backend.clear_session()
        tf.keras.backend.set_floatx('float32')
        tf.keras.mixed_precision.set_global_policy('float32')


def judged(task, source, choose=arguments, compiled=False, **more):
    """Return the result of judging a module in this process.

    Args:
        task: Integer.
        source: String, the text of the module.
        choose: Function of a task and a generator, see `judge.judge`.
        compiled: Boolean. What is not compiled is much quicker for a few
            small batches.
        **more: Other arguments of `judge.judge`; `others`, a dict of files
            beside the module.
    """
    files = {f'{MODULES[task]}.py': source.encode(), **more.pop('others', {})}
    with in_place():
        tf.config.run_functions_eagerly(not compiled)
        tf.keras.utils.set_random_seed(0)
        return judge.judge(
            task,
            files,
            SimpleNamespace(start=lambda limit: Local()),
            choose=choose,
            **more,
        )


def drawn(task, rng):
    """Return arguments that are drawn, a list."""
    return arguments(task, rng)[:2]


def fixed(task, rng):
    """Return the arguments of `SEVERAL`, for a short look, in a list."""
    return [Arguments(task, SEVERAL[task], brief=True)]


def faults_of(result):
    """Return the verdicts that tell a fault, a dict by their names."""
    return {
        verdict['name']: verdict
        for verdict in result['verdicts']
        if not verdict['met'] and not verdict['again']
    }
