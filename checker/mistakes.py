"""The common mistakes: their symptoms, their causes, and how to mend them.

This table is the only place for these texts. `python -m checker.pages` writes
docs/mistakes.md from it, and the reports quote it. Texts are Markdown; how
their lines are broken does not matter, except in tables and in code.
"""

import re
import textwrap
from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """A mistake, with what a person sees of it.

    Attributes:
        title: String, the heading of its entry.
        symptom: String, what a person sees.
        fix: String, what to change: the change that a report names where the
            checker knows no better one.
        cause: String, what leads to it, or empty.
        where: String, where the symptom is seen, such as 'on Keras 3'; empty
            if that is everywhere.
        more: String, code and paragraphs that follow the fix, or empty.
    """

    title: str
    symptom: str
    fix: str
    cause: str = ''
    where: str = ''
    more: str = ''

    @property
    def anchor(self):
        """What a link to the entry ends in."""
        return self.title.lower().replace(' ', '-')

    @property
    def markdown(self):
        """The text of the entry without its heading, in Markdown."""
        symptom = '**Symptom:**'
        if self.where:
            symptom = f'**Symptom** {self.where}:'
        symptom = f'{symptom} {self.symptom.strip()}'
        fix = f'**Fix:** {self.fix.strip()}'
        if self.cause:
            fix = f'**Cause:** {self.cause.strip()} {fix}'
        # After a table, a new paragraph begins.
        between = '\n\n' if '\n|' in symptom else ' '
        return filled(f'{symptom}{between}{fix}\n\n{self.more.strip()}')


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
    return '\n\n'.join(
        textwrap.fill(
            paragraph, 79, break_long_words=False, break_on_hyphens=False
        )
        for paragraph in text.strip().split('\n\n')
    )


def fix(anchor):
    """Return what an entry says to change, as plain text in one line.

    Args:
        anchor: String, the entry; what is no anchor gives an empty text.
    """
    if anchor not in ENTRIES:
        return ''
    text = ' '.join(ENTRIES[anchor].fix.split())
    text = re.sub(r'\[([^]]*)\]\([^)]*\)', r'"\1"', text)
    if text.endswith(':'):  # code follows in the entry
        text = text[:-1] + '.'
    return text


def with_linked(anchors):
    """Return anchors without repetition, and those that their entries name.

    Args:
        anchors: Iterable of strings; what is no anchor is left out.
    """
    found, waiting = [], list(anchors)
    while waiting:
        anchor = waiting.pop(0)
        if anchor in ENTRIES and anchor not in found:
            found.append(anchor)
            waiting += re.findall(
                r'\]\(\s*#([\w-]+)\)', ENTRIES[anchor].markdown
            )
    return found


SECTIONS = [
    Section(
        'Messages',
        [
            Mistake(
                'First step',
                symptom="""
the function contains only `pass` or `raise NotImplementedError`,
or the file is empty. (`python -m checker --new DIR` writes files to start
from.)
""",
                fix="""
Start with the encoder. Run the checker after each step: it
says what comes next.
""",
                more="""
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
                'TensorFlow functions on KerasTensors',
                where='on Keras 3',
                symptom="""
`ValueError: A KerasTensor cannot be used as input to a
TensorFlow function`.
""",
                cause="""
`tf.*` or `keras.backend.*` is called on the
output of a layer while the model is built, often for the divergence. (Keras 2
turned such calls into layers.)
""",
                fix="""
Write a layer. Inside its `call`, such
functions work. This one makes the sample, and adds the divergence to the loss:
""",
                more="""
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

In `autoencoder`, after the hidden layers, use it in place of the lines that
computed the sample and the divergence:

```python
from tensorflow import keras

mean = keras.layers.Dense(latent_dims)(x)
log_variance = keras.layers.Dense(latent_dims)(x)
latent = Sampling()([mean, log_variance])
encoder = keras.Model(inputs, [latent, mean, log_variance])
```

At its end, the loss is the cross-entropy alone, as the layer adds the
divergence:

```python
from tensorflow import keras

auto = keras.Model(inputs, decoder(encoder(inputs)[0]))
auto.compile(optimizer='adam', loss='binary_crossentropy',
             loss_weights=[input_dims])
```
""",
            ),
            Mistake(
                'Loss closed over symbolic tensors',
                where='when `fit` starts, on Keras 3',
                symptom="""
`ValueError: Tried to convert 'x' to
a tensor and failed. Error: A KerasTensor cannot be used ...`; on Keras 2:
`TypeError: You are passing KerasTensor(...), an intermediate Keras symbolic
input/output`.
""",
                cause="""
the loss function uses tensors of the model, such as
the mean, that are not its arguments. They have no values during training.
""",
                fix="""
Call the encoder in the loss function: the target is the input. Use
your own names in the first line:
""",
                more="""
```python
import tensorflow as tf
from tensorflow import keras


def loss(x, y):
    _, mean, log_variance = encoder(x)
    divergence = -0.5 * tf.reduce_sum(
        1 + log_variance - mean ** 2 - tf.exp(log_variance), axis=-1)
    return input_dims * keras.losses.binary_crossentropy(x, y) + divergence
```

Or add the divergence in the layer
[above](#tensorflow-functions-on-kerastensors).
""",
            ),
            Mistake(
                'Lambda with tensors from outside',
                where='on Keras 3',
                symptom="""
`A KerasTensor cannot be used as input to a TensorFlow
function`, in the function of a `Lambda`; or `Only input tensors may be passed
as positional arguments`.
""",
                cause="""
the function uses a tensor of the model
that is not its argument, or the list of arguments contains a number.
""",
                fix="""
Pass all tensors that it needs as one list, without numbers:
""",
                more="""
```python
import tensorflow as tf
from tensorflow import keras


def sample(inputs):
    mean, log_variance = inputs
    noise = tf.random.normal(tf.shape(mean))
    return mean + tf.exp(log_variance / 2) * noise


latent = keras.layers.Lambda(sample, output_shape=(latent_dims,))(
    [mean, log_variance])
```
""",
            ),
            Mistake(
                'Add loss on a model',
                where='on Keras 3',
                symptom="""
`NotImplementedError`, without a message, at
`auto.add_loss(...)`.
""",
                cause='on Keras 3 only layers have `add_loss`.',
                fix="""
Call `self.add_loss` in the `call` of a layer, and pass a loss to
`compile`: see the snippets under
[TensorFlow functions on KerasTensors](#tensorflow-functions-on-kerastensors).
""",
            ),
            Mistake(
                'Name not defined',
                symptom="""
`NameError: name 'tf' is not defined`, also inside a message that
begins with `Could not automatically infer`.
""",
                cause="""
the name is not
imported, or is misspelt; or it was copied from a snippet on this page, and
your module uses another name.
""",
                fix="""
Add the import to the first lines of the module, or write the name that it has
in your module. These two imports are enough for all four tasks:
""",
                more="""
```python
import tensorflow as tf
from tensorflow import keras
```
""",
            ),
            Mistake(
                'Functions of another Keras',
                symptom="""
`AttributeError: module ... has no attribute 'ops'` or `cannot
import name 'ops'` on Keras 2; `... 'exp'` on Keras 3 with `import keras`;
`sum() got an unexpected keyword argument 'axis'`, which comes from Python's
own `sum`; or another argument that is not known, as in `add_loss(...,
inputs=...)` or `l1(l=lambtha)`.
""",
                cause="""
`keras.ops` and `keras.random`
exist on Keras 3 only; most of `keras.backend`, and these arguments, on Keras 2
only. `tensorflow.python` is private; use `tensorflow.keras`.
""",
                fix="""
Write
`self.add_loss(loss)`, `l1(lambtha)`, and inside a layer:
""",
                more="""
```python
import tensorflow as tf

noise = tf.random.normal(tf.shape(mean))
total = tf.reduce_sum(tf.exp(log_variance), axis=-1)
```
""",
            ),
            Mistake(
                'Lambda without output shape',
                where='on Keras 3',
                symptom="""
`We could not automatically infer the shape of the
Lambda's output`.
""",
                cause="""
Keras 3 first tries the function on symbolic
tensors, and it fails on them. If the message goes on with `Error
encountered:`, that is the cause, and another entry fits.
""",
                fix="""
Write a
layer, or pass the shape of one output, as under
[Lambda with tensors from outside](#lambda-with-tensors-from-outside).
""",
            ),
            Mistake(
                'Whole list to the decoder',
                symptom="""
`expected 1 input(s)`, `received 3 input tensors` or `The
structure of inputs doesn't match`.
""",
                cause="""
`decoder(encoder(inputs))`,
where the encoder has three outputs.
""",
                fix="""
Give the decoder the first output
of the encoder, `decoder(encoder(inputs)[0])`:
""",
                more="""
```python
from tensorflow import keras

auto = keras.Model(inputs, decoder(encoder(inputs)[0]))
```
""",
            ),
            Mistake(
                'Noise of another type',
                symptom="""
`float64` or `double` in a message about the layer that makes the
sample.
""",
                cause="""
NumPy's random numbers are float64, a `dtype` is given, or
the module calls `set_floatx`.
""",
                fix="""
Draw with TensorFlow, `noise =
tf.random.normal(tf.shape(mean))`, and without any of these:
""",
                more="""
```python
import tensorflow as tf

noise = tf.random.normal(tf.shape(mean))
```
""",
            ),
            Mistake(
                'Noise of another shape',
                symptom="""
`None` in a message about the layer that makes the sample, or
shapes that are incompatible.
""",
                cause="""
`mean.shape` has no batch size while
the model is built, or a size is hard-coded.
""",
                fix="""
Draw with
`tf.shape(mean)`, `noise = tf.random.normal(tf.shape(mean))`.
""",
            ),
            Mistake(
                'Shape without a comma',
                where='on Keras 3',
                symptom="""
`ValueError: Cannot convert '784' to a shape`.
""",
                cause="""
`(input_dims)` is a number, not a tuple. (Keras 2 accepted it.)
""",
                fix='Make the shape a tuple, with a comma:',
                more="""
```python
from tensorflow import keras

inputs = keras.Input(shape=(input_dims,))
```
""",
            ),
            Mistake(
                'Shapes',
                symptom="""
`Arguments target and output must have the same shape`, `Input 0
of layer ... is incompatible with the layer`, the wrong number of outputs,
`Output with path ... is not connected` or `Graph disconnected`.
""",
                cause="""
a
layer or model is called on something of the wrong size, or on something that
does not come from the model's `Input`; or a size does not come from the
arguments.
""",
                fix="""
Call the first layer on the `Input`, and each other layer
on the output of the one before. Take every size from an argument. Print the
`.shape` of what a layer is called on. Once there is an `auto`, compare
`auto.output_shape` with `auto.input_shape`.
""",
            ),
            Mistake(
                'Not compiled',
                symptom="""
`You must compile your model before training` (Keras 2), `You must
call compile() before using the model` or `No loss to compute` (Keras 3).
""",
                cause='`auto.compile` is missing, or has no loss.',
                fix="""
End with
`auto.compile(optimizer='adam', loss='binary_crossentropy')`, in task 3 with
`loss_weights=[input_dims]`, too:
""",
                more="""
```python
auto.compile(optimizer='adam', loss='binary_crossentropy')
```

A loss of 0 on Keras 3 can also come from a `train_step` of your own: Keras
prints metrics, such as a `keras.metrics.Mean(name='loss')` that gets the loss
with `update_state` and is in `metrics`.
""",
            ),
            Mistake(
                'Not finite',
                symptom='`loss: nan`.',
                cause="""
mostly a logarithm of 0 or of a negative
number, such as `log(log_variance)`, or the exponential of a large number.
""",
                fix="""
Look for a logarithm or an exponential of values that are not in their
range. The layer outputs the logarithm already; take `exp` of it.
""",
            ),
            Mistake(
                'Inputs not divided by 255',
                symptom="""
in tasks 0 to 2, losses far below 0, minus hundreds of billions in
the first epoch; in task 3 `nan`.
""",
                cause="""
the binary cross-entropy needs
inputs in [0, 1]. This happens in the main script, so no checker of a module
can see it.
""",
                fix='Divide them in the main script:',
                more="""
```python
x_train = x_train.astype('float32') / 255
```
""",
            ),
            Mistake(
                'Module',
                symptom="""
the module cannot be imported, has no `autoencoder`, ends the
process, never ends, or changes settings of Keras for everything.
""",
                cause="""
training, plots, `exit()`, `input()`, loading MNIST, an import of a package
that is not installed, or `set_global_policy` at the top level of the module.
""",
                fix="""
Leave only the function in the module. Move the rest to a main script,
or under `if __name__ == '__main__':`:
""",
                more="""
```python
if __name__ == '__main__':
    main()
```
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
                fix="""
End with `return
encoder, decoder, auto`:
""",
                more="""
```python
return encoder, decoder, auto
```
""",
            ),
            Mistake(
                'Weights not shared',
                symptom="""
the loss goes down, but `decoder.predict(encoder.predict(x))` is
noise: its weights are still the initial ones.
""",
                cause="""
`auto` has layers of
its own.
""",
                fix="""
Make `auto` of the two, in task 3 with `encoder(inputs)[0]`:
`auto = keras.Model(inputs, decoder(encoder(inputs)))`:
""",
                more="""
```python
from tensorflow import keras

auto = keras.Model(inputs, decoder(encoder(inputs)))
```
""",
            ),
            Mistake(
                'Optimizer',
                symptom="""
`Argument(s) not recognized: {'lr': ...}` (Keras 3), another
optimizer than Adam, or a layer that does not learn.
""",
                fix="""
Compile with
`optimizer='adam'`, or with a learning rate:
""",
                more="""
```python
from tensorflow import keras

optimizer = keras.optimizers.Adam(learning_rate=0.001)
```
""",
            ),
            Mistake(
                'Another loss',
                where='in tasks 0 to 2',
                symptom="""
the loss starts at 0.065 with `mse`, at tens of
millions with the categorical cross-entropy; a correct one starts at 0.25.
""",
                cause="""
a loss other than the binary cross-entropy, or an extra term such as
a dropout or a penalty.
""",
                fix="""
Use `loss='binary_crossentropy'`, in task
3 [multiplied by `input_dims`](#cross-entropy-averaged).
""",
            ),
            Mistake(
                'From logits',
                symptom="""
a loss of 0.70 that ends at 0.6931, the logarithm of 2, and black
images.
""",
                cause="""
a hand-written loss, such as
`tf.nn.sigmoid_cross_entropy_with_logits`, takes the output for a logit, though
it already went through `sigmoid`. (`BinaryCrossentropy(from_logits=True)` does
no harm: Keras detects the `sigmoid` and recovers the logits.)
""",
                fix="""
Use
`loss='binary_crossentropy'`: the output is a probability already.
""",
            ),
            Mistake(
                'Cross-entropy summed',
                symptom="""
in tasks 0 to 2, a loss of 193, 784 times the right one.
""",
                fix="""
Use `loss='binary_crossentropy'`, which averages over the values.
""",
            ),
            Mistake(
                '784 hard-coded',
                symptom='right for MNIST, wrong for any other size.',
                cause="""
784, or 28,
is hard-coded.
""",
                fix='Use `input_dims` in place of the number.',
            ),
            Mistake(
                'Hidden layers',
                symptom='more or fewer layers than `hidden_layers` asks for.',
                cause="""
fixed indices, such as `hidden_layers[0]`, a slice, or an index that starts at
1; or a loop that calls each layer on the same variable, so that only the last
one counts.
""",
                fix="""
Make one layer for each number, each called on the one
before, and one for the output.
""",
                more="""
This is the encoder of tasks 0 and 1:

```python
from tensorflow import keras

x = inputs
for nodes in hidden_layers:
    x = keras.layers.Dense(nodes, activation='relu')(x)
code = keras.layers.Dense(latent_dims, activation='relu')(x)
```
""",
            ),
            Mistake(
                'Not reversed',
                symptom='the decoder starts with its widest layer.',
                fix="""
Loop over the
same list from its end, `reversed(hidden_layers)`. ([Task 2](#convolutions)
loops over `reversed(filters[1:])`, because `filters[0]` belongs to the
convolution after the loop.)
""",
                more="""
```python
from tensorflow import keras

y = given
for nodes in reversed(hidden_layers):
    y = keras.layers.Dense(nodes, activation='relu')(y)
```
""",
            ),
            Mistake(
                'List changed',
                symptom="""
the second call with the same list builds another model.
""",
                cause="""
`hidden_layers.reverse()` or `.pop()` changes the caller's list.
""",
                fix="""
Use `reversed(hidden_layers)` or `hidden_layers[::-1]`: `.reverse()`,
`.pop()` and `.append()` change the list of the caller.
""",
            ),
            Mistake(
                'Activations',
                symptom="""
codes below 0, reconstructions outside 0 to 1, or nothing but
another loss:

| mistake | loss after the first epoch |
| --- | --- |
| none | 0.246 |
| no `relu` on the code | 0.234 |
| `sigmoid` in the hidden layers | 0.287 |
| `relu` at the end | 0.38, with values of up to 1.35 |
""",
                cause="""
a layer without `activation`, or with another one; or a layer that
the assignment does not have, such as a normalization or a dropout.
""",
                fix="""
Use `relu` everywhere, and `sigmoid` in the last layer. Remove other layers.
""",
            ),
        ],
    ),
    Section(
        'Task 1: the penalty',
        [
            Mistake(
                'Penalty missing',
                symptom="""
none in the first loss: a correct model starts like that of task
0, 0.2467 and 0.2463. After 50 epochs, the mean of the codes is 7 to 8, not 3.
""",
                fix="""
Give the layer of the code
`activity_regularizer=keras.regularizers.l1(lambtha)`:
""",
                more="""
```python
from tensorflow import keras

code = keras.layers.Dense(
    latent_dims, activation='relu',
    activity_regularizer=keras.regularizers.l1(lambtha))(x)
```
""",
            ),
            Mistake(
                'Penalty L2',
                symptom="""
the codes shrink, to a mean of 1.6 rather than 3.1, but no more of
them are 0; the loss is a little larger, 0.252.
""",
                cause="""
`l2`, the sum of
squares.
""",
                fix="""
Use `keras.regularizers.l1`, the sum of the absolute values.
""",
            ),
            Mistake(
                'Penalty on weights',
                symptom="""
the codes are as large as in task 0. The loss hardly shows it:
0.2479 instead of 0.2467.
""",
                cause='`kernel_regularizer`.',
                fix="""
Use
`activity_regularizer`: `kernel_regularizer` is that of the weights.
""",
            ),
            Mistake(
                'Penalty on other layers',
                symptom="""
a loss of 0.254 instead of 0.247 with a penalty on all layers;
none with one on a single hidden layer.
""",
                cause="""
the regularizer is on hidden
layers, or on the decoder.
""",
                fix="""
Put the regularizer on the layer of the
code alone.
""",
            ),
            Mistake(
                'Penalty before relu',
                symptom="""
fewer values of a code are 0, one in 25 rather than two in five.
""",
                cause="""
the regularizer is on a layer without `activation`, and `relu` comes
in a layer after it. Values below 0 are then penalized, too.
""",
                fix="""
Put the
activation and the regularizer on one layer.
""",
            ),
            Mistake(
                'Penalty averaged',
                symptom='the penalty is 32 times too small for 32 values.',
                cause="""
a mean
over the code.
""",
                fix='Sum over the code, and average over the batch.',
            ),
            Mistake(
                'Penalty weight',
                symptom='the penalty is twice or half of what it should be.',
                cause="""
a
factor besides `lambtha`, or two regularizers.
""",
                fix="""
Add `lambtha` times the
norm, once.
""",
            ),
            Mistake(
                'Lambtha ignored',
                symptom='another `lambtha` changes nothing.',
                cause="""
a number such as
`10e-6` is hard-coded.
""",
                fix='Use `lambtha` in place of the number.',
            ),
            Mistake(
                'Summed over the batch',
                symptom="""
the loss depends on the batch size. It is 0.301 in task 1 instead
of 0.247, and 256 in task 3, where all images come out alike.
""",
                cause="""
a sum
over the first axis.
""",
                fix='Take a mean over the batch, `tf.reduce_mean`:',
                more="""
```python
import tensorflow as tf

norms = tf.reduce_sum(tf.abs(code), axis=1)
self.add_loss(self.lambtha * tf.reduce_mean(norms))
```

On Keras 3.0 to 3.13, every `activity_regularizer` is summed over the batch
(keras issue 22018). That is a fault of Keras, and the checker does not count
it.
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
shapes that do not fit, or layers that differ from the
assignment's where the checker shows both side by side.
""",
                cause="""
a kernel
other than (3, 3), a `Conv2DTranspose`, an upsampling in another place,
strides, or an extra layer.
""",
                fix="""
Compare the layers with those of the
assignment.
""",
                more="""
The whole decoder is

```python
from tensorflow import keras

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

and the encoder

```python
from tensorflow import keras

inputs = x = keras.Input(shape=input_dims)
for count in filters:
    x = keras.layers.Conv2D(
        count, (3, 3), padding='same', activation='relu')(x)
    x = keras.layers.MaxPooling2D((2, 2), padding='same')(x)
encoder = keras.Model(inputs, x)
```
""",
            ),
            Mistake(
                'Pooling without same',
                symptom="""
`expected shape=(None, 4, 4, 8), found shape=(None, 3, 3, 8)`, or
a size that reaches 0 or becomes negative.
""",
                cause="""
the sizes are 28, 14, 7,
and then 3 rather than 4.
""",
                fix="""
Pool with `padding='same'`, which rounds odd
sizes up:
""",
                more="""
```python
from tensorflow import keras

x = keras.layers.MaxPooling2D((2, 2), padding='same')(x)
```
""",
            ),
            Mistake(
                'Valid convolution',
                symptom='reconstructions of 32 x 32 instead of 28 x 28.',
                cause="""
the
sizes are 4, 8, 16, 32.
""",
                fix="""
Give the second to last convolution
`padding='valid'`, which makes 14 x 14 of 16 x 16, and the others `same`:
""",
                more="""
```python
from tensorflow import keras

y = keras.layers.Conv2D(
    filters[0], (3, 3), padding='valid', activation='relu')(y)
```
""",
            ),
            Mistake(
                'One channel hard-coded',
                symptom='grey reconstructions of colour images.',
                fix="""
Give the last
convolution `input_dims[-1]` filters.
""",
            ),
        ],
    ),
    Section(
        'Task 3: the distribution',
        [
            Mistake(
                'A plain autoencoder',
                symptom="""
`encoder.predict` returns one array, and the main script ends with
`ValueError` where it takes three.
""",
                cause='the encoder ends as in task 0.',
                fix="""
After the hidden layers, make the three outputs and the loss with the
three snippets under [TensorFlow functions on
KerasTensors](#tensorflow-functions-on-kerastensors): the layer at the top of
the module, the encoder's outputs after its hidden layers, and the end. The
decoder stays as it is.
""",
            ),
            Mistake(
                'Cross-entropy averaged',
                symptom="""
a loss of 0.34 after the first epoch that ends near 0.263, and all
images alike.
""",
                cause="""
Keras averages over the 784 values, so the divergence
outweighs the cross-entropy in training. It drives every distribution to N(0,
I). Then it is about 0, the code says nothing, and the loss that is left is the
cross-entropy of one image for all digits: the mean training digit costs
0.2625.
""",
                fix="""
Multiply the cross-entropy by `input_dims`, with
`loss_weights=[input_dims]` if a layer adds the divergence, or in a function:
""",
                more="""
```python
from tensorflow import keras


def loss(x, y):
    return input_dims * keras.losses.binary_crossentropy(x, y)
```
""",
            ),
            Mistake(
                'Divergence missing',
                symptom="""
a loss of 206, means from -12 to 37, standard deviations near 0.
""",
                cause='the cross-entropy alone.',
                fix="""
Add it in the `call` of the layer
that draws the sample, with `self.add_loss`, as under
[TensorFlow functions on KerasTensors](#tensorflow-functions-on-kerastensors).
""",
            ),
            Mistake(
                'Divergence averaged',
                symptom="""
a loss of 212, easily mistaken for what the assignment prints, and
means from -6 to 6.
""",
                cause='a mean over the code instead of a sum.',
                fix="""
Sum over the code, `tf.reduce_sum` with `axis=-1`; the mean is over the batch.
""",
            ),
            Mistake(
                'Divergence sign',
                symptom='`nan` within the first epoch.',
                fix="""
Use the formula
under [Divergence formula](#divergence-formula).
""",
            ),
            Mistake(
                'Divergence roles exchanged',
                symptom='a loss of 213, and means down to -16.',
                cause="""
mean and log
variance are swapped, in the formula or on the way to it.
""",
                fix="""
Square the
mean, and take `exp` of the log variance.
""",
            ),
            Mistake(
                'Divergence formula',
                symptom="""
a loss of 222 if the factor 1/2 is missing; far below 0, and
falling without end, if the square of the mean is missing.
""",
                cause="""
a term or
the factor is missing.
""",
                fix="""
Write `-0.5 * tf.reduce_sum(1 + log_variance -
mean ** 2 - tf.exp(log_variance), axis=-1)`, and average it over the batch:
""",
                more="""
```python
import tensorflow as tf

divergence = -0.5 * tf.reduce_sum(
    1 + log_variance - mean ** 2 - tf.exp(log_variance), axis=-1)
```
""",
            ),
            Mistake(
                'Divergence weighted',
                symptom="""
a loss of 206 with a weight of 0.01, and means from -13 to 22; a
correct model has means from -4 to 5.
""",
                cause="""
a factor, or a mean that
divides by the number of pixels.
""",
                fix="""
Add the cross-entropy and the
divergence, each once.
""",
            ),
            Mistake(
                'Loss of the sample',
                symptom="""
with all weights 0, the loss changes from call to call.
""",
                cause="""
the loss unpacks the encoder's outputs in the wrong order, so that the sample
is used as the mean.
""",
                fix="""
Unpack the outputs of the encoder in their order,
everywhere:
""",
                more="""
```python
_, mean, log_variance = encoder(x)
```
""",
            ),
            Mistake(
                'Log standard deviation',
                symptom='a loss of 218 instead of 216–217: too close to tell.',
                cause="""
the layer is used as the logarithm of the standard deviation: `2 *
log_variance` in the formula.
""",
                fix="""
Return the logarithm of the variance: it
is twice that of the standard deviation.
""",
            ),
            Mistake(
                'Deviation from log variance',
                symptom="""
a loss of 227, and `exp(log_sig / 2)` of the main script is not
the standard deviation of the codes.
""",
                cause="""
`exp(log_variance)` is the
variance, or there is another factor.
""",
                fix="""
Use the root of the variance,
`tf.exp(log_variance / 2)`, as the standard deviation.
""",
            ),
            Mistake(
                'Noise missing',
                symptom="""
`encoder.predict` returns the same code twice, and the loss is
212.
""",
                cause="""
the latent representation is the mean, or a layer of its own.
""",
                fix="""
Draw noise in the `call` of a layer, `noise =
tf.random.normal(tf.shape(mean))`, and return `mean + tf.exp(log_variance / 2)
* noise`:
""",
                more="""
```python
import tensorflow as tf

noise = tf.random.normal(tf.shape(mean))
latent = mean + tf.exp(log_variance / 2) * noise
```
""",
            ),
            Mistake(
                'Noise drawn once',
                symptom="""
`encoder.predict` returns the same code twice, though not the
mean; with NumPy, a loss of 208 and a val_loss of 199.
""",
                cause="""
NumPy's
random numbers are drawn only once, when the function is compiled; on Keras 3,
`keras.random.normal(..., seed=0)` returns the same each time.
""",
                fix="""
Draw in
the `call` of the layer, `noise = tf.random.normal(tf.shape(mean))`, with
`import tensorflow as tf`. With a number as its `seed`, Keras 3 draws the same
each time.
""",
            ),
            Mistake(
                'Noise shared',
                symptom="""
a loss of 225 if the inputs of a batch share the noise, 214 if the
values of a code do; a correct model starts at 216 to 217.
""",
                cause="""
noise of
the shape `(1, latent_dims)`, `(latent_dims,)` or `(batch, 1)`.
""",
                fix="""
Give
the noise the shape of the mean, `tf.random.normal(tf.shape(mean))`.
""",
            ),
            Mistake(
                'Noise not normal',
                symptom="""
a loss of 212 with `uniform`, which lies between 0 and 1, and
means that lie 0.4 below the codes.
""",
                cause='`uniform` or `truncated_normal`.',
                fix="""
Use `tf.random.normal`, not `uniform` or `truncated_normal`.
""",
            ),
            Mistake(
                'Noise standard deviation',
                symptom="""
a loss of 212 with a standard deviation of 0.1, as if the mean
were decoded.
""",
                cause='`stddev=0.1`, as in an old example.',
                fix="""
Leave
`stddev` at its default of 1, and `mean` at 0, which the divergence assumes.
""",
            ),
            Mistake(
                'Sample without mean',
                symptom='a loss of 238, and means near 0 for all digits.',
                cause='`exp(log_variance / 2) * noise` alone.',
                fix="""
Return `mean +
tf.exp(log_variance / 2) * noise`.
""",
            ),
            Mistake(
                'Decoder fed the mean',
                symptom="""
`auto.predict` returns the same twice, and the loss after the
first epoch is 212, as printed in the assignment. By its text, the decoder gets
the latent representation, the first output; that gives 216.
""",
                cause="""
another
output of the encoder goes to the decoder.
""",
                fix="""
Give the decoder the first
output of the encoder, `decoder(encoder(inputs)[0])`:
""",
                more="""
```python
from tensorflow import keras

auto = keras.Model(inputs, decoder(encoder(inputs)[0]))
```
""",
            ),
            Mistake(
                'Decoder fed the log variance',
                symptom="""
`auto.predict` returns the same twice, and the loss is 217, as in
a correct model.
""",
                cause="""
as [above](#decoder-fed-the-mean), with the third
output; common where the outputs are in another order.
""",
                fix="""
Give the
decoder the first output of the encoder, `decoder(encoder(inputs)[0])`.
""",
            ),
            Mistake(
                'Order of outputs',
                symptom='the main script prints codes as `mu`.',
                fix="""
Give all three to
`keras.Model` in this order, `[latent, mean, log_variance]`, and unpack them so
wherever they are used, also in a loss:
""",
                more="""
```python
from tensorflow import keras

encoder = keras.Model(inputs, [latent, mean, log_variance])
auto = keras.Model(inputs, decoder(encoder(inputs)[0]))
_, mean, log_variance = encoder(x)
```
""",
            ),
            Mistake(
                'Activation on mean or log variance',
                symptom="""
a loss of 237 with `relu` on the mean; 222 with `relu` on the log
variance, which then cannot be negative, so that the variance is at least 1.
""",
                cause="""
`relu`, or anything else between the layer and the output.
""",
                fix="""
Make it `keras.layers.Dense(latent_dims)`, and return its output: both may be
negative.
""",
            ),
            Mistake(
                'One layer for mean and log variance',
                symptom='`mu` and `log_sig` are equal, and the loss is 221.',
                cause="""
one
`Dense` called twice.
""",
                fix='Make a `Dense` for each.',
            ),
        ],
        introduction="""
The assignment prints 212 after the first epoch and 143 after the last. Its
text implies a little more, 216 and 146 to 148, because the decoder is fed the
sample.
""",
    ),
]

ENTRIES = {
    mistake.anchor: mistake
    for section in SECTIONS
    for mistake in section.mistakes
}
