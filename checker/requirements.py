"""The requirements of the assignment, and the judge that goes through them.

Run as a module, it prints docs/requirements.md.
"""
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
from checker.faults import RequirementNotMet
from checker.models import MODULES, NAMES, Solution

TITLES = ['vanilla', 'sparse', 'convolutional', 'variational']
# A row is judged where what it needs is right: the sizes of the layers, what
# both halves give, or nothing.
Requirement = namedtuple('Requirement', 'tasks name needs check sentence')
ENCODER, DECODER = {'role': 'encoder'}, {'role': 'decoder'}
DIMS = ('`input_dims` is {} containing the dimensions of the model input',
        '`latent_dims` is {} containing the dimensions of the latent space '
        'representation')
COMPILED = 'The autoencoder model should be compiled using '
ENTROPY = COMPILED + 'binary cross-entropy loss'
FIT = '`auto.fit(x_train, x_train, ..., validation_data=(x_test, x_test))`'


def _dims(tasks, kind):
    """Return the rows of the dimensions."""
    return [(tasks, 'input dims', '', checks.input_dims,
             DIMS[0].format(kind)),
            (tasks, 'latent dims', '', checks.latent_dims,
             DIMS[1].format(kind))]


ROWS = [Requirement(*row) for row in [
    *((str(task), 'builds', '', None, 'Write a function `autoencoder('
       f'{", ".join(names)})` that creates an autoencoder')
      for task, names in NAMES.items()),
    ('0123', 'returns', '', checks.in_order,
     'Returns: `encoder, decoder, auto`'),
    ('2', 'filters', '', partial(checks.sizes, **ENCODER), '`filters` is a '
     'list containing the number of filters for each convolutional layer in '
     'the encoder'),
    ('2', 'filters reversed', '', partial(checks.sizes, **DECODER),
     'The filters should be reversed for the decoder'),
    ('2', 'filters kept', '', checks.list_kept,
     '`filters` is a list (of the caller: it stays as it is)'),
    ('2', 'encoder kernels', '', partial(checks.kernels, **ENCODER),
     'Each convolution in the encoder should use a kernel size of `(3, 3)`'),
    ('2', 'encoder padding', 'sizes', partial(
        checks.part, **ENCODER, what='padding'), '... with same padding'),
    ('2', 'encoder relu', 'sizes', partial(checks.relu, **ENCODER),
     '... and `relu` activation'),
    ('2', 'pooling', 'sizes', partial(checks.part, **ENCODER, what='resize'),
     '... followed by max pooling of size `(2, 2)`'),
    ('2', 'decoder kernels', '', partial(checks.kernels, **DECODER),
     'Each convolution in the decoder should use a filter size of `(3, 3)`'),
    ('2', 'channels', '', checks.channels, 'The last convolution should have '
     'the same number of filters as the number of channels in `input_dims`'),
    ('2', 'decoder padding', 'sizes', partial(
        checks.part, **DECODER, what='padding', where=lambda left: left != 1),
     '... except for the last two, with same padding'),
    ('2', 'valid padding', 'sizes', partial(
        checks.part, **DECODER, what='padding', where=lambda left: left == 1),
     'The second to last convolution should instead use valid padding'),
    ('2', 'decoder relu', 'sizes', partial(checks.relu, **DECODER),
     '... and `relu` activation'),
    ('2', 'upsampling', 'sizes', partial(
        checks.part, **DECODER, what='resize'), '... followed by upsampling '
     'of size `(2, 2)`; the last convolution: no upsampling'),
    ('2', 'sigmoid', 'sizes', checks.sigmoid,
     '... with `sigmoid` activation'),
    *_dims('2', 'a tuple of integers'), *_dims('013', 'an integer'),
    *((tasks, 'hidden layers', '', check, '`hidden_layers` is a list '
       'containing the number of nodes for each hidden layer in the encoder')
      for tasks, check in (('01', partial(checks.sizes, **ENCODER)),
                           ('3', sampling.layers))),
    ('013', 'hidden layers reversed', '', partial(checks.sizes, **DECODER),
     'The hidden layers should be reversed for the decoder'),
    ('013', 'hidden layers kept', '', checks.list_kept,
     '`hidden_layers` is a list (of the caller: it stays as it is)'),
    ('3', 'outputs', '', sampling.outputs, '`encoder` should output the '
     'latent representation, the mean, and the log variance, respectively'),
    *((tasks, 'encoder relu', 'sizes', check,
       'All layers should use a `relu` activation')
      for tasks, check in (('01', partial(checks.relu, **ENCODER)),
                           ('3', sampling.encoder_relu))),
    ('3', 'mean', 'sizes', partial(sampling.no_activation, name='mean'),
     '... except for the mean layer in the encoder, which should use `None`'),
    ('3', 'log variance', 'sizes', partial(
        sampling.no_activation, name='log variance'),
     '... and the log variance layer, which should use `None`'),
    ('013', 'decoder relu', 'sizes', partial(checks.relu, **DECODER),
     '... the hidden layers of the decoder, too'),
    ('013', 'sigmoid', 'sizes', checks.sigmoid, '... except for the last '
     'layer in the decoder, which should use `sigmoid`'),
    ('3', 'sample', '', sampling.sample, 'creates a variational autoencoder: '
     'the latent representation is drawn from the distribution of the mean '
     'and the log variance'),
    *((tasks, 'auto', 'halves', check,
       f'`auto` is the {kind} autoencoder model')
      for tasks, kind, check in (
          ('02', 'full', checks.joined), ('1', 'sparse', checks.joined),
          ('3', 'full', sampling.decodes_the_sample))),
    ('02', 'cross entropy', 'halves', checks.cross_entropy, ENTROPY),
    ('1', 'cross entropy', 'halves', partial(
        checks.cross_entropy, encoder='zero'), ENTROPY),
    ('3', 'cross entropy', 'halves', sampling.reconstruction_loss, ENTROPY
     + ' (summed over the values, as the printed losses are)'),
    ('3', 'divergence', 'halves', sampling.divergence, 'creates a '
     'variational autoencoder: its loss has the Kullback-Leibler divergence'),
    ('1', 'penalty', 'halves', checks.penalty, '`lambtha` is the '
     'regularization parameter used for L1 regularization on the encoded '
     'output'),
    ('012', 'trains', 'halves', checks.trains, FIT),
    ('3', 'trains', 'halves', sampling.trains, FIT),
    ('0123', 'adam', 'halves', checks.adam, COMPILED + 'adam optimization'),
]]


def table(task):
    """Return the requirements of a task, in the order of judging."""
    return [row for row in ROWS if str(task) in row.tasks]


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
            if not fault and row.check is None:
                solution = Solution(task, worker, path, rng)
                try:
                    solution.build()
                finally:
                    for case in solution.cases:
                        prepare(case)
            elif not fault:
                fault = first_fault(row, solution)
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


def first_fault(row, solution):
    """Return what is not met of a row in any of the cases, or None.

    Cases that lack what the row needs are left out, unless all do: what is
    wrong with them was said before.
    """
    cases, fault = solution.cases, None
    if row.needs:
        cases = [case for case in cases if has(case, row.needs)] or cases
    for case in cases:
        try:
            row.check(case)
        except RequirementNotMet as unmet:
            if unmet.ended:
                raise
            fault = fault or unmet
            if row.needs:
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


def page():
    """Return the text of docs/requirements.md."""
    lines = ['# The requirements', '',
             'What the [checker](grading.md) judges, requirement by '
             'requirement, beside the sentence of the assignment that it is '
             'from; written by `python -m checker.requirements`.']
    for task, title in enumerate(TITLES):
        lines += ['', f'## Task {task}: {title}, `{MODULES[task]}.py`', '',
                  '| requirement | the assignment |', '| --- | --- |']
        lines += [f'| {row.name} | {row.sentence} |' for row in table(task)]
    return '\n'.join(lines)


if __name__ == '__main__':
    print(page())
