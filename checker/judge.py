"""Judges one module of a solution, in a process of its own.

    python judge.py TASK MODULE RESULTS

writes to the file RESULTS a line of JSON for each step: what it does next,
which survives the end of the process, and each verdict.
"""
import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:
    sys.path.append(str(HERE.parent))

from checker.faults import Unmet, describe  # noqa: E402

TESTS = ['test_0_vanilla', 'test_1_sparse', 'test_2_convolutional',
         'test_3_variational']


def requirements(task):
    """Return the names of a task's tests with the functions."""
    module = importlib.import_module(TESTS[task])
    return {name: test for name, test in vars(module).items()
            if name.startswith('test_')}


def judge(solution, report=lambda line: None, only=None):
    """Judge a solution on the requirements of its task.

    Args:
        solution: A `Solution`.
        report: Function, called with each verdict as it is found.
        only: String, the name of the one test to judge it on, or None for
            all.

    Returns:
        Dict from the name of a test to its verdict, a dict with `met`, and
        if that is False with the fields of a `Unmet`. Where the same fault
        is behind several, `again` is True for all but the first.
    """
    verdicts, seen = {}, set()
    for name, test in requirements(solution.task).items():
        if only not in (None, name):
            continue
        try:
            test(solution)
            verdict = {'met': True}
        except Unmet as fault:
            verdict = {'met': False, **{
                field: getattr(fault, field) for field in
                ('expected', 'found', 'change', 'mistake')}}
        except Exception as error:
            # The models are so unusual that the test itself fails.
            found, _, _ = describe(error, solution.path)
            verdict = {'met': False, 'expected': 'This can be judged.',
                       'found': f'It cannot: {found}', 'change': '',
                       'mistake': ''}
        if not verdict['met']:
            verdict['again'] = verdict['found'] in seen
            seen.add(verdict['found'])
        verdicts[name] = verdict
        report({'test': name, **verdict})
    return verdicts


def load(path):
    """Return the module in a file.

    Raises:
        Unmet: If it cannot be imported or has no `autoencoder`.
    """
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(Path(path).parent))
    try:
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    except BaseException as error:
        found, change, mistake = describe(error, str(path))
        if isinstance(error, SystemExit):
            change = ('The module ends the process when it is imported: put '
                      "such lines under `if __name__ == '__main__':`.")
            mistake = 'module'
        elif not mistake:
            change, mistake = 'Run `python3 ' + Path(
                path).name + '` to see it.', 'module'
        raise Unmet(f'{Path(path).name} can be imported.', found, change,
                    mistake, blocks=True) from error
    if not callable(getattr(module, 'autoencoder', None)):
        functions = [n for n, v in vars(module).items()
                     if callable(v) and getattr(v, '__module__', '')
                     == module.__name__]
        raise Unmet(f'{Path(path).name} has a function `autoencoder`.',
                    'It has ' + (', '.join(functions) or 'no function')
                    + '.', 'Call the function `autoencoder`.', 'module',
                    blocks=True)
    return module


def main(task, path, results):
    """Judge a module and write down each step."""
    task = int(task)
    with open(results, 'w', encoding='utf-8', buffering=1) as file:
        def report(line):
            file.write(json.dumps(line) + '\n')
        import tensorflow as tf

        from checker.models import Solution
        requirements(task)
        tf.keras.utils.set_random_seed(0)
        report({'doing': f'importing {Path(path).name}'})
        try:
            module = load(path)
        except Unmet as fault:
            report({'broken': {
                field: getattr(fault, field) for field in
                ('expected', 'found', 'change', 'mistake')}})
            return
        solution = Solution(task, module.autoencoder, str(path),
                            lambda what: report({'doing': what}))
        judge(solution, report)
        report({'notes': solution.notes})
        file.flush()
        # Threads of the solution, or what it does at exit, do not matter.
        os._exit(0)


if __name__ == '__main__':
    main(*sys.argv[1:])
