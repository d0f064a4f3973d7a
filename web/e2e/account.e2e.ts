/** The own account: reached from its menu, and another password chosen there. */
import AxeBuilder from '@axe-core/playwright';
import { expect, openLive, prefer, test } from './test.ts';

const fill = async (page: import('@playwright/test').Page, old: string, wanted: string, again = wanted) => {
  await page.getByLabel('Password until now').fill(old);
  await page.getByLabel('New password', { exact: true }).fill(wanted);
  await page.getByLabel('New password once more').fill(again);
  await page.keyboard.press('Enter');
};

test('the way there by keyboard ends at its title, and the place is kept', async ({ page }) => {
  await prefer(page, 'light', 'en');
  await openLive(page, '/live?place=riverside');
  await page.getByRole('button', { name: /^Account of/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Change password' }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/account\?place=riverside$/);
  await expect(page).toHaveTitle('Account – Throng');
  await expect(page.getByRole('heading', { level: 1, name: 'Account' })).toBeFocused();
  await page.getByRole('link', { name: 'Live' }).click();
  await expect(page).toHaveURL(/\/live\?place=riverside$/);
});

test.describe('refused', () => {
  test.use({ allowNetworkErrors: true });

  test('by the server, at the field it is about', async ({ page }) => {
    await prefer(page, 'light', 'en');
    await page.goto('/account');
    // Whoever came by the demo's link has no password that could be changed.
    await fill(page, 'no such password', 'a quite new password');
    const old = page.getByLabel('Password until now');
    await expect(old).toHaveAccessibleDescription(/has no password/);
    await expect(old).toBeFocused();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

test('two that differ are refused before they are sent', async ({ page }) => {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PUT') sent.push(request.url());
  });
  await prefer(page, 'light', 'en');
  await page.goto('/account');
  await fill(page, 'the old password', 'a quite new password', 'a quite new passwort');
  await expect(page.getByLabel('New password once more')).toHaveAccessibleDescription(/differ/);
  expect(sent).toEqual([]);
});

test('a change is told, and leaves no password in its fields', async ({ page }) => {
  await prefer(page, 'light', 'en');
  // Not really: the session of all other tests would end with it.
  await page.route('**/api/v1/session/password', async (route) => {
    const session = await page.request.get('/api/v1/session');
    await route.fulfill({ json: await session.json() });
  });
  await page.goto('/account');
  await fill(page, 'the old password', 'a quite new password');
  await expect(page.getByRole('status').filter({ hasText: 'Your password was changed.' })).toBeVisible();
  await expect(page.getByLabel('New password', { exact: true })).toHaveValue('');
});

for (const scheme of ['light', 'dark'] as const) {
  test(`${scheme}: fits from 320 px on, passes axe`, async ({ page }) => {
    await prefer(page, scheme, 'vi');
    await page.goto('/account');
    await expect(page.getByRole('heading', { level: 1, name: 'Tài khoản' })).toBeVisible();
    for (const width of [320, 390, 1024, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `test-results/account-${width}-${scheme}.png` });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
    const axe = await new AxeBuilder({ page }).analyze();
    expect(axe.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
}
