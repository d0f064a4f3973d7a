import { expect, openLive, prefer, test } from './test.ts';

type Stop = { name: string; role: string; outlined: boolean; hidden: string | null };

test('Tab reaches every control once, in reading order, visibly and without a trap', async ({ page }) => {
  await prefer(page, 'light', 'en');
  await openLive(page);
  const stops: Stop[] = [];
  for (let press = 0; press < 60; press += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate((): Stop | null => {
      const element = document.activeElement as HTMLElement | null;
      if (!element || element === document.body) return null;
      const box = element.getBoundingClientRect();
      const header = document.querySelector('.frame-header')?.getBoundingClientRect();
      const under = header && !element.closest('.frame-header') && box.top < header.bottom - 1;
      const style = getComputedStyle(element);
      const small = element.tagName === 'BUTTON' && (box.width < 24 || box.height < 24);
      return {
        name: element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '',
        role: element.getAttribute('role') ?? element.tagName.toLowerCase(),
        outlined: style.outlineStyle !== 'none' || element.tagName === 'INPUT',
        hidden: under
          ? 'under the header'
          : small
            ? 'smaller than 24 px'
            : box.width === 0
              ? 'has no size'
              : null,
      };
    });
    if (stop === null) break;
    stops.push(stop);
  }
  const names = stops.map(({ name }) => name);
  const order = [
    'Skip to the page',
    'Place',
    'Tiếng Việt',
    'Use dark colours',
    /^Account of/,
    'Live',
    'What is “People inside now”?',
    'Say the current value',
    'What is “Latency”?',
    'What is “Throughput”?',
    'What is “Health”?',
    'What is “People inside, last 30 minutes”?',
    'Whole day',
    'Show as table',
    'Moment in the chart',
    'What is “Cameras”?',
    'List',
    /: (online|offline|error|new|recording)$/,
  ];
  const reached = order.map((wanted) =>
    names.findIndex((name) => (typeof wanted === 'string' ? name === wanted : wanted.test(name))),
  );
  expect(reached, names.join(' | ')).toEqual(reached.toSorted((a, b) => a - b));
  expect(reached, names.join(' | ')).not.toContain(-1);
  expect(stops.length, 'the hundred camera marks are one stop').toBeLessThan(30);
  expect(stops.filter(({ hidden }) => hidden !== null)).toEqual([]);
  expect(stops.filter(({ outlined }) => !outlined)).toEqual([]);
});

test('a camera is opened and closed by keyboard, and the focus comes back', async ({ page }) => {
  await openLive(page);
  const mark = page.locator('[data-camera]').first();
  const id = await mark.getAttribute('data-camera');
  await mark.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.locator(`[data-camera="${id}"]`)).toBeFocused();
});

test('Tab out of the open list of places goes on to the next control', async ({ page }) => {
  await prefer(page, 'light', 'en');
  await openLive(page);
  await page.getByRole('combobox', { name: 'Place' }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('option')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Tiếng Việt' })).toBeFocused();
});
