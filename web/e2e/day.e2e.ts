/** One day of a place, chosen by its date: reached by keyboard, kept in the address, the same at every width. */
import AxeBuilder from '@axe-core/playwright';
import { expect, misfits, openLive, prefer, test } from './test.ts';

const dayAfter = (day: string, days: number) =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** What the address says. */
const dayOf = (url: string) => new URL(url).searchParams.get('day');

test('a day is chosen by keyboard and stands in the address', async ({ page }) => {
  await prefer(page, 'light', 'en');
  await openLive(page);
  await page.getByRole('button', { name: 'Whole day' }).click();
  const field = page.getByLabel('Day', { exact: true });
  await expect(field).toBeVisible();
  const today = await field.getAttribute('max');
  if (today === null) throw new Error('the field does not say which day is the last');
  expect(dayOf(page.url())).toBe(today);
  await expect(field).toHaveValue(today);
  await expect(page.getByRole('button', { name: 'The day after' })).toBeDisabled();

  // Back from the field is the arrow to the day before, and behind it the arrow to the day after.
  await field.focus();
  await page.keyboard.press('Shift+Tab');
  await expect(page.getByRole('button', { name: 'The day before' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue(dayAfter(today, -1));
  expect(dayOf(page.url())).toBe(dayAfter(today, -1));
  await expect(page.getByRole('button', { name: 'The day before' })).toBeFocused();

  // One down in the first part of the date: with Enter only.
  await field.focus();
  await page.keyboard.press('ArrowDown');
  const typed = await field.inputValue();
  expect(typed < dayAfter(today, -1)).toBe(true);
  expect(dayOf(page.url())).toBe(dayAfter(today, -1));
  await page.keyboard.press('Enter');
  await expect.poll(() => dayOf(page.url())).toBe(typed);
  await page.reload();
  await expect(field).toHaveValue(typed);

  const present = page.getByRole('button', { name: 'Today' });
  await present.focus();
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue(today);
  await expect(present).toBeFocused();
  await page.getByRole('button', { name: 'Back to now' }).click();
  await expect(page.getByRole('button', { name: 'Whole day' })).toBeVisible();
  expect(dayOf(page.url())).toBeNull();
});

for (const scheme of ['light', 'dark'] as const) {
  for (const language of ['en', 'vi'] as const) {
    test(`a day fits and passes axe: ${scheme}, ${language}`, async ({ page }) => {
      await prefer(page, scheme, language);
      await openLive(page, '/live');
      await page.locator('.cell-occupancy header button').last().click();
      await expect(page.locator('.cell-occupancy input[type="date"]')).toBeVisible();
      await expect(page.getByTestId('day-totals')).toBeVisible();
      for (const [width, height] of [
        [320, 640],
        [390, 844],
        [1024, 768],
        [1440, 900],
      ] as const) {
        await page.setViewportSize({ width, height });
        await page.screenshot({
          path: `test-results/day-${width}-${scheme}-${language}.png`,
          fullPage: true,
        });
        expect(await misfits(page), `at ${width}`).toEqual([]);
      }
      const axe = await new AxeBuilder({ page }).include('.cell-occupancy').analyze();
      expect(axe.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    });
  }
}

test.describe('for somebody in another zone', () => {
  test.use({ timezoneId: 'America/New_York' });

  test('the zone of all times on the page is named once, at every width', async ({ page }) => {
    await prefer(page, 'light', 'en');
    await openLive(page);
    for (const width of [390, 1024, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await expect(page.getByText(/^times in UTC/).filter({ visible: true })).toHaveCount(1);
    }
  });
});
