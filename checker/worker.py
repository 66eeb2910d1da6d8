#!/usr/bin/env python3
"""The worker: it imports a solution's module and does what it is told.

It knows no right answer and decides nothing. It runs as a copy that lies
alone in a folder, so it imports nothing of this package:

    worker.py fork    imports TensorFlow once and forks a worker for each
                      socket that comes in over its standard input
    worker.py single  imports TensorFlow, then serves over standard streams
    worker.py fresh   serves over standard streams; the solution's module is
                      the first to import TensorFlow

A message is the length of its JSON in eight bytes, the JSON, and the bytes of
the arrays, whose types and shapes the JSON lists. Nothing in it can run code.
"""
import importlib.util
import inspect
import json
import os
import signal
import struct
import sys
import traceback
from pathlib import Path

# The largest message in bytes: its JSON, and its arrays.
MAX_JSON, MAX_ARRAYS = 2 ** 20, 2 ** 26
TYPES = {'<f2', '<f4', '<f8', '<i4', '<i8', '|b1', '|u1'}
PR_SET_CHILD_SUBREAPER = 36
ROLES = ('encoder', 'decoder', 'auto')


def send(stream, message, arrays=()):
    """Write a message: a dict for JSON and a list of arrays.

    Raises:
        TypeError: If an array is of another type than `TYPES`.
    """
    import numpy as np
    arrays = [np.ascontiguousarray(array) for array in arrays]
    for array in arrays:
        if array.dtype.str not in TYPES:
            raise TypeError(f'An array of type {array.dtype} cannot be sent.')
    text = json.dumps({**message, 'arrays': [
        [array.dtype.str, array.shape] for array in arrays]}).encode()
    stream.write(struct.pack('>Q', len(text)) + text)
    for array in arrays:
        stream.write(array.tobytes())
    stream.flush()


def receive(stream):
    """Return the dict and the arrays of the next message.

    Raises:
        EOFError: If the other side has ended.
        ValueError: If it is too large, or no message.
    """
    import numpy as np
    length, = struct.unpack('>Q', _exactly(stream, 8))
    if length > MAX_JSON:
        raise ValueError(f'It has {length} bytes of JSON.')
    message = json.loads(_exactly(stream, length))
    arrays, left = [], MAX_ARRAYS
    for kind, shape in message.pop('arrays'):
        if kind not in TYPES or not all(size >= 0 for size in shape):
            raise ValueError(f'It has an array of {kind} and {shape}.')
        size = np.dtype(kind).itemsize
        for count in shape:
            size *= int(count)
        left -= size
        if left < 0:
            raise ValueError(f'Its arrays exceed {MAX_ARRAYS} bytes.')
        arrays.append(np.frombuffer(_exactly(stream, size), kind)
                      .reshape(shape).copy())
    return message, arrays


def _exactly(stream, count):
    """Return the next bytes, exactly as many as asked for."""
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


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
        question = dict(question)
        try:
            method = getattr(self, 'do_' + question.pop('do'))
            return method(arrays, **question)
        except BaseException as error:
            return {'error': describe(error, self.path)}, []

    def do_load(self, arrays, path):
        """Import the module and say what is in it."""
        self.path, folder = path, str(Path(path).parent)
        if 'tensorflow' in sys.modules:
            import tensorflow as tf
            tf.keras.utils.set_random_seed(0)
        sys.argv = [path]
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
        import tensorflow as tf
        try:
            policy = tf.keras.mixed_precision.global_policy().name
        except AttributeError:
            policy = tf.keras.config.dtype_policy().name
        return {'callable': callable(function), 'parameters': parameters,
                'policy': policy, 'eager': tf.executing_eagerly(),
                **versions(), 'functions': [
                    name for name, value in vars(module).items()
                    if inspect.isfunction(value)
                    and value.__module__ == module.__name__]}, []

    def do_build(self, arrays, args):
        """Call the function; a tuple comes as `{'tuple': [...]}`."""
        given = [tuple(arg['tuple']) if isinstance(arg, dict) else arg
                 for arg in args]
        returned = self.module.autoencoder(*given)
        several = isinstance(returned, (tuple, list))
        models = list(returned) if several else [returned]
        self.cases.append(models)
        return {'case': len(self.cases) - 1, 'several': several,
                'kind': type(returned).__name__, 'second': given[1],
                'models': [{'kind': type(model).__name__,
                            'model': all(hasattr(model, name) for name in
                                         ('predict', 'fit', 'get_weights')),
                            'input': shape(model, 'input_shape'),
                            'output': shape(model, 'output_shape')}
                           for model in models[:9]]}, []

    def do_weights(self, arrays, case, models, eager):
        """Say which weights the models have, given in the order of roles.

        From here on the gradients that reach the optimizer are recorded.
        """
        models = self.cases[case] = [self.cases[case][i] for i in models]
        weights = [[{'name': getattr(w, 'path', None) or getattr(
            w, 'name', ''), 'shape': value.shape, 'kind': value.dtype.kind}
            for w, value in zip(model.weights, model.get_weights())]
            for model in models]
        parts = {id(w) for model in models[:2] for w in model.weights}
        own = [w for w in models[2].weights if id(w) not in parts]
        if eager:
            models[2].run_eagerly = True
        self.gradients[case] = Gradients(models)
        return {'weights': weights,
                'shared': not own and bool(models[2].weights)}, []

    def do_set_weights(self, arrays, case, keep, copy):
        """Set the weights of encoder and decoder but those at some places.

        `copy` gives them to `auto`, too, which has weights of its own then.
        """
        encoder, decoder, auto = self.cases[case]
        arrays = iter(arrays)
        for model, kept in zip((encoder, decoder), keep):
            model.set_weights([
                old if place in kept else next(arrays).astype(old.dtype)
                for place, old in enumerate(model.get_weights())])
        if copy:
            auto.set_weights(encoder.get_weights() + decoder.get_weights())
        return {}, []

    def do_call(self, arrays, case, model, mode, batch):
        """Return the outputs of a model.

        `mode` is 'predict', 'train' for `training=True`, or 'call'.
        """
        import tensorflow as tf
        model, x = self.cases[case][model], arrays[0]
        if mode == 'predict' or not tf.executing_eagerly():
            return outputs(model.predict(x, batch_size=batch, verbose=0))
        try:
            takes = 'training' in inspect.signature(model.call).parameters
        except (TypeError, ValueError):
            takes = True
        return outputs(model(
            x, **{'training': mode == 'train'} if takes else {}))

    def do_fit(self, arrays, case, batch, iteration):
        """Train on inputs for one epoch, validate on others if given.

        Returns what `fit` does, the gradients of the last batch, where they
        are missing, and the weights afterwards, of encoder and decoder.
        """
        import tensorflow as tf
        models = self.cases[case]
        optimizer = optimizer_of(models[2])
        if iteration is not None and hasattr(optimizer, 'iterations'):
            optimizer.iterations.assign(iteration)
        # As with the last batch of an epoch, the size of one is not known
        # before.
        train, *test = (tf.data.Dataset.from_tensor_slices((x, x)).batch(
            batch) for x in arrays)
        history = models[2].fit(
            train, epochs=1, verbose=0, shuffle=False,
            validation_data=test[0] if test else None).history
        after = [value for model in models[:2]
                 for value in model.get_weights()]
        gradients, missing = self.gradients[case].last(after)
        return {'missing': missing, 'history': {
            name: sum(flat(values[0])) / len(flat(values[0]))
            for name, values in history.items()}}, plain(gradients + after)

    def do_optimizer(self, arrays, case, steps):
        """Describe the optimizer of `auto`, and its rate at some steps."""
        optimizer = optimizer_of(self.cases[case][2])
        if optimizer is None:
            return {'kinds': []}, []
        settings = {}
        for name in ('beta_1', 'beta_2', 'epsilon', 'amsgrad', 'weight_decay',
                     'clipnorm', 'clipvalue', 'global_clipnorm', 'use_ema',
                     'gradient_accumulation_steps'):
            value = getattr(optimizer, name, None)
            settings[name] = None if value is None else float(value)
        rate = getattr(optimizer, '_learning_rate', None)
        if not callable(rate):
            rate = getattr(optimizer, 'learning_rate', None)
        if not callable(rate):
            rates = [float(rate)] * len(steps)
        elif hasattr(rate, 'get_config'):
            rates = [float(rate(step)) for step in steps]
        else:
            rates = [float(rate())] * len(steps)
        return {'kinds': [k.__name__ for k in type(optimizer).__mro__],
                'settings': settings, 'rates': rates}, []

    def do_describe(self, arrays, case):
        """Describe the layers: to name faults."""
        return {'layers': {role: list(rows(model))[:60] for role, model
                           in zip(ROLES, self.cases[case])}}, []


class Gradients:
    """Records the gradients that reach the optimizer of `auto`.

    Args:
        models: List of encoder, decoder and auto, whose weights exist.
    """

    def __init__(self, models):
        """Stand between `auto` and its optimizer."""
        import tensorflow as tf
        self.kept = [(variable, tf.Variable(tf.zeros(variable.shape)))
                     for model in models[:2] for variable in model.weights]
        self.seen = set()
        optimizer = getattr(models[2], 'optimizer', None)
        # Keras 3 applies gradients and variables, Keras 2 their pairs.
        if hasattr(optimizer, 'apply'):
            apply = optimizer.apply

            def recording(gradients, variables=None, **more):
                gradients = list(gradients)
                if variables is not None:
                    variables = list(variables)
                    self.keep(zip(gradients, variables))
                return apply(gradients, variables, **more)
            optimizer.apply = recording
        elif hasattr(optimizer, 'apply_gradients'):
            apply = optimizer.apply_gradients

            def recording(pairs, *args, **more):
                pairs = list(pairs)
                self.keep(pairs)
                return apply(pairs, *args, **more)
            optimizer.apply_gradients = recording

    def keep(self, pairs):
        """Keep pairs of a gradient and its variable."""
        import tensorflow as tf
        for gradient, variable in pairs:
            for ours, kept in self.kept:
                if ours is variable and gradient is not None:
                    self.seen.add(id(ours))
                    kept.assign(tf.cast(tf.convert_to_tensor(gradient),
                                        kept.dtype))

    def last(self, weights):
        """Return the last gradients, and the places without one."""
        if len(self.kept) != len(weights):
            return [value * 0 for value in weights], list(range(len(weights)))
        return [kept.numpy() for _, kept in self.kept], [
            place for place, (variable, _) in enumerate(self.kept)
            if id(variable) not in self.seen]


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
                ('units', 'size'), ('filters', 'size'), ('rate', 'size'),
                ('kernel_size', 'kernel_size'), ('padding', 'padding'),
                ('pool_size', 'pool_size')):
            if hasattr(layer, name):
                row[key] = str(getattr(layer, name))
        if row['type'].startswith('UpSampling'):
            row['pool_size'] = str(tuple(layer.size))
        if 'kernel_size' in row and max(layer.strides) > 1:
            row['strides'] = f'strides {layer.strides}'
        activation = getattr(layer, 'activation', None)
        if activation is not None:
            row['activation'] = getattr(activation, '__name__',
                                        type(activation).__name__)
        yield row


def shape(model, name):
    """Return the shape of a model's input or first output, or None."""
    try:
        found = getattr(model, name)
        found = found[0] if isinstance(found, list) else found
        return [int(size) for size in found[1:]]
    except Exception:
        return None


def flat(value):
    """Return a number, or numbers in a nest of them, as a list."""
    import numpy as np
    return np.ravel(np.asarray(value)).astype('float64').tolist()


def outputs(found):
    """Return outputs as an answer; `several` says if it was a list."""
    if isinstance(found, dict):
        found = list(found.values())
    several = isinstance(found, (list, tuple))
    return {'several': several}, plain(found if several else [found])


def plain(arrays):
    """Return arrays of a type that NumPy has by itself."""
    import numpy as np
    arrays = [np.asarray(array) for array in arrays]
    return [array if array.dtype.str in TYPES
            else array.astype('float32') for array in arrays]


def describe(error, path):
    """Return what is known of an exception, for advice.

    Args:
        error: The exception.
        path: String, the file of the solution.
    """
    lines, layers = [], []
    for frame, line in traceback.walk_tb(error.__traceback__):
        owner = frame.f_locals.get('self')
        if hasattr(owner, 'add_loss') and not hasattr(owner, 'fit'):
            layers.append(type(owner).__name__)
        if frame.f_code.co_filename == path:
            lines.append(line)
    if isinstance(error, SyntaxError) and error.filename == path:
        lines.append(error.lineno)
    return {'type': type(error).__name__, 'message': str(error)[:20000],
            'lines': lines[-9:], 'layers': layers}


def versions():
    """Import TensorFlow and Keras; return their versions."""
    import tensorflow as tf
    tf.keras.Model.mro()  # Keras 2 is imported when it is used
    return {'tensorflow': tf.__version__,
            'keras': getattr(tf.keras, '__version__', '2.15')}


def serve(reader, writer):
    """Answer questions until there are no more."""
    adopt_orphans()
    worker = Worker()
    while True:
        try:
            question, arrays = receive(reader)
        except (EOFError, OSError):
            # Threads of the solution, or what it does at exit, do not matter.
            os._exit(0)
        try:
            send(writer, *worker.answer(question, arrays))
        except (TypeError, ValueError) as error:
            send(writer, {'error': describe(error, worker.path)})


def adopt_orphans():
    """Become the parent of what descendants leave behind (see prctl(2)).

    So all that a solution starts is found below its worker.
    """
    if sys.platform == 'linux':
        import ctypes
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def be_quiet():
    """Let what a solution prints, or asks for, go nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def fork_server():
    """Fork a worker for each socket that comes in over standard input.

    Writes the number of each worker, and its status once it is asked for.
    """
    import socket
    adopt_orphans()
    control = socket.socket(fileno=os.dup(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control.sendall(json.dumps(versions()).encode() + b'\n')
    statuses = {}
    while True:
        text, sockets, _, _ = socket.recv_fds(control, 64, 1)
        if not text:
            return
        try:  # Orphans that have ended are collected, too.
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                statuses.update([ended])
        except ChildProcessError:
            pass
        if not sockets:  # the number of a worker that was ended
            child = int(text)
            try:
                if child not in statuses:
                    statuses.update([os.waitpid(child, 0)])
            except ChildProcessError:  # another fork server started it
                statuses[child] = signal.SIGKILL
            control.sendall(b'%d\n' % statuses.pop(child))
            continue
        child = os.fork()
        if not child:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            control.close()
            be_quiet()
            os.setsid()
            stream = socket.socket(fileno=sockets[0]).makefile('rwb')
            serve(stream, stream)
        os.close(sockets[0])
        statuses.pop(child, None)  # of an orphan with the same number
        control.sendall(b'%d\n' % child)


def main():
    """Run what the command line names."""
    # The folder of this file is no place to import from.
    sys.path[:] = [path for path in sys.path
                   if path != os.path.dirname(os.path.abspath(__file__))]
    if sys.argv[1] == 'fork':
        fork_server()
        return
    streams = os.fdopen(os.dup(0), 'rb'), os.fdopen(os.dup(1), 'wb')
    be_quiet()
    if sys.argv[1] == 'single':
        send(streams[1], versions())
    serve(*streams)


if __name__ == '__main__':
    main()
