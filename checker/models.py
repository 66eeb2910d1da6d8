"""A solution and its models, as the judge sees them: through a worker.

The judge draws inputs and weights, and computes with NumPy what is right.
Nothing here trusts what a worker says but numbers that are compared.
"""

from functools import cached_property, reduce, wraps
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from checker import formulas
from checker.assignment import MAIN, NAMES
from checker.faults import ProtocolError, RequirementNotMet, WorkerDied
from checker.formulas import Layer

ROLES = ('encoder', 'decoder', 'auto')
# More values than any model of these sizes has.
MOST = 5_000_000
# What kernels and biases are multiplied by, see `Models.randomize`.
FACTORS = {'zero': (0, 0), 'biases': (0, 1)}


def arguments(task, rng):
    """Return arguments that no module can know, and those of the main script.

    The first have several layers, the second few. Each size is there once, so
    that it tells its layer; but in the first, the last two hidden layers are
    equal, as they may be. The decoder of task 2 gives back heights and widths
    of `2 ** filters * n - 4`, with three filters or more.
    """
    if task == 2:
        sizes = (4 + rng.permutation(9)).tolist()
        height, width = rng.permutation([12, 20, 28])[:2].tolist()
        return [
            (
                (height, width, int(rng.integers(2, 4))),
                sizes[:3],
                ((height + 4) // 8, (width + 4) // 8, sizes[2]),
            ),
            ((28, 12, 1), sizes[3:7], (2, 1, sizes[6])),
            MAIN[task],
        ]
    sizes = (12 + rng.permutation(29)).tolist()
    code = rng.permutation(np.arange(3, 8)).tolist()
    several = int(rng.integers(3, 6))
    weight = [
        (round(rng.uniform(0.01, 0.1), 3),) * (task == 1) for _ in range(2)
    ]
    # The main script of task 3 has one hidden layer, the others have two.
    return [
        (
            sizes[0],
            [*sizes[1:several], sizes[several - 1]],
            code[0],
            *weight[0],
        ),
        (sizes[6], sizes[7 : 9 if task == 3 else 8], code[1], *weight[1]),
        MAIN[task],
    ]


def once(function):
    """Let a function of models run once for the same arguments."""

    @wraps(function)
    def kept(models, *args):
        key = function, *args
        if key not in models.kept:
            models.kept[key] = function(models, *args)
        return models.kept[key]

    return kept


class Solution:
    """A module of a solution, and the models that it builds when asked to.

    Args:
        task: Integer, the number of the task.
        worker: A `process.Process`.
        path: Path, its file.
        rng: A generator of random numbers.

    Attributes:
        notes: List of strings, what is worth a mention but no fault.
        unmet: Integer, how many requirements are not met so far.
        keras: Tuple of two integers, the version of Keras.
        order: Tuple, see `Models.places`.
        cases: List of `Models`, those that could be built.
    """

    def __init__(self, task, worker, path, rng):
        """Have the module imported.

        Raises:
            RequirementNotMet: If it cannot be, or has no `autoencoder`.
        """
        self.task, self.worker, self.rng = task, worker, rng
        self.notes, self.cases, self.unmet = [], [], 0
        self.order, name = (0, 1, 2), Path(path).name
        found, _ = self.ask(f'importing {name}', 'load', path=str(path))
        self.keras = tuple(map(int, str(found['keras']).split('.')[:2]))
        functions = '`, `'.join(map(str, found['functions']))
        for wrong, says, change in (
            (
                not found['callable'],
                f'{name} has no `autoencoder`, '
                + (
                    f'only `{functions}`.'
                    if functions
                    else 'nor any other function.'
                ),
                'Rename the function to `autoencoder`.',
            ),
            (
                found['policy'] not in ('float32', 'float64'),
                f'It sets the policy `{found["policy"]}` for all of Keras '
                'when it is imported: layers then compute with 16 bits, of '
                'which the assignment says nothing, and no number can be '
                'compared.',
                'Remove the line that sets it '
                '(`set_global_policy` or `set_dtype_policy`).',
            ),
            (
                not found['eager'],
                'It disables eager execution, without '
                'which nothing has a value.',
                'Remove the line that disables it.',
            ),
        ):
            if wrong:
                raise RequirementNotMet(says, 'module', change=change)
        parameters, names = found['parameters'], NAMES[task]
        if parameters and tuple(parameters[: len(names)]) != names:
            self.note(
                f'The parameters are called {", ".join(parameters)}; '
                f'the assignment calls them {", ".join(names)}.'
            )

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
        """Return the answer of the worker's method `do`.

        Raises:
            RequirementNotMet: If the solution, which this makes do `what`,
                raises an exception, ends the process, takes too long, or
                answers nonsense.
        """
        expected = f'{what[0].upper()}{what[1:]} works.'
        try:
            answer, found = self.worker.ask(do, arrays, **more)
        except (WorkerDied, ProtocolError) as end:
            raise RequirementNotMet(
                f'{end}, while {what}.',
                'module',
                expected,
                'Look for an endless loop, or for training in the module. '
                '`--time-limit 300` gives it more time.'
                if 'time limit' in str(end)
                else 'Look for `os._exit`, for what takes too much memory, '
                'or for '
                'what writes to the descriptors of the process.',
                ended=True,
            ) from end
        if 'error' in answer:
            # A module can forge it: what is not of these types is no answer.
            error = {
                name: kind(answer['error'][name])
                for name, kind in (
                    ('type', str),
                    ('message', str),
                    ('lines', list),
                    ('layers', list),
                    ('path', str),
                )
            }
            raise RequirementNotMet(
                error['message'],
                '',
                expected,
                error={
                    **error,
                    'what': what,
                    'task': self.task,
                    'order': self.order,
                },
            )
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
        heads: Integer, how many layers are last in the encoder.
        order: The roles in which the solution returned the models.
        changed: What the caller's list is after the call.
        shared: Whether `auto` has the weights of the other two.
        values: Dict from a role to its weights, as the judge set them.
        scale: Array, what the values of a code are multiplied by.
        shapes: Dict from a role to the shapes of its outputs for 2 inputs.
        swapped: Whether the layer of the log variance comes first.
        steps: List of what `step` returned, all that the optimizer did.
        summed: Whether a penalty is summed over the batch, as some versions
            of Keras do.
        kept: Dict, see `once`.
    """

    def __init__(self, solution, args):
        """Build the models."""
        self.solution, self.rng, self.kept = solution, solution.rng, {}
        self.ask = solution.ask
        self.task, self.variational = solution.task, solution.task == 3
        self.main, self.steps = args == MAIN[self.task], []
        self.call = f'autoencoder({", ".join(map(str, args))})'
        self.inputs, self.code = (
            tuple(np.atleast_1d(one).tolist()) for one in args[::2]
        )
        self.sizes, self.lambtha = args[1], (args[3:] or (0,))[0]
        self.swapped, self.summed, self.scale = False, False, np.ones(1)
        self.heads = 1 + self.variational
        returned, _ = self.ask(
            f'calling {self.call}',
            'build',
            args=[
                {'tuple': arg} if isinstance(arg, tuple) else arg
                for arg in args
            ],
        )
        self.case, self.changed = int(returned['case']), returned['second']
        self._take(returned)
        self.shapes = {
            role: [
                found.shape
                for found in self.give(
                    role,
                    np.zeros(
                        (2, *(self.code if role == 'decoder' else self.inputs))
                    ),
                    place=self.order.index(role),
                )
            ]
            for role in ROLES
        }
        self._learn_weights()

    def _take(self, returned):
        """Find out which model is which."""
        models, kind = returned['models'], str(returned['kind'])
        three = returned['several'] and len(models) == 3
        other = [m['kind'] for m in models if not m['model']]
        if not three or other:
            raise RequirementNotMet(
                f'One of the three is of type {other[0]}, no model.'
                if three
                else f'It returns a value of type {kind}'
                + f' of {len(models)}' * bool(returned['several'])
                + '.',
                'order-of-models',
                f'{self.call} returns `encoder, decoder, '
                'auto`, three Keras models.',
                'Make each a `keras.Model(inputs, outputs)`.' if three else '',
            )
        shapes = {
            'encoder': (self.inputs, self.code),
            'decoder': (self.code, self.inputs),
            'auto': (self.inputs, self.inputs),
        }
        self.order = tuple(
            next(
                (
                    role
                    for role in ROLES
                    if shapes[role]
                    == (
                        tuple(model['input'] or ()),
                        tuple(model['output'] or ()),
                    )
                ),
                '',
            )
            for model in models
        )
        if sorted(self.order) != sorted(ROLES):
            self.order = ROLES

    def _learn_weights(self):
        """Ask for the shapes of the weights."""
        # Eager execution spares the compiling; the main script has it.
        found, _ = self.ask(
            f'calling `get_weights` after {self.call}',
            'weights',
            case=self.case,
            eager=not self.main,
            models=[self.order.index(role) for role in ROLES],
        )
        self.weights = dict(zip(ROLES, found['weights']))
        self.shared = bool(found['shared'])
        total = sum(
            np.prod(w['shape'], dtype=object)
            for weights in found['weights']
            for w in weights
        )
        if total > MOST:
            raise RequirementNotMet(
                f'They have {total:,} weights.', 'hidden-layers'
            )
        self.values = {
            role: [np.zeros(w['shape']) for w in weights]
            for role, weights in self.weights.items()
        }

    def give(self, role, x, mode='call', batch=None, repeat=1, place=None):
        """Return the outputs that a model gives for inputs, in a list.

        Args:
            role: String, which model.
            x: Array, the inputs; each is given `repeat` times.
            mode: 'call', 'train' for a call with `training=True`, or
                'predict'.
            batch: Integer, the size of a batch, or None for all at once.
            place: Integer, where it is in what was returned; or None, if the
                worker has the models in the order of roles.
        """
        way = {
            'call': '',
            'train': ' with `training=True`',
            'predict': ' in `predict`',
        }[mode]
        return self.ask(
            f'calling `{role}` of {self.call}{way}',
            'call',
            [np.asarray(x, 'float32')],
            case=self.case,
            mode=mode,
            batch=batch or len(x) * repeat,
            repeat=repeat,
            model=ROLES.index(role) if place is None else place,
        )[1]

    def encode(self, x, mode='call', batch=None, repeat=1):
        """Return what the encoder gives: the code twice, or all three."""
        if not self.variational:
            return self.give('encoder', x, mode, batch)[:1] * 2
        found = self._outputs(x, mode, batch, repeat)
        return [found[place] for place in self.places]

    def _outputs(self, *args):
        """Return the outputs of the encoder of task 3, see `give`.

        Raises:
            RequirementNotMet: If they are no three of the right shape.
        """
        found = self.give('encoder', *args)
        if len(found) != 3:
            self.check_not_plain()
            raise RequirementNotMet(
                f'It gives {len(found)}.',
                'order-of-outputs',
                'The encoder '
                'gives three outputs: the latent representation, the mean '
                'and the log variance.',
            )
        for output in found:
            if output.shape[1:] != self.code:
                raise RequirementNotMet(
                    f'One has the shape {output.shape[1:]}.',
                    'shapes',
                    'Each output of the encoder has the shape '
                    f'{self.code} for an input.',
                    'Make each the output of a `Dense(latent_dims)`.',
                )
        return [np.asarray(output, 'float64') for output in found]

    @cached_property
    def places(self):
        """Where sample, mean and log variance are in the outputs, a tuple.

        Finds out which layer is that of the mean on the way.
        """
        kept, scale, x = dict(self.values), self.scale, self.data(16)
        self.randomize()
        first, second = (
            [
                one.reshape(16, 1000, -1)
                for one in self._outputs(x, 'call', None, 1000)
            ]
            for _ in range(2)
        )
        # Noise alone does not tell sample and mean apart: each is as far from
        # the other. But the mean is the same each time.
        steady = [
            (one == one[:, :1]).mean() > 0.9
            and np.allclose(one, other, atol=1e-5)
            for one, other in zip(first, second)
        ]
        random = steady.index(False) if steady.count(False) == 1 else 0
        places = next(
            (
                order
                for order in permutations(range(3))
                if all(steady[place] for place in order[1:])
                and not formulas.unlike(
                    formulas.noise(*(first[place] for place in order))
                )
            ),
            (random, *(place for place in range(3) if place != random)),
        )
        chain, codes = (
            self.chain('encoder'),
            [first[place][:, 0] for place in places[1:]],
        )
        if chain:
            like = np.nan_to_num(
                abs(
                    np.corrcoef(
                        [
                            values.ravel()
                            for values in (*codes, *self.right_codes(x, chain))
                        ]
                    )
                )
            )
            self.swapped = like[0, 3] + like[1, 2] > like[0, 2] + like[1, 3]
        self.set_weights(kept)
        self.solution.order, self.scale = places, scale
        return places

    def check_not_plain(self):
        """Raise what is not met by an encoder that is not variational."""
        chain, rest = self.kernels('encoder')
        if (
            self.variational
            and len(self.shapes['encoder']) == 1
            and (not rest and len(chain) <= len(self.sizes) + 1)
        ):
            raise RequirementNotMet(
                'It is that of a plain autoencoder: it has no such layers, '
                'draws nothing, and gives one output. The divergence is '
                'missing then, too.',
                'a-plain-autoencoder',
                'The encoder of '
                'a variational autoencoder has a layer for the mean and one '
                'for the log variance, draws the latent representation from '
                'them, and gives all three.',
            )

    def data(self, count):
        """Return inputs in [0, 1], many of them 0 or 1 as in MNIST."""
        x = self.rng.uniform(-0.5, 1.5, (count, *self.inputs))
        return np.clip(x, 0, 1).astype('float32')

    def randomize(self, encoder='random', decoder='random'):
        """Draw the weights of encoder and decoder.

        Each is drawn in one of these ways:
            'random': kernels and biases; the largest output of a last layer
                is about 3 in the encoder, and 8 before a sigmoid. In task 1,
                the penalty is about 1.
            'scaled': each unit of both is multiplied by a factor from 1e-4
                to 1e4, which the next layer divides by, and some get -10,000.
                That changes nothing but what is no `relu`. Means are around
                values from -9 to 9, log variances from -6 to 6.
            'zero': all are 0.
            'biases': the same but for biases in (0, 0.4).
            'still': the log variance is -40, so that there is no noise.
            'open': all units of a `relu` stay above 0, so that the output
                has an inverse.
        """
        self.scale, values = np.ones(1), {}
        for role, how in (('encoder', encoder), ('decoder', decoder)):
            kernel, bias = FACTORS.get(how, (1, 1))
            values[role] = [
                kernel
                * np.sqrt(2 / np.prod(w['shape'][:-1]))
                * self.rng.normal(size=w['shape'])
                if len(w['shape']) > 1
                else bias
                * self.rng.uniform(-0.4 * (how != 'biases'), 0.4, w['shape'])
                for w in self.weights[role]
            ]
        chains = [self.chain(role, values[role]) for role in ROLES[:2]]
        if all(chains):
            self._adapt(encoder, decoder, *chains)
        self.set_weights(
            {
                role: [value.astype('float32') for value in drawn]
                for role, drawn in values.items()
            }
        )

    def _adapt(self, how, decoding, encoder, decoder):
        """Change drawn weights in place, see `randomize`."""

        def multiply(layer, factor, after=()):
            layer.kernel *= factor
            if layer.bias is not None:
                layer.bias *= factor
            for other in after:
                other.kernel /= np.reshape(factor, (-1, 1))

        def follow(x, layer):
            """Turn units round that are never above 0; return the output."""
            before = formulas.affine(x, layer)
            if layer.activation == 'relu':
                multiply(
                    layer,
                    np.where(
                        before.max(tuple(range(before.ndim - 1))) > 0, 1, -1
                    ),
                )
            return formulas.output(x, [layer])

        hidden, heads = encoder[: -self.heads], encoder[-self.heads :]
        h = reduce(follow, hidden, self.data(64).astype('float64'))
        z = follow(h, heads[0])
        for layer in heads if how not in FACTORS else ():
            multiply(
                layer,
                1 / (self.lambtha * z.sum(1).mean())
                if self.lambtha
                else min(1, 3 / abs(formulas.affine(h, layer)).max()),
                decoder[: self.task == 1],
            )
        z = formulas.output(h, heads[:1])
        if self.variational:
            z = z + 3 * self.rng.normal(size=z.shape)
        last = reduce(follow, decoder[:-1], z)
        if decoding not in FACTORS:
            # Keras takes the loss of large logits with a clip, or without.
            multiply(
                decoder[-1],
                min(1, 8 / abs(formulas.affine(last, decoder[-1])).max()),
            )
        if how == 'still':
            heads[1].kernel[:], heads[1].bias[:] = 0, -40
        if how == 'scaled':
            # Those before mean and log variance feed both of them.
            next_ones = (
                [*([one] for one in hidden[1:]), heads]
                + [decoder[:1]] * (not self.variational)
                + [[one] for one in decoder[1:]]
            )
            for layer, after in zip(
                [*(hidden if self.variational else encoder), *decoder],
                next_ones,
            ):
                units = layer.kernel.shape[-1]
                factor = 10 ** self.rng.uniform(-4, 4, units)
                multiply(layer, factor, after)
                if layer is heads[0]:
                    self.scale = factor
                if layer.bias is not None:
                    layer.bias[
                        self.rng.permutation(units)[: units // 3]
                    ] = -1e4
            multiply(
                decoder[-1], 10 ** self.rng.uniform(-1, 1.5, self.inputs[-1])
            )
            for layer, end in zip(heads, (9, 6) * self.variational):
                if layer.bias is not None:
                    layer.bias += np.linspace(end, -end, *self.code)
        if decoding == 'open':
            for layer in decoder:
                layer.bias[:] = -(z @ layer.kernel).mean(0)
                z = formulas.affine(z, layer)
                if layer is not decoder[-1]:
                    shift = 6 * abs(z).max(0) + 0.2
                    layer.bias += shift
                    z = z + shift
            multiply(decoder[-1], 0.3 / z.std(0).max())

    def set_weights(self, values):
        """Set weights: a dict from a role to its list of arrays."""
        self.values.update(values)
        keep = [
            [
                place
                for place, w in enumerate(self.weights[role])
                if w['kind'] != 'f' or 'moving' in w['name'].split('/')[-1]
            ]
            for role in ROLES[:2]
        ]
        self.ask(
            'setting the weights of `encoder` and `decoder`',
            'set_weights',
            [
                value
                for role, kept in zip(ROLES, keep)
                for place, value in enumerate(self.values[role])
                if place not in kept
            ],
            case=self.case,
            keep=keep,
        )

    def kernels(self, role, values=None):
        """Return the chain of layers from the input on, and all others."""
        rank = 4 if self.task == 2 else 2
        chain, rest = [], []
        for place, weight in enumerate(values or self.values[role]):
            if weight.ndim >= 2:
                rest.append(Layer(weight, place))
            elif (
                rest
                and rest[-1].bias is None
                and rest[-1].kernel.shape[-1:] == weight.shape
            ):
                rest[-1].bias = weight
        size = (self.code if role == 'decoder' else self.inputs)[-1]
        while True:
            fitting = [
                layer
                for layer in rest
                if layer.kernel.ndim == rank and layer.kernel.shape[-2] == size
            ]
            if not fitting:
                return chain, rest
            # One that keeps the size comes first: the others leave it.
            chain.append(
                min(
                    fitting,
                    key=lambda layer: (
                        layer.kernel.shape[-1] != layer.kernel.shape[-2]
                    ),
                )
            )
            size = chain[-1].kernel.shape[-1]
            rest = [layer for layer in rest if layer is not chain[-1]]

    def right_layers(self, role):
        """Return the layers that the assignment asks for.

        Returns:
            List of `(nodes or filters, activation, padding, resize)`, see
            `Layer`.
        """
        images, decoder = self.task == 2, role == 'decoder'
        sizes = (
            [*self.sizes[::-1], self.inputs[-1]]
            if decoder
            else [*self.sizes, *(() if images else self.code * self.heads)]
        )
        names = ['relu'] * len(sizes)
        if decoder:
            names[-1] = 'sigmoid'
        elif self.variational:
            names[-2:] = ['None'] * 2
        padding = ['same' * images] * len(sizes)
        resize = [('upsampling' if decoder else 'pooling') * images] * len(
            sizes
        )
        if images and decoder:
            padding[-2], resize[-1] = 'valid', ''
        return list(zip(sizes, names, padding, resize))

    def chain(self, role, values=None):
        """Return each `Layer`, or None if they are not the assignment's."""
        chain, rest = self.kernels(role, values)
        right = self.right_layers(role)
        if (
            not chain
            or any(
                layer.kernel.shape[:-1] != chain[-1].kernel.shape[:-1]
                for layer in rest
            )
            or any(
                layer.kernel.shape[:-2] not in ((), (3, 3)) for layer in chain
            )
            or [layer.kernel.shape[-1] for layer in (*chain, *rest)]
            != [size for size, *_ in right]
        ):
            return None
        chain[-1:] = [*rest, chain[-1]] if self.swapped else [chain[-1], *rest]
        for layer, more in zip(chain, right):
            _, layer.activation, layer.padding, layer.resize = more
        return chain

    def right_codes(self, x, encoder):
        """Return what layers give: the code, or the mean and log variance."""
        h = formulas.output(np.asarray(x, 'float64'), encoder[: -self.heads])
        return [
            formulas.output(h, [layer]) for layer in encoder[-self.heads :]
        ]

    @property
    def opens(self):
        """Whether weights can be drawn by 'open': all layers have biases."""
        chains = self.chain('encoder'), self.chain('decoder')
        return (
            self.variational
            and all(chains)
            and all(
                layer.bias is not None for chain in chains for layer in chain
            )
        )

    @cached_property
    def looks(self):
        """What the models give for batches, with some weights.

        List of objects with `how` and `mode`, see `randomize` and `give`;
        `x`, the inputs; `encoder` and `decoder`, see `chain`; `z`, the code
        or the sample; `codes`, a list of the code, or of mean and log
        variance; `decoded`, what the decoder makes of `fed`, which is `z`
        without what is very large; `rebuilt`, what `auto` makes of `x`; and
        `scale`.
        """
        many = 256 if self.main else 32
        ways = [
            ('call', many, None),
            ('train', many, None),
            ('train', 1, None),
        ]
        plan = {
            'scaled': [('call', 64, None), ('train', 64, None)],
            # The main scripts predict ten; each size is compiled.
            'random': ways
            + [('call', 96, None), ('predict', 266, 256)] * self.main,
        }
        if self.opens:
            plan['open'] = plan['random']
        found = []
        for how in sorted(plan):
            self.randomize(how.replace('open', 'random'), how)
            chains = self.chain('encoder'), self.chain('decoder')
            for mode, count, batch in plan[how]:
                x = self.data(count)
                z, *codes = self.encode(x, mode, batch)
                # A sample may be anything; of large ones, float32 makes
                # something else than float64.
                fed = np.clip(z, -30, 30) if self.variational else z
                found.append(
                    SimpleNamespace(
                        how=how,
                        mode=mode,
                        x=x,
                        encoder=chains[0],
                        decoder=chains[1],
                        z=z,
                        codes=codes,
                        scale=self.scale,
                        fed=fed,
                        decoded=self.give('decoder', fed, mode, batch)[0],
                        rebuilt=self.give('auto', x, mode, batch)[0],
                    )
                )
        return found

    @once
    def differs(self, role, place):
        """Return the first of `looks` in which a half is not right, or None.

        `place` is 1 for the log variance, else 0.
        """
        for look in self.looks:
            chain = getattr(look, role)
            # The decoder is scaled for right codes.
            if (
                role == 'decoder'
                and look.how == 'scaled'
                and (not self.is_right('encoder'))
            ):
                continue
            if not chain or not (
                formulas.same(
                    look.decoded,
                    formulas.output(np.asarray(look.fed, 'float64'), chain),
                )
                if role == 'decoder'
                else formulas.same(
                    look.codes[place] / look.scale,
                    self.right_codes(look.x, chain)[place] / look.scale,
                )
            ):
                return look
        return None

    def is_right(self, role):
        """Tell whether a half gives what it should."""
        return not any(
            self.differs(role, place)
            for place in range(self.heads if role == 'encoder' else 1)
        )

    @property
    def are_right(self):
        """Whether both halves give what they should."""
        return self.is_right('encoder') and self.is_right('decoder')

    def step(self, x, iteration=None, held=None):
        """Train `auto` on one batch.

        Args:
            x: Array, the batch.
            iteration: Integer, to how many steps to set the optimizer before.
            held: Array, inputs to validate with.

        Returns:
            An object with `x`, `iteration` and `held`; `encoder` and
            `decoder`, see `chain`, as before it; lists of arrays for the
            weights of both, `before`, `after` and `gradients`; `missing`,
            the places of weights without a gradient; `history`, what `fit`
            returns; and `loss`.

        Raises:
            RequirementNotMet: If `fit` fails, prints no loss, or leaves
                weights of other shapes.
        """
        before = [*self.values['encoder'], *self.values['decoder']]
        encoder, decoder = self.chain('encoder'), self.chain('decoder')
        last = self.steps[-1].iteration + 1 if self.steps else 0
        found, arrays = self.ask(
            f'calling `auto.fit(x, x)` after {self.call}',
            'fit',
            [x] if held is None else [x, held],
            case=self.case,
            batch=len(x),
            iteration=iteration,
        )
        history = {
            str(name): float(value) for name, value in found['history'].items()
        }
        if 'loss' not in history:
            raise RequirementNotMet(
                f'It prints {", ".join(history) or "nothing"}.',
                'not-compiled',
                '`auto.fit` prints a loss.',
                'A `train_step` returns a dict with the key `loss`.',
            )
        if [a.shape for a in arrays] != [b.shape for b in before] * 2:
            raise RequirementNotMet(
                'After `fit`, the models have other weights than before.',
                'module',
            )
        gradients, after = arrays[: len(before)], arrays[len(before) :]
        cut = len(self.values['encoder'])
        self.values.update(encoder=after[:cut], decoder=after[cut:])
        self.steps.append(
            SimpleNamespace(
                x=x,
                encoder=encoder,
                decoder=decoder,
                before=before,
                after=after,
                gradients=gradients,
                missing=list(found['missing']),
                history=history,
                loss=history['loss'],
                held=held,
                iteration=last if iteration is None else iteration,
            )
        )
        return self.steps[-1]

    @once
    def said(self):
        """Return what the worker says of layers: dict of lists, by role."""
        try:
            return self.ask(
                'looking at the layers', 'describe', case=self.case
            )[0]['layers']
        except RequirementNotMet:
            return {}
