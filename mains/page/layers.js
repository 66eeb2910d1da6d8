/* The values of all layers of a model, with their shapes. */

const KINDS = {
  InputLayer: layer => layer.name,
  Dense: layer => `dense, ${layer.activation}`,
  Conv2D: layer => `${shapeText(layer.kernel_size)} convolution, `
    + layer.activation,
  MaxPooling2D: layer => `${shapeText(layer.pool_size)} max pooling`,
  UpSampling2D: layer => `${shapeText(layer.size)} upsampling`,
  Activation: layer => layer.activation,
  ReLU: layer => layer.activation,
  Flatten: () => 'flattened',
  Reshape: () => 'another shape',
  Dropout: () => 'dropout',
  ActivityRegularization: () => 'penalized',
  Values: () => 'computed by Keras',
  SamplingWithKL: () => 'random sample',
};

/* Return how the values of a layer are laid out: the width and height in
   cells, the places of the values, and the pixels for a cell. Many channels
   are maps beside and below each other, a layer of nodes is a strip. */
function layOut(shape, side) {
  if (size(shape) === 784) return {width: 28, height: 28, places: null, side};
  if (shape.length !== 3) {
    const nodes = size(shape);
    const height = Math.min(nodes, 16), width = Math.ceil(nodes / 16);
    return {
      width, height,
      places: Array.from({length: nodes}, (_, i) =>
        i % 16 * width + Math.floor(i / 16)),
      // A few values are drawn as large as many.
      side: Math.max(side, Math.min(28, Math.floor(80 / height)))};
  }
  const [rows, columns, channels] = shape;
  const high = Math.min(channels, 4), wide = Math.ceil(channels / 4);
  const width = wide * (columns + 1) - 1, height = high * (rows + 1) - 1;
  const places = Array.from({length: size(shape)}, (_, i) => {
    const c = i % channels, at = (i - c) / channels;
    const row = c % high * (rows + 1) + Math.floor(at / columns);
    const column = Math.floor(c / high) * (columns + 1) + at % columns;
    return row * width + column;
  });
  return {width, height, places, side};
}

function viewLayers(column) {
  const {model} = column;
  // A layer's shades range from the minimum to the maximum over these.
  const few = digits.slice(0, 10).map(({pixels}, digit) => {
    const encoder = forward(model.encoder, pixels,
                            {noise: column.noise, digit});
    const code = encoder[model.encoder.outputs[0]];
    return {encoder, decoder: forward(model.decoder, code, {digit})};
  });
  const side = model.codeShape.length > 1 ? 2 : 5;
  for (const name of ['encoder', 'decoder']) {
    const row = make('div'), {layers, outputs} = model[name];
    const layouts = layers.map(layer => layOut(layer.shape, side));
    row.style.setProperty('--height', `${Math.max(
      ...layouts.map(layout => layout.height * layout.side))}px`);
    layers.forEach((layer, i) => {
      const canvas = make('canvas', {'aria-hidden': true});
      const layout = layouts[i];
      canvas.style.width = `${layout.width * layout.side}px`;
      canvas.style.height = `${layout.height * layout.side}px`;
      const [low, high] = extremes(
        [0, ...few.flatMap(values => [...values[name][i]])]);
      // The outputs of the variational encoder have names of their own.
      const own = model.variational && name === 'encoder'
        && outputs.includes(i) ? `${layer.name.replace('_', ' ')}: ` : '';
      row.append(make(
        'figure',
        {class: layers[i + 1]?.inputs.includes(i) ? 'leads' : ''},
        make('div', {}, canvas),
        make('figcaption', {}, make('b', {}, shapeText(layer.shape)),
             make('span', {}, own + KINDS[layer.type](layer)))));
      column.views.push(() => drawImage(
        canvas, (name === 'encoder' ? column.encoded : column.decoded)[i],
        {...layout, low, high}));
    });
    find('layers').append(make(
      'section', {class: 'strips'},
      make('h3', {}, name[0].toUpperCase() + name.slice(1)), row));
  }
}
