/* The start: the views in the order of the page. */

function viewPad() {
  const canvas = find('pad'), context = canvas.getContext('2d');
  const small = make('canvas');
  pad.views.push(() => {
    context.setTransform(canvas.width, 0, 0, canvas.height, 0, 0);
    context.fillStyle = viridis(0);
    context.fillRect(0, 0, 1, 1);
    if (pad.digit) {
      drawImage(small, pad.digit.pixels);
      context.imageSmoothingEnabled = false;
      context.drawImage(small, 0, 0, 1, 1);
    } else if (pad.strokes.length) {
      context.strokeStyle = viridis(1);
      context.lineCap = context.lineJoin = 'round';
      context.lineWidth = PEN;
      for (const stroke of pad.strokes) {
        context.beginPath();
        for (const point of smooth(stroke)) context.lineTo(...point);
        // A line of no length would not be drawn.
        context.lineTo(stroke[stroke.length - 1][0] + 1e-3,
                       stroke[stroke.length - 1][1]);
        context.stroke();
      }
    } else {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = '#c9b8d4';
      context.font = '40px system-ui, sans-serif';
      context.textAlign = 'center';
      context.fillText('Draw here', canvas.width / 2, canvas.height / 2);
    }
    drawImage(find('input'), pad.pixels);
    find('undo').setAttribute('aria-disabled', !pad.history.length);
    find('clear').setAttribute(
      'aria-disabled', !pad.digit && !pad.strokes.length);
  });
}

function viewDigits() {
  let first = 0;
  const chosen = i => digits[(first + i) % digits.length];
  const buttons = thumbnails(find('digits'), Math.min(10, digits.length),
                             i => setPad(chosen(i), []));
  const drawDigits = () => buttons.forEach(({button, canvas}, i) => {
    drawImage(canvas, chosen(i).pixels);
    button.setAttribute('aria-label', `Test digit, a ${chosen(i).label}`);
  });
  find('other-digits').addEventListener('click', () => {
    first = (first + buttons.length) % digits.length;
    drawDigits();
    update(...columns);
  });
  drawDigits();
  pad.views.push(() => buttons.forEach(({button}, i) => {
    button.setAttribute('aria-pressed', chosen(i) === pad.digit);
  }));
}

/* Show the code and the reconstruction of a column. */
function viewColumn(column) {
  const {model} = column;
  const root = find('column').content.cloneNode(true).firstElementChild;
  const part = name => root.querySelector(`.${name}`);
  find('columns').append(root);
  setText(part('title'), model.title);
  part('shapes').append(...shapesText(model));
  part('values').append(viewCode(column));
  // What is true of all is said once.
  if (several && column === columns[0]) {
    find('about-all').append(part('about-least'));
  }
  for (const name of ['encoder', 'decoder']) {
    setText(part(`${name}.unknown`), unknownText(model[name], name));
  }
  setText(part('about-code'), codeText(column));
  setText(part('code-size'), String(model.codeSize));
  part('sample').hidden = !model.variational;
  part('sample').addEventListener('click', () => column.drawAgain());
  part('back').addEventListener(
    'click', () => column.setCode(column.output(0), 'encoder'));
  const fires = column.low === 0 && firing(column);
  column.views.push(() => {
    const {reconstruction, source} = column;
    drawImage(part('reconstructed'), reconstruction);
    const loss = crossEntropy(pad.pixels, reconstruction);
    const least = crossEntropy(pad.pixels, pad.pixels);
    for (const [name, value] of Object.entries(
      {loss, least, above: loss - least})) {
      // Other codes are not of this input.
      setText(part(name), ['random', 'way'].includes(source)
        ? '–' : show(value, 4));
    }
    setText(part('source'), sourceText(column));
    part('source').classList.toggle('other', source !== 'encoder');
    part('back').setAttribute('aria-disabled', source === 'encoder');
    if (fires) setText(part('activity'), fires());
  });
}

/* Return the shapes that a digit goes through, that of the code in bold. */
function shapesText({encoder, decoder}) {
  const code = encoder.outputs[0];
  const shapes = encoder.layers.flatMap((layer, i) => [
    !i ? '' : layer.inputs.includes(i - 1) ? ' → ' : ' and ',
    i === code ? make('b', {}, shapeText(layer.shape))
               : shapeText(layer.shape)]);
  return [...shapes, ...decoder.layers.slice(1).map(
    layer => ` → ${shapeText(layer.shape)}`)];
}

function start() {
  document.body.classList.toggle('several', several);
  // A page that was saved from a browser has what this made before.
  for (const id of ['digits', 'about-all', 'columns', 'layers', 'way',
                    'galleries', 'trainings']) find(id).replaceChildren();
  writeTexts();
  viewPad();
  viewDigits();
  listenToPad();
  listenToLooks();
  columns.forEach(viewColumn);
  if (!several) viewLayers(columns[0]);
  viewWay();
  columns.forEach(viewRandom);
  viewUnfolding();
  setPad(digits[0], []);
  pad.history = [];
  refresh();
  window.autoencoders = columns.map(({model: {encode, decode, reconstruct}}) =>
    ({encode, decode, reconstruct}));
  window.autoencoder = window.autoencoders[0];
  find('no-script').hidden = true;
  find('main').hidden = false;
}

start();
