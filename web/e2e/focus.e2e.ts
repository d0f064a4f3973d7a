/** Whoever works by keyboard keeps the place on the page when a button takes itself away. */
import { SIGNED_IN } from '../playwright.config.ts';
import { expect, openLive, prefer, test } from './test.ts';

test('the whole day and the way back leave the focus at the card', async ({ page }) => {
  await prefer(page, 'light', 'en');
  await openLive(page);
  await page.getByRole('button', { name: 'Whole day' }).focus();
  await page.keyboard.press('Enter');
  const heading = page.locator('.cell-occupancy h2');
  await expect(page.getByLabel('Day', { exact: true })).toBeVisible();
  await expect(heading).toBeFocused();
  await page.getByRole('button', { name: 'Back to now' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Whole day' })).toBeVisible();
  await expect(heading).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: /^What is “People inside, last 30/ })).toBeFocused();
});

test.describe('with a server that refuses', () => {
  test.use({ allowNetworkErrors: true });

  test('trying again leaves the focus at the card, before and after the answer', async ({ page }) => {
    await prefer(page, 'light', 'en');
    await page.route('**/realtime?*', (route) => route.fulfill({ status: 403, body: '' }));
    await page.goto('/live');
    const card = page.locator('.cell-occupancy');
    await expect(card).toHaveAttribute('data-state', 'denied', { timeout: 15_000 });
    await page.unroute('**/realtime?*');
    await page.route('**/realtime?*', (route) => route.fulfill({ status: 400, body: '' }));
    await page.reload();
    const again = card.getByRole('button', { name: 'Try again' });
    await again.focus();
    await page.keyboard.press('Enter');
    await expect(card.locator('h2')).toBeFocused();
    await expect(again).toBeVisible();
    await page.unroute('**/realtime?*');
    await again.focus();
    await page.keyboard.press('Enter');
    await expect(card.locator('canvas')).toBeVisible();
    await expect(card.locator('h2')).toBeFocused();
  });

  test('a wrong password leaves the focus at the button, a sign-out at the title of the sign-in', async ({
    browser,
  }) => {
    // The other tests need the demo's session: this one ends none, the server is not told.
    const context = await browser.newContext({ storageState: SIGNED_IN });
    const page = await context.newPage();
    await prefer(page, 'light', 'en');
    await openLive(page);
    await page.route('**/api/v1/session', (route) =>
      route.request().method() === 'DELETE' ? route.fulfill({ status: 204 }) : route.continue(),
    );
    await page.getByRole('button', { name: /^Account of/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/sign-in/);
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeFocused();
    await page.getByLabel('Name').fill('somebody');
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).not.toBeEmpty();
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeFocused();
    await context.close();
  });
});
