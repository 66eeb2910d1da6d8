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
The function contains only `pass` or `raise NotImplementedError`, or the file
is empty. (`python -m checker --new DIR` writes files to start from.)
""",
                fix="""
Begin with the encoder, return it, and save. You don't have to finish before
you check: the checker tells you what comes next after each step.
""",
                more="""
In tasks 0 and 1, this is the first step:

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
`ValueError: A KerasTensor cannot be used as input to a TensorFlow function`.
""",
                cause="""
While a model is being built there are no numbers yet, so `tf.exp` and its kin
have nothing to work on. In task 3 this usually happens where the sample or the
divergence is computed. (Keras 2 quietly made layers of such calls.)
""",
                fix="""
Move the computation into the `call` of a layer, where Keras passes in real
tensors. A layer can do both things that task 3 needs, draw the sample and add
the divergence to the loss:
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

The divergence is summed over the values of a code (`axis=-1`) and averaged
over the batch. What the layer returns is the sample: the mean, plus the
standard deviation times noise.

In `autoencoder`, call the layer on the mean and the log variance, which have
no activation, and give all three to the encoder:

```python
from tensorflow import keras

mean = keras.layers.Dense(latent_dims)(x)
log_variance = keras.layers.Dense(latent_dims)(x)
latent = Sampling()([mean, log_variance])
encoder = keras.Model(inputs, [latent, mean, log_variance])
```

That leaves the cross-entropy for `compile`. Keras averages it over the pixels,
and `loss_weights` makes a sum of it again:

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
`ValueError: Tried to convert 'x' to a tensor and failed. Error: A KerasTensor
cannot be used ...`. On Keras 2: `TypeError: You are passing KerasTensor(...),
an intermediate Keras symbolic input/output`.
""",
                cause="""
The loss function uses tensors of the model that are not its arguments, such as
the mean. They stand for values, but they have none during training.
""",
                fix="""
Use nothing in the loss function but its two arguments. The first of them is
the target, which here is the input, so you can call the encoder on it:
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

The other way is to add the divergence in a layer, as [in the entry
above](#tensorflow-functions-on-kerastensors).
""",
            ),
            Mistake(
                'Lambda with tensors from outside',
                where='on Keras 3',
                symptom="""
`A KerasTensor cannot be used as input to a TensorFlow function`, raised in the
function of a `Lambda`; or `Only input tensors may be passed as positional
arguments`.
""",
                cause="""
The function uses a tensor of the model that isn't one of its arguments, or
there is a number among the arguments.
""",
                fix="""
Pass all tensors that the function needs as one list, and no numbers:
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
`NotImplementedError`, without a message, at `auto.add_loss(...)`.
""",
                cause='On Keras 3, only layers have `add_loss`.',
                fix="""
Call `self.add_loss` in the `call` of a layer, and leave the cross-entropy to
`compile`, as under
[TensorFlow functions on KerasTensors](#tensorflow-functions-on-kerastensors).
""",
            ),
            Mistake(
                'Name not defined',
                symptom="""
`NameError: name 'tf' is not defined`, sometimes inside a message that begins
with `Could not automatically infer`.
""",
                cause="""
The name isn't imported or is misspelt, or it comes from a snippet on this
page, where your module uses another name.
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
On Keras 2, `module ... has no attribute 'ops'` or `cannot import name 'ops'`.
On Keras 3, `... has no attribute 'exp'`. Or an argument that isn't known, as
in `add_loss(..., inputs=...)`, `l1(l=lambtha)` or `sum(..., axis=...)` (which
is Python's own `sum`).
""",
                cause="""
The code was written for another version. `keras.ops` and `keras.random` exist
on Keras 3 only; most of `keras.backend`, and the arguments above, on Keras 2
only. `tensorflow.python` is private; use `tensorflow.keras`.
""",
                fix="""
Use what works everywhere: `self.add_loss(loss)`, `l1(lambtha)`, and inside a
layer TensorFlow's functions, such as `tf.exp`, `tf.reduce_sum` and
`tf.random.normal`.
""",
            ),
            Mistake(
                'Lambda without output shape',
                where='on Keras 3',
                symptom="""
`We could not automatically infer the shape of the Lambda's output`.
""",
                cause="""
Keras tries the function on symbolic tensors first, and there it fails. If the
message goes on with `Error encountered:`, look for what comes after that;
another entry fits it better.
""",
                fix="""
Write a layer in place of the `Lambda`, or pass the shape of one output, as
under [Lambda with tensors from outside](#lambda-with-tensors-from-outside).
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
Give the decoder the first output of the encoder,
`decoder(encoder(inputs)[0])`.
""",
            ),
            Mistake(
                'Noise of another type',
                symptom="""
`float64` or `double`, in a message about the layer that makes the sample.
""",
                cause="""
NumPy's random numbers are float64. It also happens if a `dtype` is given, or
if the module calls `set_floatx`.
""",
                fix="""
Draw with TensorFlow, `noise = tf.random.normal(tf.shape(mean))`, and leave out
`dtype` and `set_floatx`.
""",
            ),
            Mistake(
                'Noise of another shape',
                symptom="""
`None`, in a message about the layer that makes the sample, or shapes that
don't fit together.
""",
                cause="""
While the model is built, nobody knows the batch size, so `mean.shape` has a
`None` in its place. Or a size is hard-coded.
""",
                fix="""
Ask for the shape when there is one, with `tf.shape(mean)`: `noise =
tf.random.normal(tf.shape(mean))`.
""",
            ),
            Mistake(
                'Shape without a comma',
                where='on Keras 3',
                symptom="""
`ValueError: Cannot convert '784' to a shape`.
""",
                cause="""
`(input_dims)` is just a number in brackets. What makes a tuple is the comma.
(Keras 2 accepted the number.)
""",
                fix="""
Make the shape a tuple, with a comma: `keras.Input(shape=(input_dims,))`.
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
Some layer or model is called on something of the wrong size, or on something
that doesn't come from the model's own `Input`. Often a size is hard-coded.
""",
                fix="""
Follow the chain from the start: the first layer is called on the `Input`, each
other layer on the output of the one before, and every size comes from an
argument. If you can't see the break, print the `.shape` of what each layer is
called on. Once there is an `auto`, its `output_shape` must equal its
`input_shape`.
""",
            ),
            Mistake(
                'Not compiled',
                symptom="""
`You must compile your model before training` (Keras 2), `You must call
compile() before using the model`, or `No loss to compute` (Keras 3).
""",
                cause='`auto.compile` is missing, or it got no loss.',
                fix="""
End with `auto.compile(optimizer='adam', loss='binary_crossentropy')`, in task
3 with `loss_weights=[input_dims]` as well.
""",
                more="""
If Keras 3 shows a loss of 0, there may be a `train_step` of your own. Keras
prints metrics, not what the method computes, so keep a
`keras.metrics.Mean(name='loss')`, give it the loss with `update_state`, and
return it from the property `metrics`.
""",
            ),
            Mistake(
                'Not finite',
                symptom='`loss: nan`.',
                cause="""
Most often a logarithm of 0 or of a negative number, such as
`log(log_variance)`, or the exponential of something large.
""",
                fix="""
Look for a logarithm or an exponential of values that aren't in its range. The
layer outputs the logarithm already; all you ever need of it is `exp`.
""",
            ),
            Mistake(
                'Inputs not divided by 255',
                symptom="""
In tasks 0 to 2, losses far below 0, down to minus hundreds of billions in the
first epoch. In task 3 `nan`.
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
Importing the module runs everything in it: training, plots, `exit()`,
`input()`, loading MNIST, importing a package that isn't installed, or
`set_global_policy`.
""",
                fix="""
Leave nothing but imports and definitions at the top level of the module. Move
the rest to a script, or under `if __name__ == '__main__':`.
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
`auto` is built from new layers. They learn, while those of the encoder and the
decoder still have the weights that they began with.
""",
                fix="""
Make `auto` of the two models that you have, `auto = keras.Model(inputs,
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
Compile with `optimizer='adam'`, or, if you want another learning rate, with
`keras.optimizers.Adam(learning_rate=0.001)`.
""",
            ),
            Mistake(
                'Another loss',
                where='in tasks 0 to 2',
                symptom="""
The loss starts at 0.065 with `mse`, and at tens of millions with the
categorical cross-entropy. A correct one starts at 0.25.
""",
                cause="""
It isn't the binary cross-entropy, or something is added to it, such as a
penalty.
""",
                fix="""
Use `loss='binary_crossentropy'`, in task 3
[multiplied by `input_dims`](#cross-entropy-averaged).
""",
            ),
            Mistake(
                'From logits',
                symptom="""
The loss starts at 0.70 and ends at 0.6931, the logarithm of 2, and all images
are black.
""",
                cause="""
A hand-written loss, such as `tf.nn.sigmoid_cross_entropy_with_logits`, applies
a second `sigmoid` to what is a probability already.
(`BinaryCrossentropy(from_logits=True)` does no harm: Keras sees the `sigmoid`
and takes it back.)
""",
                fix="""
Use `loss='binary_crossentropy'`: the output is a probability already.
""",
            ),
            Mistake(
                'Cross-entropy summed',
                symptom="""
In tasks 0 to 2, a loss of 193, which is 784 times what it should be.
""",
                fix="""
Use `loss='binary_crossentropy'`, which averages over the pixels.
""",
            ),
            Mistake(
                '784 hard-coded',
                symptom='Everything works for MNIST, and for no other size.',
                cause='There is a 784, or a 28, where an argument should be.',
                fix='Use `input_dims` in place of the number.',
            ),
            Mistake(
                'Hidden layers',
                symptom="""
There are more or fewer layers than `hidden_layers` asks for.
""",
                cause="""
The list is read with fixed indices (`hidden_layers[0]`), a slice, or an index
that starts at 1. Or a loop calls each layer on the same variable, so that only
the last one counts.
""",
                fix="""
Make one layer for each number in the list, each called on the one before, and
one more for the output.
""",
                more="""
The encoder of tasks 0 and 1:

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
                symptom='The decoder starts with its widest layer.',
                fix="""
Loop over the same list from its end, `reversed(hidden_layers)`; in task 2,
over `reversed(filters[1:])`, because `filters[0]` belongs to the
[convolution after the loop](#convolutions).
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
A second call with the same list builds another model.
""",
                cause="""
The list belongs to whoever called your function, and `.reverse()`, `.pop()` or
`.append()` changed it.
""",
                fix="""
Use `reversed(hidden_layers)` or `hidden_layers[::-1]`, which leave the list of
the caller alone; `.reverse()`, `.pop()` and `.append()` change it.
""",
            ),
            Mistake(
                'Activations',
                symptom="""
Codes are below 0, reconstructions leave the range from 0 to 1, or nothing
shows but another loss after the first epoch: 0.234 without `relu` on the code,
0.291 with `sigmoid` in the hidden layers, 0.41 with `relu` at the end, where
0.246 is correct.
""",
                cause="""
A layer has no `activation` or another one, or there is a layer that the
assignment doesn't have, such as a normalization or a dropout.
""",
                fix="""
Use `relu` everywhere and `sigmoid` in the last layer, and remove any other
layers.
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
There is hardly any at first: a correct model starts at 0.2467, and without the
penalty at 0.2461. After 50 epochs the mean of the codes tells: it's 7 to 8,
where it should be about 3.
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
The codes shrink to a mean of 1.6 instead of 3.1, but no more of their values
are 0. The loss is a little too large, 0.252.
""",
                cause='`l2` penalizes the sum of the squares.',
                fix="""
Use `keras.regularizers.l1`, the sum of the absolute values.
""",
            ),
            Mistake(
                'Penalty on weights',
                symptom="""
The codes are as large as in task 0. The loss hardly shows it: 0.2479 where
0.2467 is correct.
""",
                cause="""
`kernel_regularizer` penalizes the weights of a layer, not its output.
""",
                fix="""
Use `activity_regularizer`, which is about the output; `kernel_regularizer` is
about the weights.
""",
            ),
            Mistake(
                'Penalty on other layers',
                symptom="""
With a penalty on all layers, the loss is 0.254 where 0.247 is correct. On a
single hidden layer, you won't notice.
""",
                cause='A hidden layer or the decoder has a regularizer, too.',
                fix="""
Put the regularizer on the layer of the code, and nowhere else.
""",
            ),
            Mistake(
                'Penalty before relu',
                symptom="""
Only one value in 25 of the codes is 0, where it should be two in five.
""",
                cause="""
The regularizer is on a layer without an activation, and `relu` comes in a
separate layer behind it. So values below 0 are penalized as well.
""",
                fix="""
Put the activation and the regularizer on one layer.
""",
            ),
            Mistake(
                'Penalty averaged',
                symptom="""
With a code of 32 values, the penalty is 32 times too small.
""",
                cause='It is averaged over the values of the code.',
                fix='Sum over the code, and average over the batch.',
            ),
            Mistake(
                'Penalty weight',
                symptom='The penalty is twice what it should be, or the like.',
                cause="""
There is a factor besides `lambtha`, or there are two regularizers.
""",
                fix='Add `lambtha` times the norm, once.',
            ),
            Mistake(
                'Lambtha ignored',
                symptom='Another `lambtha` changes nothing.',
                cause='A number such as `10e-6` is hard-coded.',
                fix='Use `lambtha` in place of the number.',
            ),
            Mistake(
                'Summed over the batch',
                symptom="""
The loss depends on the batch size. With 256 digits, it starts at 0.301 in task
1 where 0.247 is correct, and at 256 in task 3, where all images then come out
alike.
""",
                cause='A term is summed over the first axis, the batch.',
                fix="""
Take the mean over the batch, `tf.reduce_mean`, of what you have summed over
the values of each code:
""",
                more="""
```python
import tensorflow as tf

norms = tf.reduce_sum(tf.abs(code), axis=1)
self.add_loss(self.lambtha * tf.reduce_mean(norms))
```

If you used `activity_regularizer`, and your Keras is one of 3.0 to 3.13, it
isn't your fault: these versions sum it over the batch (keras issue 22018). The
checker knows that and doesn't count it.
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
A kernel that isn't (3, 3), a `Conv2DTranspose`, an upsampling in the wrong
place, strides, or a layer too many.
""",
                fix="""
Go through your layers line by line, next to the assignment's.
""",
                more="""
Of the decoder, the last two convolutions differ from the rest, so the loop
makes all others:

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

The encoder is regular:

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
`expected shape=(None, 4, 4, 8), found shape=(None, 3, 3, 8)`, or a size that
reaches 0.
""",
                cause="""
7 is halved to 3 rather than 4, since pooling rounds down.
""",
                fix="""
Pool with `padding='same'`, which rounds odd sizes up:
`keras.layers.MaxPooling2D((2, 2), padding='same')`.
""",
            ),
            Mistake(
                'Valid convolution',
                symptom='Reconstructions have 32 x 32 pixels, not 28 x 28.',
                cause="""
On the way back, the sizes are 4, 8, 16 and 32, and nothing trims them.
""",
                fix="""
Give the second to last convolution `padding='valid'`, which trims 16 x 16 to
14 x 14, and all others `padding='same'`.
""",
            ),
            Mistake(
                'One channel hard-coded',
                symptom='Images in colour come back in grey.',
                fix="""
Give the last convolution as many filters as the input has channels,
`input_dims[-1]`.
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
`encoder.predict` returns one array, and the assignment's script ends with a
`ValueError` where it takes three.
""",
                cause='The encoder ends as in task 0.',
                fix="""
Take three steps, and check after each. First replace the last layer of the
encoder by two without an activation, the mean and the log variance, and return
three outputs. Then compute the sample in the `call` of a layer. At last, add
the divergence there with `self.add_loss`, and multiply the cross-entropy by
`input_dims`. The decoder stays as it is. If you get stuck, all of it is under
[TensorFlow functions on
KerasTensors](#tensorflow-functions-on-kerastensors).
""",
            ),
            Mistake(
                'Cross-entropy averaged',
                symptom="""
The loss starts at 0.34 and ends near 0.263, and all images look alike.
""",
                cause="""
Keras averages the cross-entropy over the pixels, so the divergence outweighs
it. It drives every distribution to N(0, I), until the code says nothing and
the decoder is left with one image for all digits. (The mean training digit
costs 0.2625.)
""",
                fix="""
Multiply the cross-entropy by `input_dims`: with `loss_weights=[input_dims]` in
`compile` if a layer adds the divergence, and otherwise in the loss function,
`input_dims * keras.losses.binary_crossentropy(x, y)`.
""",
            ),
            Mistake(
                'Divergence missing',
                symptom="""
The loss starts at 206, the means are spread from -12 to 37, and the standard
deviations are near 0.
""",
                cause='The loss is the cross-entropy alone.',
                fix="""
Add the divergence in the `call` of the layer that draws the sample, with
`self.add_loss`, as under
[TensorFlow functions on KerasTensors](#tensorflow-functions-on-kerastensors).
""",
            ),
            Mistake(
                'Divergence averaged',
                symptom="""
The loss starts at 212, which happens to be what the assignment prints, and the
means lie between -6 and 7.
""",
                cause='It is averaged over the values of the code.',
                fix="""
Sum over the code, `tf.reduce_sum` with `axis=-1`, and average over the batch.
""",
            ),
            Mistake(
                'Divergence sign',
                symptom='`nan` within the first epoch.',
                cause="""
With the wrong sign, the loss falls the further the distributions are from
N(0, I), and so they run away.
""",
                fix="""
Use the formula under [Divergence formula](#divergence-formula).
""",
            ),
            Mistake(
                'Divergence roles exchanged',
                symptom='The loss starts at 213, and means go down to -17.',
                cause="""
The mean and the log variance have changed places, in the formula or on the way
to it.
""",
                fix='Square the mean, and take `exp` of the log variance.',
            ),
            Mistake(
                'Divergence formula',
                symptom="""
Without the factor 1/2, the loss starts at 222. Without the square of the mean,
it is below 0 after the first epoch, and falls without end.
""",
                cause='A term or the factor is missing.',
                fix="""
Write `-0.5 * tf.reduce_sum(1 + log_variance - mean ** 2 -
tf.exp(log_variance), axis=-1)`, and average it over the batch.
""",
            ),
            Mistake(
                'Divergence weighted',
                symptom="""
With a weight of 0.01, the loss starts at 206 and the means are spread from -13
to 25. In a correct model they lie between about -4 and 6.
""",
                cause="""
There is a factor, or a mean that divides by the number of pixels.
""",
                fix="""
Add the cross-entropy and the divergence, each of them once.
""",
            ),
            Mistake(
                'Loss of the sample',
                symptom="""
With all weights at 0, the loss still changes from call to call.
""",
                cause="""
The encoder's outputs are unpacked in the wrong order, so the sample is used as
the mean.
""",
                fix="""
Unpack the outputs in their order wherever you use the encoder, `_, mean,
log_variance = encoder(x)`.
""",
            ),
            Mistake(
                'Log standard deviation',
                symptom="""
The loss starts at 218 where 216 is correct, which is too close to tell.
""",
                cause="""
The layer is taken for the logarithm of the standard deviation, with `2 *
log_variance` in the formula.
""",
                fix="""
Return the logarithm of the variance, which is twice the logarithm of the
standard deviation.
""",
            ),
            Mistake(
                'Deviation from log variance',
                symptom="""
The loss starts at 227, and what the assignment's script prints as `exp(log_sig
/ 2)` isn't how far the codes scatter.
""",
                cause="""
`exp(log_variance)` is the variance. Or there is another factor.
""",
                fix="""
Use the root of the variance, `tf.exp(log_variance / 2)`, as the standard
deviation.
""",
            ),
            Mistake(
                'Noise missing',
                symptom="""
`encoder.predict` returns the same code twice, and the loss starts at 212.
""",
                cause="""
The latent representation is the mean itself, or comes from another layer.
""",
                fix="""
Draw noise in the `call` of a layer, `noise =
tf.random.normal(tf.shape(mean))`, and return `mean + tf.exp(log_variance / 2)
* noise`.
""",
            ),
            Mistake(
                'Noise drawn once',
                symptom="""
`encoder.predict` returns the same code twice, though it isn't the mean. With
NumPy's noise, the loss starts at 208 and the val_loss at 199; with a fixed
seed, the loss shows nothing.
""",
                cause="""
NumPy draws only once, while Keras compiles the function. And on Keras 3,
`keras.random.normal(..., seed=0)` returns the same numbers each time.
""",
                fix="""
Draw in the `call` of the layer with TensorFlow, `noise =
tf.random.normal(tf.shape(mean))`, after `import tensorflow as tf`. Don't pass
a number as `seed`: with one, Keras 3 draws the same each time.
""",
            ),
            Mistake(
                'Noise shared',
                symptom="""
The loss starts at 225 if all inputs of a batch share their noise, and at 214
if the values of a code do, where 216 is correct.
""",
                cause="""
The noise has the shape `(1, latent_dims)`, `(latent_dims,)` or `(batch, 1)`.
""",
                fix="""
Give the noise the shape of the mean, `tf.random.normal(tf.shape(mean))`.
""",
            ),
            Mistake(
                'Noise not normal',
                symptom="""
With `uniform`, which draws between 0 and 1, the loss starts at 212, and the
means lie 0.4 below the codes.
""",
                cause='The noise is `uniform` or `truncated_normal`.',
                fix="""
Use `tf.random.normal`, not `uniform` or `truncated_normal`.
""",
            ),
            Mistake(
                'Noise standard deviation',
                symptom="""
With a standard deviation of 0.1, the loss starts at 212, as if there were no
noise at all.
""",
                cause="""
`stddev=0.1` was passed, as an old example of Keras does it.
""",
                fix="""
Leave `stddev` at its default of 1 and `mean` at 0, as the divergence assumes.
""",
            ),
            Mistake(
                'Sample without mean',
                symptom="""
The loss starts at 238, and the means of all digits are near 0.
""",
                cause='The sample is `exp(log_variance / 2) * noise` alone.',
                fix='Return `mean + tf.exp(log_variance / 2) * noise`.',
            ),
            Mistake(
                'Decoder fed the mean',
                symptom="""
`auto.predict` returns the same twice, and the loss after the first epoch is
212, as the assignment prints it.
""",
                cause="""
The decoder gets the encoder's second output. We read the assignment's text so
that it gets the first, the latent representation, and then the loss starts at
216. (If you are graded against the printed numbers, see "Where the text leaves
a choice" in docs/assignment.md.)
""",
                fix="""
Give the decoder the first output of the encoder,
`decoder(encoder(inputs)[0])`.
""",
            ),
            Mistake(
                'Decoder fed the log variance',
                symptom="""
`auto.predict` returns the same twice. The loss, 217, hardly differs from a
correct model's 216.
""",
                cause="""
The decoder gets the third output. This is common where the outputs are in
another order.
""",
                fix="""
Give the decoder the first output of the encoder,
`decoder(encoder(inputs)[0])`.
""",
            ),
            Mistake(
                'Order of outputs',
                symptom="""
What the assignment's script prints as `mu` changes from call to call.
""",
                fix="""
Give all three to `keras.Model` in the order `[latent, mean, log_variance]`,
and unpack them in that order wherever you use them, also in a loss.
""",
            ),
            Mistake(
                'Activation on mean or log variance',
                symptom="""
The loss starts at 238 with `relu` on the mean, and at 222 with `relu` on the
log variance.
""",
                cause="""
Both have to be able to go below 0. A log variance that can't, for example,
means a variance of at least 1. Here `relu`, or something else between the
layer and the output, forbids it.
""",
                fix="""
Make it `keras.layers.Dense(latent_dims)`, without an activation, and return
its output as it is.
""",
            ),
            Mistake(
                'One layer for mean and log variance',
                symptom="""
`mu` and `log_sig` are equal, and the loss starts at 221.
""",
                cause='One `Dense` is called twice.',
                fix="""
Make one `Dense` for the mean and another one for the log variance, both called
on the output of the last hidden layer: `mean =
keras.layers.Dense(latent_dims)(x)` and `log_variance =
keras.layers.Dense(latent_dims)(x)`.
""",
            ),
        ],
        introduction="""
The assignment prints 212 after the first epoch and 143 after the last. A
correct solution by our reading has a little more, 216 and 146 to 148.5,
because its decoder is fed the sample.
""",
    ),
]

ENTRIES = {
    mistake.anchor: mistake
    for section in SECTIONS
    for mistake in section.mistakes
}
