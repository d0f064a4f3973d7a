/**
 * Holds the live state and tells the components about it, each at the cadence it wants.
 *
 * A number that changes every second is useful on the counter and only noise on a list of cameras, so a component
 * subscribes to a channel with its own cadence. A change of connection or a new snapshot reaches everyone at once.
 * While the tab is hidden nobody is told anything: nothing is drawn that nobody sees.
 */
import { initialState, type LiveState } from './state.ts';

/** Messages come a few milliseconds early or late; without slack a 5 s channel would fire at 6 s. */
const SLACK_MS = 250;

export type Channel = { subscribe: (listener: () => void) => () => void; read: () => LiveState };

export class LiveStore {
  #state: LiveState = initialState;
  #visible = true;
  readonly #channels = new Map<number, SampledChannel>();

  get state(): LiveState {
    return this.#state;
  }

  update(change: (state: LiveState) => LiveState): void {
    const next = change(this.#state);
    if (next === this.#state) return;
    this.#state = next;
    this.#publish();
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#publish();
  }

  channel(everyMs: number): Channel {
    let channel = this.#channels.get(everyMs);
    if (!channel) {
      channel = new SampledChannel(everyMs, this.#state);
      this.#channels.set(everyMs, channel);
    }
    return channel;
  }

  #publish(): void {
    if (!this.#visible) return;
    for (const channel of this.#channels.values()) channel.offer(this.#state);
  }
}

class SampledChannel implements Channel {
  readonly #everyMs: number;
  readonly #listeners = new Set<() => void>();
  #sample: LiveState;

  constructor(everyMs: number, first: LiveState) {
    this.#everyMs = everyMs;
    this.#sample = first;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly read = (): LiveState => this.#sample;

  offer(state: LiveState): void {
    if (state === this.#sample || !this.#due(state)) return;
    this.#sample = state;
    for (const listener of this.#listeners) listener();
  }

  #due(state: LiveState): boolean {
    const { phase, epoch, receivedAt } = this.#sample;
    if (phase !== state.phase || epoch !== state.epoch || receivedAt === null) return true;
    return (state.receivedAt ?? 0) - receivedAt >= this.#everyMs - SLACK_MS;
  }
}
