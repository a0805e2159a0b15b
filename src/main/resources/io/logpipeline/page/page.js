'use strict';
(() => {
  const SECONDS = 300;
  const SMOOTHED = 5;
  const RETRY_MS = 5000;
  const SILENCE_MS = 6000;
  const HIDDEN_MAX_MS = 300000;
  const FAILURES_SHOWN = 8;
  const TITLES = { healthy: 'Healthy', worrying: 'Needs a look', failing: 'Failing', starting: 'Starting' };
  const GLYPHS = { healthy: '✓', worrying: '▲', failing: '✕', starting: '…' };
  const PRESENCE = {
    working: ['good', 'healthy', 'at work'],
    ready: ['good', 'healthy', 'ready'],
    quiet: ['info', 'starting', 'quiet'],
    gone: ['warning', 'worrying', 'gone'],
  };
  const LEVELS = { error: ['failing', 'Error'], warning: ['worrying', 'Warning'], info: ['repaired', 'Note'] };

  const $ = (id) => document.getElementById(id);
  let about = null;
  let news = null;
  let samples = [];
  let failures = [];
  let arrived = 0;
  let tried = 0;
  let source = null;
  let paused = false;
  let allFailures = false;
  let hover = null;

  /* Text and elements: never markup. */
  const say = (id, text) => { const at = $(id); if (at.textContent !== text) at.textContent = text; };
  const make = (name, className, ...children) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  };
  const draw = (name, attributes, ...children) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const icon = (shape, tone) =>
    draw('svg', { class: 'icon ' + tone, 'aria-hidden': 'true', focusable: 'false' },
      draw('use', { href: '#shape-' + shape }));

  /* Numbers with their units. */
  const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
  const tenth = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
  const number = (n) => (n >= 1e6 ? short.format(n) : n < 10 && n % 1 !== 0 ? tenth.format(n) : whole.format(n));
  const span = (ms) => {
    const s = ms / 1000;
    if (s < 10) return [tenth.format(s), 's'];
    if (s < 120) return [whole.format(s), 's'];
    if (s < 7200) return [whole.format(Math.floor(s / 60)) + ' min ' + Math.floor(s % 60), 's'];
    if (s < 172800) return [whole.format(Math.floor(s / 3600)) + ' h ' + Math.floor(s / 60 % 60), 'min'];
    return [whole.format(Math.floor(s / 86400)), 'days'];
  };
  const spanText = (ms) => span(ms).join(' ');
  const roughly = (ms) => {
    const s = Math.max(0, Math.round(ms / 1000));
    if (s < 120) return s + ' s';
    if (s < 7200) return Math.floor(s / 60) + ' min';
    return s < 172800 ? Math.floor(s / 3600) + ' h' : Math.floor(s / 86400) + ' days';
  };
  const bytes = (n) => {
    const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
    let i = 0;
    for (; n >= 1000 && i < units.length - 1; i++) n /= 1000;
    return number(i ? Math.round(n * 10) / 10 : n) + ' ' + units[i];
  };
  const lists = (n) => number(n) + (n === 1 ? ' list' : ' lists');
  const clock = (at) => new Date(at).toLocaleTimeString('en-GB');
  const figure = (id, value, unit) => $(id).replaceChildren(value, make('small', '', unit));
  const mean = (some, of) => (some.length ? some.reduce((sum, each) => sum + of(each), 0) / some.length : 0);
  const most = (some, of) => some.reduce((max, each) => Math.max(max, of(each)), 0);

  /* The stream. */
  const STREAM = {
    waiting: 'Waiting for the first figures…',
    live: 'Live',
    paused: 'Paused',
    lost: 'Stream lost, retrying…',
    busy: 'Too many watch already, retrying…',
  };
  function stream(state) {
    document.body.dataset.stream = state === 'busy' ? 'lost' : state;
    const since = state === 'lost' && arrived ? ' Last figures at ' + clock(arrived) + '.' : '';
    say('stream-text', STREAM[state] + since);
  }
  function connect() {
    if (source) source.close();
    tried = Date.now();
    source = new EventSource('live');
    source.onmessage = (event) => receive(JSON.parse(event.data));
    source.onerror = async () => {
      stream('lost');
      if (source.readyState !== EventSource.CLOSED) return;
      source = null;
      const answer = await fetch('live', { method: 'HEAD' }).catch(() => null);
      stream(answer && answer.status === 503 ? 'busy' : 'lost');
      setTimeout(() => { if (!source && !document.hidden) connect(); }, RETRY_MS);
    };
  }
  function receive(fresh) {
    const now = Date.now();
    arrived = now;
    if (fresh.first) {
      about = fresh.process;
      samples = [];
    }
    for (const [age, lag, pending, taken, written] of fresh.samples) {
      const few = samples.slice(1 - SMOOTHED).concat({ taken, written });
      const accepted = mean(few, (each) => each.taken);
      const drained = mean(few, (each) => each.written);
      samples.push({ at: now - age, lag, pending, taken, written, accepted, drained });
    }
    samples = samples.slice(-SECONDS);
    if (fresh.failures) {
      failures = fresh.failures.map((each) => ({ ...each, at: now - each.ago_ms }));
    }
    news = fresh;
    stream(paused ? 'paused' : 'live');
    if (!paused) show();
  }

  /* What is shown. */
  function show() {
    showVerdict();
    showFigures();
    showReplicas();
    showFacts();
    showFailures();
    showChart();
    say('identity', about.role + ' · version ' + about.version + ' · replica ' + about.replica + ' · up ' + roughly(news.up_ms));
  }
  function showVerdict() {
    const { grade, reasons } = news.verdict;
    document.body.dataset.grade = grade;
    document.title = GLYPHS[grade] + ' ' + TITLES[grade] + ' · Log Pipeline';
    $('verdict-shape').setAttribute('href', '#shape-' + grade);
    say('verdict-title', TITLES[grade]);
    const list = $('verdict-reasons');
    if ([...list.children].map((each) => each.textContent).join('\n') !== reasons.join('\n')) {
      list.replaceChildren(...reasons.map((each) => make('li', '', each)));
    }
  }
  function showFigures() {
    const minute = samples.slice(-60);
    const last = samples[samples.length - 1];
    if (!last) return;
    const known = last.lag !== null;
    if (known) {
      figure('lag', ...span(last.lag * 1000));
      figure('pending', number(last.pending), last.pending === 1 ? 'list' : 'lists');
    } else {
      figure('lag', '?', 'Redis is away');
      figure('pending', '?', 'Redis is away');
    }
    const part = known ? Math.min(1, last.lag * 1000 / about.lag_high_ms) : 0;
    $('lag-bar').setAttribute('width', part * 100);
    $('lag-bar').classList.toggle('high', part >= 1);
    say('lag-note', 'oldest list of all replicas; usual up to ' + roughly(about.lag_usual_ms)
      + ', alarm at ' + roughly(about.lag_high_ms));
    const ended = news.replicas && news.replicas.ended_per_s;
    say('pending-note', ended === undefined || ended === null
      ? 'of all replicas'
      : 'all replicas drain ' + number(ended) + (ended === 1 ? ' list/s' : ' lists/s'));
    showRate('accepted', 'taken', about.ingests, minute, 'this process takes no events');
    showRate('drained', 'written', about.drains, minute, 'this process drains nothing');
  }
  function showRate(name, raw, does, minute, otherwise) {
    if (!does) {
      $(name).replaceChildren('–');
      say(name + '-note', otherwise);
      return;
    }
    figure(name, number(mean(minute, (each) => each[raw])), 'events/s');
    say(name + '-note', 'by this process, over the last minute');
  }
  function showReplicas() {
    const group = news.replicas;
    const body = $('replicas');
    const empty = (text) => {
      const cell = make('td', 'empty', text);
      cell.colSpan = 4;
      body.replaceChildren(make('tr', '', cell));
      say('replicas-note', '');
    };
    if (!group) return empty(news.now.redis ? 'Asking Redis…' : 'Only Redis knows, and it does not answer.');
    if (!group.members.length) empty('No drainer has been seen yet.');
    else body.replaceChildren(...group.members.map((each) => replica(each, group.sweeper)));
    const more = group.count > group.members.length ? ' ' + number(group.count - group.members.length) + ' more drainers are not shown.' : '';
    const sweeps = group.sweeper
      ? ' ' + (group.sweeper === about.replica ? 'This process' : group.sweeper) + ' sweeps.'
      : ' Nobody sweeps now.';
    say('replicas-note', lists(group.untaken) + (group.untaken === 1 ? ' waits' : ' wait') + ' for a drainer to take '
      + (group.untaken === 1 ? 'it.' : 'them.') + sweeps + more);
  }
  function replica(each, sweeper) {
    const name = make('th', '', make('span', 'name', each.name), ' ');
    name.scope = 'row';
    if (each.self) name.append(make('span', 'chip', 'this process'));
    if (each.name === sweeper) name.append(make('span', 'chip', 'sweeps'));
    const [tone, shape, text] = PRESENCE[each.presence];
    return make('tr', '', name,
      make('td', 'number', lists(each.held)),
      make('td', 'number', roughly(each.idle_ms) + ' ago'),
      make('td', '', make('span', 'state ' + tone, icon(shape, ''), text)));
  }
  function showFacts() {
    const now = news.now;
    const fact = (id, tone, shape, text) =>
      $(id).replaceChildren(make('span', 'state ' + tone, icon(shape, ''), text));
    if (now.redis) fact('fact-redis', 'good', 'healthy', 'answers');
    else fact('fact-redis', 'error', 'failing', 'does not answer');
    if (!about.drains) say('fact-dir', 'not used here');
    else if (now.log_dir === 'unusable') fact('fact-dir', 'error', 'failing', 'unusable');
    else if (now.log_dir === 'unknown') fact('fact-dir', 'info', 'starting', 'not looked at yet');
    else fact('fact-dir', 'good', 'healthy', now.free_bytes === undefined ? 'usable' : bytes(now.free_bytes) + ' free');
    say('fact-queue', about.ingests ? number(now.queue) + (now.queue === 1 ? ' event' : ' events') : 'nothing is taken here');
    say('fact-hand', about.drains ? lists(now.in_hand) : 'nothing is drained here');
  }
  function showFailures() {
    const body = $('failures');
    const older = $('older');
    older.hidden = failures.length <= FAILURES_SHOWN;
    older.textContent = allFailures ? 'Show the newest only' : 'Show all ' + failures.length;
    older.setAttribute('aria-expanded', String(allFailures));
    if (!failures.length) {
      const cell = make('td', 'empty', 'Nothing since this process started, ' + roughly(news.up_ms) + ' ago.');
      cell.colSpan = 3;
      body.replaceChildren(make('tr', '', cell));
      return;
    }
    body.replaceChildren(...failures.slice(0, allFailures ? failures.length : FAILURES_SHOWN).map(failure));
  }
  function failure(each) {
    const [shape, label] = LEVELS[each.level] || LEVELS.warning;
    const lasted = each.lasted_ms >= 1000 ? ', for ' + roughly(each.lasted_ms) : '';
    const what = make('th', '', make('span', 'fact',
      icon(shape, each.level),
      make('span', '', make('span', 'unseen', label + ': '), each.sentence),
      make('span', 'word', each.kind + ' · ' + each.reason + lasted)));
    what.scope = 'row';
    const time = make('time', '', roughly(Date.now() - each.at) + ' ago');
    time.dateTime = new Date(each.at).toISOString();
    time.title = clock(each.at);
    return make('tr', '', what, make('td', 'number', number(each.count) + '×'), make('td', 'number', time));
  }

  /* The chart. */
  const LEFT = 46;
  const BOTTOM = 18;
  const TOP = 6;
  const step = (max, ticks) => {
    const rough = max / ticks;
    const power = 10 ** Math.floor(Math.log10(rough));
    return power * [1, 2, 5, 10].find((each) => each * power >= rough);
  };
  function plot(id, series, least, ticks, limit) {
    const svg = $(id);
    const width = svg.clientWidth;
    const height = svg.clientHeight;
    if (!width) return;
    const highest = Math.max(least, ...series.map((each) => most(samples, (sample) => sample[each.of] || 0)));
    const every = step(highest, ticks);
    const max = every * Math.ceil(highest / every);
    const end = samples.length ? samples[samples.length - 1].at : Date.now();
    const x = (at) => LEFT + (width - LEFT - 2) * (1 - (end - at) / (SECONDS * 1000));
    const y = (value) => TOP + (height - TOP - BOTTOM) * (1 - value / max);
    const parts = [];
    for (let value = 0; value <= max + every / 2; value += every) {
      parts.push(draw('line', { class: 'grid', x1: LEFT, x2: width, y1: y(value), y2: y(value) }));
      parts.push(draw('text', { x: LEFT - 8, y: y(value) + 4, 'text-anchor': 'end' }, number(value)));
    }
    for (let minute = 0; minute <= 5; minute++) {
      const label = minute ? '−' + minute + ' min' : 'now';
      const anchor = minute === 5 ? 'start' : minute ? 'middle' : 'end';
      if (width < 420 && minute % 2 === 1) continue;
      parts.push(draw('text', { x: x(end - minute * 60000), y: height - 3, 'text-anchor': anchor }, label));
    }
    if (limit && limit <= max) {
      parts.push(draw('line', { class: 'limit', x1: LEFT, x2: width, y1: y(limit), y2: y(limit) }));
    }
    for (const each of series) {
      for (const run of runs(each.of)) {
        const line = run.map((s, i) => (i ? 'L' : 'M') + x(s.at).toFixed(1) + ' ' + y(s[each.of]).toFixed(1)).join('');
        if (each.area) {
          const foot = 'L' + x(run[run.length - 1].at).toFixed(1) + ' ' + y(0) + 'L' + x(run[0].at).toFixed(1) + ' ' + y(0) + 'Z';
          parts.push(draw('path', { class: 'area', d: line + foot }));
        }
        parts.push(draw('path', { class: each.of, d: line }));
      }
    }
    const back = hover === null ? Number($('cursor').value) : hover;
    if (back) {
      const at = x(end + back * 1000);
      parts.push(draw('line', { class: 'at', x1: at, x2: at, y1: TOP, y2: height - BOTTOM }));
    }
    svg.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
    svg.replaceChildren(...parts);
  }
  /* Where nothing was measured there is no line. */
  function runs(of) {
    const all = [];
    let run = [];
    let before = 0;
    for (const sample of samples) {
      if (run.length && (sample[of] === null || sample.at - before > 3500)) {
        all.push(run);
        run = [];
      }
      if (sample[of] !== null) run.push(sample);
      before = sample.at;
    }
    if (run.length) all.push(run);
    return all;
  }
  function showChart(moved = false) {
    const rates = [];
    if (about.ingests) rates.push({ of: 'accepted' });
    if (about.drains) rates.push({ of: 'drained' });
    plot('rate-plot', rates, 5, 3);
    plot('lag-plot', [{ of: 'lag', area: true }], 3, 2, about.lag_high_ms / 1000);
    showCursor(moved);
    say('summary', 'In these ' + roughly(samples.length * 1000) + ': accepted '
      + number(mean(samples, (each) => each.accepted)) + '/s on average, at most ' + number(most(samples, (each) => each.accepted))
      + '; drained ' + number(mean(samples, (each) => each.drained)) + '/s, at most ' + number(most(samples, (each) => each.drained))
      + '; lag at most ' + spanText(most(samples, (each) => each.lag || 0) * 1000) + '.');
    if ($('table-details').open) showTable();
  }
  function showCursor(moved) {
    const slider = $('cursor');
    const back = hover === null ? Number(slider.value) : hover;
    const end = samples[samples.length - 1];
    if (!end) return;
    const wanted = end.at + back * 1000;
    const at = samples.reduce((best, each) => (Math.abs(each.at - wanted) < Math.abs(best.at - wanted) ? each : best));
    const text = Math.abs(at.at - wanted) > 2000
      ? 'not measured'
      : clock(at.at) + ': accepted ' + number(at.accepted) + '/s, drained ' + number(at.drained) + '/s, '
        + (at.lag === null ? 'Redis away' : 'lag ' + spanText(at.lag * 1000) + ', ' + lists(at.pending) + ' pending');
    say('readout', text);
    /* Read out when it is moved, not each second while it has the focus. */
    if (moved || document.activeElement !== slider) {
      slider.setAttribute('aria-valuetext', (back ? roughly(-back * 1000) + ' ago, ' : 'now, ') + text);
    }
  }
  function showTable() {
    const rows = [];
    for (let end = samples.length; end > 0 && rows.length < SECONDS / 30; end -= 30) {
      const some = samples.slice(Math.max(0, end - 30), end);
      const until = make('th', '', clock(some[some.length - 1].at));
      until.scope = 'row';
      const cells = [
        number(mean(some, (each) => each.accepted)),
        number(mean(some, (each) => each.drained)),
        spanText(most(some, (each) => each.lag || 0) * 1000),
        number(most(some, (each) => each.pending || 0)),
      ];
      rows.push(make('tr', '', until, ...cells.map((each) => make('td', 'number', each))));
    }
    $('table').replaceChildren(...rows);
  }

  /* Controls. */
  $('pause').addEventListener('click', () => {
    paused = !paused;
    say('pause', paused ? 'Go on' : 'Pause');
    if (arrived) {
      stream(paused ? 'paused' : 'live');
      if (!paused) show();
    }
  });
  $('older').addEventListener('click', () => { allFailures = !allFailures; showFailures(); });
  $('cursor').addEventListener('input', () => { if (about) showChart(true); });
  $('table-details').addEventListener('toggle', () => { if (about) showTable(); });
  for (const id of ['rate-plot', 'lag-plot']) {
    $(id).addEventListener('pointermove', (event) => {
      const box = $(id).getBoundingClientRect();
      const part = (event.clientX - box.left - LEFT) / (box.width - LEFT - 2);
      hover = Math.round((Math.min(1, Math.max(0, part)) - 1) * SECONDS);
      if (about) showChart();
    });
    $(id).addEventListener('pointerleave', () => { hover = null; if (about) showChart(); });
  }
  addEventListener('resize', () => { if (about) showChart(); });

  /* A page that nobody looks at gives its place back. */
  let hiding = 0;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding);
    if (document.hidden) {
      hiding = setTimeout(() => { if (source) source.close(); source = null; }, HIDDEN_MAX_MS);
    } else if (!source) {
      connect();
    }
  });
  setInterval(() => {
    if (source && arrived && Date.now() - arrived > SILENCE_MS) {
      stream('lost');
      if (Date.now() - Math.max(arrived, tried) > 3 * SILENCE_MS) connect();
    }
  }, 1000);
  connect();
})();
