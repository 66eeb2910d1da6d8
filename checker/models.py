"""The models of a solution, as the judge sees them: through a worker.

The judge draws inputs and weights, and computes with NumPy what is right.
Nothing here trusts what a worker says but numbers that are compared.
"""
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from checker import advice, recompute, wire
from checker.client import Ended
from checker.faults import Unmet

MODULES = ['0-vanilla', '1-sparse', '2-convolutional', '3-variational']
# For each task, the arguments of the assignment's main script, and others, of
# which no two sizes are equal, so that each tells its layer. Faults are told
# with the second.
ARGUMENTS = {
    0: [(784, [128, 64], 32), (30, [23, 17, 11], 7)],
    1: [(784, [128, 64], 32, 10e-6), (30, [23, 17, 11], 7, 0.02)],
    2: [((28, 28, 1), [16, 8, 8], (4, 4, 8)),
        ((12, 20, 2), [7, 6, 5], (2, 3, 5))],
    3: [(784, [512], 2), (30, [23, 17, 11], 7)],
}
NAMES = {0: ('input_dims', 'hidden_layers', 'latent_dims'),
         1: ('input_dims', 'hidden_layers', 'latent_dims', 'lambtha'),
         2: ('input_dims', 'filters', 'latent_dims'),
         3: ('input_dims', 'hidden_layers', 'latent_dims')}
ROLES = ('encoder', 'decoder', 'auto')
# More values than any model of these sizes has.
MOST = 5_000_000


def drawn_arguments(task, rng):
    """Return arguments that no module can know, with five hidden layers."""
    sizes = (4 + rng.permutation(26)[:7]).tolist()
    if task == 2:
        return (28, 28, 1), sizes[:5], (1, 1, sizes[4])
    return (sizes[5], sizes[:5], sizes[6]) + (0.01,) * (task == 1)


@dataclass
class Layer:
    """A kernel and a bias, and where they are among a model's weights."""

    kernel: np.ndarray
    place: int
    bias: np.ndarray = None

    def __iter__(self):
        """Give `kernel, bias`."""
        return iter((self.kernel, self.bias))


@dataclass
class Training:
    """What `fit` does in its first epoch, of two batches.

    Attributes:
        x: Array, the inputs.
        before, after: Lists of the layers of encoder and decoder.
        changed: For encoder and decoder, whether any weight changed.
        history: Dict of what `fit` returns.
    """

    x: np.ndarray
    before: list
    after: list
    changed: list
    history: dict = field(default_factory=dict)


class Solution:
    """A module of a solution, and the models that it builds when asked to.

    Args:
        task: Integer, the number of the task.
        worker: A `Process` or a `Local` of `client`.
        path: String, its file.

    Attributes:
        notes: List of strings, what is worth a mention but no fault.
        unmet: Integer, how many requirements are not met so far.
        keras: Tuple of two integers, the version of Keras.
    """

    def __init__(self, task, worker, path):
        """Have the module imported.

        Raises:
            Unmet: If it cannot be, or has no `autoencoder`.
        """
        self.task, self.worker, self.path = task, worker, str(path)
        self.notes, self.unmet = [], 0
        self.source = advice.Source(self.path)
        parts = worker.keras.split('.')
        self.keras = (int(parts[0]), int(parts[1]) if parts[1:] else 0)
        self.rng = np.random.default_rng()
        self._load()

    def _load(self):
        """Have the module imported and look at what is in it."""
        name = self.path.replace('\\', '/').split('/')[-1]
        found, _ = self.ask(f'importing {name}', 'load', path=self.path)
        functions = [str(f) for f in found['functions']]
        if not found['callable']:
            raise Unmet(
                f'{name} has a function `autoencoder`.',
                'No `autoencoder`, '
                + (f'only `{"`, `".join(functions)}`.' if functions else
                   'nor any other function.'),
                'Call the function `autoencoder`.', 'module')
        policy = str(found['policy'])
        if policy not in ('float32', 'float64'):
            raise Unmet(
                f'{name} leaves the settings of Keras as they are.',
                f'It sets the policy `{policy}` for all of Keras when it is '
                'imported: layers then compute with 16 bits, of which the '
                'assignment says nothing, and no number can be compared.',
                'Remove the line that sets it (`set_global_policy` or '
                '`set_dtype_policy`).', 'module')
        parameters, names = found['parameters'], NAMES[self.task]
        if parameters and tuple(parameters[:len(names)]) != names:
            self.notes.append(
                f'The parameters are called {", ".join(parameters)}; the '
                f'assignment calls them {", ".join(names)}.')

    def ask(self, what, do, arrays=(), **more):
        """Return the worker's answer.

        Args:
            what: String, what this makes the solution do.
            do: String, the worker's method.
            arrays: List of arrays for it.
            more: Other arguments.

        Raises:
            Unmet: If the solution raises an exception, ends the process,
                takes too long, or answers nonsense.
        """
        expected = f'{what[0].upper()}{what[1:]} works.'
        try:
            answer, found = self.worker.ask(do, arrays, **more)
        except Ended as end:
            change = ('Look for an endless loop, or for training in the '
                      'module. `--time-limit 300` gives it more time.'
                      if 'time limit' in str(end) else
                      'Look for `os._exit`, or for what takes too much '
                      'memory.')
            raise Unmet(expected, f'{end}, while {what}.', change, 'module',
                        ended=True) from end
        except wire.Nonsense as error:
            raise Unmet(expected, 'The answer makes no sense, while '
                        f'{what}. {error}', 'Does the module write to the '
                        'descriptors of its process?', 'module',
                        ended=True) from error
        if 'error' in answer:
            found = advice.of_error(answer['error'], self, what)
            raise Unmet(expected, found.what, found.change, found.entry)
        return answer, found

    @cached_property
    def cases(self):
        """The models for each of the arguments, or the faults instead."""
        return [self.attempt(args) for args in (
            *ARGUMENTS[self.task], drawn_arguments(self.task, self.rng))]

    @cached_property
    def built(self):
        """Those of the cases that are models, those to judge first.

        Raises:
            Unmet: If there are none.
        """
        built = [case for case in self.cases if isinstance(case, Models)]
        if not built:
            raise self.cases[0]
        return sorted(built, key=lambda case: case is not self.models)

    @cached_property
    def models(self):
        """The models to judge: those with other sizes, if they work."""
        built = [case for case in self.cases if isinstance(case, Models)]
        if not built:
            raise self.cases[0]
        for case in [*self.cases[1:2], self.cases[0]]:
            if case in built and case.fits:
                return case
        return built[-1] if len(built) < 3 else built[1]

    def attempt(self, args):
        """Return models for the arguments, or the fault of building them."""
        try:
            return Models(self, args)
        except Unmet as fault:
            if fault.ended:
                raise
            return fault


class Models:
    """The three models for some arguments.

    Args:
        solution: A `Solution`.
        args: Tuple, the arguments for its function.

    Attributes:
        inputs, code: Tuples, the shapes of an input and of a code.
        order: The roles in which the solution returned the models.
        changed: What the caller's list is after the call.
        shared: Whether `auto` computes with the weights of the other two.
        values: Dict from a role to its weights, as the judge set them.
        shapes: Dict from a role to the shapes of its outputs for 2 inputs.
    """

    def __init__(self, solution, args):
        """Build the models."""
        self.solution, self.args = solution, args
        self.rng = solution.rng
        self.variational = solution.task == 3
        self.call = f'autoencoder({", ".join(map(str, args))})'
        self.inputs = tuple(np.atleast_1d(args[0]).tolist())
        self.code = tuple(np.atleast_1d(args[2]).tolist())
        self.middle, self.lambtha = args[1], (args[3:] or (None,))[0]
        self.names = NAMES[solution.task]
        # What is found out once, for several requirements.
        self.plans, self.losses, self.shapes = {}, {}, {}
        self.summed, self.known = False, False
        returned, _ = self.ask(
            f'calling {self.call}', 'build',
            args=[{'tuple': arg} if isinstance(arg, tuple) else arg
                  for arg in args])
        self.case = int(returned['case'])
        self.changed = returned['second']
        self._take(returned)
        for role in ROLES:
            shape = self.code if role == 'decoder' else self.inputs
            outputs = self.give(role, np.zeros((2, *shape), 'float32'))
            outputs = outputs if isinstance(outputs, list) else [outputs]
            self.shapes[role] = [output.shape for output in outputs]
        self._learn_weights()

    def ask(self, what, do, arrays=(), **more):
        """Return the worker's answer, see `Solution.ask`."""
        return self.solution.ask(what, do, arrays, **more)

    def _take(self, returned):
        """Find out which model is which."""
        expected = f'{self.call} returns `encoder, decoder, auto`, three '
        expected += 'Keras models.'
        models = returned['models']
        if not returned['several'] or len(models) != 3:
            kind = str(returned['kind'])
            if returned['several']:
                kind += f' of {len(models)}'
            raise Unmet(expected, f'It returns a value of type {kind}.',
                        'End with `return encoder, decoder, auto`.',
                        'order-of-models')
        for model in models:
            if not model['model']:
                raise Unmet(expected, 'One of the three is of type '
                            f'{model["kind"]}, no model.', 'Make each a '
                            '`keras.Model(inputs, outputs)`.',
                            'order-of-models')
        shapes = {'encoder': [self.inputs, self.code],
                  'decoder': [self.code, self.inputs],
                  'auto': [self.inputs, self.inputs]}
        names = [next((role for role in ROLES if shapes[role] == [
            tuple(model[key] or ()) for key in ('input', 'output')]), '')
            for model in models]
        self.order = ROLES
        if sorted(names) == sorted(ROLES):
            self.order = tuple(names)

    def _learn_weights(self):
        """Ask for the shapes of the weights."""
        found, _ = self.ask(
            f'calling `get_weights` after {self.call}', 'weights',
            case=self.case, models=[self.order.index(r) for r in ROLES])
        self.known = True
        self.weights = dict(zip(ROLES, found['weights']))
        self.shared = bool(found['shared'])
        total = sum(np.prod(w['shape'], dtype=object)
                    for weights in found['weights'] for w in weights)
        if total > MOST:
            raise Unmet('The models have the layers of the assignment.',
                        f'They have {total:,} weights.', '', 'hidden-layers')
        self.values = {role: [np.zeros(w['shape']) for w in weights]
                       for role, weights in self.weights.items()}

    def _place(self, role):
        """Return the place of a model among those that were returned."""
        return (ROLES if self.known else self.order).index(role)

    def give(self, role, x, do='call', **more):
        """Return what a model gives for inputs, an array or a list of them.

        A call is much faster than `predict`, which compiles.
        """
        what = f'calling `{role}{".predict" * (do == "predict")}` of '
        answer, outputs = self.ask(
            what + self.call, do, [np.asarray(x, 'float32')],
            case=self.case, model=self._place(role), **more)
        return outputs if answer['several'] else outputs[0]

    def predict(self, role, x):
        """Return what a model gives for inputs, as in its `predict`."""
        return self.give(role, x, 'predict')

    def data(self, count):
        """Return inputs in (0, 1)."""
        return self.rng.uniform(
            0.05, 0.95, (count, *self.inputs)).astype('float32')

    def codes(self, count):
        """Return codes >= 0, or any for the variational autoencoder."""
        codes = self.rng.normal(size=(count, *self.code))
        return (codes if self.variational else abs(codes)).astype('float32')

    @property
    def fits(self):
        """Whether `auto` gives back the shape of its input."""
        return self.shapes['auto'] == [(2, *self.inputs)]

    def set(self, role, how, copy=True):
        """Draw the weights of a model.

        Args:
            role: String, 'encoder' or 'decoder'.
            how: 'random', biases too; 'large', the same with larger
                kernels; 'zero'; or 'biases', which leaves only those, so
                that the output does not depend on the input.
            copy: Whether `auto` gets a copy, if it has weights of its own.
        """
        values = []
        for weight in self.weights[role]:
            shape = weight['shape']
            if len(shape) > 1:
                new = self.rng.normal(size=shape) * np.sqrt(
                    2 / np.prod(shape[:-1]))
                new *= {'random': 1, 'large': 3}.get(how, 0)
            else:
                low = 0.05 if how == 'biases' else -0.4
                new = self.rng.uniform(low, 0.4, shape) * (how != 'zero')
            values.append(new.astype('float32'))
        self.put(role, values, copy)

    def put(self, role, values, copy=True):
        """Set the weights of a model.

        Args:
            role: String, 'encoder' or 'decoder'.
            values: List of arrays.
            copy: Whether `auto` gets a copy, if it has weights of its own.
        """
        keep = [place for place, w in enumerate(self.weights[role])
                if w['kind'] != 'f' or any(
                    part in w['name'] for part in ('moving', 'gamma',
                                                   'seed'))]
        self.values[role] = values
        self.ask(f'setting the weights of `{role}`', 'set',
                 [v for place, v in enumerate(values) if place not in keep],
                 case=self.case, model=self._place(role), keep=keep)
        if copy and not self.shared and self.copies:
            self.ask('setting the weights of `auto`', 'copy',
                     case=self.case)

    @property
    def copies(self):
        """Whether `auto` has the same weights in the same order."""
        shapes = [[w['shape'] for w in self.weights[role]] for role in ROLES]
        return shapes[0] + shapes[1] == shapes[2]

    @cached_property
    def training(self):
        """What the first epoch does: the optimizer is new only then."""
        for role in ROLES[:2]:
            self.set(role, 'random')
        if self.variational:
            self._freeze_noise()
        before = [self.layers(role) for role in ROLES[:2]]
        old = [self.values[role] for role in ROLES[:2]]
        x = self.data(16)
        found, _ = self.ask(
            f'calling `auto.fit(x, x, validation_data=...)` after '
            f'{self.call}', 'fit', [x, self.data(4)], case=self.case, batch=8)
        new = [self.ask(f'calling `{role}.get_weights`', 'get',
                        case=self.case, model=self._place(role))[1]
               for role in ROLES[:2]]
        changed = [any(a.shape == b.shape and (a != b).any()
                       for a, b in zip(*pair)) for pair in zip(old, new)]
        self.values.update(zip(ROLES[:2], new))
        after = [self.layers(role) for role in ROLES[:2]]
        return Training(x, before, after, changed, {
            str(name): float(v) for name, v in found['history'].items()})

    def _freeze_noise(self):
        """Set the log variance so low that the sample is the mean.

        More noise moves a unit across the edge of its `relu` now and then,
        and gives it another gradient.
        """
        head = self.log_variance
        if head is not None:
            values = list(self.values['encoder'])
            values[head.place] = values[head.place] * 0
            if head.bias is not None:
                values[head.place + 1] = values[head.place + 1] * 0 - 40
            self.put('encoder', values)

    def right(self, x):
        """Return what is right for inputs, with the weights as they are.

        Returns:
            What the encoder gives, of the variational one the mean and the
            log variance; and the reconstruction, of the mean.
        """
        encoder, decoder = self.chains()
        x = np.asarray(x, 'float64')
        if not self.variational:
            encoded = code = recompute.outputs(x, encoder, self.plan(
                'encoder'))[-1]
        else:
            *hidden, mean, log_variance = encoder
            h = [x, *recompute.outputs(x, hidden, self.plan('encoder'))][-1]
            encoded = code, _ = [recompute.affine(h, layer)
                                 for layer in (mean, log_variance)]
        return encoded, recompute.outputs(
            code, decoder, self.plan('decoder'))[-1]

    def chains(self, layers=None):
        """Return the layers of the two halves, in the order of use.

        Those of the variational encoder end with the mean's and the log
        variance's.
        """
        found, (decoder, _) = layers or [self.layers(r) for r in ROLES[:2]]
        encoder, rest = found
        if self.variational:
            heads = sorted([encoder[-1], *rest], key=lambda layer:
                           layer.place == self.log_variance.place)
            encoder = [*encoder[:-1], *heads]
        return encoder, decoder

    def plan(self, role):
        """Return what the assignment says of each layer.

        Returns:
            List of padding, activation and what follows, of each layer.
        """
        count = len(self.middle)
        if self.solution.task != 2:
            return [('', 'relu', 'none')] * (count + (
                role == 'encoder')) + [('', 'sigmoid', 'none')] * (
                    role == 'decoder')
        if role == 'encoder':
            return [('same', 'relu', 'max pooling, same')] * count
        return ([('same', 'relu', 'upsampling')] * (count - 1)
                + [('valid', 'relu', 'upsampling'),
                   ('same', 'sigmoid', 'none')])

    # The layer of the log variance, once it is known.
    log_variance = None

    def loss(self, x):
        """Return the loss that `fit` prints for one batch, before its step.

        Raises:
            Unmet: If `fit` fails, or prints no loss.
        """
        found, _ = self.ask(f'calling `auto.fit(x, x)` after {self.call}',
                            'fit', [x], case=self.case, batch=len(x))
        history = found['history']
        if 'loss' not in history:
            raise Unmet('`auto.fit` prints a loss.', 'It prints '
                        f'{", ".join(map(str, history)) or "nothing"}.',
                        'A `train_step` returns a dict with the key `loss`.',
                        'not-compiled')
        return float(history['loss'])

    def layers(self, role):
        """Return the layers of a model, in the order of use.

        Returns:
            Those that form a chain from the model's input on, and the
            others.
        """
        rank = 4 if self.solution.task == 2 else 2
        layers = []
        for place, weight in enumerate(self.values[role]):
            weight = np.asarray(weight, 'float64')
            if weight.ndim >= 2:
                layers.append(Layer(weight, place))
            elif (layers and layers[-1].bias is None
                  and layers[-1].kernel.shape[-1:] == weight.shape):
                layers[-1].bias = weight
        size = (self.code if role == 'decoder' else self.inputs)[-1]
        chain, rest = [], list(layers)
        while True:
            for i, (kernel, _) in enumerate(rest):
                if kernel.ndim == rank and kernel.shape[-2] == size:
                    chain.append(rest.pop(i))
                    size = kernel.shape[-1]
                    break
            else:
                return chain, rest

    @cached_property
    def description(self):
        """What the worker says of layers and of a loss: for advice only."""
        try:
            return self.ask('looking at the layers', 'describe',
                            case=self.case)[0]
        except Unmet:
            return {'layers': {}, 'loss': {}}
