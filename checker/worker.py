"""The worker: it imports a solution's module and does what it is told.

It knows no right answer and decides nothing. `single` serves one module over
stdin and stdout; `nursery` imports TensorFlow once and forks a worker for each
module.
"""
import importlib.util
import inspect
import os
import signal
import sys
import traceback
from pathlib import Path

from checker import wire

PR_SET_CHILD_SUBREAPER = 36


class Worker:
    """Answers questions on one module.

    Each method `do_*` takes what the question has beside `do`, and the
    arrays, and returns a dict and arrays.
    """

    def __init__(self):
        """Start without a module."""
        self.path, self.module, self.cases = '', None, []

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
        import tensorflow as tf
        tf.keras.utils.set_random_seed(0)
        self.path = path
        sys.argv = [path]
        os.chdir(Path(path).parent)
        sys.path.insert(0, str(Path(path).parent))
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
        return {'callable': callable(function), 'parameters': parameters,
                'policy': policy, 'functions': [
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

    def do_weights(self, arrays, case, models):
        """Say which weights the models have, given in the order of roles."""
        models = self.cases[case] = [self.cases[case][i] for i in models]
        weights = [[{'name': getattr(w, 'path', None) or getattr(
            w, 'name', ''), 'shape': value.shape, 'kind': value.dtype.kind}
            for w, value in zip(model.weights, model.get_weights())]
            for model in models]
        parts = {id(w) for model in models[:2] for w in model.weights}
        own = [w for w in models[2].weights if id(w) not in parts]
        return {'weights': weights,
                'shared': not own and bool(models[2].weights)}, []

    def do_set(self, arrays, case, model, keep):
        """Set all weights of a model but those at some places."""
        model = self.cases[case][model]
        arrays = iter(arrays)
        values = [old if place in keep else next(arrays).astype(old.dtype)
                  for place, old in enumerate(model.get_weights())]
        model.set_weights(values)
        return {}, []

    def do_copy(self, arrays, case):
        """Give `auto` the weights of encoder and decoder."""
        encoder, decoder, auto = self.cases[case]
        auto.set_weights(encoder.get_weights() + decoder.get_weights())
        return {}, []

    def do_get(self, arrays, case, model):
        """Return the weights of a model."""
        return {}, plain(self.cases[case][model].get_weights())

    def do_call(self, arrays, case, model, training=False):
        """Return the outputs of a model, called."""
        import tensorflow as tf
        model, x = self.cases[case][model], arrays[0]
        if not tf.executing_eagerly():
            return outputs(model.predict(x, batch_size=len(x), verbose=0))
        try:
            takes = 'training' in inspect.signature(model.call).parameters
        except (TypeError, ValueError):
            takes = True
        if training:
            run = tf.function(lambda x: model(x, training=True))
            return outputs(run(tf.constant(x)))
        return outputs(model(x, **{'training': False} if takes else {}))

    def do_predict(self, arrays, case, model):
        """Return the outputs of a model's `predict`, in one batch."""
        return outputs(self.cases[case][model].predict(
            arrays[0], batch_size=len(arrays[0]), verbose=0))

    def do_fit(self, arrays, case, batch):
        """Train on inputs, validate on others if given; return history."""
        x, *rest = arrays
        more = {'validation_data': (rest[0], rest[0])} if rest else {}
        history = self.cases[case][2].fit(
            x, x, epochs=1, batch_size=batch, shuffle=False, verbose=0,
            **more).history
        return {'history': {name: float(sum(map(float, flat(values[0])))
                                        / len(flat(values[0])))
                            for name, values in history.items()}}, []

    def do_compiled(self, arrays, case):
        """Describe the optimizer of `auto`."""
        optimizer = getattr(self.cases[case][2], 'optimizer', None)
        optimizer = getattr(optimizer, 'inner_optimizer', optimizer)
        if optimizer is None:
            return {'kinds': []}, []
        numbers = {}
        for name in ('learning_rate', 'beta_1', 'beta_2', 'epsilon'):
            value = getattr(optimizer, name, None)
            value = value(0) if callable(value) else value
            numbers[name] = float(value) if value is not None else None
        numbers['amsgrad'] = bool(getattr(optimizer, 'amsgrad', False))
        return {'kinds': [k.__name__ for k in type(optimizer).__mro__],
                **numbers}, []

    def do_describe(self, arrays, case):
        """Describe layers, and what a loss has from outside: for advice."""
        models = self.cases[case]
        roles = ('encoder', 'decoder', 'auto')
        tensors = {}
        for role, model in zip(roles, models):
            found = getattr(model, 'outputs', None) or []
            for place, tensor in enumerate(found):
                tensors.setdefault(id(tensor), f'{role} {place}')
        loss = getattr(models[2], 'loss', None)
        names, parameters, line = {}, [], 0
        if inspect.isfunction(loss):
            closed = inspect.getclosurevars(loss)
            for name, value in {**closed.globals, **closed.nonlocals}.items():
                if id(value) in tensors:
                    names[name] = tensors[id(value)]
                if any(value is model for model in models):
                    names[name] = roles[[value is model for model
                                         in models].index(True)]
            parameters = list(inspect.signature(loss).parameters)
            line = loss.__code__.co_firstlineno
        return {'layers': {role: list(rows(model))[:60] for role, model
                           in zip(roles, models)},
                'loss': {'names': names, 'parameters': parameters,
                         'line': line,
                         'name': getattr(loss, '__name__', '')}}, []


def rows(model):
    """Yield what there is to see of each layer of a model."""
    for layer in getattr(model, 'layers', []):
        if hasattr(layer, 'layers'):
            yield from rows(layer)
            continue
        row = {'type': type(layer).__name__}
        for name in ('units', 'filters', 'rate'):
            if hasattr(layer, name):
                row['size'] = str(getattr(layer, name))
        for name in ('kernel_size', 'padding', 'pool_size', 'strides'):
            if hasattr(layer, name):
                row[name] = str(getattr(layer, name))
        if row['type'].startswith('UpSampling'):
            row['pool_size'] = str(tuple(layer.size))
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
    return np.ravel(np.asarray(value)).tolist()


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
    return [array if array.dtype.str in wire.TYPES
            else array.astype('float32') for array in arrays]


def describe(error, path):
    """Return what is known of an exception, for advice.

    Args:
        error: The exception.
        path: String, the file of the solution.
    """
    lines, layers, outside, inputs = [], [], [], []
    for frame, line in traceback.walk_tb(error.__traceback__):
        owner = frame.f_locals.get('self')
        if hasattr(owner, 'add_loss') and not hasattr(owner, 'fit'):
            layers.append(type(owner).__name__)
        if frame.f_code.co_filename == path:
            lines.append(line)
            code = frame.f_code
            inputs = list(code.co_varnames[:code.co_argcount])
            outside = [name for name in code.co_freevars
                       if 'KerasTensor' in type(
                           frame.f_locals.get(name)).__name__]
    if isinstance(error, SyntaxError) and error.filename == path:
        lines.append(error.lineno)
    return {'type': type(error).__name__, 'message': str(error)[:20000],
            'lines': lines[-9:], 'layers': layers, 'outside': outside,
            'inputs': inputs}


def serve(reader, writer):
    """Answer questions until there are no more."""
    worker = Worker()
    while True:
        try:
            question, arrays = wire.receive(reader)
        except (EOFError, OSError):
            # Threads of the solution, or what it does at exit, do not matter.
            os._exit(0)
        try:
            wire.send(writer, *worker.answer(question, arrays))
        except (TypeError, ValueError) as error:
            wire.send(writer, {'error': describe(error, worker.path)})


def be_quiet():
    """Let what a solution prints, or asks for, go nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def start():
    """Import TensorFlow, which is no module's time; return the versions."""
    import tensorflow as tf
    tf.keras.Model.mro()  # Keras 2 is imported when it is used
    return {'tensorflow': tf.__version__,
            'keras': getattr(tf.keras, '__version__', '2.15')}


def nursery():
    """Fork a worker for each socket that comes in over stdin."""
    import ctypes
    import json
    import socket
    # What leaves its worker becomes a child of this process (prctl(2)), so
    # that it ends with it.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    control = socket.socket(fileno=os.dup(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control.sendall(json.dumps(start()).encode() + b'\n')
    children = set()
    while True:
        text, sockets, _, _ = socket.recv_fds(control, 64, 1)
        if not text:
            break
        if not sockets:  # the number of a child that has ended
            child = int(text)
            _, status = os.waitpid(child, 0)
            children.discard(child)
            control.sendall(b'%d\n' % status)
            continue
        child = os.fork()
        if not child:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            control.close()
            be_quiet()
            os.environ[wire.MARK] = text.decode()
            stream = socket.socket(fileno=sockets[0]).makefile('rwb')
            serve(stream, stream)
        os.close(sockets[0])
        children.add(child)
        control.sendall(b'%d\n' % child)
    for child in children:
        os.kill(child, signal.SIGKILL)


def single():
    """Serve one module over what was stdin and stdout."""
    streams = os.fdopen(os.dup(0), 'rb'), os.fdopen(os.dup(1), 'wb')
    be_quiet()
    wire.send(streams[1], start())
    serve(*streams)
