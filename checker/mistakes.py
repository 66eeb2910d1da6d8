"""The common mistakes: their symptoms, their causes, and how to mend them.

This table is the only place for these texts. `python -m checker.pages` writes
docs/mistakes.md from it, and the reports quote it. Texts are Markdown; how
their lines are broken does not matter, except in tables and in code.
"""

import re
import textwrap
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Variant:
    """A mistake that shares its entry with others of the same kind.

    Attributes:
        anchor: String, what a link to it ends in.
        symptom: String, what a person sees, without a full stop.
        cause: String, what leads to it.
        fix: String, what to change, or empty for what the entry says.
    """

    anchor: str
    symptom: str
    cause: str
    fix: str = ''

    def markdown(self, before=''):
        """Return an item of a list, in Markdown.

        Args:
            before: String, what comes before its text.
        """
        text = f'**{self.symptom.strip()}:** {self.cause.strip()}'
        return f'- {before}{text} {self.fix.strip()}'.strip()


@dataclass(frozen=True)
class Mistake:
    """A kind of mistake, with what a person sees of it.

    Attributes:
        title: String, the heading of its entry.
        symptom: String, what a person sees.
        fix: String, what to change: the change that a report names where the
            checker knows no better one.
        cause: String, what leads to it, or empty.
        where: String, where the symptom is seen, such as 'on Keras 3'; empty
            if that is everywhere.
        variants: List of `Variant`, which the entry lists.
        more: String, code and paragraphs that follow, or empty.
    """

    title: str
    symptom: str
    fix: str
    cause: str = ''
    where: str = ''
    variants: list = field(default_factory=list)
    more: str = ''

    @property
    def anchor(self):
        """What a link to the entry ends in."""
        return self.title.lower().replace(' ', '-')

    @property
    def anchors(self):
        """What links to it and to its variants end in."""
        return [self.anchor, *(variant.anchor for variant in self.variants)]

    @property
    def markdown(self):
        """The text of the entry without its heading, in Markdown."""
        return self.text([variant.markdown() for variant in self.variants])

    @property
    def markdown_with_targets(self):
        """The same, with a target for links at each of the variants."""
        return self.text(
            [
                variant.markdown(f'<a id="{variant.anchor}"></a>')
                for variant in self.variants
            ]
        )

    def text(self, items):
        """Return the text of the entry, given that of its variants."""
        symptom = '**Symptom:**'
        if self.where:
            symptom = f'**Symptom** {self.where}:'
        parts = [symptom, self.symptom.strip()]
        if self.cause:
            parts += ['**Cause:**', self.cause.strip()]
        parts += ['**Fix:**', self.fix.strip()]
        return filled(
            '\n\n'.join([' '.join(parts), *items, self.more.strip()])
        )

    def fix_of(self, anchor):
        """Return what to change: of a variant, if the anchor is that of one.

        Args:
            anchor: String.
        """
        for variant in self.variants:
            if variant.anchor == anchor and variant.fix:
                return variant.fix
        return self.fix


@dataclass(frozen=True)
class Section:
    """Some mistakes under one heading.

    Attributes:
        title: String, the heading.
        mistakes: List of `Mistake`.
        introduction: String, a text before the first of them, or empty.
    """

    title: str
    mistakes: list
    introduction: str = ''


def filled(text):
    """Return Markdown with lines of up to 79 columns.

    Tables and code stay as they are.
    """
    parts = re.split(r'(?m)(^```[\s\S]*?^```$|(?:^\|.*\n?)+)', text.strip())
    return '\n\n'.join(fill_paragraphs(part) for part in parts if part.strip())


def fill_paragraphs(text):
    """Return paragraphs that are filled, or a table or code as it is."""
    if text.startswith(('```', '|')):
        return text.strip()
    text = '\n\n'.join(map(fill_paragraph, text.strip().split('\n\n')))
    # The items of a list follow each other.
    return re.sub(r'(?m)(^- .*(?:\n  .*)*\n)\n(?=- )', r'\1', text)


def fill_paragraph(text):
    """Return a paragraph, or an item of a list, that is filled."""
    indent = '  ' if text.startswith('- ') else ''
    return textwrap.fill(
        text,
        79,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def fix(anchor):
    """Return what an entry says to change, as plain text in one line.

    Args:
        anchor: String, the mistake; what is no anchor gives an empty text.
    """
    if anchor not in ENTRIES:
        return ''
    text = ' '.join(ENTRIES[anchor].fix_of(anchor).split())
    return re.sub(r'\[([^]]*)\]\([^)]*\)', r'"\1"', text)


def with_linked(anchors):
    """Return the anchors of entries, and of those that these name.

    Args:
        anchors: Iterable of strings, the mistakes; what is no anchor is left
            out.

    Returns:
        List of strings, without repetition.
    """
    found, waiting = [], list(anchors)
    while waiting:
        entry = ENTRIES.get(waiting.pop(0))
        if entry and entry.anchor not in found:
            found.append(entry.anchor)
            waiting += re.findall(r'\]\(\s*#([\w-]+)\)', entry.markdown)
    return found


SECTIONS = [
    Section(
        'Messages',
        [
            Mistake(
                'First step',
                symptom="""
The file is empty, or the function is only `pass` or `raise
NotImplementedError`.
""",
                fix="""
Begin with the encoder, return it, and save. You don't have to finish before
you check: after each step, the checker tells you what comes next. (`python -m
checker --new DIR` writes files to start from.)
""",
                more="""
In tasks 0 and 1, this is the first step (task 1 has a fourth argument,
`lambtha`):

```python
from tensorflow import keras


def autoencoder(input_dims, hidden_layers, latent_dims):
    inputs = keras.Input(shape=(input_dims,))
    x = inputs
    for nodes in hidden_layers:
        x = keras.layers.Dense(nodes, activation='relu')(x)
    code = keras.layers.Dense(latent_dims, activation='relu')(x)
    encoder = keras.Model(inputs, code)
    decoder = auto = None  # the next steps
    return encoder, decoder, auto
```
""",
            ),
            Mistake(
                'Models still missing',
                symptom='`decoder` or `auto` is None so far.',
                fix="""
Write the decoder next, and then `auto`, which is the decoder called on what
the encoder gives: `auto = keras.Model(inputs, decoder(encoder(inputs)))`, in
task 3 with `encoder(inputs)[0]`. Compile `auto`.
""",
            ),
            Mistake(
                'TensorFlow functions on KerasTensors',
                where='on Keras 3',
                symptom="""
`ValueError: A KerasTensor cannot be used as input to a TensorFlow function`.
""",
                cause="""
While a model is being built there are no numbers yet, so functions such as
`tf.exp` have nothing to work on. (Keras 2 quietly turned such
calls into layers.)
""",
                fix="""
Move the computation into the `call` of a layer, where Keras passes in real
tensors, and add losses there with `self.add_loss`, as the
[Sampling layer](#sampling-layer) does.
""",
                variants=[
                    Variant(
                        'add-loss-on-a-model',
                        '`NotImplementedError` without a message, at '
                        '`auto.add_loss(...)`',
                        'On Keras 3, only layers have `add_loss`.',
                    )
                ],
            ),
            Mistake(
                'Loss closed over symbolic tensors',
                where='when `fit` starts',
                symptom="""
`Tried to convert 'x' to a tensor and failed. Error: A KerasTensor cannot be
used ...`; on Keras 2, `You are passing KerasTensor(...), an intermediate Keras
symbolic input/output`.
""",
                cause="""
The loss function uses tensors of the model, such as the mean, that aren't its
arguments. They have no values during training.
""",
                fix="""
Use only the two arguments in the loss function. The first one is the target,
which here is the input, so call the encoder on it: `_, mean, log_variance =
encoder(x)`. Or add the divergence in a layer, as the
[Sampling layer](#sampling-layer) does.
""",
            ),
            Mistake(
                'Lambda',
                where='on Keras 3',
                symptom='An error about a `Lambda`.',
                fix="""
Write a [Sampling layer](#sampling-layer) instead. Or call the `Lambda` on one
list of all the tensors that its function needs, without any numbers, and tell
it the shape of the output: `keras.layers.Lambda(sample,
output_shape=(latent_dims,))([mean, log_variance])`. The function
`sample(inputs)` then begins with `mean, log_variance = inputs`.
""",
                variants=[
                    Variant(
                        'lambda-with-tensors-from-outside',
                        '`A KerasTensor cannot be used ...` or `Only input '
                        'tensors may be passed as positional arguments`',
                        """
The function uses a tensor that isn't its argument, or is passed a number.
""",
                    ),
                    Variant(
                        'lambda-without-output-shape',
                        '`could not automatically infer the shape of the '
                        "Lambda's output`",
                        """
Keras first tries the function on symbolic tensors, and that fails. If `Error
encountered:` follows, look up what comes after it.
""",
                    ),
                ],
            ),
            Mistake(
                'Name not defined',
                symptom="""
`NameError: name 'tf' is not defined`, sometimes inside a message that begins
with `Could not automatically infer`.
""",
                cause="""
The name isn't imported, or it is misspelt, or it comes from a snippet on this
page and your module uses another name.
""",
                fix="""
Add the import to the first lines of the module, or write the name that your
module uses. `import tensorflow as tf` and `from tensorflow import keras` are
enough for all four tasks.
""",
            ),
            Mistake(
                'Functions of another Keras',
                symptom="""
On Keras 2, `module ... has no attribute 'ops'` or `cannot import name 'ops'`;
on Keras 3, `... has no attribute 'exp'`. Or an argument isn't known, as in
`add_loss(..., inputs=...)`, `l1(l=lambtha)` or `sum(..., axis=...)` (which
calls Python's own `sum`).
""",
                cause="""
The code was written for another version. `keras.ops` and `keras.random` exist
on Keras 3 only, and most of `keras.backend` and the arguments `inputs` and `l`
on Keras 2 only. `tensorflow.python` is private, so what's in it may change
with any version.
""",
                fix="""
Use what works everywhere: `self.add_loss(loss)`, `l1(lambtha)`, imports from
`tensorflow.keras`, and inside a layer TensorFlow's functions, such as
`tf.exp`, `tf.reduce_sum` and `tf.random.normal`.
""",
            ),
            Mistake(
                'Whole list to the decoder',
                symptom="""
`expected 1 input(s)`, `received 3 input tensors`, or `The structure of inputs
doesn't match`.
""",
                cause="""
The encoder of task 3 has three outputs, and `decoder(encoder(inputs))` passes
on all of them.
""",
                fix="""
Give the decoder the first output only: `decoder(encoder(inputs)[0])`.
""",
            ),
            Mistake(
                'Noise of another shape',
                symptom="""
`None`, or shapes that don't fit together, in a message about the layer that
draws the sample.
""",
                cause="""
The batch size isn't known while the model is built, so `mean.shape` has a
`None` in its place. Or a size is hard-coded.
""",
                fix="""
Ask for the shape while the layer runs: `noise =
tf.random.normal(tf.shape(mean))`.
""",
                variants=[
                    Variant(
                        'noise-of-another-type',
                        'The same with `float64` or `double`',
                        """
NumPy draws in float64, or your code sets a `dtype` or calls `set_floatx`.
""",
                        """
Draw with TensorFlow, `noise = tf.random.normal(tf.shape(mean))`, and remove
any `dtype` and `set_floatx`.
""",
                    )
                ],
            ),
            Mistake(
                'Shape without a comma',
                where='on Keras 3',
                symptom="""
`ValueError: Cannot convert '784' to a shape`.
""",
                cause="""
`(input_dims)` is a number in brackets; only a comma makes it a tuple. (Keras 2
accepted the number.)
""",
                fix="""
Add the comma: `keras.Input(shape=(input_dims,))`.
""",
            ),
            Mistake(
                'Shapes',
                symptom="""
`Arguments target and output must have the same shape`, `Input 0 of layer ...
is incompatible with the layer`, `Output with path ... is not connected`,
`Graph disconnected`, or the wrong number of outputs.
""",
                cause="""
Something is called on a tensor of the wrong size, often because a size is
hard-coded, or on one that doesn't come from the model's own `Input`.
""",
                fix="""
Follow the chain from the `Input`: each layer is called on the output of the
one before, and every size comes from an argument. If you can't see the break,
print the `.shape` of what each layer is called on. In the end,
`auto.output_shape` has to equal `auto.input_shape`.
""",
            ),
            Mistake(
                'Not compiled',
                symptom="""
`You must compile your model before training` (Keras 2), `You must call
compile() before using the model` or `No loss to compute` (Keras 3).
""",
                cause='`auto.compile` is missing, or it got no loss.',
                fix="""
End with `auto.compile(optimizer='adam', loss='binary_crossentropy')`, in task
3 with `loss_weights=[input_dims]` as well.
""",
                more="""
If Keras 3 prints a loss of 0, you may have written a `train_step` yourself.
Keras prints metrics rather than the loss that this method computes, so keep a
`keras.metrics.Mean(name='loss')`, update it with the loss, and return it in a
list from the property `metrics`.
""",
            ),
            Mistake(
                'Not finite',
                symptom='`loss: nan`.',
                cause="""
Usually something in the loss is the logarithm of 0 or of a negative number,
such as `log(log_variance)`, or the exponential of something large.
""",
                fix="""
Look for a `log` whose argument can be 0 or less, or an `exp` whose argument
can be large. In task 3, the layer's output already is the logarithm of the
variance, so you only ever need its `exp`.
""",
            ),
            Mistake(
                'Inputs not divided by 255',
                symptom="""
In tasks 0 to 2 the loss falls far below 0, down to minus hundreds of billions
in the first epoch; in task 3 it is `nan`.
""",
                cause="""
The binary cross-entropy needs inputs between 0 and 1. This mistake is in the
training script, so the checker can't see it in your module.
""",
                fix="""
Divide in the training script: `x_train = x_train.astype('float32') / 255`.
""",
            ),
            Mistake(
                'Module',
                symptom="""
The module can't be imported, has no `autoencoder`, never ends, ends the
process, or changes Keras' settings for everybody else.
""",
                cause="""
Importing a module runs everything in it: training, plots, `exit()`, `input()`,
loading MNIST, importing a package that isn't installed, `set_global_policy`.
""",
                fix="""
Leave only imports and definitions at the top level of the module. Move the
rest to a script, or under `if __name__ == '__main__':`.
""",
            ),
        ],
    ),
    Section(
        'All four tasks',
        [
            Mistake(
                'Order of models',
                symptom='`encoder.predict` returns images.',
                fix='End with `return encoder, decoder, auto`.',
            ),
            Mistake(
                'Weights not shared',
                symptom="""
The loss falls, but `decoder.predict(encoder.predict(x))` is noise.
""",
                cause="""
`auto` is built from new layers. Training changes those, while the layers of
`encoder` and `decoder` keep the weights that they began with.
""",
                fix="""
Build `auto` from the two models that you have: `auto = keras.Model(inputs,
decoder(encoder(inputs)))`, in task 3 with `encoder(inputs)[0]`.
""",
            ),
            Mistake(
                'Optimizer',
                symptom="""
`Argument(s) not recognized: {'lr': ...}` (Keras 3), an optimizer other than
Adam, or a layer that doesn't learn.
""",
                fix="""
Compile with `optimizer='adam'`. If you want another learning rate, use
`keras.optimizers.Adam(learning_rate=0.001)`.
""",
            ),
            Mistake(
                'Another loss',
                where='in tasks 0 to 2',
                symptom="""
The loss doesn't start at 0.25: with `mse` it starts at 0.065, and with the
categorical cross-entropy at tens of millions.
""",
                fix="""
Use `loss='binary_crossentropy'`, and add nothing that the assignment doesn't
ask for. In task 3, multiply it by `input_dims`, as in
[Cross-entropy averaged](#cross-entropy-averaged).
""",
                variants=[
                    Variant(
                        'from-logits',
                        'A loss of 0.70 that ends at 0.6931 (the logarithm of '
                        '2), and black images',
                        """
A hand-written loss, such as `tf.nn.sigmoid_cross_entropy_with_logits`, applies
a second `sigmoid` to the probabilities. (Passing `from_logits=True` to
`BinaryCrossentropy` does no harm: Keras notices the first `sigmoid` and undoes
it.)
""",
                    ),
                    Variant(
                        'cross-entropy-summed',
                        'A loss of 193',
                        'It is summed over the 784 pixels, not averaged.',
                    ),
                ],
            ),
            Mistake(
                '784 hard-coded',
                symptom='Everything works for MNIST, but not for other sizes.',
                cause='There is a 784 or a 28 where an argument belongs.',
                fix='Use `input_dims` in place of the number.',
            ),
            Mistake(
                'Hidden layers',
                symptom="""
There are more or fewer layers than `hidden_layers` asks for.
""",
                cause="""
The list is read with fixed indices (`hidden_layers[0]`), with a slice, or from
index 1 on. Or a loop calls each layer on the same variable, so that only the
last one counts.
""",
                fix="""
Make one layer for each number in the list, call each on the one before, and
add one more for the output. [First step](#first-step) has the loop.
""",
            ),
            Mistake(
                'Not reversed',
                symptom='The decoder starts with its widest layer.',
                fix="""
Loop over the same list from its end, `reversed(hidden_layers)`; in task 2,
over `reversed(filters[1:])`, because `filters[0]` belongs to the convolution
after the loop.
""",
                more="""
```python
from tensorflow import keras

y = given
for nodes in reversed(hidden_layers):
    y = keras.layers.Dense(nodes, activation='relu')(y)
```
""",
                variants=[
                    Variant(
                        'list-changed',
                        'A second call with the same list builds another '
                        'model',
                        """
The list belongs to whoever called your function, and `.reverse()`, `.pop()` or
`.append()` changed it.
""",
                        """
Use `reversed(hidden_layers)` or `hidden_layers[::-1]`, which leave the
caller's list alone.
""",
                    )
                ],
            ),
            Mistake(
                'Activations',
                symptom="""
Codes are below 0, or reconstructions leave the range from 0 to 1. Or only the
first epoch's loss gives it away: 0.234 without `relu` on the code, 0.291 with
`sigmoid` in the hidden layers, 0.41 with `relu` at the end, where 0.246 is
correct.
""",
                cause="""
A layer has the wrong activation or none, or there is a layer that the
assignment doesn't have, such as a normalization or a dropout.
""",
                fix="""
Use `relu` everywhere except in the decoder's last layer, which gets `sigmoid`,
and remove any other layers.
""",
            ),
        ],
    ),
    Section(
        'Task 1: the penalty',
        [
            Mistake(
                'Penalty',
                symptom="""
The codes are too large or too small, or have too few zeros. After the first
epoch, a correct model has a loss of 0.2467, and two fifths of all values in
its codes are 0. After 50 epochs, the mean of the codes is about 3.
""",
                fix="""
Give the layer of the code, and no other, `activation='relu',
activity_regularizer=keras.regularizers.l1(lambtha)`.
""",
                variants=[
                    Variant(
                        'penalty-missing',
                        'A loss of 0.2461, and a mean of 7 to 8 after 50 '
                        'epochs',
                        'There is no penalty.',
                    ),
                    Variant(
                        'penalty-l2',
                        'A loss of 0.252, and after the first epoch a mean of '
                        '1.6 in place of 3.1',
                        '`l2` penalizes the sum of the squares.',
                    ),
                    Variant(
                        'penalty-on-weights',
                        'A loss of 0.2479, and codes as large as in task 0',
                        """
`kernel_regularizer` penalizes the weights, `activity_regularizer` the output.
""",
                    ),
                    Variant(
                        'penalty-on-other-layers',
                        'A loss of 0.254',
                        'All layers of the encoder have the penalty. (On a '
                        'single hidden layer, the loss would hardly show it.)',
                    ),
                    Variant(
                        'penalty-before-relu',
                        'Only one zero in 25 values',
                        """
A separate `relu` follows the layer with the regularizer, so values below 0 are
penalized, too.
""",
                    ),
                    Variant(
                        'penalty-averaged',
                        'With codes of 32 values, a penalty that is 32 times '
                        'too small',
                        'It is averaged over the values of the code.',
                        'Sum over the code, and average over the batch.',
                    ),
                    Variant(
                        'penalty-weight',
                        'A penalty that is twice as large as it should be, or '
                        'the like',
                        'There is another factor, or a second regularizer.',
                        'Add `lambtha` times the L1 norm, once.',
                    ),
                    Variant(
                        'lambtha-ignored',
                        'Another `lambtha` changes nothing',
                        'A number such as `10e-6` is hard-coded.',
                        'Use `lambtha` in place of the number.',
                    ),
                ],
            ),
            Mistake(
                'Summed over the batch',
                symptom="""
The loss depends on the batch size. With batches of 256 digits, it starts at
0.301 in task 1, where 0.247 is correct. In task 3 it starts at 256, and all
images come out alike.
""",
                cause="""
A term is summed over the first axis, the batch. (If you used
`activity_regularizer` and your Keras is a version from 3.0 to 3.13, it isn't
your fault: these versions sum the penalty over the batch, as Keras issue 22018
reports. The checker knows that and doesn't count it.)
""",
                fix="""
Sum over the values of each code, and average over the batch:
`tf.reduce_mean(tf.reduce_sum(tf.abs(code), axis=1))`.
""",
            ),
        ],
    ),
    Section(
        'Task 2: the convolutions',
        [
            Mistake(
                'Convolutions',
                symptom="""
Shapes don't fit, or the report shows your layers beside the assignment's, and
some lines differ.
""",
                cause="""
There is a kernel that isn't (3, 3), a `Conv2DTranspose`, an upsampling in the
wrong place, a stride, or a layer too many.
""",
                fix="""
Compare your layers with the assignment's, line by line.
""",
                more="""
In the encoder, every turn of the loop is the same. In the decoder, the last
two convolutions differ from the rest, so the loop only makes the others:

```python
from tensorflow import keras

inputs = x = keras.Input(shape=input_dims)
for count in filters:
    x = keras.layers.Conv2D(
        count, (3, 3), padding='same', activation='relu')(x)
    x = keras.layers.MaxPooling2D((2, 2), padding='same')(x)
encoder = keras.Model(inputs, x)

given = y = keras.Input(shape=latent_dims)
for count in reversed(filters[1:]):
    y = keras.layers.Conv2D(
        count, (3, 3), padding='same', activation='relu')(y)
    y = keras.layers.UpSampling2D((2, 2))(y)
y = keras.layers.Conv2D(
    filters[0], (3, 3), padding='valid', activation='relu')(y)
y = keras.layers.UpSampling2D((2, 2))(y)
output = keras.layers.Conv2D(
    input_dims[-1], (3, 3), padding='same', activation='sigmoid')(y)
decoder = keras.Model(given, output)
```
""",
                variants=[
                    Variant(
                        'pooling-without-same',
                        '`expected shape=(None, 4, 4, 8), found shape=(None, '
                        '3, 3, 8)`, or a size that reaches 0',
                        'Pooling rounds down, from 7 to 3.',
                        """
Pool with `padding='same'`, which rounds odd sizes up:
`keras.layers.MaxPooling2D((2, 2), padding='same')`.
""",
                    ),
                    Variant(
                        'valid-convolution',
                        'Images of 32 x 32 rather than 28 x 28 pixels',
                        'The sizes grow from 4 to 8, 16 and 32, and nothing '
                        'trims them.',
                        """
Give the second to last convolution `padding='valid'`, which trims 16 x 16 to
14 x 14, and all others `padding='same'`.
""",
                    ),
                    Variant(
                        'one-channel-hard-coded',
                        'Grey images where the inputs are in colour',
                        'A single filter is hard-coded.',
                        """
Give the last convolution as many filters as the input has channels,
`input_dims[-1]`.
""",
                    ),
                ],
            ),
        ],
    ),
    Section(
        'Task 3: the distribution',
        [
            Mistake(
                'Sampling layer',
                symptom="""
`encoder.predict` returns the same code twice, or the codes don't scatter
around the mean as the log variance says.
""",
                fix="""
Draw the noise in the `call` of a layer with `noise =
tf.random.normal(tf.shape(mean))`, and return `mean + tf.exp(log_variance / 2)
* noise`.
""",
                variants=[
                    Variant(
                        'noise-missing',
                        'A loss of 212, and the same code twice',
                        'Nothing random is added to the mean.',
                    ),
                    Variant(
                        'noise-drawn-once',
                        """
The same code twice, though it isn't the mean; with NumPy's noise a loss of 208
""",
                        """
NumPy draws only once, at the time when Keras compiles the function; and with a
number as `seed`, `keras.random.normal` draws the same each time.
""",
                        """
Draw in the `call` of the layer with TensorFlow, `noise =
tf.random.normal(tf.shape(mean))`, without a `seed`.
""",
                    ),
                    Variant(
                        'noise-shared',
                        'A loss of 225 or 214',
                        """
All inputs of a batch share their noise (225), because its shape is `(1,
latent_dims)` or `(latent_dims,)`; or all values of a code do (214), because it
is `(batch, 1)`.
""",
                        """
Give the noise the shape of the mean, `tf.random.normal(tf.shape(mean))`.
""",
                    ),
                    Variant(
                        'noise-not-normal',
                        'A loss of 212, and codes 0.4 above their means',
                        """
The noise is `uniform` (between 0 and 1) or `truncated_normal`.
""",
                        'Draw it with `tf.random.normal`.',
                    ),
                    Variant(
                        'noise-standard-deviation',
                        'A loss of 212, as if there were no noise',
                        '`stddev=0.1` was passed, as in an old Keras example.',
                        """
Leave `stddev` at its default of 1 and `mean` at 0, as the divergence assumes.
""",
                    ),
                    Variant(
                        'deviation-from-log-variance',
                        'A loss of 227',
                        '`exp(log_variance)` is the variance.',
                        """
Use the root of the variance, `tf.exp(log_variance / 2)`, as the standard
deviation.
""",
                    ),
                    Variant(
                        'sample-without-mean',
                        'A loss of 238, and all means near 0',
                        'The sample leaves out the mean.',
                    ),
                ],
                more="""
The layer below does both things that task 3 needs: it draws the sample, and
adds the divergence, summed over the values of a code and averaged over the
batch, to the loss.

```python
import tensorflow as tf
from tensorflow import keras


class Sampling(keras.layers.Layer):
    def call(self, inputs):
        mean, log_variance = inputs
        divergence = -0.5 * tf.reduce_sum(
            1 + log_variance - mean ** 2 - tf.exp(log_variance), axis=-1)
        self.add_loss(tf.reduce_mean(divergence))
        noise = tf.random.normal(tf.shape(mean))
        return mean + tf.exp(log_variance / 2) * noise
```

In `autoencoder`, call it on the mean and the log variance, which have no
activation. Then `compile` needs the cross-entropy only. Keras averages it over
the pixels, and `loss_weights` turns the average back into a sum:

```python
from tensorflow import keras

mean = keras.layers.Dense(latent_dims)(x)
log_variance = keras.layers.Dense(latent_dims)(x)
latent = Sampling()([mean, log_variance])
encoder = keras.Model(inputs, [latent, mean, log_variance])

auto = keras.Model(inputs, decoder(encoder(inputs)[0]))
auto.compile(optimizer='adam', loss='binary_crossentropy',
             loss_weights=[input_dims])
```
""",
            ),
            Mistake(
                'A plain autoencoder',
                symptom="""
`encoder.predict` returns one array, and the assignment's script ends with a
`ValueError` where it unpacks three.
""",
                cause='The encoder ends as in task 0.',
                fix="""
Take three steps, and check after each. First replace the encoder's last layer
by two layers without an activation, the mean and the log variance, and return
three outputs. Then compute the sample in the `call` of a layer. Last, add the
divergence there with `self.add_loss`, and multiply the cross-entropy by
`input_dims`. The decoder stays as it is. If you get stuck, look at the
[Sampling layer](#sampling-layer).
""",
            ),
            Mistake(
                'Mean and log variance',
                symptom="""
The loss starts too high (216 is correct).
""",
                fix="""
Make two layers without an activation, both called on the output of the last
hidden layer: `mean = keras.layers.Dense(latent_dims)(x)` and `log_variance =
keras.layers.Dense(latent_dims)(x)`. Return what they give, unchanged.
""",
                variants=[
                    Variant(
                        'activation-on-mean-or-log-variance',
                        'A loss of 238 (`relu` on the mean) or 222 (`relu` on '
                        'the log variance)',
                        """
Both have to be able to go below 0. If the log variance can't, for example, the
variance is never less than 1.
""",
                    ),
                    Variant(
                        'one-layer-for-mean-and-log-variance',
                        'A loss of 221, and `mu` equals `log_sig`',
                        'One `Dense` is called twice.',
                    ),
                    Variant(
                        'log-standard-deviation',
                        'A loss of 218, which is too close to 216 to tell',
                        """
Your formula has `2 * log_variance` in it, so it takes the layer's output for
the logarithm of the standard deviation.
""",
                        """
Return the logarithm of the variance, which is twice as large.
""",
                    ),
                ],
            ),
            Mistake(
                'Order of outputs',
                symptom="""
The `mu` that the assignment's script prints changes from call to call.
""",
                fix="""
Give all three to `keras.Model` in the order `[latent, mean, log_variance]`,
and unpack them in that order wherever you use them, including in
a loss function.
""",
                variants=[
                    Variant(
                        'loss-of-the-sample',
                        'The loss changes from call to call, even with all '
                        'weights at 0',
                        """
The outputs are unpacked in the wrong order, so the sample is used as the mean.
""",
                        """
Unpack the outputs in their order wherever you use the encoder, `_, mean,
log_variance = encoder(x)`.
""",
                    )
                ],
            ),
            Mistake(
                'Decoder fed the mean',
                symptom="""
`auto.predict` returns the same images twice, and the loss after the first
epoch is 212, as the assignment prints it.
""",
                cause="""
The decoder gets the encoder's second output. As we read the assignment's text,
it should get the first one, the latent representation; then the loss starts at
216. (If you are graded against the printed numbers, see "Where the text leaves
a choice" in docs/assignment.md.)
""",
                fix="""
Give the decoder the first output of the encoder,
`decoder(encoder(inputs)[0])`.
""",
                variants=[
                    Variant(
                        'decoder-fed-the-log-variance',
                        'The same images twice, and a loss of 217',
                        'The decoder gets the third output.',
                    )
                ],
            ),
            Mistake(
                'Cross-entropy averaged',
                symptom="""
The loss starts at 0.34 and ends near 0.263, and all images look alike.
""",
                cause="""
Keras averages the cross-entropy over the pixels, so the divergence outweighs
it. It drives every distribution to N(0, I), until the code says nothing and
the decoder can only draw one image for all digits. (Drawing the mean training
digit each time costs 0.2625.)
""",
                fix="""
Multiply the cross-entropy by `input_dims`: with `loss_weights=[input_dims]` in
`compile` if a layer adds the divergence, and otherwise in the loss function,
`input_dims * keras.losses.binary_crossentropy(x, y)`.
""",
            ),
            Mistake(
                'Divergence',
                symptom="""
The means are spread too far, or the loss runs away. After the first epoch of a
correct model, the loss is 216 and the means lie between about -4 and 6.
""",
                fix="""
Average `-0.5 * tf.reduce_sum(1 + log_variance - mean ** 2 -
tf.exp(log_variance), axis=-1)` over the batch, and add it to the loss, once
and without a factor. The [Sampling layer](#sampling-layer) shows where.
""",
                variants=[
                    Variant(
                        'divergence-missing',
                        'A loss of 206, means from -12 to 37, and standard '
                        'deviations near 0',
                        'The loss is the cross-entropy alone.',
                    ),
                    Variant(
                        'divergence-weighted',
                        'A loss of 206, and means from -13 to 25',
                        """
The divergence has a factor, here 0.01, or taking a mean has divided it by the
number of pixels.
""",
                        """
Add the cross-entropy and the divergence once each, without a factor.
""",
                    ),
                    Variant(
                        'divergence-averaged',
                        'A loss of 212, by chance what the assignment prints, '
                        'and means from -6 to 7',
                        """
The divergence is averaged over the values of the code.
""",
                        """
Sum over the code, `tf.reduce_sum` with `axis=-1`, and average over the batch.
""",
                    ),
                    Variant(
                        'divergence-roles-exchanged',
                        'A loss of 213, and means down to -18',
                        'The mean and the log variance have changed places.',
                        'Square the mean, and take `exp` of the log variance.',
                    ),
                    Variant(
                        'divergence-sign',
                        '`nan` within the first epoch',
                        'The sign is wrong, so the distributions run away.',
                    ),
                    Variant(
                        'divergence-formula',
                        'A loss of 222, or one that falls below 0',
                        'The factor 1/2 is missing (222), or the mean '
                        "isn't squared (below 0).",
                    ),
                ],
            ),
        ],
        introduction="""
The assignment prints 212 after the first epoch and 143 after the last. By our
reading, a correct solution has slightly higher losses, 216 and 146 to 148.5,
because its decoder is fed the sample. All losses here are those after the
first epoch.
""",
    ),
]

MISTAKES = [mistake for section in SECTIONS for mistake in section.mistakes]
# By all anchors that lead to them.
ENTRIES = {anchor: one for one in MISTAKES for anchor in one.anchors}
