import { act, fireEvent, screen } from '@testing-library/react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { show } from '../test/show.tsx';
import { keepFocus } from './keep-focus.ts';

let stop: () => void;
beforeEach(() => {
  stop = keepFocus(document);
});
afterEach(() => stop());

/** Mutations are told in a microtask. */
const settle = () => act(async () => undefined);

/** Shows one thing, and another once its button was pressed. */
function Swap(props: { before: (press: () => void) => ReactNode; after: ReactNode }) {
  const [pressed, setPressed] = useState(false);
  return pressed ? props.after : props.before(() => setPressed(true));
}

async function press(name: string) {
  const button = screen.getByRole('button', { name });
  button.focus();
  fireEvent.click(button);
  await settle();
}

const focused = () => document.activeElement?.textContent;

const button = (press: () => void) => (
  <button type="button" onClick={press}>
    Go
  </button>
);

describe('a button that takes itself away', () => {
  it('leaves the focus to the heading of what it stood in', async () => {
    show(
      <main>
        <h1>Page</h1>
        <section>
          <h2>Other card</h2>
        </section>
        <section>
          <h2>Card</h2>
          <Swap before={button} after={<p>done</p>} />
        </section>
      </main>,
    );
    await press('Go');
    expect(focused()).toBe('Card');
  });

  it('leaves it to what took the place of its card, once that is there', async () => {
    const card = (title: ReactNode, content: ReactNode) => (
      <section data-home="chart">
        {title}
        {content}
      </section>
    );
    const view = show(
      <main>
        <h1>Page</h1>
        <Swap before={(go) => <div>{card(<h2>Now</h2>, button(go))}</div>} after={card(null, 'loading')} />
      </main>,
    );
    await press('Go');
    expect(document.activeElement).toBe(document.body);
    const day = document.createElement('h2');
    day.textContent = 'Day';
    view.container.querySelector('[data-home]')?.append(day);
    await settle();
    expect(focused()).toBe('Day');
  });

  it('leaves it to the title of the page that comes, where it left the whole page', async () => {
    show(
      <Swap
        before={(go) => (
          <main>
            <h1>Old</h1>
            {button(go)}
          </main>
        )}
        after={
          <main>
            <h1>New</h1>
          </main>
        }
      />,
    );
    await press('Go');
    expect(focused()).toBe('New');
  });
});

it('gives the focus back to a button that was only disabled for a while', async () => {
  function Form() {
    const [busy, setBusy] = useState(false);
    return (
      <>
        <button type="button" disabled={busy} onClick={() => setBusy(true)}>
          Send
        </button>
        <button type="button" onClick={() => setBusy(false)}>
          Answer
        </button>
      </>
    );
  }
  show(<Form />);
  await press('Send');
  // As browsers do it with the next frame.
  (document.activeElement as HTMLElement).blur();
  await settle();
  fireEvent.click(screen.getByRole('button', { name: 'Answer' }));
  await settle();
  expect(focused()).toBe('Send');
});

it('takes no focus that somebody let go of', async () => {
  show(
    <main>
      <h1>Page</h1>
      <Swap before={button} after={<p>done</p>} />
    </main>,
  );
  const go = screen.getByRole('button', { name: 'Go' });
  go.focus();
  go.blur();
  await settle();
  fireEvent.click(go);
  await settle();
  expect(document.activeElement).toBe(document.body);
});

it('leaves it where code has put it meanwhile', async () => {
  function Field() {
    const field = useRef<HTMLInputElement>(null);
    useEffect(() => field.current?.focus(), []);
    return <input ref={field} aria-label="Name" />;
  }
  show(
    <main>
      <h1>Page</h1>
      <Swap before={button} after={<Field />} />
    </main>,
  );
  await press('Go');
  expect(document.activeElement).toBe(screen.getByLabelText('Name'));
});
