/* The code of a column, to see and to drag: as bars, or as maps of cells. For
   two values there is the plane, in plane.js. */

function viewCode(column) {
  const {codeShape, codeSize} = column.model;
  if (codeSize === 2) return viewPlane(column);
  return codeShape.length === 3 ? viewMaps(column) : viewBars(column);
}

function viewBars(column) {
  const {low, high, model} = column;
  // Where a value is between the bottom of a bar, 0, and its top, 1.
  const at = value => (column.clamp(value) - low) / (high - low);
  const drag = (event, begin, element) =>
    high - position(event, element)[1] * (high - low);
  const bars = Array.from({length: model.codeSize}, (_, place) => {
    const bar = slider(column, place, `Value ${place + 1} of the code`, drag);
    bar.append(make('i', {class: 'band'}), make('i', {class: 'fill'}),
               make('i', {class: 'encoded'}));
    bar.classList.toggle('dead', column.isDead(place));
    return bar;
  });
  const element = group('The values of the code. Up and down change one, '
                        + 'left and right move to another.', bars);
  const dense = model.codeSize > 64;
  element.className = `bars${dense ? ' dense' : ''}`;
  element.style.setProperty('--columns',
                            Math.min(model.codeSize, dense ? 32 : 16));
  // What a value is for test digits; of a variational model, one standard
  // deviation around the mean.
  const bands = bars.map((_, place) =>
    extremes(column.codes.map(code => code[place])));
  const put = (element, from, to) => {
    element.style.bottom = `${100 * at(Math.min(from, to))}%`;
    element.style.top = `${100 - 100 * at(Math.max(from, to))}%`;
  };
  column.views.push(() => bars.forEach((bar, i) => {
    const [band, fill, encoded] = bar.children;
    if (model.variational) {
      const mean = column.output(1)[i];
      const deviation = Math.exp(column.output(2)[i] / 2);
      bands[i] = [mean - deviation, mean + deviation];
    }
    put(band, ...bands[i]);
    fill.hidden = !column.isKnown();
    put(fill, 0, column.code[i]);
    put(encoded, column.output(0)[i], column.output(0)[i]);
    showSlider(column, bar, i);
  }));
  return element;
}

/* A code as small maps, one for each channel. */
function viewMaps(column) {
  const {low, high} = column;
  const [rows, columns, channels] = column.model.codeShape;
  const drag = (event, {y, value}) =>
    value + (y - event.clientY) / 100 * (high - low);
  const cells = [];
  const maps = Array.from({length: channels}, (_, channel) => {
    const sliders = Array.from({length: rows * columns}, (_, i) => {
      const place = i * channels + channel;
      const row = Math.floor(i / columns) + 1, at = i % columns + 1;
      const cell = slider(
        column, place, `Map ${channel + 1}, row ${row}, column ${at}`, drag);
      cell.classList.toggle('dead', column.isDead(place));
      cells[place] = cell;
      return cell;
    });
    const map = group(`Map ${channel + 1}. Up and down change a cell, left `
                      + 'and right move to another.', sliders);
    map.className = 'map';
    map.style.setProperty('--columns', columns);
    return map;
  });
  column.views.push(() => cells.forEach((cell, place) => {
    cell.style.backgroundColor = column.isKnown()
      ? viridis(column.code[place] / (high - low)) : '';
    showSlider(column, cell, place);
  }));
  return make('div', {class: 'maps'}, ...maps);
}

/* Return a function that says how many units of a code fire. */
function firing(column) {
  const {codeSize} = column.model, tests = column.codes.length;
  const count = code => code.filter(value => value > 0).length;
  const usual = show(average(column.codes.map(count)), 1);
  const dead = Array.from({length: codeSize}, (_, i) => column.isDead(i))
    .filter(Boolean).length;
  const width = String(codeSize).length;
  const rest = !dead ? 'None is dead.'
    : `${dead === 1 ? '1 is dead: it fires' : `${dead} are dead: they fire`} `
      + `for none of the ${tests} test digits (hatched).`;
  return () => {
    // A space as wide as a digit: the text does not jump.
    const fires = column.isKnown() ? String(count(column.code)) : '–';
    const now = fires.padStart(width, '\u2007');
    return 'A unit fires if its value is above 0. Here, '
      + `${now} of ${codeSize} fire; for a test digit, ${usual} on average. `
      + rest;
  };
}
