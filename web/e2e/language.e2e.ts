import { readFileSync } from 'node:fs';
import { expect, occupancy, openLive, prefer, test } from './test.ts';

test('the language changes without a reload, and numbers and address stay', async ({ page }) => {
  await prefer(page, 'light', 'en');
  await openLive(page);
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  const url = page.url();
  await page.getByRole('button', { name: 'Tiếng Việt' }).click();
  await expect(page.getByRole('heading', { name: 'Số người bên trong', exact: true })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'vi');
  await expect(occupancy(page)).toHaveText(/^[\d.]+$/);
  expect(page.url()).toBe(url);
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { name: 'People inside now', exact: true })).toBeVisible();
});

test('no English sentence is on the Vietnamese screen, and Inter draws its letters', async ({ page }) => {
  await prefer(page, 'light', 'vi');
  await openLive(page);
  const catalogue = readFileSync(new URL('../src/locales/en/messages.po', import.meta.url), 'utf8');
  const sentences = [...catalogue.matchAll(/^msgid "(.*)"$/gm)]
    .map((match) => match[1] ?? '')
    // Whole sentences without holes; single words such as "Live" occur inside Vietnamese names too.
    .filter((text) => !/[{<\\]/.test(text) && text.split(' ').length >= 2);
  expect(sentences.length).toBeGreaterThan(30);
  const screen = await page.locator('body').innerText();
  expect(sentences.filter((sentence) => screen.includes(sentence))).toEqual([]);
  expect(
    await page.evaluate(() => document.fonts.check('16px "Inter Variable"', 'Số người ở đây: ặ ễ ữ đ')),
  ).toBe(true);
});

test('nothing on the screen betrays a missing value', async ({ page }) => {
  await openLive(page);
  const screen = await page.locator('body').innerText();
  expect(screen).not.toMatch(/\b(NaN|undefined|null|Invalid Date|Infinity)\b/);
});
