/**
 * Keeps the live state fed. One WebSocket; when it breaks, another with `since`, so that the server replays what was
 * missed or sends a snapshot; when WebSockets do not get through at all, a snapshot over HTTP every 5 s.
 *
 * All outside effects (time, chance, sockets, requests) come in through `Edge`, so every path is tested without
 * waiting.
 */
import { asProblem } from '../api/problem.ts';
import type { LiveMessage } from '../api/types.ts';
import { backoffMs } from './backoff.ts';
import { readMessage } from './message.ts';
import { applyMessage, applyPoll, type LiveState, type Phase } from './state.ts';
import type { LiveStore } from './store.ts';

export type Socket = {
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  close: () => void;
};

export type Edge = {
  now: () => number;
  chance: () => number;
  /** Calls back once after so many ms; the answer cancels it. */
  after: (ms: number, then: () => void) => () => void;
  /** Both are given up by their signal: on a connection that died without a word an answer would take minutes to fail. */
  ticket: (signal: AbortSignal) => Promise<string>;
  snapshot: (signal: AbortSignal) => Promise<LiveMessage>;
  open: (ticket: string, since: number | null) => Socket;
};

export const DELAYED_AFTER_MS = 3_000;
/** A half-open TCP connection never closes by itself; after this silence we stop believing in it. */
export const DEAD_AFTER_MS = 15_000;
export const OFFLINE_AFTER_MS = 15_000;
export const POLL_EVERY_MS = 5_000;
/** While polling, the socket is tried again this often: the laptop may have left the network that blocked it. */
export const RETRY_SOCKET_MS = 60_000;
const ANSWER_WITHIN_MS = 8_000;
const FIRST_MESSAGE_WITHIN_MS = 8_000;
const BLOCKED_AFTER = 2;
const SIGN_IN_AGAIN = 4401;

export class LiveConnection {
  readonly #edge: Edge;
  readonly #store: LiveStore;
  #socket: Socket | null = null;
  /** Raised whenever the present attempt is given up, so that its late answers are recognised and ignored. */
  #attempt = 0;
  #attemptedAt = 0;
  #failures = 0;
  #neverOpened = 0;
  #polling = false;
  #running = false;
  #cancelTicket = () => {};
  #cancelRetry = () => {};
  #cancelWatch = () => {};
  #cancelPoll = () => {};
  #cancelOffline = () => {};

  constructor(edge: Edge, store: LiveStore) {
    this.#edge = edge;
    this.#store = store;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#phase('connecting');
    void this.#connect();
  }

  stop(): void {
    this.#running = false;
    this.#abandon();
    this.#cancelRetry();
    this.#cancelPoll();
    this.#cancelOffline();
    this.#polling = false;
  }

  /** The tab came back, or the machine is on a network again: do not wait for the rest of a long pause. */
  wake(): void {
    if (!this.#running || this.#socket) return;
    this.#failures = 0;
    this.#cancelRetry();
    void this.#connect();
  }

  async #connect(): Promise<void> {
    this.#abandon();
    const attempt = this.#attempt;
    this.#attemptedAt = this.#edge.now();
    const question = new AbortController();
    this.#cancelTicket = () => question.abort();
    let ticket: string;
    try {
      ticket = await this.#inTime(question, this.#edge.ticket);
    } catch (error) {
      if (attempt === this.#attempt) this.#refused(error);
      return;
    }
    if (attempt !== this.#attempt || !this.#running) return;
    const socket = this.#edge.open(ticket, this.#store.state.seq);
    this.#socket = socket;
    let opened = false;
    socket.onmessage = (event) => {
      if (attempt !== this.#attempt) return;
      const message = readMessage(event.data);
      if (!message) {
        this.#broken(true);
        return;
      }
      opened = true;
      this.#heard(message);
    };
    socket.onclose = ({ code }) => {
      if (attempt !== this.#attempt) return;
      // The session of this socket is over; the browser may have another one since, after a change of the password. Asking for
      // a ticket tells.
      if (code === SIGN_IN_AGAIN && opened) void this.#connect();
      else if (code === SIGN_IN_AGAIN) this.#signedOut();
      else this.#broken(opened);
    };
    this.#cancelWatch = this.#edge.after(FIRST_MESSAGE_WITHIN_MS, () => this.#broken(false));
  }

  #heard(message: LiveMessage): void {
    this.#failures = 0;
    this.#neverOpened = 0;
    this.#polling = false;
    this.#cancelPoll();
    this.#show((state, now) => ({ ...applyMessage(state, message, now), phase: 'live' }));
    this.#cancelWatch();
    this.#cancelWatch = this.#edge.after(DELAYED_AFTER_MS, () => {
      this.#phase('delayed');
      this.#cancelWatch = this.#edge.after(DEAD_AFTER_MS - DELAYED_AFTER_MS, () => this.#broken(true));
    });
  }

  /** `opened` false means a ticket was given but no message ever came: something on the way blocks WebSockets. */
  #broken(opened: boolean): void {
    this.#abandon();
    this.#neverOpened = opened ? 0 : this.#neverOpened + 1;
    if (this.#polling) {
      this.#retryIn(RETRY_SOCKET_MS);
      return;
    }
    if (this.#neverOpened >= BLOCKED_AFTER) {
      this.#polling = true;
      void this.#poll();
      this.#retryIn(RETRY_SOCKET_MS);
      return;
    }
    this.#down();
    this.#retryIn(this.#pauseMs(opened ? 0 : this.#edge.now() - this.#attemptedAt));
  }

  #refused(error: unknown): void {
    const { status, waitMs } = asProblem(error);
    if (status === 401) {
      this.#signedOut();
      return;
    }
    if (this.#polling) {
      this.#retryIn(RETRY_SOCKET_MS);
      return;
    }
    this.#down();
    // On top of what the server asked for, so that all who were sent away do not return in the same moment.
    this.#retryIn(waitMs + this.#pauseMs(this.#edge.now() - this.#attemptedAt));
  }

  /**
   * The longer the attempt itself took, the shorter the pause after it: a network that swallows everything would else hold us
   * up for a whole attempt and a whole pause after it is back.
   */
  #pauseMs(attemptTookMs: number): number {
    const chance = this.#edge.chance();
    return Math.max(backoffMs(0, chance), backoffMs(this.#failures++, chance) - attemptTookMs);
  }

  async #inTime<T>(question: AbortController, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const cancel = this.#edge.after(ANSWER_WITHIN_MS, () => question.abort());
    try {
      return await ask(question.signal);
    } finally {
      cancel();
    }
  }

  async #poll(): Promise<void> {
    const question = new AbortController();
    this.#cancelPoll = () => question.abort();
    try {
      const snapshot = await this.#inTime(question, this.#edge.snapshot);
      if (!this.#polling) return;
      this.#show((state, now) => ({ ...applyPoll(state, snapshot, now), phase: 'polling' }));
    } catch (error) {
      if (!this.#polling) return;
      if (asProblem(error).status === 401) {
        this.#signedOut();
        return;
      }
      this.#down();
    }
    this.#cancelPoll = this.#edge.after(POLL_EVERY_MS, () => void this.#poll());
  }

  #show(change: (state: LiveState, now: number) => LiveState): void {
    this.#cancelOffline();
    const now = this.#edge.now();
    this.#store.update((state) => ({ ...change(state, now), downSince: null }));
  }

  #down(): void {
    const now = this.#edge.now();
    // Without it nobody would say so before the next attempt has failed, and that may be a pause and a deadline away.
    if (this.#store.state.downSince === null) {
      this.#cancelOffline = this.#edge.after(OFFLINE_AFTER_MS, () => this.#down());
    }
    this.#store.update((state) => {
      const downSince = state.downSince ?? now;
      const phase: Phase = now - downSince >= OFFLINE_AFTER_MS ? 'offline' : 'reconnecting';
      return { ...state, phase, downSince };
    });
  }

  #signedOut(): void {
    this.stop();
    this.#phase('signed-out');
  }

  #retryIn(ms: number): void {
    this.#cancelRetry();
    this.#cancelRetry = this.#edge.after(ms, () => void this.#connect());
  }

  #abandon(): void {
    this.#attempt += 1;
    this.#cancelTicket();
    this.#cancelWatch();
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #phase(phase: Phase): void {
    this.#store.update((state) => (state.phase === phase ? state : { ...state, phase }));
  }
}
