"""The judge, which goes through the requirements of the assignment."""

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np

from checker import checks, sampling, training
from checker.advice import Advice, complete, of_error
from checker.assignment import MODULES, fix, table
from checker.faults import RequirementNotMet
from checker.models import ROLES, Solution
from checker.source import OUTPUTS, Source, readable


def part(role, what, *where):
    """Return the check of one part of the layers of a half."""
    return 'sizes', partial(
        checks.part, role=role, what=what, **dict(zip(['where'], where))
    )


ENCODER, DECODER = {'role': 'encoder'}, {'role': 'decoder'}
# By the name of a requirement, with a task where that has a check of its own:
# what has to be right before, the sizes of the layers or what both halves
# give; and the check, a function of a `Models`.
CHECKS = {
    'returns': ('', checks.in_order),
    'filters': ('', partial(checks.sizes, **ENCODER)),
    'filters reversed': ('', partial(checks.sizes, **DECODER)),
    'filters kept': ('', checks.list_kept),
    'encoder kernels': ('', partial(checks.kernels, **ENCODER)),
    'encoder padding': part('encoder', 'padding'),
    'encoder relu': ('sizes', partial(checks.relu, **ENCODER)),
    'pooling': part('encoder', 'resize'),
    'decoder kernels': ('', partial(checks.kernels, **DECODER)),
    'channels': ('', checks.channels),
    'decoder padding': part('decoder', 'padding', lambda left: left != 1),
    'valid padding': part('decoder', 'padding', lambda left: left == 1),
    'decoder relu': ('sizes', partial(checks.relu, **DECODER)),
    'upsampling': part('decoder', 'resize'),
    'sigmoid': part('decoder', 'activation', lambda left: left == 0),
    'input dims': ('', checks.input_dims),
    'latent dims': ('', partial(checks.dims, roles=['encoder'])),
    'hidden layers': ('', partial(checks.sizes, **ENCODER)),
    'hidden layers reversed': ('', partial(checks.sizes, **DECODER)),
    'hidden layers kept': ('', checks.list_kept),
    'outputs': ('', sampling.outputs),
    'mean': ('sizes', partial(sampling.no_activation, place=0)),
    'log variance': ('sizes', partial(sampling.no_activation, place=1)),
    'sample': ('', sampling.sample),
    'auto': ('halves', checks.joined),
    'auto 3': ('halves', sampling.decodes_the_sample),
    'cross entropy': ('halves', training.cross_entropy),
    'divergence': ('halves', sampling.divergence),
    'penalty': ('halves', training.penalty),
    'trains': ('halves', training.trains),
    'trains 3': ('halves', sampling.trains),
    'adam': ('halves', training.adam),
}


def judge(
    task,
    files,
    starter,
    limit=60,
    seed=0,
    only=(),
    on_verdict=lambda verdict: None,
):
    """Judge a module on the requirements of its task.

    Args:
        task: Integer.
        files: Dict, what `folder.take` returns of its folder.
        starter: A `process.Starter`.
        limit: Float, the seconds that a step of the module may take.
        seed: Integer >= 0, of all that is drawn; the same gives the same.
        only: Names of the requirements to judge; all if there are none.
        on_verdict: Function that gets each verdict as it is found.

    Returns:
        Dict with `verdicts`, a list of dicts with `name`, `sentence`, `met`,
        and if that is False `expected`, `found`, `change` and `mistake`;
        where the same fault is behind several, `again` is True for all but
        the first. Also `notes`, a list of strings; `names`, see `Source`;
        and `layers`, see `side_by_side`.

    Raises:
        OSError, RuntimeError: If no worker can be started.
    """
    name = f'{MODULES[task]}.py'
    source = Source(files[name])
    # What starts workers removes it, too, if this process is killed.
    above = Path(
        tempfile.mkdtemp(
            prefix='solution-', dir=getattr(starter, 'folder', None)
        )
    )
    folder = above / 'solution'  # no other is beside it
    try:
        for path, data in files.items():
            if data is not None:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(data)
        worker = starter.start(limit)
        try:
            # What a solution gives may be anything.
            with np.errstate(all='ignore'):
                found = _judge(
                    task,
                    worker,
                    folder / name,
                    source,
                    np.random.default_rng([seed, task]),
                    only,
                    on_verdict,
                )
        finally:
            worker.close()
    finally:
        shutil.rmtree(above, ignore_errors=True)
    found['notes'] += [
        f'`{file}` in this folder has the name of a module of Python, '
        'TensorFlow or Keras: a script that is started in this folder '
        'imports it in its place. Give it another name.'
        for file in _shadowing(files)
    ]
    return found


def _shadowing(files):
    """Return the files that are found in place of other modules."""
    names = getattr(sys, 'stdlib_module_names', None) or {
        name.split('.')[0] for name in os.listdir(os.path.dirname(os.__file__))
    } | set(sys.builtin_module_names)
    names = {*names, 'tensorflow', 'keras', 'numpy', 'matplotlib'}
    return sorted(
        name
        for name in files
        if name.split('/')[0] in names
        or (name.endswith('.py') and name[:-3] in names)
    )


def _judge(task, worker, path, source, rng, only, on_verdict):
    """Judge a module in a worker, see `judge`."""
    verdicts, seen, solution, broken = [], set(), None, None
    for row in table(task):
        # 'outputs' also finds out which layer is that of the mean.
        if only and row.name not in (*only, 'builds', 'outputs'):
            continue
        fault = broken
        try:
            if row.name == 'builds':
                solution = Solution(task, worker, path, rng)
                solution.build()
            elif not fault:
                fault = _first_fault(
                    *CHECKS.get(f'{row.name} {task}', CHECKS[row.name]),
                    solution,
                )
        except RequirementNotMet as unmet:
            fault = unmet
        except Exception as error:
            # What the worker answers is so unusual that judging it fails.
            fault = RequirementNotMet(
                'This cannot be judged: '
                f'{type(error).__name__}: {readable(str(error))}',
                'module',
                change='Is one of the models no ordinary Keras model?',
            )
        if fault and (fault.ended or not solution or not solution.cases):
            broken = fault
        if only and row.name not in only and not broken:
            continue
        verdict = {
            'name': row.name,
            'sentence': row.sentence,
            'met': fault is None,
        }
        if fault:
            says = (
                of_error(fault.error, source)
                if fault.error
                else Advice(fault.found, fault.change, fault.mistake)
            )
            # The same line may fail in other words, for other arguments.
            key = (
                (fault.error['type'], *fault.error['lines'][-1:], says.entry)
                if fault.error
                else (fault.expected, says.what)
            )
            verdict.update(
                expected=fault.expected,
                found=says.what,
                mistake=says.entry,
                change=says.change or fix(says.entry),
                again=key in seen,
            )
            seen.add(key)
            complete(verdict, source)
            if solution:
                solution.unmet += 1
        on_verdict(verdict)
        verdicts.append(verdict)
    if solution and solution.order != (0, 1, 2):
        for name in OUTPUTS:  # these are those of other outputs
            source.own.pop(name, None)
    return {
        'verdicts': verdicts,
        'names': source.names,
        'notes': solution.notes if solution else [],
        'layers': side_by_side(solution)
        if solution and (solution.unmet)
        else [],
    }


def _first_fault(needs, check, solution):
    """Return what a check finds in any of the cases, or None.

    Cases that lack what it needs are left out, unless all do: what is wrong
    with them was said before.
    """
    cases, fault = (
        [
            case
            for case in solution.cases
            if not needs
            or (
                case.chain('encoder')
                and case.chain('decoder')
                and (needs == 'sizes' or case.are_right)
            )
        ],
        None,
    )
    for case in cases or solution.cases:
        try:
            check(case)
        except RequirementNotMet as unmet:
            if unmet.ended:
                raise
            fault = fault or unmet
            if needs:  # 'outputs' needs nothing, and is for every case
                break
    return fault


def side_by_side(solution):
    """Return layers to compare, of halves that are not right.

    Returns:
        List of lists: a title, and what `checks.beside` returns.
    """
    found = []
    for models in solution.cases[:1]:
        for role in ROLES[:2]:
            with suppress(Exception):  # an unusual model; the verdicts stand
                rows = checks.beside(models, role)
                if rows and not (models.chain(role) and models.is_right(role)):
                    found.append([f'`{role}` of {models.call}', rows])
    return found
