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
Requirement = namedtuple('Requirement', 'tasks name sentence needs check')
CALL = 'autoencoder(input_dims, hidden_layers, latent_dims{})'
RELU = 'All layers should use a `relu` activation'
COMPILED = 'The autoencoder model should be compiled using '


SIGMOID = partial(checks.part, role='decoder', what='activation',
                  where=lambda place: place == 0)


def _rows():
    """Yield all requirements: tasks, name, sentence, needs, and the check."""
    for task, names in NAMES.items():
        yield (str(task), 'builds', 'Write a function `autoencoder('
               f'{", ".join(names)})` that creates an autoencoder', '', None)
    yield ('0123', 'returns', 'Returns: `encoder, decoder, auto`', '',
           checks.in_order)
    yield ('2', 'filters', '`filters` is a list containing the number of '
           'filters for each convolutional layer in the encoder', '',
           _of(checks.sizes, 'encoder'))
    yield ('2', 'filters reversed', 'The filters should be reversed for the '
           'decoder', '', _of(checks.sizes, 'decoder'))
    yield ('2', 'filters kept', '`filters` is a list (of the caller: it '
           'stays as it is)', '', checks.list_kept)
    yield ('2', 'encoder kernels', 'Each convolution in the encoder should '
           'use a kernel size of `(3, 3)`', '',
           _of(checks.kernels, 'encoder'))
    yield ('2', 'encoder padding', '... with same padding', 'sizes',
           _of(checks.part, 'encoder', 'padding'))
    yield ('2', 'encoder relu', '... and `relu` activation', 'sizes',
           _of(checks.relu, 'encoder'))
    yield ('2', 'pooling', '... followed by max pooling of size `(2, 2)`',
           'sizes', _of(checks.part, 'encoder', 'resize'))
    yield ('2', 'decoder kernels', 'Each convolution in the decoder should '
           'use a filter size of `(3, 3)`', '',
           _of(checks.kernels, 'decoder'))
    yield ('2', 'decoder padding', '... except for the last two, with same '
           'padding', 'sizes', _of(
               checks.part, 'decoder', 'padding', lambda place: place != 1))
    yield ('2', 'valid padding', 'The second to last convolution should '
           'instead use valid padding', 'sizes', _of(
               checks.part, 'decoder', 'padding', lambda place: place == 1))
    yield ('2', 'decoder relu', '... and `relu` activation', 'sizes',
           _of(checks.relu, 'decoder'))
    yield ('2', 'upsampling', '... followed by upsampling of size `(2, 2)`; '
           'the last convolution: no upsampling', 'sizes',
           _of(checks.part, 'decoder', 'resize'))
    yield ('2', 'channels', 'The last convolution should have the same '
           'number of filters as the number of channels in `input_dims`', '',
           checks.channels)
    yield ('2', 'sigmoid', '... with `sigmoid` activation', 'sizes',
           SIGMOID)
    for tasks, kind in (('2', 'a tuple of integers'), ('013', 'an integer')):
        yield (tasks, 'input dims', f'`input_dims` is {kind} containing the '
               'dimensions of the model input', '', checks.input_dims)
        yield (tasks, 'latent dims', f'`latent_dims` is {kind} containing '
               'the dimensions of the latent space representation', '',
               checks.latent_dims)
    for tasks, check in (('01', _of(checks.sizes, 'encoder')),
                         ('3', sampling.layers)):
        yield (tasks, 'hidden layers', '`hidden_layers` is a list containing '
               'the number of nodes for each hidden layer in the encoder',
               '', check)
    yield ('013', 'hidden layers reversed', 'The hidden layers should be '
           'reversed for the decoder', '', _of(checks.sizes, 'decoder'))
    yield ('013', 'hidden layers kept', '`hidden_layers` is a list (of the '
           'caller: it stays as it is)', '', checks.list_kept)
    yield ('3', 'outputs', '`encoder` should output the latent '
           'representation, the mean, and the log variance, respectively',
           '', sampling.outputs)
    for tasks, check in (('01', _of(checks.relu, 'encoder')),
                         ('3', sampling.encoder_relu)):
        yield tasks, 'encoder relu', RELU, 'sizes', check
    yield ('3', 'mean', '... except for the mean layer in the encoder, which '
           'should use `None`', 'sizes',
           _of(sampling.no_activation, 'mean'))
    yield ('3', 'log variance', '... and the log variance layer, which '
           'should use `None`', 'sizes',
           _of(sampling.no_activation, 'log variance'))
    yield ('013', 'decoder relu', '... the hidden layers of the decoder, too',
           'sizes', _of(checks.relu, 'decoder'))
    yield ('013', 'sigmoid', '... except for the last layer in the decoder, '
           'which should use `sigmoid`', 'sizes', SIGMOID)
    yield ('3', 'sample', 'creates a variational autoencoder: the latent '
           'representation is drawn from the distribution of the mean and '
           'the log variance', '', sampling.sample)
    for tasks, kind, check in (('02', 'full', checks.joined),
                               ('1', 'sparse', checks.joined),
                               ('3', 'full', sampling.decodes_the_sample)):
        yield (tasks, 'auto', f'`auto` is the {kind} autoencoder model',
               'halves', check)
    entropy = COMPILED + 'binary cross-entropy loss'
    yield ('02', 'cross entropy', entropy, 'halves', checks.cross_entropy)
    yield ('1', 'cross entropy', entropy, 'halves',
           lambda models: checks.cross_entropy(models, encoder='zero'))
    yield ('3', 'cross entropy', entropy + ' (summed over the values, as the '
           'printed losses are)', 'halves', sampling.reconstruction_loss)
    yield ('3', 'divergence', 'creates a variational autoencoder: its loss '
           'has the Kullback-Leibler divergence', 'halves',
           sampling.divergence)
    yield ('1', 'penalty', '`lambtha` is the regularization parameter used '
           'for L1 regularization on the encoded output', 'halves',
           checks.penalty)
    for tasks, check in (('012', checks.trains), ('3', sampling.trains)):
        yield (tasks, 'trains', '`auto.fit(x_train, x_train, ..., '
               'validation_data=(x_test, x_test))`', 'halves', check)
    yield ('0123', 'adam', COMPILED + 'adam optimization', 'halves',
           checks.adam)


def _of(check, *more):
    """Return a check of models alone."""
    return lambda models: check(models, *more)


ROWS = [Requirement(*row) for row in _rows()]


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


STRUCTURE = {'784-written-in', 'activations', 'convolutions',
             'hidden-layers', 'not-reversed', 'pooling-without-same',
             'valid-convolution', 'shapes', 'one-channel-written-in',
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
