/* A code of two values as a point in the plane: the first value grows
   downwards, the second to the right, as in the project's pictures. */

const TILES = 19;  // of the manifold, in a row and in a column

function viewPlane(column) {
  const {model, low, high} = column;
  const back = make('canvas', {'aria-hidden': true});
  const canvas = make('canvas', {
    role: 'slider', tabindex: 0,
    'aria-label': 'The code, a point in the latent plane. Up and down change '
      + 'the first value, left and right the second.',
    'aria-roledescription': 'slider in two dimensions',
    'aria-valuemin': low, 'aria-valuemax': high});
  const lens = make('canvas', {
    class: 'lens', role: 'img',
    'aria-label': 'The ellipse of one standard deviation around the mean, magnified'});
  const rows = model.variational ? ['mean', 'standard deviation', 'code'] : ['code'];
  const table = make('table');
  table.innerHTML = '<thead><tr><td></td><th scope="col">first</th>'
    + '<th scope="col">second</th></tr></thead><tbody>'
    + rows.map(name => '<tr><th scope="row">'
      + `${name}</th><td></td><td></td></tr>`).join('') + '</tbody>';
  const cells = [...table.querySelectorAll('tbody td')];

  const setPoint = (first, second) => column.setCode(
    Float32Array.of(column.clamp(first), column.clamp(second)), 'hand');
  const move = event => {
    const [x, y] = position(event, canvas);
    setPoint(low + y * (high - low), low + x * (high - low));
  };
  follow(canvas, {start: move, move});
  canvas.addEventListener('keydown', event => {
    const step = (high - low) / (event.shiftKey ? 12 : 60);
    const by = {ArrowUp: [-step, 0], ArrowDown: [step, 0],
                ArrowLeft: [0, -step], ArrowRight: [0, step]}[event.key];
    if (!by) return;
    event.preventDefault();
    setPoint(column.code[0] + by[0], column.code[1] + by[1]);
  });

  const manifold = drawManifold(column, () => drawBack());
  const drawBack = sharpen(back, (context, width, height) => {
    drawPaper(context, width, height, manifold);
    drawAxes(context, width, height, low, high);
    drawLabels(context, width, low, high, column.codes,
               digits.map(digit => digit.label), 'bold 13px');
  });
  const drawFront = sharpen(canvas, (context, width) =>
    drawPoint(context, width, column));
  const drawLens = sharpen(lens, (context, width, height) =>
    drawEllipse(context, width, height, column,
                canvas.clientWidth / (high - low)));
  column.views.push(() => {
    drawFront();
    drawLens();
    const values = model.variational
      ? [column.output(1), column.output(2).map(x => Math.exp(x / 2)),
         column.code]
      : [column.code];
    cells.forEach((cell, i) => {
      setText(cell, show(values[i >> 1][i % 2]));
    });
    canvas.setAttribute('aria-valuenow', column.clamp(column.code[0]));
    canvas.setAttribute('aria-valuetext', 'first value '
      + `${show(column.code[0])}, second value ${show(column.code[1])}`);
  });
  return make(
    'div', {}, framed(make('div', {class: 'plane'}, back, canvas)),
    make('div', {class: 'row beside'}, ...model.variational ? [lens] : [],
         table));
}

/* Put the names of the axes around a plane. */
function framed(plane) {
  return make('div', {class: 'axes'},
              make('span', {class: 'down'}, 'first latent value →'), plane,
              make('span', {}, 'second latent value →'));
}

/* Return a canvas, still empty, on which a grid over the plane is decoded,
   a row at a time. `done` is called at the end. */
function drawManifold({model, low, high}, done) {
  const canvas = make('canvas', {width: 28 * TILES, height: 28 * TILES});
  const context = canvas.getContext('2d');
  const at = i => low + (i + 0.5) / TILES * (high - low);
  const drawRow = row => {
    for (let column = 0; column < TILES; column++) {
      const image = context.createImageData(28, 28);
      model.image(Float32Array.of(at(row), at(column))).forEach(
        (value, i) => { image.data[4 * i + 3] = 255 * value; });
      context.putImageData(image, 28 * column, 28 * row);
    }
    if (row + 1 < TILES) setTimeout(drawRow, 0, row + 1);
    else done();
  };
  setTimeout(drawRow, 0, 0);
  return canvas;
}

/* Fill the plane, with the manifold faintly on it. */
function drawPaper(context, width, height, manifold) {
  if (manifold) {
    // The manifold is black; its opacity is what counts.
    context.drawImage(manifold, 0, 0, width, height);
    context.globalCompositeOperation = 'source-in';
    context.fillStyle = color('--ghost');
    context.fillRect(0, 0, width, height);
    context.globalCompositeOperation = 'destination-over';
  }
  context.fillStyle = color('--card');
  context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = 'source-over';
}

/* Draw both axes through 0, with numbers at the left and at the bottom. */
function drawAxes(context, width, height, low, high) {
  const scale = width / (high - low), zero = -low * scale;
  context.strokeStyle = color('--line');
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(zero, 0);
  context.lineTo(zero, height);
  context.moveTo(0, zero);
  context.lineTo(width, zero);
  context.stroke();
  context.font = '12px system-ui, sans-serif';
  context.fillStyle = color('--soft');
  context.strokeStyle = color('--card');
  context.lineWidth = 4;
  const write = (number, x, y) => {
    context.strokeText(show(number, 0), x, y);
    context.fillText(show(number, 0), x, y);
  };
  const step = evenStep(high - low);
  for (let at = Math.ceil(low / step) * step; at < high; at += step) {
    const place = (at - low) * scale;
    if (place < 10 || place > width - 10) continue;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    write(at, 4, place);
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    write(at, place, height - 2);
  }
}

/* Return the distance of numbers on an axis: 1, 2 or 5, 10, 20, ... */
function evenStep(range) {
  const power = 10 ** Math.floor(Math.log10(range / 3));
  return Math.max(1, power * [5, 2, 1].find(
    factor => range / (factor * power) >= 3));
}

/* Draw the labels of digits where their codes are. */
function drawLabels(context, width, low, high, codes, labels, font) {
  const scale = width / (high - low);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = `${font} system-ui, sans-serif`;
  const colors = new Map(labels.map(label => [label, digitColor(label)]));
  codes.forEach((code, i) => {
    context.fillStyle = colors.get(labels[i]);
    context.fillText(labels[i], (code[1] - low) * scale,
                     (code[0] - low) * scale);
  });
}

/* Draw the code of a column, its distribution, and the way from A to B. */
function drawPoint(context, width, column) {
  const {low, high, model, code, source} = column;
  const scale = width / (high - low);
  const x = code => (code[1] - low) * scale;
  const y = code => (code[0] - low) * scale;
  if (source === 'way') drawWay(context, column.ends, x, y);

  context.strokeStyle = context.fillStyle = color('--accent');
  context.lineWidth = 2;
  if (model.variational) {
    const mean = column.output(1);
    ellipse(context, x(mean), y(mean), column.output(2), scale);
  }
  context.strokeStyle = color(source === 'encoder' ? '--accent' : '--hand');
  const [across, down] = [x(code), y(code)].map(
    at => Math.min(Math.max(at, 0), width));
  context.beginPath();
  context.arc(across, down, 9, 0, 2 * Math.PI);
  context.stroke();
  context.fillStyle = context.strokeStyle;
  context.beginPath();
  context.arc(across, down, 2.5, 0, 2 * Math.PI);
  context.fill();
}

/* Draw a line from A to B. */
function drawWay(context, ends, x, y) {
  context.strokeStyle = color('--ink');
  context.lineWidth = 1.5;
  context.beginPath();
  for (const end of ends) context.lineTo(x(end), y(end));
  context.stroke();
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = 'bold 11px system-ui, sans-serif';
  ends.forEach((end, i) => {
    context.fillStyle = color('--card');
    context.beginPath();
    context.arc(x(end), y(end), 8, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    context.fillStyle = color('--ink');
    context.fillText('AB'[i], x(end), y(end) + 0.5);
  });
}

/* Draw one standard deviation around a mean. */
function ellipse(context, x, y, logVariance, scale) {
  const [high, wide] = [0, 1].map(
    i => scale * Math.exp(logVariance[i] / 2));
  context.beginPath();
  context.ellipse(x, y, wide, high, 0, 0, 2 * Math.PI);
  context.globalAlpha = 0.25;
  context.fill();
  context.globalAlpha = 1;
  context.stroke();
}

/* Draw the ellipse of the current input and the draws from it, so large that
   they can be seen. `planeScale` is the pixels of one in the plane. */
function drawEllipse(context, width, height, column, planeScale) {
  const mean = column.output(1), logVariance = column.output(2);
  const scale = width / 6 / Math.exp(Math.max(...logVariance) / 2);
  drawPaper(context, width, height);
  if (!column.isKnown()) return;
  const x = code => width / 2 + (code[1] - mean[1]) * scale;
  const y = code => height / 2 + (code[0] - mean[0]) * scale;
  context.strokeStyle = context.fillStyle = color('--accent');
  context.lineWidth = 1.5;
  ellipse(context, x(mean), y(mean), logVariance, scale);
  for (const code of column.draws) {
    context.beginPath();
    context.arc(x(code), y(code), code === column.code ? 4 : 2, 0,
                2 * Math.PI);
    context.fill();
  }
  context.fillStyle = color('--soft');
  context.font = '12px system-ui, sans-serif';
  context.textAlign = 'left';
  context.fillText(`× ${(scale / planeScale).toPrecision(2)}`, 6, 16);
}
