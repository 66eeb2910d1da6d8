"""From what an exception says to what to change, and an entry to read.

All here is words: no verdict depends on it.
"""

import difflib
import re
from collections import namedtuple

from checker.source import LAYER, OUTPUTS, readable

Advice = namedtuple('Advice', 'what change entry')

# Where a name comes from that is often used without its import.
IMPORTS = {
    line.split()[-1]: line
    for line in (
        'import tensorflow as tf',
        'from tensorflow import keras',
        'import numpy as np',
        'from tensorflow.keras import backend as K',
        *(
            f'from tensorflow.keras import {name}'
            for name in ('backend', 'layers', 'regularizers', 'Model')
        ),
        *(
            f'from tensorflow.keras.layers import {name}'
            for name in (
                'Dense',
                'Input',
                'Conv2D',
                'MaxPooling2D',
                'UpSampling2D',
                'Lambda',
                'Layer',
            )
        ),
    )
}
# What TensorFlow calls a function.
FUNCTIONS = {
    'sum': 'tf.reduce_sum',
    'mean': 'tf.reduce_mean',
    **{
        name.split('.')[-1]: name
        for name in (
            'tf.exp',
            'tf.square',
            'tf.sqrt',
            'tf.abs',
            'tf.shape',
            'tf.math.log',
            'tf.reduce_sum',
            'tf.reduce_mean',
            'tf.random.normal',
            'keras.losses.binary_crossentropy',
        )
    },
}
# For names that the entries use: the pattern of how such a thing is made.
MADE_BY = {
    **dict.fromkeys(('inputs', 'given'), r'\bInput\('),
    **dict.fromkeys(('encoder', 'decoder', 'auto'), r'\bModel\('),
    **dict.fromkeys(('x', 'y', 'code'), LAYER),
    **dict.fromkeys(OUTPUTS, '$^'),
}
NOISE = '`noise = tf.random.normal(tf.shape(mean))`'


def of_error(error, source):
    """Return the `Advice` on an exception that a solution raised.

    Args:
        error: Dict, what `worker.describe` returns; `what`, a string, what
            was tried; `task`; `order`, see `Solution`; and `path`, a string,
            the file of the module.
        source: The `Source` of the module.
    """
    kind, message = str(error['type'])[:99], str(error['message'])[:20000]
    core, layers = readable(message, 300), error['layers']
    # Keras 2 names the lines of a compiled layer in the text only.
    lines = [line for line in error['lines'] if isinstance(line, int)] + [
        int(line)
        for path, line in re.findall(r'File "([^"]+)", line (\d+)', message)
        if path == error['path']
    ]
    line = (lines or [0])[-1]
    what = re.sub(r'(?<!\.)\.$', '', f'{kind}: {core}').rstrip(': ')
    if layers and len(lines) > 1:
        what += f', in a layer `{layers[-1]}`'
    what += f', in {source.quote(line)}' * bool(lines)
    what += '.' * (not what.endswith('.'))
    text = (
        f'task {error["task"]}, {error["what"]}'
        + ' in a layer' * bool(layers)
        + f': {kind}: {core}\n{message}\n{source.quote(line)}'
    )
    for pattern, change, entry in RULES:
        match = re.search(pattern, text)
        if match and callable(change):
            change = change({**error, 'line': line}, source, match)
        elif match:
            change = change.format(*filter(None, match.groups()))
        if match and change:
            return Advice(what, change, entry)
    return Advice(what, '', '')


def complete(verdict, source):
    """Add to a verdict of `requirements.judge` what a `Source` tells."""
    if verdict['met']:
        return
    entry, change = verdict['mistake'], verdict['change']
    if source.is_stub and not verdict['again']:
        change, entry = (
            (
                'Write the encoder first: an `Input` of `input_dims`, a '
                'layer for '
                'each size that is given, and a `keras.Model` of both ends. '
                'Then '
                'the decoder, and `auto`, compiled. End with `return encoder, '
                'decoder, auto`. The entry has an example.'
            ),
            'first-step',
        )
    if entry in ('order-of-outputs', 'loss-of-the-sample'):
        encoder = source.own['encoder']
        lines = [
            line for _, line in source.find(rf'\b{encoder}(?:\(|\.outputs?\b)')
        ]
        change += (
            ' The outputs of the encoder are the latent representation, the '
            'mean and the log variance, in this order: unpack them as '
            f'`_, mean, log_variance = {encoder}(x)`'
            + '. Compare ' * bool(lines)
            + '; '.join(lines)
            + '.'
        )
    for pattern, shown, cause, leads in CAUSES:
        found = source.find(pattern)
        if found and re.search(shown, verdict['found']):
            change, entry = cause.format(*found[0]), leads
    if entry in ('hidden-layers', 'not-reversed') and source.stuck:
        line, fed, made = source.stuck
        change, entry = (
            (
                f'The loop calls each layer on the same `{fed}`, so that '
                f'the last '
                f'one alone counts: add `{fed} = {made}` in the loop, below '
                f'{line}.'
            ),
            'hidden-layers',
        )
    for name in ('tf', 'keras'):
        if re.search(rf'`[^`]*\b{name}\.', change) and (
            f'`{IMPORTS[name]}`' not in change
            and not source.find(rf'^\s*(?:from\s+\S+\s+)?import\b.*\b{name}\b')
        ):
            change += f' This needs `{IMPORTS[name]}` at the top.'
    verdict.update(mistake=entry, change=change.strip())


def _name(error, source, match):
    """Return what to do about a name that is not defined."""
    name = match[1]
    if name in IMPORTS:
        return f'Add `{IMPORTS[name]}` to the first lines of the module.'
    if name in FUNCTIONS and re.search(rf'(?<![\w.]){name}\(', source.text):
        return f'Write `{FUNCTIONS[name]}` for `{name}`.'
    if f'self.{name}' in source.text or name in ('add_loss', 'add_weight'):
        return f'Write `self.{name}`: it is of the layer.'
    like = difflib.get_close_matches(
        name, {*re.findall(r'[^\W\d]\w+', source.text)} - {name}, 1, 0.7
    )
    if name in MADE_BY:
        like = [
            own
            for line, own, value in source.assigned
            if (
                line < error['line']
                and re.search(MADE_BY[name], value)
                or own == source.names.get(name)
            )
        ]
        like = like[:1] if name in ('inputs', 'encoder') else like[-1:]
    return (
        f'Is it `{"".join(like)}`? '
        * bool(like)
        + f'Nothing is called `{name}` at that place: give it a value '
        'first, import it, or write the name that it has in this module.'
    )


def _outside(error, source, match):
    """Return what to do about a function that uses tensors of the model."""
    line, used, x = source.closure(error['line']) or ('', (), '')
    found = (
        f'The function in {line} uses `{"` and `".join(used)}` of the '
        'model, without a value there. '
    ) * bool(used)
    if 'auto.fit' not in error['what']:
        return found and found + (
            'Call the layer with a list of all that it needs, such as `[mean, '
            'log_variance]`, and unpack the list in the function: `mean, '
            f'log_variance = {x}`.'
        )
    outputs = [source.own.get(name) for name in OUTPUTS]
    # Where the order is wrong, the report says so: this is the right one.
    names = ', '.join(
        outputs[place] if outputs[place] in used else '_'
        for place in error['order'][1:]
    )
    return found + (
        f'Add as its first line: `_, {names} = {source.own["encoder"]}({x})`.'
        if names != '_, _'
        else 'A loss may use its two arguments only: add '
        'what uses others with `self.add_loss` in a layer.'
    )


# What a line of the module shows to be the cause: its pattern, a pattern of
# what is found, what to change, with `{0}` for what fits and `{1}` for the
# line, and the anchor.
CAUSES = [
    (
        r'tensorflow\.python',
        r'^\w*(Error|Exception)\b',
        '`{0}` has an old Keras. Write `tensorflow` for it in {1}.',
        'functions-of-another-keras',
    ),
    (
        r'set_floatx\(',
        'float64|double',
        'Half of the numbers are now float64, the others float32. Remove {1}.',
        'noise-of-another-type',
    ),
    (
        r'\b(?:optimizers\.\w+|Adam)\(',
        'Unknown variable|cannot recognize var',
        'Each call makes a new model, and an optimizer serves one only. Write '
        "`optimizer='adam'`, or make it in the function, not in {1}.",
        'optimizer',
    ),
    (
        r'\b(?:kernel|bias)_regularizer\b',
        r'no formula|^It is [\d.]+\.$|which'
        r' is [\d.e-]+ times (?!the L\d norm of the weights)',
        'The assignment '
        'has no penalty but the L1 norm of the code. Remove `{0}` in {1}.',
        'another-loss',
    ),
    (
        r'\binterpolation *=(?! *.nearest)',
        'not that of its layers',
        'The '
        'upsampling of the assignment repeats values. Remove `{0}` in {1}.',
        'convolutions',
    ),
    (
        r'(?:\b\w+\.)?\bclip(?:_by_value)?\((?!.*(?:eps|1e-))',
        'something else|'
        r'far away|of 1\.$|of its size|not that of such',
        'The assignment clips nothing. Remove `{0}...)` in {1}.',
        'activation-on-mean-or-log-variance',
    ),
]
SYMBOLIC = 'KerasTensor|out of scope|[Ss]ymbolic'
IN_NOISE = r'^(?:task \d.* in a layer|task 3.*auto\.fit)'
# A pattern for "task 3, what was tried: type: message" and the line of the
# module; what to change, with `{0}` for a group of the pattern, or a function
# of the error, the `Source` and the match, which returns '' where the rule
# does not fit; and the anchor in docs/mistakes.md. The first that fits counts.
RULES = [
    (
        ': (?:Syntax|Indentation|Tab)Error',
        'This is not valid Python: look at '
        'that line, and at the one before it.',
        'module',
    ),
    (
        r"No module named '([\w.]+)'",
        'There is no package or file `{0}` here. '
        'The function needs TensorFlow alone: remove the import and what uses '
        'it. If it is a file of yours, put it beside this one.',
        'module',
    ),
    (r"name '(\w+)' is not defined", _name, 'name-not-defined'),
    (
        r"local variable '(\w+)'",
        '`{0}` gets its value in a loop or a branch '
        'that does not run here, as for one hidden layer. Give it one before, '
        'such as `x = inputs`, and loop over the whole list.',
        'hidden-layers',
    ),
    (
        r"optimizers\.legacy` is|not recognized: \{'lr'",
        'Write '
        "`optimizer='adam'`. Keras 3 has no `optimizers.legacy`, and calls "
        '`lr` '
        '`learning_rate`.',
        'optimizer',
    ),
    (
        r"module '[\w.]+' has no attribute '(\w+)'|"
        r"cannot import name '(\w+)' from '[\w.]*keras",
        'There is no `{0}` '
        'there: `keras.ops` and `keras.random` are of Keras 3, most of '
        '`keras.backend` is of Keras 2. Inside a layer, `tf.exp`, '
        '`tf.math.log`, '
        '`tf.reduce_sum` and `tf.random.normal` work on both.',
        'functions-of-another-keras',
    ),
    (
        r'sum\(\) (takes no keyword|got an unexp)|argument for sum\(\)',
        "Python's `sum` has no `axis`: use `tf.reduce_sum`.",
        'functions-of-another-keras',
    ),
    (
        r"Model: {'input|not understood:', 'input|Model\.call\(\)|"
        r'Layer.__init__\(\) takes 1|Expected `trainable`',
        'A model is made of '
        'both its ends: `keras.Model(inputs, outputs)`. A layer is made, then '
        'called: `Sampling()([mean, log_variance])`.',
        'functions-of-another-keras',
    ),
    (
        r"got an unexpected keyword argument '(\w+)|not understood:', '(\w+)|"
        r"keyword arguments passed to \w+: {'(\w+)",
        'It has no argument `{0}`: '
        'Keras 2 and 3 differ in some. Leave it away, or its name alone, as '
        'in '
        '`l1(lambtha)`.',
        'functions-of-another-keras',
    ),
    (
        rf'^[^:]*auto\.fit[^:]*:(?s:.*)(?:{SYMBOLIC})',
        _outside,
        'loss-closed-over-symbolic-tensors',
    ),
    (
        SYMBOLIC + '|Could not build a TypeSpec',
        _outside,
        'lambda-with-tensors-from-outside',
    ),
    (
        'KerasTensor (?:cannot be used as input|is symbolic)|passing a? '
        '?KerasT',
        'Functions of NumPy, and on Keras 3 `tf.*` and `keras.backend.*`, '
        'work '
        'inside a layer only: move these lines into the `call` of a layer, '
        'and '
        'add a loss there with `self.add_loss`, as in the entry.',
        'tensorflow-functions-on-kerastensors',
    ),
    (
        ': NotImplementedError: \n(?s:.*)add_loss',
        'On Keras 3, a model has no '
        '`add_loss`: call `self.add_loss` in the `call` of a layer, as in the '
        'entry.',
        'add-loss-on-a-model',
    ),
    (
        ': NotImplementedError: \n',
        'Write the next step in place of that line.',
        'first-step',
    ),
    (
        r'received 3 input tensors|Received 3 instead|'
        r"structure of `?inputs`? doesn't match|expect(?:s|ed) 1 input",
        'Give '
        'the decoder one output of the encoder, in task 3 the first: '
        '`decoder(encoder(inputs)[0])`.',
        'whole-list-to-the-decoder',
    ),
    (
        f'{IN_NOISE}.*(?:float64|double|DT_DOUBLE|float16|half)',
        'Numbers of '
        f'two types meet: NumPy draws in float64. Draw with TensorFlow: '
        f'{NOISE}.',
        'noise-of-another-type',
    ),
    (
        f'{IN_NOISE}.*(?:partially known|unknown TensorShape|NoneType|None '
        f'value|'
        'onvert .*None|not supported for .*None|[Ii]ncompatible shapes|must '
        'be '
        'equal|broadcast)',
        'The noise needs the shape of the mean, and the size '
        f'of the batch is not known yet in `mean.shape`: {NOISE}.',
        'noise-of-another-shape',
    ),
    (
        r'infer the (?:output )?shape(?![\s\S]*Error encountered)',
        'Give the '
        'Lambda its `output_shape=(latent_dims,)`, or make it a layer.',
        'lambda-without-output-shape',
    ),
    (
        r"(?:value|argument:|Found:|Got) '?<[\w.]*\b(\w+) (?:name=|object)",
        '`{0}` is made, but not called: write `(x)` behind it, with what it '
        'is '
        'called on.',
        'shapes',
    ),
    (
        'Only input tensors may be passed as positional',
        'A layer is called with'
        ' tensors alone, such as `[mean, log_variance]`: take the number '
        'out of '
        'the list, and of the line that unpacks it. The noise needs none: '
        f'{NOISE}.',
        'lambda-with-tensors-from-outside',
    ),
    (
        r"Cannot convert .* to a shape|TypeError: 'int' object is not "
        r'iterable|'
        'Dimension value must be integer',
        'A shape is a tuple: `keras.Input('
        'shape=(input_dims,))`; in task 2, `input_dims` is one already.',
        'shape-without-a-comma',
    ),
    (
        'must compile|call `?compile|not been compiled|No loss |No gradients',
        "End with `auto.compile(optimizer='adam', "
        "loss='binary_crossentropy')`, "
        'in task 3 with `loss_weights=[input_dims]`, too.',
        'not-compiled',
    ),
    (
        r'^task 3.*values to unpack(?s:.*)= \w*(?i:enc)\w*\(',
        'The encoder gives three.',
        'order-of-outputs',
    ),
    (
        r"'list' object cannot be interp|units=\[|int\(\) argument.*not "
        r"'list'",
        'That is a list, not a number: `for nodes in hidden_layers:`.',
        'hidden-layers',
    ),
    (
        r"units=\(|int\(\) argument must be.*'tuple'",
        'The last pooling of task '
        '2 gives the code, with no `Flatten` and no `Dense`.',
        'convolutions',
    ),
    (
        r'autoencoder\(\) (?:takes|missing)',
        'Its parameters are `input_dims`, '
        '`hidden_layers` (task 2: `filters`), `latent_dims`, and in task 1 '
        '`lambtha`.',
        'module',
    ),
    (
        r'auto\.fit.* takes \d positional arguments? but 2 were given',
        'A loss '
        'is a function of the inputs and the outputs: `def loss(x, y):`.',
        'another-loss',
    ),
    (
        'Invalid reduction dimension 1',
        '`binary_crossentropy` averages over '
        'the values: multiply that by `input_dims`, without another sum.',
        'cross-entropy-averaged',
    ),
    (
        'has never been called',
        'A model has an input once it is called: make '
        'an `Input`, and the models of it, `keras.Model(inputs, ...)`.',
        'shapes',
    ),
    (
        'not connected|Graph disconnected',
        "The model's output does not come "
        'from its input: follow each layer back from the output to the '
        '`Input` '
        'that `keras.Model` is given. Is a loop called on another variable?',
        'shapes',
    ),
    (
        '[Nn]egative dimension|would be negative|size.* would be zero|<= 0|'
        r'non-positive|must be .*positive|expected shape=\(None, \d+, \d+, '
        r'(\d+)'
        r'\), found shape=\((?:None|\d+), \d+, \d+, \1\)',
        'A side of an image '
        "is too short. Pooling with `padding='same'` rounds odd sizes up, 7 "
        'to '
        '4: none reaches 0, and the code is of `latent_dims`.',
        'pooling-without-same',
    ),
    (
        'must have the same shape|[Ii]ncompatible|must be equal|Shape '
        'mismatch',
        'A layer or a model gets another shape than it takes, or `auto` '
        'does not '
        'give that of its input. Print `.shape` of what that line calls it '
        'on: '
        'every size comes from an argument.',
        'shapes',
    ),
    (
        ': SystemExit|importing ',
        'Importing the module fails. Whatever is not '
        'the function, such as what loads data (there may be no network), '
        'asks '
        'for input or ends the process, belongs under `if __name__ == '
        "'__main__':`, or in a file of its own.",
        'module',
    ),
]
