"""A solution and its models, as the judge sees them: through a worker.

The judge draws inputs and weights, and computes with NumPy what is right.
Nothing here trusts what a worker says but numbers that are compared.
"""
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from checker import advice, formulas
from checker.assignment import MAIN, NAMES
from checker.faults import ProtocolError, RequirementNotMet, WorkerDied
from checker.formulas import Layer

ROLES = ('encoder', 'decoder', 'auto')
# More values than any model of these sizes has.
MOST = 5_000_000


def arguments(task, rng):
    """Return arguments that no module can know, and those of the main script.

    They have several layers, and few.

    No two sizes are equal, so that each tells its layer. The decoder of
    task 2 gives back heights and widths of `2 ** filters * n - 4`.
    """
    if task == 2:
        sizes = (4 + rng.permutation(9)).tolist()
        height, width = rng.permutation([12, 20, 28])[:2].tolist()
        return [((height, width, int(rng.integers(2, 4))), sizes[:3],
                 ((height + 4) // 8, (width + 4) // 8, sizes[2])),
                ((28, 12, 1), sizes[3:7], (2, 1, sizes[6])), MAIN[task]]
    sizes = (12 + rng.permutation(29)).tolist()
    code = rng.permutation(np.arange(3, 8)).tolist()
    several = int(rng.integers(3, 6))
    weight = [(round(rng.uniform(0.01, 0.1), 3),) * (task == 1)
              for _ in range(2)]
    return [(sizes[0], sizes[1:several + 1], code[0], *weight[0]),
            (sizes[6], sizes[7:8], code[1], *weight[1]), MAIN[task]]


@dataclass
class Step:
    """One batch of `auto.fit`.

    Attributes:
        x: Array, its inputs.
        encoder, decoder: Lists of `Layer`, see `Models.chain`, as before it.
        before, after, gradients: Lists of arrays, of the weights of both.
        missing: List of the places of weights that have no gradient.
        iteration: Integer, how many steps the optimizer took before.
        history: Dict, what `fit` returns.
    """

    x: np.ndarray
    encoder: list
    decoder: list
    before: list
    after: list
    gradients: list
    missing: list
    iteration: int
    history: dict

    @property
    def loss(self):
        """The loss that `fit` prints."""
        return self.history['loss']


class Solution:
    """A module of a solution, and the models that it builds when asked to.

    Args:
        task: Integer, the number of the task.
        worker: A `Process` or a `Local` of `process`.
        path: String, its file.
        rng: A generator of random numbers.

    Attributes:
        notes: List of strings, what is worth a mention but no fault.
        unmet: Integer, how many requirements are not met so far.
        keras: Tuple of two integers, the version of Keras.
        order: Tuple, the places of the latent representation, the mean and
            the log variance among the outputs of the encoder of task 3.
        cases: List of `Models`, those that could be built.
    """

    def __init__(self, task, worker, path, rng):
        """Have the module imported.

        Raises:
            RequirementNotMet: If it cannot be, or has no `autoencoder`.
        """
        self.task, self.worker, self.path = task, worker, str(path)
        self.notes, self.cases, self.rng, self.unmet = [], [], rng, 0
        self.order = (0, 1, 2)
        self.source = advice.Source(self.path)
        self._load()

    def _load(self):
        """Have the module imported and look at what is in it."""
        name = Path(self.path).name
        found, _ = self.ask(f'importing {name}', 'load', path=self.path)
        parts = str(found['keras']).split('.')
        self.keras = (int(parts[0]), int(parts[1]))
        functions = [str(f) for f in found['functions']]
        if not found['callable']:
            raise RequirementNotMet(
                f'{name} has a function `autoencoder`.',
                'No `autoencoder`, '
                + (f'only `{"`, `".join(functions)}`.' if functions else
                   'nor any other function.'),
                'Call the function `autoencoder`.', 'module')
        policy = str(found['policy'])
        if policy not in ('float32', 'float64'):
            raise RequirementNotMet(
                f'{name} leaves the settings of Keras as they are.',
                f'It sets the policy `{policy}` for all of Keras when it is '
                'imported: layers then compute with 16 bits, of which the '
                'assignment says nothing, and no number can be compared.',
                'Remove the line that sets it (`set_global_policy` or '
                '`set_dtype_policy`).', 'module')
        if not found['eager']:
            raise RequirementNotMet(
                f'{name} leaves the settings of TensorFlow as they are.',
                'It disables eager execution, without which nothing has a '
                'value.', 'Remove the line that disables it.', 'module')
        parameters, names = found['parameters'], NAMES[self.task]
        if parameters and tuple(parameters[:len(names)]) != names:
            self.notes.append(
                f'The parameters are called {", ".join(parameters)}; the '
                f'assignment calls them {", ".join(names)}.')

    def note(self, text):
        """Keep what is worth a mention, once."""
        self.notes += [text] * (text not in self.notes)

    def build(self):
        """Build the models for all arguments, those drawn first.

        Raises:
            RequirementNotMet: If some cannot be built; `cases` has the
                others.
        """
        faults = []
        for args in arguments(self.task, self.rng):
            try:
                self.cases.append(Models(self, args))
            except RequirementNotMet as fault:
                if fault.ended:
                    raise
                faults.append(fault)
        if faults:
            raise faults[0]

    def ask(self, what, do, arrays=(), **more):
        """Return the worker's answer.

        Args:
            what: String, what this makes the solution do.
            do: String, the worker's method.
            arrays: List of arrays for it.
            more: Other arguments.

        Raises:
            RequirementNotMet: If the solution raises an exception, ends the
                process, takes too long, or answers nonsense.
        """
        expected = f'{what[0].upper()}{what[1:]} works.'
        try:
            answer, found = self.worker.ask(do, arrays, **more)
        except WorkerDied as end:
            change = ('Look for an endless loop, or for training in the '
                      'module. `--time-limit 300` gives it more time.'
                      if 'time limit' in str(end) else
                      'Look for `os._exit`, or for what takes too much '
                      'memory.')
            raise RequirementNotMet(expected, f'{end}, while {what}.', change,
                                    'module', ended=True) from end
        except ProtocolError as error:
            raise RequirementNotMet(
                expected, f'The answer makes no sense, while {what}. {error}',
                'Does the module write to the descriptors of its process?',
                'module', ended=True) from error
        if 'error' in answer:
            found = advice.of_error(answer['error'], self, what)
            raise RequirementNotMet(
                expected, found.what, found.change, found.entry)
        return answer, found


class Models:
    """The three models for some arguments: a case to judge.

    Args:
        solution: A `Solution`.
        args: Tuple, the arguments for its function.

    Attributes:
        main: Whether the arguments are those of the main script.
        inputs, code: Tuples, the shapes of an input and of a code.
        sizes: List, the argument with the nodes or filters of each layer.
        order: The roles in which the solution returned the models.
        changed: What the caller's list is after the call.
        shared: Whether `auto` has the weights of the other two.
        values: Dict from a role to its weights, as the judge set them.
        shapes: Dict from a role to the shapes of its outputs for 2 inputs.
        heads: List of two integers, the places of the kernels of the mean
            and the log variance, once they are known.
        places: Tuple, see `Solution.order`.
        ends: Dict from a role to the activations of its last layers: those
            that the assignment wants, until others are found.
        steps: List of `Step`, all that the optimizer did.
        summed: Whether a penalty is summed over the batch, as some versions
            of Keras do.
    """

    def __init__(self, solution, args):
        """Build the models."""
        self.solution, self.args, self.rng = solution, args, solution.rng
        self.task = solution.task
        self.main = args == MAIN[self.task]
        self.variational = self.task == 3
        self.call = f'autoencoder({", ".join(map(str, args))})'
        self.inputs = tuple(np.atleast_1d(args[0]).tolist())
        self.code = tuple(np.atleast_1d(args[2]).tolist())
        self.sizes, self.lambtha = args[1], (args[3:] or (0,))[0]
        self.names = NAMES[self.task]
        self.shapes, self.steps, self.summed = {}, [], False
        self.heads, self.places = None, (0, 1, 2)
        # What is found out once, for several requirements; see `checks`.
        self.differs, self.measured, self.optimizer = {}, {}, None
        self.ends = {role: self.right_ends(role) for role in ROLES[:2]}
        returned, _ = self.ask(
            f'calling {self.call}', 'build',
            args=[{'tuple': arg} if isinstance(arg, tuple) else arg
                  for arg in args])
        self.case = int(returned['case'])
        self.changed = returned['second']
        self._take(returned)
        for role in ROLES:
            shape = self.code if role == 'decoder' else self.inputs
            outputs = self.give(role, np.zeros((2, *shape)),
                                place=self.order.index(role))
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
            raise RequirementNotMet(
                expected, f'It returns a value of type {kind}.',
                'End with `return encoder, decoder, auto`.',
                'order-of-models')
        for model in models:
            if not model['model']:
                raise RequirementNotMet(
                    expected, f'One of the three is of type {model["kind"]}, '
                    'no model.', 'Make each a `keras.Model(inputs, outputs)`'
                    '.', 'order-of-models')
        shapes = {'encoder': [self.inputs, self.code],
                  'decoder': [self.code, self.inputs],
                  'auto': [self.inputs, self.inputs]}
        names = [next((role for role in ROLES if shapes[role] == [
            tuple(model[key] or ()) for key in ('input', 'output')]), '')
            for model in models]
        self.order = (tuple(names) if sorted(names) == sorted(ROLES)
                      else ROLES)

    def _learn_weights(self):
        """Ask for the shapes of the weights."""
        # Eager execution spares the compiling; the main script has it.
        found, _ = self.ask(
            f'calling `get_weights` after {self.call}', 'weights',
            case=self.case, eager=not self.main,
            models=[self.order.index(role) for role in ROLES])
        self.weights = dict(zip(ROLES, found['weights']))
        self.shared = bool(found['shared'])
        total = sum(np.prod(w['shape'], dtype=object)
                    for weights in found['weights'] for w in weights)
        if total > MOST:
            raise RequirementNotMet(
                'The models have the layers of the assignment.',
                f'They have {total:,} weights.', '', 'hidden-layers')
        self.values = {role: [np.zeros(w['shape']) for w in weights]
                       for role, weights in self.weights.items()}

    def give(self, role, x, mode='call', batch=None, place=None):
        """Return what a model gives for inputs, an array or a list of them.

        Args:
            role: String, which model.
            x: Array, the inputs.
            mode: 'call', 'train' for a call with `training=True`, or
                'predict'.
            batch: Integer, the size of a batch, or None for all at once.
            place: Integer, its place in what was returned, if that is not
                that of its role.
        """
        what = {'call': f'calling `{role}` of ',
                'train': f'calling `{role}` with `training=True` of ',
                'predict': f'calling `{role}.predict` of '}[mode]
        answer, outputs = self.ask(
            what + self.call, 'call', [np.asarray(x, 'float32')],
            case=self.case, mode=mode, batch=batch or len(x),
            model=ROLES.index(role) if place is None else place)
        return outputs if answer['several'] else outputs[0]

    def data(self, count):
        """Return inputs in [0, 1], many of them 0 or 1 as in MNIST."""
        x = self.rng.uniform(-0.5, 1.5, (count, *self.inputs))
        return np.clip(x, 0, 1).astype('float32')

    def codes(self, count):
        """Return codes >= 0, or any for the variational autoencoder."""
        codes = self.rng.normal(size=(count, *self.code))
        return (codes if self.variational else abs(codes)).astype('float32')

    def sure_data(self, count):
        """Return inputs for which rounding moves no unit, see `margin`.

        Returns:
            The inputs, and a `Pass` for each layer of both halves (of the
            variational encoder, for its hidden layers), or None.
        """
        x = self.data(2 * count + 8)
        encoder, decoder = self.chain('encoder'), self.chain('decoder')
        if not encoder or not decoder or '' in (
                self.ends['encoder'] + self.ends['decoder']):
            return x[:count], None
        passes = formulas.forward(x.astype('float64'), (
            encoder[:-2] if self.variational else encoder + decoder))
        rows = np.argsort(formulas.margin(passes))[::-1][:count]
        return x[rows], [one.of(rows) for one in passes]

    def randomize(self, encoder='random', decoder='random'):
        """Draw the weights of encoder and decoder, see `_drawn`."""
        self.set_weights({'encoder': self._drawn('encoder', encoder),
                          'decoder': self._drawn('decoder', decoder)})

    def _drawn(self, role, how):
        """Return drawn weights of a model.

        Args:
            role: String, 'encoder' or 'decoder'.
            how: How to draw them:
                'random': kernels and biases, outputs of about 1.
                'zero': all are 0.
                'biases': the same but for biases in (0, 0.4).
                'ends': the same, with biases of either sign.
                'far': the same, with biases as far out as any model's.
                'large', 'small': values of about 100,000, or 0.00001.
                'closed': half of the units get -10,000, so that anything
                    else than `relu` shows.
                'open': all units of a `relu` stay above 0, so that the
                    output has an inverse.
                'heavy': codes for which the penalty of task 1 is about 1.
        """
        values, flat = [], {'zero': 0, 'biases': 1, 'ends': 5, 'far': 75}
        for weight in self.weights[role]:
            shape = weight['shape']
            if len(shape) > 1:
                new = self.rng.normal(size=shape) * np.sqrt(
                    2 / np.prod(shape[:-1])) * (how not in flat)
            else:
                new = self.rng.uniform(-0.4, 0.4, shape) * flat.get(how, 1)
                if how in ('ends', 'far'):
                    # Both signs, also of one value: else `relu` is hidden.
                    new = abs(new) * (-1.) ** (
                        np.arange(new.size) + (how == 'far'))
            values.append(abs(new) if how == 'biases' else new)
        chain = self.chain(role, values)
        if chain and how == 'random':
            # Keras takes the loss of large logits without a clip, or with
            # one: so they stay small, and so does the range of the codes.
            heads = 2 if self.variational and role == 'encoder' else 1
            limit, typical = ((3, self.data(64)) if role == 'encoder' else
                              (8, 8 * self.codes(64)))
            hidden = formulas.output(typical.astype('float64'),
                                     chain[:-heads])
            for layer in chain[-heads:]:
                size = abs(formulas.affine(hidden, layer)).max()
                for part in (layer.kernel, layer.bias):
                    if part is not None:
                        part *= min(1, limit / size)
        if not chain or how not in ('large', 'small', 'closed', 'open',
                                    'heavy'):
            return [value.astype('float32') for value in values]
        factor = {'large': 1e5, 'small': 1e-5}.get(how, 1)
        hidden = [layer for layer in chain if layer.activation == 'relu']
        for layer in hidden:
            if layer.bias is not None:
                layer.bias *= factor
                if how == 'closed':
                    layer.bias[self.rng.permutation(layer.bias.size)[
                        :layer.bias.size // 2]] = -1e4
        if hidden:
            hidden[0].kernel *= factor
            for layer in chain[len(hidden):]:
                layer.kernel /= factor
        if how == 'open' and all(layer.bias is not None for layer in chain):
            z = 3 * self.rng.normal(size=(64, *self.code))
            for layer in chain:
                layer.bias[:] = 0
                before = formulas.affine(z, layer)
                layer.bias -= before.mean(0)
                before += layer.bias
                if layer is chain[-1]:
                    layer.kernel *= 0.3 / before.std(0).max()
                    layer.bias *= 0.3 / before.std(0).max()
                else:
                    layer.bias += 6 * abs(before).max(0) + 0.2
                z = formulas.affine(z, layer)
        if how == 'heavy':
            norm = self.lambtha * abs(formulas.output(
                self.data(16), chain)).sum(1).mean()
            for part in (chain[-1].kernel, chain[-1].bias):
                if part is not None:
                    part /= norm
        return [value.astype('float32') for value in values]

    def set_weights(self, values):
        """Set the weights of encoder and decoder.

        Args:
            values: Dict from a role to a list of arrays; a role that is left
                out keeps its own.
        """
        self.values.update(values)
        keep = [[place for place, w in enumerate(self.weights[role])
                 if w['kind'] != 'f' or w['name'].split('/')[-1].startswith(
                     ('moving', 'gamma'))]
                for role in ROLES[:2]]
        shapes = [[w['shape'] for w in self.weights[role]] for role in ROLES]
        self.ask('setting the weights of `encoder` and `decoder`',
                 'set_weights',
                 [value for role, kept in zip(ROLES, keep) for place, value
                  in enumerate(self.values[role]) if place not in kept],
                 case=self.case, keep=keep, copy=not self.shared
                 and shapes[0] + shapes[1] == shapes[2])

    def kernels(self, role, values=None):
        """Return the layers that have kernels, in the order of use.

        Returns:
            List of `Layer` that form a chain from the model's input on, and
            a list of the others.
        """
        rank = 4 if self.task == 2 else 2
        rest = []
        for place, weight in enumerate(values or self.values[role]):
            if weight.ndim >= 2:
                rest.append(Layer(weight, place))
            elif (rest and rest[-1].bias is None
                  and rest[-1].kernel.shape[-1:] == weight.shape):
                rest[-1].bias = weight
        size = (self.code if role == 'decoder' else self.inputs)[-1]
        chain = []
        while True:
            for i, layer in enumerate(rest):
                if layer.kernel.ndim == rank and (
                        layer.kernel.shape[-2] == size):
                    chain.append(rest.pop(i))
                    size = layer.kernel.shape[-1]
                    break
            else:
                return chain, rest

    def right_sizes(self, role):
        """Return the sizes of the layers of a model in the assignment."""
        if role == 'decoder':
            return [*self.sizes[::-1], self.inputs[-1]]
        return [*self.sizes, *(() if self.task == 2 else self.code)]

    def right_ends(self, role):
        """Return the activations of the last layers in the assignment."""
        if role == 'decoder':
            return ['sigmoid']
        return ['None'] * 2 if self.variational else ['relu']

    def chain(self, role, values=None):
        """Return the layers of a model as the assignment wants them.

        Those of the variational encoder end with the mean's and the log
        variance's.

        Returns:
            List of `Layer` with the weights as they are, or None if there
            are other layers.
        """
        chain, rest = self.kernels(role, values)
        ends = self.ends[role]
        if [layer.kernel.shape[-1] for layer in chain] != self.right_sizes(
                role) or len(rest) != len(ends) - 1 or any(
                layer.kernel.shape[-2:] != chain[-1].kernel.shape[-2:]
                for layer in rest):
            return None
        chain += rest
        if self.heads and len(ends) == 2:
            chain[-2:] = sorted(chain[-2:], key=lambda layer:
                                self.heads.index(layer.place))
        for layer, end, right in zip(chain[-len(ends):], ends,
                                     self.right_ends(role)):
            layer.activation = end or right
        if self.task == 2:
            for layer in chain:
                layer.padding = 'same'
                layer.resize = 'pooling' if role == 'encoder' else (
                    'upsampling')
                if layer.kernel.shape[:2] != (3, 3):
                    return None
            if role == 'decoder':
                chain[-1].resize, chain[-2].padding = '', 'valid'
        return chain

    def encode(self, x):
        """Return what is right for the encoder to give.

        Returns:
            The code, or of the variational encoder the mean and the log
            variance in a list.
        """
        x, chain = np.asarray(x, 'float64'), self.chain('encoder')
        if not self.variational:
            return formulas.output(x, chain)
        h = formulas.output(x, chain[:-2])
        return [formulas.output(h, [layer]) for layer in chain[-2:]]

    def decode(self, codes):
        """Return what is right for the decoder to give."""
        return formulas.output(np.asarray(codes, 'float64'),
                               self.chain('decoder'))

    def step(self, x, iteration=None, validation=None):
        """Train `auto` on one batch and return the `Step`.

        Args:
            x: Array, the batch.
            iteration: Integer, to how many steps to set the optimizer
                before, or None.
            validation: Array, inputs to validate with, or None.

        Raises:
            RequirementNotMet: If `fit` fails, or prints no loss.
        """
        before = [*self.values['encoder'], *self.values['decoder']]
        layers = [chain and [replace(layer) for layer in chain] for chain in
                  (self.chain('encoder'), self.chain('decoder'))]
        last = self.steps[-1].iteration + 1 if self.steps else 0
        found, arrays = self.ask(
            f'calling `auto.fit(x, x)` after {self.call}', 'fit',
            [x] if validation is None else [x, validation], case=self.case,
            batch=len(x), iteration=iteration)
        history = {str(name): float(value)
                   for name, value in found['history'].items()}
        if 'loss' not in history:
            raise RequirementNotMet(
                '`auto.fit` prints a loss.', 'It prints '
                f'{", ".join(history) or "nothing"}.',
                'A `train_step` returns a dict with the key `loss`.',
                'not-compiled')
        if [a.shape for a in arrays] != [b.shape for b in before] * 2:
            raise ProtocolError('It has other weights than before.')
        step = Step(x, *layers, before, arrays[len(before):],
                    arrays[:len(before)], list(found['missing']),
                    last if iteration is None else iteration, history)
        cut = len(self.values['encoder'])
        self.values.update(encoder=step.after[:cut],
                           decoder=step.after[cut:])
        self.steps.append(step)
        return step

    @cached_property
    def description(self):
        """What the worker says of the layers: dict of lists, by role."""
        try:
            return self.ask('looking at the layers', 'describe',
                            case=self.case)[0]['layers']
        except RequirementNotMet:
            return {}
