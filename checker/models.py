"""The models of a solution, and what can be asked of them.

Nothing here looks at the classes of layers. A requirement is judged on what
the models return for inputs and weights that are set by hand.
"""
import inspect
import sys
from functools import cached_property

import numpy as np

from checker import recompute
from checker.faults import Unmet, describe

MODULES = ['0-vanilla', '1-sparse', '2-convolutional', '3-variational']
# For each task, the arguments of the assignment's main script, and others, of
# which no two sizes are equal, so that each tells its layer.
ARGUMENTS = {
    0: [(784, [128, 64], 32), (30, [23, 17, 11], 7)],
    1: [(784, [128, 64], 32, 10e-6), (30, [23, 17, 11], 7, 0.02)],
    2: [((28, 28, 1), [16, 8, 8], (4, 4, 8)),
        ((12, 20, 2), [7, 6, 5], (2, 3, 5)),
        ((12, 12, 1), [5, 4, 3, 6], (1, 1, 6))],
    3: [(784, [512], 2), (30, [23, 17, 11], 7)],
}
NAMES = {0: ('input_dims', 'hidden_layers', 'latent_dims'),
         1: ('input_dims', 'hidden_layers', 'latent_dims', 'lambtha'),
         2: ('input_dims', 'filters', 'latent_dims'),
         3: ('input_dims', 'hidden_layers', 'latent_dims')}
ROLES = ('encoder', 'decoder', 'auto')


class Solution:
    """A function `autoencoder`, and the models it builds when asked to.

    Args:
        task: Integer, the number of the task.
        function: The function of the solution.
        path: String, its file, whose lines are quoted.

    Attributes:
        notes: List of strings, what is worth a mention but no fault.
        doing: Function that is told what the solution is made to do next.
    """

    def __init__(self, task, function, path='', doing=lambda what: None):
        """Keep the function; nothing is built yet."""
        self.task, self.function, self.path = task, function, path
        self.doing = doing
        self.notes = []
        self._note_names()

    def _note_names(self):
        """Note parameters that are not called as in the assignment."""
        try:
            names = tuple(inspect.signature(self.function).parameters)
        except (TypeError, ValueError):
            return
        expected = NAMES[self.task]
        if names[:len(expected)] != expected:
            self.notes.append(
                f'The parameters are called {", ".join(names)}; the '
                f'assignment calls them {", ".join(expected)}.')

    @cached_property
    def cases(self):
        """The models for each of the arguments, or the faults instead."""
        return [self.attempt(args) for args in ARGUMENTS[self.task]]

    @cached_property
    def built(self):
        """Those of the cases that are models, with at least one.

        Raises:
            Unmet: If there are none.
        """
        built = [case for case in self.cases if isinstance(case, Models)]
        if not built:
            raise self.cases[0]
        return built

    @cached_property
    def models(self):
        """The models to judge: those with other sizes, if they work."""
        for case in [*self.cases[1:2], self.cases[0]]:
            if isinstance(case, Models) and case.fits:
                return case
        return self.built[-1] if len(self.built) < 3 else self.built[1]

    def attempt(self, args):
        """Return models for the arguments, or the fault of building them."""
        try:
            return Models(self, args)
        except Unmet as fault:
            return fault

    def run(self, what, function, *args, **kwargs):
        """Return what a call of the solution's code returns.

        Raises:
            Unmet: If it raises any exception.
        """
        self.doing(what)
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            found, change, mistake = describe(error, self.path, what)
            raise Unmet(f'{what[0].upper()}{what[1:]} works.', found, change,
                        mistake, blocks=True) from error


class Models:
    """The three models for some arguments.

    Args:
        solution: A `Solution`.
        args: Tuple, the arguments for its function.

    Attributes:
        encoder, decoder, auto: The models.
        inputs, code: Tuples, the shapes of an input and of a code.
        order: The roles in which the solution returned them.
        kept: Whether the caller's list was left as it was.
    """

    def __init__(self, solution, args):
        """Build the models."""
        self.solution, self.args = solution, args
        self.variational = solution.task == 3
        given = [list(a) if isinstance(a, list) else a for a in args]
        self.call = f'autoencoder({", ".join(map(str, args))})'
        returned = solution.run(
            f'calling {self.call}', solution.function, *given)
        self.kept = given[1] == args[1]
        self.changed = given[1]
        self.inputs = tuple(np.atleast_1d(args[0]).tolist())
        self.code = tuple(np.atleast_1d(args[2]).tolist())
        self.middle, self.lambtha = args[1], (args[3:] or (None,))[0]
        self.names = NAMES[solution.task]
        # What is found out once, for several requirements.
        self.plans, self.losses, self.shapes = {}, {}, {}
        self._take(returned)
        for role in ROLES:
            self._try_out(role)

    def _take(self, returned):
        """Find out which model is which."""
        expected = '`encoder, decoder, auto`, three Keras models.'
        if not isinstance(returned, (tuple, list)) or len(returned) != 3:
            kind = type(returned).__name__
            if isinstance(returned, (tuple, list)):
                kind += f' of {len(returned)}'
            raise Unmet(f'{self.call} returns {expected}', f'It returns a '
                        f'value of type {kind}.',
                        'End with `return encoder, decoder, auto`.',
                        'order-of-models', blocks=True)
        for model in returned:
            if not all(hasattr(model, name) for name in
                       ('predict', 'fit', 'get_weights')):
                raise Unmet(
                    f'{self.call} returns {expected}', 'One of the three '
                    f'is of type {type(model).__name__}, no model.',
                    'Make each a `keras.Model(inputs, outputs)`.',
                    'order-of-models', blocks=True)
        shapes = {'encoder': (self.inputs, self.code),
                  'decoder': (self.code, self.inputs),
                  'auto': (self.inputs, self.inputs)}
        found = [_shapes(model) for model in returned]
        self.order = ROLES
        if all(found):
            names = [next((r for r in ROLES if shapes[r] == f), None)
                     for f in found]
            if sorted(map(str, names)) == sorted(ROLES):
                self.order = tuple(names)
        models = dict(zip(self.order, returned))
        self.encoder, self.decoder, self.auto = map(models.get, ROLES)

    def _try_out(self, role):
        """Run a model once, which also builds one that has no weights yet."""
        shape = self.code if role == 'decoder' else self.inputs
        outputs = self.give(role, np.zeros((2, *shape), 'float32'))
        outputs = outputs if isinstance(outputs, list) else [outputs]
        self.shapes[role] = [output.shape for output in outputs]

    def predict(self, role, x):
        """Return what a model gives for inputs, as in its `predict`."""
        return self.solution.run(
            f'calling `{role}.predict` of {self.call}',
            getattr(self, role).predict, x, batch_size=len(x), verbose=0)

    def give(self, role, x):
        """Return what a model gives for inputs, an array or a list of them.

        A call is much faster than `predict`, which compiles.
        """
        x = np.asarray(x, 'float32')
        if _eager():
            model, options = getattr(self, role), {}
            if _takes_training(model):
                options['training'] = False
            outputs = self.solution.run(
                f'calling `{role}` of {self.call}', model, x, **options)
        else:
            outputs = self.predict(role, x)
        if isinstance(outputs, dict):
            outputs = list(outputs.values())
        if isinstance(outputs, (list, tuple)):
            return [np.asarray(output) for output in outputs]
        return np.asarray(outputs)

    def data(self, count, seed=0):
        """Return inputs in (0, 1)."""
        return np.random.default_rng(seed).uniform(
            0.05, 0.95, (count, *self.inputs)).astype('float32')

    def codes(self, count, seed=0):
        """Return codes >= 0, or any for the variational autoencoder."""
        codes = np.random.default_rng(seed).normal(size=(count, *self.code))
        return (codes if self.variational else abs(codes)).astype('float32')

    @property
    def fits(self):
        """Whether `auto` gives back the shape of its input."""
        return self.shapes['auto'] == [(2, *self.inputs)]

    def set(self, role, how, seed=0, copy=True):
        """Set the weights of a model.

        Args:
            role: String, 'encoder' or 'decoder'.
            how: 'random', biases too; 'large', the same with larger
                kernels; 'zero'; or 'biases', which leaves only those, so
                that the output does not depend on the input.
            seed: Integer.
            copy: Whether `auto` gets a copy, if it has weights of its own.
        """
        model = getattr(self, role)
        rng = np.random.default_rng([seed, ROLES.index(role)])
        weights = []
        for name, old in zip(_names(model), model.get_weights()):
            old = np.asarray(old)
            if old.dtype.kind != 'f' or any(
                    part in name for part in ('moving', 'gamma', 'seed')):
                new = old
            elif old.ndim > 1:
                new = rng.normal(size=old.shape) * np.sqrt(
                    2 / np.prod(old.shape[:-1]))
                new *= {'random': 1, 'large': 3}.get(how, 0)
            else:
                low = 0.05 if how == 'biases' else -0.4
                new = rng.uniform(low, 0.4, old.shape) * (how != 'zero')
            weights.append(new.astype(old.dtype))
        model.set_weights(weights)
        if copy and not self.shared and self.copies:
            self.auto.set_weights(self.encoder.get_weights()
                                  + self.decoder.get_weights())

    @cached_property
    def shared(self):
        """Whether `auto` computes with the weights of the other two."""
        parts = {id(w) for m in (self.encoder, self.decoder)
                 for w in m.weights}
        own = [w for w in self.auto.weights if id(w) not in parts]
        return not own and bool(self.auto.weights)

    @cached_property
    def copies(self):
        """Whether `auto` has the same weights in the same order."""
        shapes = [w.shape for w in self.encoder.get_weights()
                  + self.decoder.get_weights()]
        return shapes == [w.shape for w in self.auto.get_weights()]

    def loss(self, x):
        """Return the loss that `fit` prints for one batch, before its step.

        Raises:
            Unmet: If `fit` fails, or prints no loss.
        """
        kept = self.weights()
        logs = self._first_step(x)
        self.restore(kept)
        if 'loss' not in logs:
            raise Unmet('`auto.fit` prints a loss.', 'It prints '
                        f'{", ".join(logs) or "nothing"}.',
                        'A `train_step` returns a dict with the key `loss`.',
                        'not-compiled', blocks=True)
        return float(np.mean(logs['loss']))

    def _first_step(self, x):
        """Return what `fit` prints for one batch.

        Not `train_on_batch`: on Keras 3 it hands a `train_step` weights
        beside inputs and targets, which `fit` does not.
        """
        history = self.solution.run(
            f'calling `auto.fit(x, x)` after {self.call}', self.auto.fit, x, x,
            batch_size=len(x), epochs=1, shuffle=False, verbose=0).history
        return {name: values[0] for name, values in history.items()}

    def fit(self, x, y):
        """Train and validate as in the main script; return the history."""
        return self.solution.run(
            'calling `auto.fit(x, x, validation_data=...)`', self.auto.fit,
            x, x, epochs=1, batch_size=len(x) // 2, shuffle=True,
            validation_data=(y, y), verbose=0).history

    def weights(self):
        """Return the weights of the encoder, the decoder and `auto`."""
        return [getattr(self, role).get_weights() for role in ROLES]

    def restore(self, weights):
        """Set the weights of the encoder, the decoder and `auto`."""
        for role, values in zip(ROLES, weights):
            getattr(self, role).set_weights(values)

    def layers(self, role):
        """Return pairs of kernel and bias of a model, in the order of use.

        Returns:
            The pairs that form a chain from the model's input on, and the
            other pairs.
        """
        rank = 4 if self.solution.task == 2 else 2
        pairs = []
        for weight in getattr(self, role).get_weights():
            weight = np.asarray(weight, 'float64')
            if weight.ndim >= 2:
                pairs.append([weight, None])
            elif (pairs and pairs[-1][1] is None
                  and pairs[-1][0].shape[-1:] == weight.shape):
                pairs[-1][1] = weight
        size = (self.code if role == 'decoder' else self.inputs)[-1]
        chain, rest = [], list(pairs)
        while True:
            for i, (kernel, _) in enumerate(rest):
                if kernel.ndim == rank and kernel.shape[-2] == size:
                    chain.append(rest.pop(i))
                    size = kernel.shape[-1]
                    break
            else:
                return chain, rest


def _names(model):
    """Return the names of a model's weights, in the order of its weights."""
    return [getattr(w, 'path', None) or getattr(w, 'name', '')
            for w in model.weights]


def _shapes(model):
    """Return the shapes of a model's input and first output, or None."""
    try:
        given, got = model.input_shape, model.output_shape
        given = given[0] if isinstance(given, list) else given
        got = got[0] if isinstance(got, list) else got
        return tuple(given[1:]), tuple(got[1:])
    except Exception:
        return None


def _eager():
    """Tell whether TensorFlow runs operations as they are called."""
    return sys.modules['tensorflow'].executing_eagerly()


def _takes_training(model):
    """Tell whether a model's `call` has the argument `training`."""
    try:
        return 'training' in inspect.signature(model.call).parameters
    except (TypeError, ValueError):
        return True


def same(a, b):
    """Tell whether two arrays agree as closely as float32 lets them."""
    return recompute.same(a, b)
