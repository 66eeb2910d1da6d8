"""The requirements of the assignment, and the judge that goes through them.

Run as a module, it prints docs/requirements.md.
"""
from collections import namedtuple

from checker import convolutional as conv
from checker import sparse
from checker import variational as vae
from checker.advice import readable
from checker.common import (
    adam,
    builds,
    cross_entropy,
    hidden,
    in_order,
    input_dims,
    joined,
    latent_dims,
    list_kept,
    relu,
    sigmoid,
    trains,
)
from checker.faults import Unmet
from checker.models import MODULES, NAMES, Solution

Requirement = namedtuple('Requirement', 'name sentence function')
TITLES = ['vanilla', 'sparse', 'convolutional', 'variational']


def table(task):
    """Return the requirements of a task, in the order of judging."""
    call = f'autoencoder({", ".join(NAMES[task])})'
    rows = [
        ('builds', f'Write a function `{call}` that creates an autoencoder',
         builds),
        ('returns', 'Returns: `encoder, decoder, auto`', in_order)]
    if task == 2:
        rows += [
            ('filters', '`filters` is a list containing the number of '
             'filters for each convolutional layer in the encoder',
             lambda s: conv.filters(s, 'encoder')),
            ('filters reversed', 'The filters should be reversed for the '
             'decoder', lambda s: conv.filters(s, 'decoder')),
            ('filters kept', '`filters` is a list (of the caller: it stays '
             'as it is)', list_kept),
            ('encoder kernels', 'Each convolution in the encoder should use '
             'a kernel size of `(3, 3)`',
             lambda s: conv.kernels(s, 'encoder')),
            ('encoder padding', '... with same padding',
             conv.encoder_padding),
            ('encoder relu', '... and `relu` activation', conv.encoder_relu),
            ('pooling', '... followed by max pooling of size `(2, 2)`',
             conv.pooling),
            ('decoder kernels', 'Each convolution in the decoder should use '
             'a filter size of `(3, 3)`',
             lambda s: conv.kernels(s, 'decoder')),
            ('decoder padding', '... except for the last two, with same '
             'padding', conv.decoder_padding),
            ('valid padding', 'The second to last convolution should instead '
             'use valid padding', conv.valid),
            ('decoder relu', '... and `relu` activation',
             conv.decoder_relu),
            ('upsampling', '... followed by upsampling of size `(2, 2)`; the '
             'last convolution: no upsampling', conv.upsampling),
            ('channels', 'The last convolution should have the same number '
             'of filters as the number of channels in `input_dims`',
             conv.channels),
            ('sigmoid', '... with `sigmoid` activation', conv.sigmoid),
            ('input dims', '`input_dims` is a tuple of integers containing '
             'the dimensions of the model input',
             conv.explained(input_dims)),
            ('latent dims', '`latent_dims` is a tuple of integers containing '
             'the dimensions of the latent space representation',
             latent_dims),
            ('auto', '`auto` is the full autoencoder model',
             conv.explained(joined)),
            ('cross entropy', 'The autoencoder model should be compiled '
             'using binary cross-entropy loss',
             conv.explained(lambda s: cross_entropy(s, 'mean'))),
            ('trains', '`auto.fit(x_train, x_train, ..., '
             'validation_data=(x_test, x_test))`', conv.explained(trains))]
        return _finished(rows)
    rows += [
        ('input dims', '`input_dims` is an integer containing the dimensions '
         'of the model input', input_dims),
        ('latent dims', '`latent_dims` is an integer containing the '
         'dimensions of the latent space representation', latent_dims),
        ('hidden layers', '`hidden_layers` is a list containing the number '
         'of nodes for each hidden layer in the encoder', vae.layers
         if task == 3 else lambda s: hidden(s, 'encoder')),
        ('hidden layers reversed', 'The hidden layers should be reversed for '
         'the decoder', lambda s: hidden(s, 'decoder')),
        ('hidden layers kept', '`hidden_layers` is a list (of the caller: it '
         'stays as it is)', list_kept)]
    if task == 3:
        rows += [
            ('outputs', '`encoder` should output the latent representation, '
             'the mean, and the log variance, respectively', vae.order),
            ('encoder relu', 'All layers should use a `relu` activation',
             vae.encoder_relu),
            ('mean', '... except for the mean layer in the encoder, which '
             'should use `None`', lambda s: vae.no_activation(s, 'mean')),
            ('log variance', '... and the log variance layer, which should '
             'use `None`',
             lambda s: vae.no_activation(s, 'log variance'))]
    else:
        rows += [('encoder relu', 'All layers should use a `relu` '
                  'activation', lambda s: relu(s, 'encoder'))]
    rows += [
        ('decoder relu', '... the hidden layers of the decoder, too',
         lambda s: relu(s, 'decoder')),
        ('sigmoid', '... except for the last layer in the decoder, which '
         'should use `sigmoid`', sigmoid)]
    if task == 3:
        rows += [
            ('sample', 'creates a variational autoencoder: the latent '
             'representation is drawn from the distribution of the mean and '
             'the log variance', vae.sample),
            ('auto', '`auto` is the full autoencoder model',
             vae.decodes_the_sample),
            ('cross entropy', 'The autoencoder model should be compiled '
             'using binary cross-entropy loss (summed over the values, as '
             'the printed losses are)', vae.reconstruction_loss),
            ('divergence', 'creates a variational autoencoder: its loss has '
             'the Kullback-Leibler divergence', vae.divergence)]
    else:
        rows += [
            ('auto', f'`auto` is the {["full", "sparse"][task]} autoencoder '
             'model', joined),
            ('cross entropy', 'The autoencoder model should be compiled '
             'using binary cross-entropy loss', lambda s: cross_entropy(
                 s, 'mean', 'zero' if task == 1 else 'random'))]
    if task == 1:
        rows += [('penalty', '`lambtha` is the regularization parameter used '
                  'for L1 regularization on the encoded output',
                  sparse.penalty)]
    rows += [('trains', '`auto.fit(x_train, x_train, ..., '
              'validation_data=(x_test, x_test))`', trains)]
    return _finished(rows)


def _finished(rows):
    """Return rows as requirements; the last is judged when all are met."""
    return [Requirement(*row) for row in [
        *rows, ('adam', 'The autoencoder model should be compiled using adam '
                'optimization', adam)]]


def judge(task, worker, path, only=None):
    """Judge a module on the requirements of its task.

    Args:
        task: Integer.
        worker: A `Process` or a `Local` of `client`.
        path: String, the file of the module.
        only: String, the one requirement to judge, or None for all.

    Returns:
        Dict with `verdicts`, a list of dicts with `name`, `met`, and if that
        is False the fields of an `Unmet`; where the same fault is behind
        several, `again` is True for all but the first. Also `notes`, a list
        of strings, and `layers`, what `layers.compared` returns.
    """
    verdicts, seen, solution, broken = [], set(), None, None
    rows = [row for row in table(task) if only in (None, row.name)]
    for row in rows:
        fault = broken
        try:
            if not fault:
                if solution is None:
                    solution = Solution(task, worker, path)
                row.function(solution)
        except Unmet as unmet:
            fault = unmet
            if solution is None or unmet.ended:
                broken = unmet
        except Exception as error:
            # What the worker answers is so unusual that judging it fails.
            fault = Unmet('This can be judged.', 'It cannot: '
                          f'{type(error).__name__}: {readable(str(error))}',
                          'Is one of the models no ordinary Keras model?',
                          'module')
            broken = broken or (fault if solution is None else None)
        verdict = {'name': row.name, 'sentence': row.sentence,
                   'met': fault is None}
        if fault:
            verdict.update({
                key: getattr(fault, key) for key in
                ('expected', 'found', 'change', 'mistake')},
                again=fault.found in seen)
            seen.add(fault.found)
            if solution is not None:
                solution.unmet += 1
        verdicts.append(verdict)
    return {'verdicts': verdicts,
            'notes': solution.notes if solution else [],
            'layers': side_by_side(solution, verdicts)}


STRUCTURE = {'784-written-in', 'activations', 'convolutions',
             'hidden-layers', 'not-reversed', 'pooling-without-same',
             'valid-convolution', 'shapes', 'one-channel-written-in',
             'activation-on-mean-or-log-variance',
             'one-layer-for-mean-and-log-variance'}


def side_by_side(solution, verdicts):
    """Return layers to compare, if a fault is in them: for advice only."""
    if solution is None or not any(
            v.get('mistake') in STRUCTURE for v in verdicts):
        return []
    from checker import layers
    try:
        return layers.compared(solution)
    except Exception:  # an unusual model; the verdicts stand without it
        return []


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
