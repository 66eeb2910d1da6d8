"""The judge, who goes through the requirements of the assignment."""
import os
import re
import shutil
import sys
import tempfile
from collections import namedtuple
from functools import partial
from pathlib import Path

import numpy as np

from checker import checks, layers, sampling
from checker.advice import readable
from checker.assignment import MODULES, table
from checker.faults import RequirementNotMet
from checker.models import Solution

# What a check needs to be right before: the sizes of the layers, what both
# halves give, or nothing.
Check = namedtuple('Check', 'needs function')
ENCODER, DECODER = {'role': 'encoder'}, {'role': 'decoder'}
CHECKS = {
    'returns': ('', checks.in_order),
    'filters': ('', partial(checks.sizes, **ENCODER)),
    'filters reversed': ('', partial(checks.sizes, **DECODER)),
    'filters kept': ('', checks.list_kept),
    'encoder kernels': ('', partial(checks.kernels, **ENCODER)),
    'encoder padding': ('sizes', partial(
        checks.part, **ENCODER, what='padding')),
    'encoder relu': ('sizes', partial(checks.relu, **ENCODER)),
    'encoder relu 3': ('sizes', sampling.encoder_relu),
    'pooling': ('sizes', partial(checks.part, **ENCODER, what='resize')),
    'decoder kernels': ('', partial(checks.kernels, **DECODER)),
    'channels': ('', checks.channels),
    'decoder padding': ('sizes', partial(
        checks.part, **DECODER, what='padding',
        where=lambda left: left != 1)),
    'valid padding': ('sizes', partial(
        checks.part, **DECODER, what='padding',
        where=lambda left: left == 1)),
    'decoder relu': ('sizes', partial(checks.relu, **DECODER)),
    'upsampling': ('sizes', partial(checks.part, **DECODER, what='resize')),
    'sigmoid': ('sizes', checks.sigmoid),
    'input dims': ('', checks.input_dims),
    'latent dims': ('', checks.latent_dims),
    'hidden layers': ('', partial(checks.sizes, **ENCODER)),
    'hidden layers 3': ('', sampling.layers),
    'hidden layers reversed': ('', partial(checks.sizes, **DECODER)),
    'hidden layers kept': ('', checks.list_kept),
    'outputs': ('', sampling.outputs),
    'mean': ('sizes', partial(sampling.no_activation, name='mean')),
    'log variance': ('sizes', partial(
        sampling.no_activation, name='log variance')),
    'sample': ('', sampling.sample),
    'auto': ('halves', checks.joined),
    'auto 3': ('halves', sampling.decodes_the_sample),
    'cross entropy': ('halves', checks.cross_entropy),
    'cross entropy 1': ('halves', partial(
        checks.cross_entropy, encoder='zero')),
    'cross entropy 3': ('halves', sampling.reconstruction_loss),
    'divergence': ('halves', sampling.divergence),
    'penalty': ('halves', checks.penalty),
    'trains': ('halves', checks.trains),
    'trains 3': ('halves', sampling.trains),
    'adam': ('halves', checks.adam)}


def judge(task, files, starter, limit=60, seed=0, only=None,
          on_verdict=None):
    """Judge a module on the requirements of its task.

    Args:
        task: Integer.
        files: Dict, what `models.take` returns of its folder.
        starter: A `Starter` or a `Local` of `process`.
        limit: Float, the seconds that a step of the module may take.
        seed: Integer >= 0, of all that is drawn; the same gives the same.
        only: String, the one requirement to judge, or None for all.
        on_verdict: Function that gets each verdict as it is found, or None.

    Returns:
        Dict with `verdicts`, a list of dicts with `name`, `sentence`, `met`,
        and if that is False `expected`, `found`, `change` and `mistake`;
        where the same fault is behind several, `again` is True for all but
        the first. Also `notes`, a list of strings, and `layers`, see
        `side_by_side`.

    Raises:
        OSError, RuntimeError: If no worker can be started.
    """
    fresh = _set_before_import(files[MODULES[task] + '.py'] or b'')
    folder = tempfile.mkdtemp(prefix='solution-')
    try:
        for name, data in files.items():
            if data is not None:
                copy = Path(folder, name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(data)
        worker = starter.start(limit, bool(fresh))
        try:
            found = _judge(task, worker, Path(folder, MODULES[task] + '.py'),
                           np.random.default_rng([seed, task]), only,
                           on_verdict or (lambda verdict: None))
        finally:
            worker.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name in fresh:
        found['notes'].append(
            f'The module sets `{name}`, which TensorFlow or Keras reads when '
            'it is imported: it was judged with that.')
    for name in _shadowing(files):
        found['notes'].append(
            f'`{name}` in this folder has the name of a module of Python, '
            'TensorFlow or Keras: a script that is started in this folder '
            'imports it in its place. Give it another name.')
    return found


def _set_before_import(source):
    """Return what a module sets of the environment for TensorFlow."""
    names = re.findall(rb'environ\b[^\n]*?[\'"]((?:TF|KERAS)_\w+)[\'"]',
                       source)
    return sorted({name.decode() for name in names} - {
        'TF_CPP_MIN_LOG_LEVEL', 'TF_ENABLE_ONEDNN_OPTS',
        'TF_DETERMINISTIC_OPS', 'TF_CUDNN_DETERMINISTIC'})


def _shadowing(files):
    """Return the files that are found in place of other modules."""
    names = getattr(sys, 'stdlib_module_names', None) or {
        name.split('.')[0] for name in os.listdir(os.path.dirname(
            os.__file__))} | set(sys.builtin_module_names)
    names = {*names, 'tensorflow', 'keras', 'numpy', 'matplotlib'}
    return sorted(name for name in files if name.split('/')[0] in names or (
        name.endswith('.py') and name[:-3] in names))


def _judge(task, worker, path, rng, only, on_verdict):
    """Judge a module in a worker, see `judge`."""
    verdicts, seen, solution, broken = [], set(), None, None
    for row in table(task):
        if row.name not in (only, 'builds') and only:
            continue
        fault = broken
        try:
            if not fault and row.name == 'builds':
                solution = Solution(task, worker, path, rng)
                try:
                    solution.build()
                finally:
                    for case in solution.cases:
                        prepare(case)
            elif not fault:
                fault = first_fault(Check(*CHECKS.get(
                    f'{row.name} {task}', CHECKS.get(row.name))), solution)
        except RequirementNotMet as unmet:
            fault = unmet
        except Exception as error:
            # What the worker answers is so unusual that judging it fails.
            fault = RequirementNotMet(
                'This can be judged.', 'It cannot: '
                f'{type(error).__name__}: {readable(str(error))}',
                'Is one of the models no ordinary Keras model?', 'module')
        if fault and (fault.ended or not solution or not solution.cases):
            broken = fault
        if row.name != only and only and not broken:
            continue
        verdict = {'name': row.name, 'sentence': row.sentence,
                   'met': fault is None}
        if fault:
            verdict.update({
                key: getattr(fault, key) for key in
                ('expected', 'found', 'change', 'mistake')},
                again=(fault.expected, fault.found) in seen)
            seen.add((fault.expected, fault.found))
            if solution:
                solution.unmet += 1
        on_verdict(verdict)
        verdicts.append(verdict)
    return {'verdicts': verdicts,
            'notes': solution.notes if solution else [],
            'layers': side_by_side(solution, verdicts)}


def prepare(models):
    """Find out the order of outputs, and the last activations."""
    try:
        if models.variational:
            sampling.sampled(models)
        elif models.chain('encoder'):
            checks.find_ends(models, 'encoder')
        if models.chain('decoder'):
            checks.find_ends(models, 'decoder')
    except RequirementNotMet as fault:
        if fault.ended:
            raise


def first_fault(check, solution):
    """Return what is not met of a check in any of the cases, or None.

    Cases that lack what it needs are left out, unless all do: what is
    wrong with them was said before.
    """
    cases, fault = solution.cases, None
    if check.needs:
        cases = [case for case in cases if has(case, check.needs)] or cases
    for case in cases:
        try:
            check.function(case)
        except RequirementNotMet as unmet:
            if unmet.ended:
                raise
            fault = fault or unmet
            if check.needs:
                break
    return fault


def has(models, what):
    """Tell whether the sizes of models, or what they give, are right."""
    if not (models.chain('encoder') and models.chain('decoder')):
        return False
    return what == 'sizes' or checks.are_right(models)


STRUCTURE = {'784-hard-coded', 'activations', 'convolutions',
             'hidden-layers', 'not-reversed', 'pooling-without-same',
             'valid-convolution', 'shapes', 'one-channel-hard-coded',
             'activation-on-mean-or-log-variance',
             'one-layer-for-mean-and-log-variance'}


def side_by_side(solution, verdicts):
    """Return layers to compare, if a fault is in them: for advice only."""
    if not solution or not solution.cases or not any(
            verdict.get('mistake') in STRUCTURE for verdict in verdicts):
        return []
    models, found = solution.cases[0], []
    for role in ('encoder', 'decoder'):
        try:
            rows = layers.beside(models, role)
        except Exception:  # an unusual model; the verdicts stand without it
            continue
        if rows:
            found.append([f'`{role}` of {models.call}', rows])
    return found
