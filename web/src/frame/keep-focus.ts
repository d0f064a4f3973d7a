/**
 * Keeps the place of whoever works without a mouse. Buttons take themselves away ("Try again", "Whole day", signing out), cameras
 * vanish from under the finger, and a browser then puts the focus nowhere: the next Tab begins at the top of the page.
 *
 * One rule for all of them in place of a line in each handler, of which the next one would be forgotten: what is gone hands the
 * focus to the heading of the nearest thing around it that is still there. Around it is also what took the place of a card, found by
 * its `data-home`; and where the page itself was left, the title of the new one. A button that was only disabled, while a form is
 * under way, has it back.
 *
 * Not for dialogs: those that close give it back to what opened them by themselves, as does code that moves it on purpose; both have
 * done so before this looks.
 */

/** Where the focus was last. Nothing around an element can be found any more once it was taken out, so it is noted before. */
type Held = {
  element: HTMLElement;
  around: HTMLElement[];
  title: Element | null;
  /** Disabled since, and to be enabled again. */
  waiting: boolean;
};

export function keepFocus(page: Document): () => void {
  let held: Held | null = null;

  const onFocusIn = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return;
    const around: HTMLElement[] = [];
    for (let one = target.parentElement; one && one !== page.body; one = one.parentElement) around.push(one);
    held = { element: target, around, title: page.querySelector('h1'), waiting: false };
  };

  // Somebody who clicks beside everything has let go of it; what was taken away or disabled has not been.
  const onFocusOut = () =>
    queueMicrotask(() => {
      if (held && isThere(held.element) && page.activeElement !== held.element) held = null;
    });

  const look = () => {
    if (!held) return;
    const waited = held.waiting;
    held.waiting = isDisabled(held.element);
    if (page.activeElement !== page.body && page.activeElement !== null) return;
    if (!held.element.isConnected) focusHeading(refuge(held, page));
    else if (waited && !held.waiting) held.element.focus();
  };

  const observer = new MutationObserver(look);
  observer.observe(page, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
  page.addEventListener('focusin', onFocusIn);
  page.addEventListener('focusout', onFocusOut);
  return () => {
    observer.disconnect();
    page.removeEventListener('focusin', onFocusIn);
    page.removeEventListener('focusout', onFocusOut);
  };
}

const isDisabled = (element: HTMLElement) => 'disabled' in element && element.disabled === true;
const isThere = (element: HTMLElement) => element.isConnected && !isDisabled(element);

const headingIn = (within: ParentNode) => within.querySelector<HTMLElement>('h1, h2, h3');

/** Null: nowhere, or not yet. What takes the place of a card may still be loading. */
function refuge({ around, title }: Held, page: Document): HTMLElement | null {
  for (const one of around) {
    const { home } = one.dataset;
    const there = one.isConnected ? one : home && page.querySelector(`[data-home="${home}"]`);
    const heading = there ? headingIn(there) : null;
    if (heading || (there && home)) return heading;
  }
  return title?.isConnected ? null : page.querySelector('h1');
}

function focusHeading(heading: HTMLElement | null): void {
  if (!heading) return;
  if (!heading.hasAttribute('tabindex')) heading.tabIndex = -1;
  heading.focus();
}
