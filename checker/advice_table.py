"""Which change to name for which exception, and for which wrong result."""

import re
from dataclasses import dataclass
from typing import Callable, Union

from checker.explanations import (
    crossentropy_twice,
    indexed_outputs_in_error,
    indexed_outputs_in_loss,
    lines_with,
    missing_module,
    outside_in_layer,
    outside_in_loss,
    pair_of_data,
    regularizers_on_many,
    reversed_list,
    save_as_utf8,
    stuck_loop,
    undefined_name,
    unpack_outputs,
)


@dataclass(frozen=True)
class Rule:
    """What to change after an exception.

    Attributes:
        pattern: String, for "task 3, what was tried: type: message" and the
            line of the module.
        change: String, with `{0}` for the first group of the pattern that
            fits; or a function of the error, the `Source` and the match,
            which returns an empty text where the rule does not apply.
        entry: String, the anchor of a mistake.
    """

    pattern: str
    change: Union[str, Callable]
    entry: str

    def change_for(self, text, error, source):
        """Return what to change, or an empty text if this does not apply."""
        match = re.search(self.pattern, text)
        if not match:
            return ''
        if callable(self.change):
            return self.change(error, source, match)
        return self.change.format(*filter(None, match.groups()))


@dataclass(frozen=True)
class Cause:
    """What a line of the module shows to be the cause of a wrong result.

    Attributes:
        where: String, a pattern for "requirement: entry: what was found".
        change: Function of the verdict and the `Source`, which returns an
            empty text where this does not apply.
        entry: String, the anchor of a mistake.
    """

    where: str
    change: Callable
    entry: str

    def change_for(self, verdict, source):
        """Return what to change, or an empty text if this does not apply."""
        text = f'{verdict.get("name", "")}: {verdict["mistake"]}: '
        if not re.search(self.where, text + verdict['found']):
            return ''
        return self.change(verdict, source)


NOISE = '`noise = tf.random.normal(tf.shape(mean))`'
SYMBOLIC = 'KerasTensor|out of scope|[Ss]ymbolic'
IN_NOISE = r'^(?:task \d.* in a layer|task 3.*auto\.fit)'
CLOSED_LOSS = 'loss-closed-over-symbolic-tensors'
ON_SYMBOLS = 'lambda-with-tensors-from-outside'
OTHER_KERAS = 'functions-of-another-keras'
# How a loss is found to be wrong where no known mistake explains it.
UNEXPLAINED = (
    r'no formula|: It is [\d.]+\.$|which is [\d.e-]+ times '
    r'(?!the L\d norm of the weights)'
)

# The first that applies counts.
RULES = [
    Rule(
        ': (?:Syntax|Value|UnicodeDecode)Error: .*(?:null byte|codec|UTF-8)',
        save_as_utf8,
        'module',
    ),
    Rule(
        r': SyntaxError: (?s:.*)line \d+: `(\s*[%!]\w+.*)`$',
        'That line works only in a notebook: remove it.',
        'module',
    ),
    Rule(
        ': (?:Syntax|Indentation|Tab)Error',
        'This is not valid Python: look at that line, and at the one before '
        'it.',
        'module',
    ),
    Rule(r"No module named '([\w.]+)'", missing_module, 'module'),
    Rule(
        r'(?s)(?:BdbQuit|EOF|stdin|NotImplemented).*line \d+: `.*'
        r'(pdb\.set_trace\(\)|breakpoint\(\))',
        'Remove `{0}`: it waits for a person at a debugger.',
        'module',
    ),
    Rule(r"name '(\w+)' is not defined", undefined_name, 'name-not-defined'),
    Rule(
        r"local variable '(\w+)'",
        '`{0}` gets its value in a loop or a branch that does not run here, '
        'as for one hidden layer. Give it one before, such as `x = inputs`, '
        'and loop over the whole list.',
        'hidden-layers',
    ),
    Rule(
        r"optimizers\.legacy` is|not recognized: \{'lr'",
        "Write `optimizer='adam'`. Keras 3 has no `optimizers.legacy`, and "
        'calls `lr` `learning_rate`.',
        'optimizer',
    ),
    Rule(
        r"object of type '(?:list_)?reverse(?:d|iterator)\w*' has no len|"
        r"'(?:list_)?reverse(?:d|iterator)\w*' object is not subscriptable",
        '`reversed(...)` has no length and no items: write `[::-1]` behind '
        'the list instead, such as `filters[::-1]`.',
        'not-reversed',
    ),
    Rule(
        r"module '[\w.]+' has no attribute '(\w+)'|"
        r"cannot import name '(\w+)' from '[\w.]*keras",
        'There is no `{0}` there: `keras.ops` and `keras.random` belong to '
        'Keras 3, most of `keras.backend` belongs to Keras 2. Inside a layer, '
        '`tf.exp`, `tf.math.log`, `tf.reduce_sum` and `tf.random.normal` work '
        'on both.',
        OTHER_KERAS,
    ),
    Rule(
        r'sum\(\) (takes no keyword|got an unexp)|argument for sum\(\)',
        "Python's `sum` has no `axis`: use `tf.reduce_sum`.",
        OTHER_KERAS,
    ),
    Rule(
        r'does not have a `call\(\)`|Unimplemented `tf.keras.Model.call',
        'A model of a class of your own needs a `call`, and the assignment '
        'needs no such class: make `auto = keras.Model(inputs, '
        'decoder(encoder(inputs)[0]))`, add the divergence in a layer, and '
        'compile `auto` with a loss. The entry shows how.',
        'tensorflow-functions-on-kerastensors',
    ),
    Rule(
        r"Model: {'input|not understood:', 'input|Model\.call\(\)|"
        r'Layer.__init__\(\) takes 1|Expected `trainable`',
        'A model needs both its inputs and its outputs: '
        '`keras.Model(inputs, outputs)`. A '
        'layer is made first, then called: `Sampling()([mean, log_variance])`'
        '.',
        OTHER_KERAS,
    ),
    Rule(
        r"got an unexpected keyword argument '(\w+)|"
        r"not understood:', '(\w+)|keyword arguments passed to \w+: {'(\w+)",
        'In this version of Keras, there is no argument `{0}`. Drop it, or '
        'pass its value without the name, as in `l1(lambtha)`.',
        OTHER_KERAS,
    ),
    Rule(
        r'auto\.fit(?s:.*)(?:tuple|2 input|2 tensors|\(<tf\.Tensor)',
        pair_of_data,
        CLOSED_LOSS,
    ),
    Rule(
        r'auto\.fit(?s:.*)line \d+: `.*\by_pred\w*\[\d',
        indexed_outputs_in_error,
        CLOSED_LOSS,
    ),
    Rule(
        rf'^[^:]*auto\.fit[^:]*:(?s:.*)(?:{SYMBOLIC})',
        outside_in_loss,
        CLOSED_LOSS,
    ),
    Rule(
        f'{SYMBOLIC}|Could not build a TypeSpec', outside_in_layer, ON_SYMBOLS
    ),
    Rule(
        'KerasTensor (?:cannot be used as input|is symbolic)|passing a? '
        '?KerasT',
        'Move these lines into the `call` of a layer, and add losses there '
        'with `self.add_loss`, as the entry shows. Outside of a layer, there '
        'are no numbers yet for NumPy, nor on Keras 3 for `tf.*` and '
        '`keras.backend.*`.',
        'tensorflow-functions-on-kerastensors',
    ),
    Rule(
        ': NotImplementedError: \n(?s:.*)add_loss',
        'On Keras 3, a model has no `add_loss`: call `self.add_loss` in the '
        '`call` of a layer, as the entry shows.',
        'add-loss-on-a-model',
    ),
    Rule(
        ': NotImplementedError: \n',
        'Write the next step in place of that line.',
        'first-step',
    ),
    Rule(
        r'received 3 input tensors|Received 3 instead|'
        r"structure of `?inputs`? doesn't match|expect(?:s|ed) 1 input",
        'Give the decoder one output of the encoder, in task 3 the first: '
        '`decoder(encoder(inputs)[0])`.',
        'whole-list-to-the-decoder',
    ),
    Rule(
        f'{IN_NOISE}.*(?:float64|double|DT_DOUBLE|float16|half)',
        'This mixes numbers of two types, because NumPy draws in float64. '
        'Draw with '
        f'TensorFlow: {NOISE}.',
        'noise-of-another-type',
    ),
    Rule(
        f'{IN_NOISE}.*(?:partially known|unknown TensorShape|NoneType|None '
        'value|onvert .*None|not supported for .*None|[Ii]ncompatible shapes|'
        'must be equal|broadcast)',
        'Ask for the shape of the mean while the layer runs, because '
        f'`mean.shape` does not know the batch size yet: {NOISE}.',
        'noise-of-another-shape',
    ),
    Rule(
        r'infer the (?:output )?shape(?![\s\S]*Error encountered)',
        'Give the Lambda its `output_shape=(latent_dims,)`, or make it a '
        'layer.',
        'lambda-without-output-shape',
    ),
    Rule(
        r"(?:value|argument:|Found:|Got) '?<[\w.]*\b(\w+) (?:name=|object)",
        '`{0}` is made, but not called: write `(x)` behind it, where `x` is '
        'the output of the layer before.',
        'shapes',
    ),
    Rule(
        'Only input tensors may be passed as positional',
        'A layer is called with tensors alone, such as `[mean, '
        'log_variance]`: take the number out of the list, and out of the line '
        f'that unpacks it. The noise needs none: {NOISE}.',
        ON_SYMBOLS,
    ),
    Rule(
        r"Cannot convert .* to a shape|TypeError: 'int' object is not "
        r'iterable|Dimension value must be integer',
        'Make the shape a tuple, with a comma: '
        '`keras.Input(shape=(input_dims,))`. In task 2, `input_dims` is a '
        'tuple already.',
        'shape-without-a-comma',
    ),
    Rule(
        'must compile|call `?compile|not been compiled|No loss |No gradients',
        "End with `auto.compile(optimizer='adam', "
        "loss='binary_crossentropy')`, in task 3 with "
        '`loss_weights=[input_dims]`, too.',
        'not-compiled',
    ),
    Rule(
        r'^task 3.*values to unpack(?s:.*)= \w*(?i:enc)\w*\(',
        'Return three outputs from the encoder, and unpack all three: the '
        'latent representation, the mean and the log variance.',
        'order-of-outputs',
    ),
    Rule(
        r"'list' object cannot be interp|units=\[|int\(\) argument.*not "
        r"'list'",
        'A layer takes one number, and this is a list: loop over it, `for '
        'nodes in hidden_layers:`.',
        'hidden-layers',
    ),
    Rule(
        r"units=\(|int\(\) argument must be.*'tuple'",
        'In task 2, use the output of the last pooling as the code, without '
        'a `Flatten` or a `Dense`.',
        'convolutions',
    ),
    Rule(
        r'autoencoder\(\) (?:takes|missing)',
        'Give the function the parameters `input_dims`, `hidden_layers` (in '
        'task 2 `filters`), `latent_dims`, and in task 1 `lambtha`.',
        'module',
    ),
    Rule(
        r'auto\.fit.* takes \d positional arguments? but 2 were given',
        'Give the loss two parameters, the inputs and the outputs: `def '
        'loss(x, y):`.',
        'another-loss',
    ),
    Rule(
        'Invalid reduction dimension 1',
        '`binary_crossentropy` has averaged over the values already: '
        'multiply what it returns by `input_dims`, and drop the sum.',
        'cross-entropy-averaged',
    ),
    Rule(
        'has never been called',
        'Make an `Input`, and build the models from it with '
        '`keras.Model(inputs, ...)`. Without one, a model has no input until '
        'it is called.',
        'shapes',
    ),
    Rule(
        'not connected|Graph disconnected',
        "The model's output does not come from its input. Follow the layers "
        'back from the output to the `Input` that `keras.Model` is given, and '
        'look for one that is called on another variable.',
        'shapes',
    ),
    Rule(
        '[Nn]egative dimension|would be negative|size.* would be zero|<= 0|'
        r'non-positive|must be .*positive|expected shape=\(None, \d+, \d+, '
        r'(\d+)\), found shape=\((?:None|\d+), \d+, \d+, \1\)',
        "A side of an image is too short. Pooling with `padding='same'` "
        'rounds odd sizes up, 7 to 4, so that none reaches 0, and the code '
        'has the shape `latent_dims`.',
        'pooling-without-same',
    ),
    Rule(
        'must have the same shape|[Ii]ncompatible|must be equal|Shape '
        'mismatch',
        'A layer or a model gets a shape that it does not accept, or the '
        'output of `auto` has another shape than its input. Print the '
        '`.shape` of what that line calls it on: every size has to come from '
        'an argument.',
        'shapes',
    ),
    Rule(
        ': SystemExit|importing ',
        'Importing the module fails. Keep only imports and definitions there: '
        'whatever loads data (there may be no network), asks for input or '
        "ends the process belongs under `if __name__ == '__main__':`, or in "
        'another file.',
        'module',
    ),
]

# The first that applies counts.
CAUSES = [
    Cause(
        r': \w*(?:Error|Exception)\b',
        lines_with(
            r'tensorflow\.python',
            '`tensorflow.python` contains an old Keras. Write `tensorflow` '
            'instead in',
        ),
        OTHER_KERAS,
    ),
    Cause(
        'float64|double',
        lines_with(
            r'set_floatx\(',
            'Half of the numbers are now float64, the others float32. Remove',
        ),
        'noise-of-another-type',
    ),
    Cause(
        'Unknown variable|cannot recognize var',
        lines_with(
            r'\b(?:optimizers\.\w+|Adam)\(',
            'Each call makes a new model, and an optimizer serves one only. '
            "Write `optimizer='adam'`, or make it in the function, not in",
        ),
        'optimizer',
    ),
    Cause(': (?:list-changed|not-reversed):', reversed_list, 'list-changed'),
    Cause(
        '^(?:trains|adam|auto)\\b.*: (?:weights-not-shared|optimizer):',
        lines_with(
            r'\btrainable *= *False',
            'A layer or a model is told not to learn. Remove',
        ),
        'optimizer',
    ),
    Cause(
        'not-compiled: It is missing from the loss',
        lines_with(
            r'def train_step\(',
            '`fit` prints metrics, and yours updates none. The assignment '
            'needs no `train_step`: pass the loss to `compile`, add the '
            'divergence in a layer, and remove',
        ),
        'tensorflow-functions-on-kerastensors',
    ),
    Cause(
        f'(?:^penalty|^cross entropy).*(?:{UNEXPLAINED})',
        regularizers_on_many,
        'penalty-on-other-layers',
    ),
    Cause(
        UNEXPLAINED,
        lines_with(
            r'\bactivity_regularizer *=.*(?:[lL]2\b|L1L2|l1_l2)',
            'The penalty is the sum of the absolute values, `l1`, not the '
            'sum of the squares. Write `keras.regularizers.l1(lambtha)` in',
        ),
        'penalty-l2',
    ),
    Cause(
        UNEXPLAINED,
        lines_with(
            r'\b(?:kernel|bias)_regularizer\b',
            'The assignment has no penalty but the L1 norm of the code. '
            'Remove `{}` from',
        ),
        'another-loss',
    ),
    Cause('^cross entropy.* times ', crossentropy_twice, 'another-loss'),
    Cause(
        '^(?:cross entropy|divergence)',
        indexed_outputs_in_loss,
        CLOSED_LOSS,
    ),
    Cause(
        'not what such layers give',
        lines_with(
            r'\binterpolation *=(?! *.nearest)',
            'The upsampling of the assignment repeats values. Remove '
            '`interpolation` from',
        ),
        'convolutions',
    ),
    Cause(
        r'something (?:else|other)|far away|of 1\.$|of its size|'
        'without an activation',
        lines_with(
            r'(?:\b\w+\.)?\bclip(?:_by_value)?\((?!.*(?:eps|1e-))',
            'The assignment clips nothing. Remove `{}...)` from',
        ),
        'activation-on-mean-or-log-variance',
    ),
    Cause(': (?:hidden-layers|not-reversed):', stuck_loop, 'hidden-layers'),
    Cause(': order-of-outputs:', unpack_outputs, 'order-of-outputs'),
    Cause(': loss-of-the-sample:', unpack_outputs, 'loss-of-the-sample'),
]
