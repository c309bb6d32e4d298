import { Board } from './board.js';
import { Card } from './card.js';
import { byId } from './dom.js';
import { number } from './format.js';
import { startToolbar } from './keys.js';
import { EndpointList } from './live-endpoints.js';
import { LiveRuns } from './live-runs.js';
import { startPrinting } from './print.js';
import { startTheme } from './theme.js';
import { View } from './view.js';

/** The feed, on the server that the page came from. */
const EVENTS = '/_fast-scaler/events';

/** How soon a lost connection is tried again, and how often at most the page is drawn, ms. */
const RETRY_MS = 1000;
const DRAW_MS = 250;

/**
 * The account tells the time at the end of each of its steps; after so many without a word it hangs, and
 * a quicker one than this is given so long at least, ms.
 */
const STEPS_MISSED = 4;
const LEAST_SILENCE_MS = 5000;

/** The shortest range that is shown, and the one of the button for the newest, seconds. */
const LEAST_SECONDS = 60;
const NEWEST_SECONDS = 900;

const LOST = 'lost: the emulator does not answer, trying again…';
const SILENT = 'lost: the emulator is connected, but its time stands still';

const isoTime = (/** @type {number} */ seconds) => new Date(seconds * 1000).toISOString();

/** Day and time in the account, and the time of day alone. @param {number} seconds of the epoch */
const dayAndTime = (seconds) => isoTime(seconds).slice(0, 19).replace('T', ' ');
const timeOfDay = (/** @type {number} */ seconds) => isoTime(seconds).slice(11, 19);

/** The page, fed by the server's events for as long as it is open. */
class LivePage {
  #runs = new LiveRuns();
  #view = new View({ from: 0, to: LEAST_SECONDS }, LEAST_SECONDS, {
    timeOf: timeOfDay,
    dayTimeOf: dayAndTime,
    wholeName: 'all that is remembered',
  });
  #board = new Board({
    mount: byId('runs'),
    view: this.#view,
    card: new Card(),
    kinds: new Set(/** @type {const} */ (['scale-out', 'scale-in', 'bounds', 'refused', 'notice'])),
  });
  #endpoints = new EndpointList({
    time: (seconds) => this.#moment(seconds),
    changed: () => this.#choose(),
  });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #drawing;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silence;
  #silenceMs = LEAST_SILENCE_MS;

  start() {
    startToolbar(this.#view);
    startTheme(() => this.#board.repaint());
    startPrinting(() => this.#board.fit());
    byId('newest').addEventListener('click', () => {
      const { to } = this.#view.whole;
      this.#view.zoom({ from: to - NEWEST_SECONDS, to });
    });
    this.#connect();
  }

  #connect() {
    const source = new EventSource(EVENTS);
    this.#listen(source, 'snapshot', (snapshot) => {
      this.#runs.reset(snapshot);
      showAccount(snapshot);
      const stepMs = (1000 * snapshot.stepSeconds) / snapshot.speed;
      this.#silenceMs = Math.max(STEPS_MISSED * stepMs, LEAST_SILENCE_MS);
      this.#heard();
      this.#show();
    });
    this.#listen(source, 'step', (step) => {
      this.#runs.add(step);
      this.#plan();
    });
    this.#listen(source, 'decision', (decision) => {
      this.#runs.decide(decision);
      this.#plan();
    });
    this.#listen(source, 'gone', (variant) => {
      this.#runs.remove(variant);
      this.#plan();
    });
    this.#listen(source, 'time', ({ nowSeconds }) => {
      this.#runs.reach(nowSeconds);
      this.#heard();
      this.#plan();
    });
    source.addEventListener('error', () => {
      // Browsers differ in when they try again by themselves.
      source.close();
      clearTimeout(this.#silence);
      showConnection(LOST);
      setTimeout(() => this.#connect(), RETRY_MS);
    });
  }

  /**
   * @template {import('../../server/feed.ts').LiveEvent['type']} T
   * @param {EventSource} source
   * @param {T} type
   * @param {(data: Extract<import('../../server/feed.ts').LiveEvent, { type: T }>['data']) => void} take
   */
  #listen(source, type, take) {
    source.addEventListener(type, ({ data }) => take(JSON.parse(data)));
  }

  /** It lives; unless it says so again in time, that is told. */
  #heard() {
    showConnection('live');
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => showConnection(SILENT), this.#silenceMs);
  }

  /** Many events may come in one go: they are shown together. */
  #plan() {
    this.#drawing ??= setTimeout(() => requestAnimationFrame(() => this.#show()), DRAW_MS);
  }

  #show() {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    byId('account-time').textContent = dayAndTime(this.#runs.nowSeconds);
    byId('course').hidden = this.#runs.all.length === 0;
    if (this.#endpoints.show(this.#runs.all)) this.#choose();
    else {
      this.#board.refresh();
      this.#view.extend(this.#whole());
    }
  }

  /** A time, with its day unless that is today. @param {number} seconds */
  #moment(seconds) {
    const [then, now] = [dayAndTime(seconds), dayAndTime(this.#runs.nowSeconds)];
    return then.slice(0, 10) === now.slice(0, 10) ? timeOfDay(seconds) : then;
  }

  #choose() {
    const { chosen } = this.#endpoints;
    byId('none-chosen').hidden = chosen.length > 0;
    this.#view.extend(this.#whole());
    this.#board.show(chosen);
  }

  /** From the first to the last moment of the runs that are shown. */
  #whole() {
    const times = this.#endpoints.chosen.map((run) => run.times);
    const from = Math.min(this.#runs.nowSeconds, ...times.map((each) => each[0] ?? 0));
    const to = Math.max(...times.map((each) => each.at(-1) ?? 0), from + LEAST_SECONDS);
    return { from, to };
  }
}

/** @param {import('../../server/feed.ts').LiveSnapshot} snapshot */
function showAccount({ accountId, region, speed }) {
  byId('account').textContent = `Account ${accountId} in ${region}`;
  byId('speed').textContent = speed === 1 ? 'as fast as yours' : `${number(speed)} × yours`;
}

/** @param {'live' | typeof LOST | typeof SILENT} words */
function showConnection(words) {
  const state = byId('connection');
  // Said once: a screen reader reads each change.
  if (state.textContent !== words) state.textContent = words;
  state.dataset.connected = String(words === 'live');
}

new LivePage().start();
