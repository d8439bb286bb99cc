'use strict';

const byId = (id) => document.getElementById(id);
const dark = matchMedia('(prefers-color-scheme: dark)');
const MOST_VERSIONS = 200;
const MOST_POINTS = 3600;

const page = {
  model: '',
  document: null,
  series: [],
  charts: {},
  reading: null,
};

// --- the server

function headers(more) {
  const token = sessionStorage.getItem('token');
  return token ? { ...more, Authorization: 'Bearer ' + token } : { ...more };
}

async function call(path, body) {
  const options = body === undefined
    ? { headers: headers({}) }
    : { method: 'POST', headers: headers({ 'Content-Type': 'application/json' }), body: JSON.stringify(body) };
  const response = await fetch(path, options);
  const text = await response.text();
  if (!response.ok) {
    let why = response.status + ' ' + response.statusText;
    try {
      why = JSON.parse(text).error;
    } catch (e) {
      // Not one of ours.
    }
    throw new Error(why);
  }
  return JSON.parse(text);
}

function tell(problem) {
  byId('problem').textContent = problem ? problem.message : '';
  byId('problem').hidden = !problem;
}

const path = (name) => '/models/' + encodeURIComponent(name);

// --- numbers and words

function number(value) {
  if (value === null || value === undefined) {
    return '';
  }
  if (Number.isInteger(value)) {
    return value.toLocaleString('en');
  }
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6 ? value.toPrecision(4) : value.toExponential(2);
}

function element(name, text, attributes) {
  const made = document.createElement(name);
  if (text !== undefined) {
    made.textContent = text;
  }
  Object.entries(attributes || {}).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
}

function choose(select, values, chosen) {
  const before = chosen === undefined ? select.value : chosen;
  const same = select.options.length === values.length
    && values.every((value, i) => select.options[i].value === String(value));
  if (!same) {
    select.replaceChildren(...values.map((value) => element('option', String(value), { value: String(value) })));
  }
  if (values.map(String).includes(String(before))) {
    select.value = before;
  }
}

// --- charts

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const COLOURS = () => (dark.matches
  ? ['#7ab7ff', '#ffb870', '#8fd694', '#d6a2e8', '#a4adb7']
  : ['#0b5cad', '#a65300', '#2b7a33', '#7d3c98', '#5a636d']);

function draw(id, label, x, series, height, marks) {
  const place = byId(id);
  if (page.charts[id]) {
    page.charts[id].destroy();
    delete page.charts[id];
  }
  place.setAttribute('aria-label', label);
  if (x.length === 0) {
    place.textContent = 'nothing yet';
    return;
  }
  place.textContent = '';
  const colours = COLOURS();
  const axis = { stroke: css('--faint'), grid: { stroke: css('--line'), width: 1 }, ticks: { stroke: css('--line') } };
  const isTime = series[0].isTime;
  page.charts[id] = new uPlot({
    width: place.clientWidth,
    height,
    scales: { x: { time: Boolean(isTime) } },
    axes: [
      { ...axis, label: series[0].x, values: isTime ? undefined : (u, all) => all.map((value) => number(value)) },
      { ...axis, label: series[0].y, size: 70, values: (u, all) => all.map((value) => number(value)) },
    ],
    series: [{ label: series[0].x }].concat(series.map((one, i) => ({
      label: one.name,
      stroke: colours[i % colours.length],
      width: 2,
      dash: one.dashed ? [6, 4] : undefined,
      points: { show: x.length < 100 },
      spanGaps: true,
    }))),
    hooks: { draw: [(u) => drawMarks(u, marks || [])] },
  }, [x, ...series.map((one) => one.values)], place);
}

function drawMarks(u, marks) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.font = '12px system-ui';
  marks.forEach((mark) => {
    const at = Math.round(u.valToPos(mark.x, 'x', true));
    if (at < bbox.left || at > bbox.left + bbox.width) {
      return;
    }
    // What is usual is a tick at the foot.
    const top = mark.text ? bbox.top : bbox.top + bbox.height - 8;
    ctx.strokeStyle = css(mark.text ? '--bad' : '--accent');
    ctx.fillStyle = ctx.strokeStyle;
    ctx.setLineDash(mark.text ? [2, 3] : []);
    ctx.lineWidth = mark.text ? 1 : 2;
    ctx.beginPath();
    ctx.moveTo(at, top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(mark.text, at + 3, bbox.top + 12);
  });
  ctx.restore();
}

function rowsOf(version) {
  return version.rows_seen;
}

function drawScore() {
  const metric = byId('metric').value;
  const points = page.document.versions
    .filter((version) => figure(version, metric) !== undefined)
    .map((version) => ({ x: rowsOf(version), model: figure(version, metric), version: version.version }));
  const now = page.series.filter((point) => point.scores && point.scores[metric] !== undefined);
  const baselines = [...new Set(now.flatMap((point) => Object.keys(point.baselines || {})))];
  const all = points.concat(now.map((point) => ({ x: point.rows_seen, now: point.scores[metric], baselines: point.baselines })))
    .sort((a, b) => a.x - b.x);
  const marks = [];
  const rowsAt = new Map(page.document.versions.map((version) => [version.version, rowsOf(version)]));
  page.document.moves.filter((move) => rowsAt.has(move.newest)).forEach((move) => {
    marks.push({ x: rowsAt.get(move.newest), text: move.is_back ? 'live is ' + move.version : '' });
  });
  page.document.versions.filter((version) => version.verdict === 'refused')
    .forEach((version) => marks.push({ x: rowsOf(version), text: 'refused' }));
  page.document.versions.filter((version) => version.drift)
    .forEach((version) => marks.push({ x: rowsOf(version), text: 'drift' }));
  const series = [{ name: 'rows of each version', x: 'rows', y: metric, values: all.map((one) => one.model ?? null) }];
  if (now.length > 0) {
    series.push({ name: 'this run so far', values: all.map((one) => one.now ?? null) });
    baselines.forEach((name) => series.push({
      name,
      dashed: true,
      values: all.map((one) => (one.baselines && one.baselines[name] ? one.baselines[name][metric] ?? null : null)),
    }));
  }
  byId('score').dataset.points = String(points.length);
  draw('score', metric + ' of ' + points.length + ' versions of ' + page.model, all.map((one) => one.x), series, 280, marks);
  byId('score').dataset.ticks = String(marks.filter((mark) => !mark.text).length);
  byId('marks').textContent = [
    marks.some((mark) => mark.text) ? 'Lines: where live was moved by hand, drift, and versions that a gate refused.' : '',
    marks.some((mark) => !mark.text) ? 'Ticks at the foot: versions that became live when they were made.' : '',
  ].join(' ').trim();
}

/** The score of the rows that a version has learned since the one before it, or else since its run began. */
function figure(version, metric) {
  return version.stretch[metric] ?? version.metrics[metric];
}

function drawTraffic() {
  const x = page.series.map((point) => point.time);
  draw('traffic', 'rows per second, predicted and learned', x, [
    { name: 'predicted', x: 'time', y: 'rows/s', isTime: true, values: page.series.map((point) => point.predicted) },
    { name: 'learned', values: page.series.map((point) => point.learned) },
  ], 200);
  draw('latency', 'milliseconds of a request, median and 99 percent', x, [
    { name: 'median', x: 'time', y: 'ms', isTime: true, values: page.series.map((point) => point.median) },
    { name: '99 %', values: page.series.map((point) => point.p99) },
  ], 200);
  const last = page.series[page.series.length - 1] || {};
  const facts = {
    'rows learned': last.rows_learned, 'waiting to be learned': last.rows_waiting, 'bad rows': last.rows_refused,
    'predictions that await labels': last.predictions_awaiting,
  };
  byId('counts').replaceChildren(...Object.entries(facts).filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const pair = element('div');
      pair.append(element('dt', name), element('dd', number(value)));
      return pair;
    }));
}

// --- versions

function table(head, rows) {
  const made = element('table');
  fill(made, head, rows);
  return made;
}

function fill(into, head, rows) {
  const line = element('tr');
  head.forEach((name, i) => line.append(element('th', name, { scope: 'col', class: i > 0 && rows.some((row) => typeof row[i] === 'number') ? 'number' : '' })));
  const first = into.tHead || into.createTHead();
  first.replaceChildren(line);
  const body = into.tBodies[0] || into.createTBody();
  body.replaceChildren(...rows.map((row) => {
    const made = element('tr');
    row.forEach((cell) => {
      const td = element('td', undefined, { class: typeof cell === 'number' ? 'number' : '' });
      td.append(typeof cell === 'number' ? number(cell) : cell);
      made.append(td);
    });
    return made;
  }));
}

function metrics() {
  const names = new Set();
  page.document.versions.forEach((version) => Object.keys({ ...version.metrics, ...version.stretch })
    .forEach((name) => names.add(name)));
  const now = page.series[page.series.length - 1];
  Object.keys((now && now.scores) || {}).forEach((name) => names.add(name));
  return [...names];
}

function showVersions() {
  const names = metrics();
  const shown = page.document.versions.slice(-MOST_VERSIONS).reverse();
  const live = page.document.aliases.live;
  fill(byId('versions'), ['version', 'rows', ...names, 'gate', 'called', 'made', ''], shown.map((version) => {
    const button = element('button', 'Roll back…', { type: 'button', 'aria-label': 'Roll back to version ' + version.version });
    button.addEventListener('click', () => ask(version.version));
    return [
      String(version.version),
      rowsOf(version),
      ...names.map((name) => figure(version, name) ?? ''),
      version.verdict === 'none' ? '' : version.verdict,
      version.aliases.join(', '),
      version.created.replace('T', ' ').replace(/\..*|Z/, ''),
      version.version === live ? '' : button,
    ];
  }));
  const hidden = page.document.versions.length - shown.length;
  byId('more').textContent = hidden > 0 ? 'Older than these: ' + number(hidden) + ' versions.' : '';
  const numbers = page.document.versions.map((version) => version.version);
  choose(byId('first'), numbers, byId('first').value || numbers[Math.max(0, numbers.length - 2)]);
  choose(byId('second'), numbers, byId('second').value || numbers[numbers.length - 1]);
}

const DRIFT = /([a-z][a-z0-9-]*)(?:\((.*?)\))?@(\d+)/g;

/** What drifted: marks of the versions, and those since the last version. */
function showDrift() {
  const found = new Map();
  const add = (detector, column, row) => {
    const of = found.get(column) || { column, marks: new Set(), detectors: new Set(), last: 0 };
    found.set(column, of);
    of.marks.add(detector + '@' + row);
    of.detectors.add(detector);
    of.last = Math.max(of.last, row);
  };
  page.document.versions.filter((version) => version.drift).forEach((version) => {
    [...version.drift.matchAll(DRIFT)].forEach((mark) => add(mark[1], mark[2] ?? '', Number(mark[3])));
  });
  const now = page.series[page.series.length - 1] || {};
  (now.drifts || []).forEach((mark) => add(mark.detector, mark.column ?? '', mark.row));
  const all = [...found.values()].sort((a, b) => b.last - a.last);
  byId('drift-section').hidden = all.length === 0;
  fill(byId('drifts'), ['what drifted', 'detector', 'times', 'last at row'], all.map((one) => [
    one.column === '' ? 'the loss or the error' : element('mark', one.column),
    [...one.detectors].join(', '),
    one.marks.size,
    one.last,
  ]));
}

function ask(version) {
  byId('ask-text').textContent = 'Make version ' + version + ' of ' + page.model
    + ' live? Whoever trains it goes on from there.';
  const dialog = byId('ask');
  dialog.returnValue = 'no';
  dialog.onclose = async () => {
    if (dialog.returnValue !== 'yes') {
      return;
    }
    try {
      await call(path(page.model) + '/rollback', { version, reason: byId('why').value });
      tell(null);
      await load();
    } catch (e) {
      tell(e);
    }
  };
  dialog.showModal();
}

async function compare(event) {
  event.preventDefault();
  try {
    const both = await call(path(page.model) + '/compare?a=' + byId('first').value + '&b=' + byId('second').value);
    byId('compared').replaceChildren(
      table(['figure', 'version ' + both.a, 'version ' + both.b, 'difference'],
        both.figures.map((one) => [one.name, one.a ?? '', one.b ?? '',
          one.a !== undefined && one.a !== null && one.b !== undefined && one.b !== null ? one.b - one.a : ''])),
      element('p', both.weights.length === 0 ? '' : 'Weights that differ most:'),
      both.weights.length === 0 ? '' : table(['weight', 'version ' + both.a, 'version ' + both.b, 'difference'],
        both.weights.map((one) => [one.name, one.a, one.b, one.b - one.a])),
    );
    tell(null);
  } catch (e) {
    tell(e);
  }
}

// --- one record

function showFields() {
  const columns = page.document.plan;
  const key = JSON.stringify(columns);
  if (byId('fields').dataset.key === key) {
    return;
  }
  byId('fields').dataset.key = key;
  byId('fields').replaceChildren(...columns.map((column, i) => {
    const field = element('div');
    field.append(element('label', column.name, { for: 'field-' + i }));
    if (column.values.length > 0) {
      const select = element('select', undefined, { id: 'field-' + i });
      choose(select, ['', ...column.values]);
      field.append(select);
    } else {
      field.append(element('input', undefined, {
        id: 'field-' + i,
        inputmode: column.kind === 'numeric' ? 'decimal' : 'text',
        placeholder: column.kind,
      }));
    }
    return field;
  }));
}

async function predict(event) {
  event.preventDefault();
  const record = {};
  page.document.plan.forEach((column, i) => {
    const text = byId('field-' + i).value.trim();
    record[column.name] = text === '' ? null : text;
  });
  const answer = byId('answer');
  try {
    const explains = page.document.explains ? '?explain=10' : '';
    const said = await call(path(page.model) + '/predict' + explains, record);
    const one = said.predictions[0];
    const word = one.prediction ?? one.score ?? ('cluster ' + one.cluster);
    answer.replaceChildren(element('p', said.version + ' says ' + (typeof word === 'number' ? number(word) : word)));
    if (one.probabilities) {
      answer.append(table(['class', 'probability'], Object.entries(one.probabilities)));
    }
    if (one.explanation) {
      answer.append(element('p', 'Why ' + one.explanation.target + ': ' + number(one.explanation.base)
        + ' without any column, and by column:'), bars(one.explanation.contributions));
    }
    tell(null);
  } catch (e) {
    answer.replaceChildren(element('p', e.message));
  }
}

function bars(contributions) {
  const most = Math.max(...contributions.map((one) => Math.abs(one.amount)), 1e-300);
  const list = element('ul', undefined, { class: 'bars' });
  contributions.forEach((one) => {
    const item = element('li');
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 200 10');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    const width = 100 * Math.abs(one.amount) / most;
    bar.setAttribute('x', String(one.amount < 0 ? 100 - width : 100));
    bar.setAttribute('width', String(width));
    bar.setAttribute('height', '10');
    bar.setAttribute('class', one.amount < 0 ? 'minus' : 'plus');
    svg.append(bar);
    item.append(element('span', one.column + (one.value === '' ? '' : ' = ' + one.value)), svg,
      element('span', (one.amount > 0 ? '+' : '') + number(one.amount)));
    list.append(item);
  });
  return list;
}

// --- all of it

function show() {
  choose(byId('metric'), metrics());
  const { serving } = page.document;
  byId('now').textContent = (serving.startsWith('+') ? page.model : '') + serving + ' answers.';
  drawScore();
  showDrift();
  showVersions();
  showFields();
}

async function load() {
  page.document = await call(path(page.model));
  show();
}

async function loadModels() {
  const { models } = await call('/models');
  choose(byId('model'), models.map((model) => model.model));
  return models.length;
}

function take(event) {
  const mine = event.models.find((one) => one.model === page.model);
  if (!mine) {
    return;
  }
  page.series.push({ ...mine, time: event.time });
  page.series.splice(0, page.series.length - MOST_POINTS);
  drawTraffic();
  if (mine.scores && page.document) {
    choose(byId('metric'), metrics());
    drawScore();
  }
  if (page.document) {
    showDrift();
  }
  byId('bad-section').hidden = mine.bad.length === 0;
  byId('bad').replaceChildren(...mine.bad.map((line) => element('li', line)));
  if (page.document && (mine.revision !== page.revision || mine.serving !== page.document.serving)) {
    page.revision = mine.revision;
    load().catch(tell);
  }
}

/** Reads server-sent events with the token in a header, which EventSource cannot send. */
async function listen(signal) {
  const response = await fetch('/events', { headers: headers({ Accept: 'text/event-stream' }), signal });
  if (!response.ok) {
    throw new Error((await response.json()).error);
  }
  byId('state').textContent = 'live';
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    const events = (rest + value).split('\n\n');
    rest = events.pop();
    events.filter((event) => event.startsWith('data: ')).forEach((event) => take(JSON.parse(event.slice(6))));
  }
}

async function begin() {
  if (page.reading) {
    page.reading.abort();
  }
  page.reading = new AbortController();
  const { signal } = page.reading;
  while (!signal.aborted) {
    try {
      if (await loadModels() > 0) {
        page.model = byId('model').value;
        await load();
      }
      tell(null);
      await listen(signal);
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      tell(e);
    }
    byId('state').textContent = 'not connected, trying again';
    await new Promise((resolve) => { setTimeout(resolve, 2000); });
  }
}

byId('model').addEventListener('change', () => {
  page.model = byId('model').value;
  page.series = [];
  ['first', 'second'].forEach((id) => byId(id).replaceChildren());
  ['compared', 'answer'].forEach((id) => byId(id).replaceChildren());
  load().catch(tell);
});
byId('metric').addEventListener('change', drawScore);
byId('compare-form').addEventListener('submit', compare);
byId('predict-form').addEventListener('submit', predict);
byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem('token', byId('token').value);
  begin();
});
dark.addEventListener('change', () => {
  if (page.document) {
    show();
    drawTraffic();
  }
});
let resizing;
addEventListener('resize', () => {
  clearTimeout(resizing);
  resizing = setTimeout(() => {
    if (page.document) {
      drawScore();
      drawTraffic();
    }
  }, 100);
});
begin();
