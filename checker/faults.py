"""What is wrong with a solution, in words, and the mistakes it comes from."""
import re
import traceback


class Unmet(Exception):  # noqa: N818
    """A requirement that a solution does not meet.

    Args:
        expected: String, what the assignment asks for.
        found: String, what the solution does.
        change: String, the likely cause and what to change, or empty.
        mistake: String, the anchor in docs/mistakes.md, or empty.
        blocks: Whether other requirements cannot be judged for the same
            reason; the report has it once.
    """

    def __init__(self, expected, found, change='', mistake='', blocks=False):
        """Keep what a reader is told."""
        super().__init__(f'{expected} {found}')
        self.expected = expected
        self.found = found
        self.change = change
        self.mistake = mistake
        self.blocks = blocks


# What exceptions say, as a pattern for "what was tried: type: message", with
# what to change and the anchor in docs/mistakes.md. The first that fits is
# named.
KNOWN = [
    (r"module '[\w.]*keras[\w.]*' has no attribute|"
     r"cannot import name '\w+' from '[\w.]*keras",
     'This Keras does not have that function: Keras 3 has `keras.ops` and '
     '`keras.random`, Keras 2 has `keras.backend`; TensorFlow\'s own work '
     'on both, inside a layer.', 'functions-of-another-keras'),
    (r'auto\.fit.*KerasTensor|converting a symbolic|'
     r'symbolic Keras input/output|'
     r'Tried to convert .* KerasTensor|symbolic tensor.* to a (NumPy|numpy)|'
     r'Cannot convert a symbolic|You are passing KerasTensor|'
     r'out of scope|inputs to eager execution function',
     'A loss function may use its two arguments only. It takes tensors of '
     'the model from outside: add that term with `self.add_loss` in a layer.',
     'loss-closed-over-symbolic-tensors'),
    (r'KerasTensor cannot be used as input to a TensorFlow function',
     'On Keras 3, `tf.*` and `keras.backend.*` work inside a layer only: '
     'move these lines into the `call` of a layer, and add a loss there '
     'with `self.add_loss`.',
     'tensorflow-functions-on-kerastensors'),
    (r'NotImplementedError:\s*$',
     'On Keras 3, a model has no `add_loss`: call `self.add_loss` in the '
     '`call` of a layer, where the tensors have values.',
     'add-loss-on-a-model'),
    (r'automatically infer the (output )?shape',
     'Give the Lambda its `output_shape`, or make it a layer.',
     'lambda-without-output-shape'),
    (r'Cannot convert .* to a shape|'
     r"TypeError: 'int' object is not iterable",
     'A shape is a tuple: `keras.Input(shape=(input_dims,))`.',
     'shape-without-a-comma'),
    (r"not recognized: \{'lr'",
     'The argument is now called `learning_rate`; `optimizer=\'adam\'` '
     'needs none.', 'optimizer'),
    (r'must compile|call `?compile|has not been compiled',
     "End with `auto.compile(optimizer='adam', "
     "loss='binary_crossentropy')`.", 'not-compiled'),
    (r'No loss (to compute|found)|No gradients provided',
     "Compile `auto` with `loss='binary_crossentropy'`.", 'not-compiled'),
    (r'expected shape=\(None, \d+, \d+, (\d+)\), '
     r'found shape=\((None|\d+), \d+, \d+, \1\)',
     'The code of the encoder has another height and width than '
     "`latent_dims`. Pooling with `padding='same'` rounds odd sizes up.",
     'pooling-without-same'),
    (r'expected axis -3 of input shape',
     "Leave `set_image_data_format` alone: `input_dims` has the channels "
     'last.', 'shapes'),
    (r'must have the same shape|Incompatible shapes|Dimensions must be equal'
     r'|are incompatible|Shape mismatch|incompatible with the layer',
     'The output has not the shape of the input: compare '
     '`auto.output_shape` with `auto.input_shape`.', 'shapes'),
]


def describe(error, path, what=''):
    """Return what to say of an exception that a solution raised.

    Args:
        error: The exception.
        path: String, the file of the solution.
        what: String, what was tried.

    Returns:
        Type, message cut to a readable length and the line of the solution;
        what to change; and the anchor in docs/mistakes.md.
    """
    message = readable(str(error))
    lines = [frame for frame in traceback.extract_tb(error.__traceback__)
             if frame.filename == path]
    if isinstance(error, SyntaxError) and error.filename == path:
        where = f', in line {error.lineno}'
        if error.text:
            where += f': `{error.text.strip()}`'
    elif lines:
        where = (f', in line {lines[-1].lineno}: '
                 f'`{readable(lines[-1].line, 80)}`')
    else:
        where = ''
    name = type(error).__name__
    found = f'{name}: {message}' if message else name
    known = f'{what}: {name}: {error}'
    for pattern, change, mistake in KNOWN:
        if re.search(pattern, known, re.S):
            return found + where, change, mistake
    return found + where, '', ''


def readable(message, length=200):
    """Return the message of an exception in one line, not too long.

    TensorFlow puts its own traceback before the message, and Keras the
    arguments of a call behind it.
    """
    if 'in user code:' in message:
        lines = [line.strip() for line in message.splitlines()]
        named = [line for line in lines if re.match(r'\w+(Error|Exception)',
                                                    line)]
        message = named[-1] if named else lines[-1]
    message = message.split('Error encountered:')[-1]
    message = message.split('Call arguments received by')[0]
    message = message.split('You are likely doing something like')[0]
    message = message.split('Arguments received by')[0]
    # Its parts are numbered, so that the same fault reads differently.
    message = re.sub(r'KerasTensor\(type_spec=.*?\), an ',
                     'a KerasTensor, an ', message)
    message = re.sub(r'Exception encountered when calling [^.]*\.', '',
                     message)
    # TensorFlow repeats the type.
    message = re.sub(r'^\s*\w+(Error|Exception): ', '', message)
    message = re.sub(r'\x1b\[[0-9;]*m', '', message)
    message = ' '.join(message.split())
    if len(message) > length:
        message = message[:length].rsplit(' ', 1)[0] + ' ...'
    return message
