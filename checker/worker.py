"""The worker: it imports a solution's module and does what it is told.

It knows no right answer and decides nothing. Its text and that of server.py
run as one program, so it imports nothing of this package.
"""

import importlib.util
import inspect
import os
import sys
import traceback
from pathlib import Path

import numpy as np


class Worker:
    """Answers questions on one module.

    Each method `do_*` takes what the question has beside `do`, and the
    arrays, and returns a dict and arrays.
    """

    def __init__(self):
        """Start without a module."""
        self.path, self.module = '', None
        self.cases, self.gradients = [], {}

    def answer(self, question, arrays):
        """Return the answer to a question, or the error that it ended in."""
        try:
            return getattr(self, 'do_' + question.pop('do'))(
                arrays, **question
            )
        except BaseException as error:
            return {'error': describe(error, self.path)}, []

    def do_load(self, arrays, path):
        """Import the module and say what is in it."""
        import tensorflow as tf

        self.path, folder = path, str(Path(path).parent)
        tf.keras.utils.set_random_seed(0)
        os.chdir(folder)
        sys.path.insert(0, folder)
        spec = importlib.util.spec_from_file_location(Path(path).stem, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        self.module = module
        function = getattr(module, 'autoencoder', None)
        try:
            parameters = list(inspect.signature(function).parameters)
        except (TypeError, ValueError):
            parameters = None
        try:
            policy = tf.keras.mixed_precision.global_policy().name
        except AttributeError:
            policy = tf.keras.config.dtype_policy().name
        return {
            'callable': callable(function),
            'parameters': parameters,
            'policy': policy,
            'eager': tf.executing_eagerly(),
            **versions(),
            'functions': [
                name
                for name, value in vars(module).items()
                if inspect.isfunction(value)
                and value.__module__ == module.__name__
            ],
        }, []

    def do_build(self, arrays, args):
        """Call the function; a tuple comes as `{'tuple': [...]}`."""
        if self.cases:  # as in a script that calls it once
            self.do_load([], self.path)
        given = [
            tuple(arg['tuple']) if isinstance(arg, dict) else arg
            for arg in args
        ]
        returned = self.module.autoencoder(*given)
        several = isinstance(returned, (tuple, list))
        models = list(returned) if several else [returned]
        self.cases.append(models)
        return {
            'case': len(self.cases) - 1,
            'several': several,
            'kind': type(returned).__name__,
            'second': given[1],
            'models': [about(model) for model in models[:9]],
        }, []

    def do_complete(self, arrays, case, inputs, code, layers):
        """Put models of the assignment's shapes where there is None so far.

        Args:
            arrays: Nothing.
            case: Integer, the number of the models; the encoder is one.
            inputs, code: Lists of integers, the shapes of an input and of a
                code.
            layers: List of dicts, the layers of a decoder.
        """
        from tensorflow import keras

        models = self.cases[case]
        if models[1] is None:
            models[1] = decoder_of(code, layers)
        # `auto` is not built of the others: they may not fit each other yet.
        start = keras.Input(inputs)
        models[2] = keras.Model(
            start, keras.layers.Activation('linear')(start)
        )
        models[2].compile('adam', 'binary_crossentropy')
        return {'models': [about(model) for model in models]}, []

    def do_weights(self, arrays, case, models, eager):
        """Say which weights the models have, given in the order of roles.

        From here on the gradients that reach the optimizer are recorded, and
        it begins as new, even if the function has used it.
        """
        models = self.cases[case] = [self.cases[case][i] for i in models]
        weights = [
            [
                {
                    'shape': list(value.shape),
                    'trainable': bool(getattr(weight, 'trainable', True)),
                    'numeric': value.dtype.kind == 'f',
                }
                for weight, value in zip(model.weights, model.get_weights())
            ]
            for model in models
        ]
        parts = {id(w) for model in models[:2] for w in model.weights}
        # Keras 2 counts metrics among the weights, but as not to be trained.
        own = [w for w in models[2].trainable_weights if id(w) not in parts]
        if eager:
            models[2].run_eagerly = True
        forget_steps(optimizer_of(models[2]))
        self.gradients[case] = record_gradients(models)
        return {
            'weights': weights,
            'shared': not own and bool(models[2].weights),
        }, []

    def do_set_weights(self, arrays, case, keep):
        """Set the weights of encoder and decoder but those at some places."""
        arrays = iter(arrays)
        for model, kept in zip(self.cases[case], keep):
            model.set_weights(
                [
                    old if place in kept else next(arrays).astype(old.dtype)
                    for place, old in enumerate(model.get_weights())
                ]
            )
        return {}, []

    def do_call(self, arrays, case, model, mode, batch, repeat):
        """Return the outputs of a model for inputs, each of them repeated.

        `mode` is 'predict', 'train' for `training=True`, or 'call'.
        """
        model, x = self.cases[case][model], arrays[0].repeat(repeat, 0)
        if mode == 'predict':
            found = model.predict(x, batch_size=batch, verbose=0)
        elif takes_training(model):
            found = model(x, training=mode == 'train')
        else:
            found = model(x)
        kind = type(found).__name__
        if isinstance(found, dict):
            found = list(found.values())
        if not isinstance(found, (list, tuple)):
            found = [found]
        return {'kind': kind}, list(found)

    def do_fit(self, arrays, case, copies, iteration):
        """Train on copies of inputs for one epoch, as the scripts do.

        If there are two arrays, the second is validated with. Returns what
        `fit` does; for each weight of encoder and decoder what it was before,
        its gradient in the last batch, and what it is now; and the places of
        those without a gradient.
        """
        models = self.cases[case]
        optimizer = optimizer_of(models[2])
        if iteration is not None and hasattr(optimizer, 'iterations'):
            optimizer.iterations.assign(iteration)
        x, *held = arrays
        x = x.repeat(copies, 0)
        before = weights_of_halves(models)
        kept = self.gradients[case]
        history = fit(models[2], x, *held)
        after = weights_of_halves(models)
        return {
            'missing': [
                place for place, (_, seen) in enumerate(kept) if not seen
            ],
            'history': {
                name: float(np.mean(np.asarray(values[0])))
                for name, values in history.history.items()
            },
        }, [*before, *(last.numpy() for last, _ in kept), *after]

    def do_optimizer(self, arrays, case, steps, names):
        """Return settings of the optimizer of `auto`, and its rates.

        There is one rate if it is the same for all `steps`.
        """
        optimizer = optimizer_of(self.cases[case][2])
        if optimizer is None:
            return {'kinds': []}, []
        settings = {name: getattr(optimizer, name, None) for name in names}
        rate = getattr(optimizer, '_learning_rate', None)
        if not callable(rate):
            rate = getattr(optimizer, 'learning_rate', None)
        if hasattr(rate, 'get_config'):
            rates = [float(rate(step)) for step in range(steps)]
        else:
            rates = [float(rate() if callable(rate) else rate)]
        return {
            'kinds': [k.__name__ for k in type(optimizer).__mro__],
            'rates': rates,
            'settings': {
                name: None if value is None else float(value)
                for name, value in settings.items()
            },
        }, []

    def do_describe(self, arrays, case):
        """Describe the layers: to name faults."""
        return {
            'layers': [list(rows(model))[:60] for model in self.cases[case]]
        }, []


def about(model):
    """Describe what a function returned in the place of a model, a dict."""
    methods = ('predict', 'fit', 'get_weights')
    return {
        'kind': type(model).__name__,
        'model': all(hasattr(model, name) for name in methods),
        'input': shape(model, 'input_shape'),
        'output': shape(model, 'output_shape'),
    }


def decoder_of(code, layers):
    """Return a decoder of the assignment.

    Args:
        code: List of integers, the shape of a code.
        layers: List of dicts, see `assignment.Layer`.
    """
    from tensorflow import keras

    start = x = keras.Input(code)
    for layer in layers:
        size, activation = layer['kernel'][-1], layer['activation']
        if layer['padding']:
            x = keras.layers.Conv2D(
                size, (3, 3), activation=activation, padding=layer['padding']
            )(x)
        else:
            x = keras.layers.Dense(size, activation=activation)(x)
        if layer['resize']:
            x = keras.layers.UpSampling2D()(x)
    return keras.Model(start, x)


def weights_of_halves(models):
    """Return the weights of encoder and decoder, a list of arrays."""
    return [array for model in models[:2] for array in model.get_weights()]


def record_gradients(models):
    """Let the optimizer of `auto` keep the gradients that it gets.

    Returns:
        List of a pair for each weight of encoder and decoder: a variable for
        its last gradient, and a list that is empty until there is one.
    """
    import tensorflow as tf

    weights = [w for model in models[:2] for w in model.weights]
    kept = {id(w): (tf.Variable(tf.zeros(w.shape)), []) for w in weights}
    optimizer = getattr(models[2], 'optimizer', None)
    # Keras 3 applies gradients and variables, Keras 2 their pairs.
    three = hasattr(optimizer, 'apply')
    name = 'apply' if three else 'apply_gradients'
    method = getattr(optimizer, name, None)

    def recording(given, *args, **more):
        given, args = (
            list(given),
            [list(arg) if isinstance(arg, zip) else arg for arg in args],
        )
        variables = [*args, more.get('trainable_variables') or ()][0]
        for gradient, variable in zip(given, variables) if three else given:
            last, seen = kept.get(id(variable), (None, None))
            if last is not None and gradient is not None:
                seen[:] = [True]
                last.assign(
                    tf.cast(tf.convert_to_tensor(gradient), last.dtype)
                )
        return method(given, *args, **more)

    if method:
        setattr(optimizer, name, recording)
    return [kept[id(w)] for w in weights]


def fit(model, x, held=None):
    """Call `fit` on one batch, and return what it does.

    It is called as in the assignment's scripts. But Keras takes a while to
    make a data set of arrays, so that the `fit` of Keras gets one. In both,
    the batch is smaller than its size, as the last one of an epoch is, so
    that nothing is compiled anew for another batch.
    """
    import tensorflow as tf

    size = len(x) + 1
    own = getattr(model.fit, '__module__', '') or ''
    if not own.startswith(('keras.', 'tf_keras.')):
        more = {}
        if held is not None:
            more['validation_data'] = held, held
        return model.fit(x, x, epochs=1, batch_size=size, shuffle=True, **more)

    def batches(arrays):
        pairs = tf.data.Dataset.from_tensor_slices((arrays, arrays))
        return pairs.batch(size)

    return model.fit(
        batches(x),
        epochs=1,
        shuffle=False,
        validation_data=None if held is None else batches(held),
        verbose=0,
    )


def takes_training(model):
    """Tell whether a model can be called with `training`."""
    try:
        return 'training' in inspect.signature(model.call).parameters
    except (AttributeError, TypeError, ValueError):
        return True


def forget_steps(optimizer):
    """Set an optimizer back to where it was before its first step."""
    iterations = getattr(optimizer, 'iterations', None)
    if iterations is None or int(iterations) == 0:
        return
    variables = getattr(optimizer, 'variables', ())
    if callable(variables):  # on Keras 2
        variables = variables()
    rate = getattr(optimizer, '_learning_rate', None)
    for variable in variables:
        if variable is not rate:
            variable.assign(variable * 0)


def optimizer_of(model):
    """Return the optimizer of a model without what is wrapped around it."""
    optimizer = getattr(model, 'optimizer', None)
    return getattr(optimizer, 'inner_optimizer', optimizer)


def rows(model):
    """Yield what there is to see of each layer of a model."""
    # On Keras 3, functions such as `keras.ops.tanh` are operations.
    for layer in getattr(model, 'operations', getattr(model, 'layers', [])):
        if hasattr(layer, 'layers'):
            yield from rows(layer)
            continue
        row = {'type': type(layer).__name__}
        for name, key in (
            ('units', 'size'),
            ('filters', 'size'),
            ('rate', 'size'),
            ('kernel_size', 'kernel_size'),
            ('padding', 'padding'),
            ('pool_size', 'pool_size'),
        ):
            if hasattr(layer, name):
                row[key] = str(getattr(layer, name))
        if row['type'].startswith('UpSampling'):
            row['pool_size'] = str(tuple(layer.size))
        if getattr(layer, 'interpolation', 'nearest') != 'nearest':
            row['padding'] = str(layer.interpolation)
        if 'kernel_size' in row and max(layer.strides) > 1:
            row['strides'] = f'strides {layer.strides}'
        activation = getattr(layer, 'activation', None)
        if activation is not None:
            row['activation'] = getattr(
                activation, '__name__', type(activation).__name__
            )
        yield row


def shape(model, name):
    """Return the shape of a model's input or first output, or None."""
    try:
        found = getattr(model, name)
        found = found[0] if isinstance(found, list) else found
        return [int(size) for size in found[1:]]
    except Exception:
        return None


def describe(error, path):
    """Return what is known of an exception in a module, for advice."""
    lines, layers = [], []
    for frame, line in traceback.walk_tb(error.__traceback__):
        owner = frame.f_locals.get('self')
        if hasattr(owner, 'add_loss') and not hasattr(owner, 'fit'):
            layers.append(type(owner).__name__)
        if frame.f_code.co_filename == path:
            lines.append(line)
    if isinstance(error, SyntaxError) and error.filename == path:
        lines.append(error.lineno)
    return {
        'type': type(error).__name__,
        'message': str(error)[:20000],
        'lines': lines[-9:],
        'layers': layers,
        'path': path,
    }


def versions():
    """Import TensorFlow and Keras; return their versions."""
    import tensorflow as tf

    tf.keras.Model.mro()  # Keras 2 is imported when it is used
    return {
        'tensorflow': tf.__version__,
        'keras': getattr(tf.keras, '__version__', '2.15'),
    }
