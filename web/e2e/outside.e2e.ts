/** Pages that need no session: sign-in, first start, not found, in both themes. */
import AxeBuilder from '@axe-core/playwright';
import { SIGNED_IN } from '../playwright.config.ts';
import { expect, openLive, prefer, test } from './test.ts';

test.use({ storageState: { cookies: [], origins: [] } });

for (const scheme of ['light', 'dark'] as const) {
  test.describe(scheme, () => {
    // A browser reports the refused session, as it must, in its console.
    test.use({ allowNetworkErrors: true });

    for (const [name, path, title] of [
      ['sign-in', '/sign-in', 'Đăng nhập – Throng'],
      ['welcome', '/welcome?token=none', 'Chào mừng đến với Throng – Throng'],
      ['not-found', '/nowhere', 'Không có trang này – Throng'],
    ] as const) {
      test(`${name} has its title, fits a phone and passes axe`, async ({ page }) => {
        await prefer(page, scheme, 'vi');
        await page.setViewportSize({ width: 320, height: 640 });
        await page.goto(path);
        await expect(page).toHaveTitle(title);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
        const axe = await new AxeBuilder({ page }).analyze();
        expect(axe.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        await page.screenshot({ path: `test-results/${name}-${scheme}.png` });
      });
    }
  });
}

test('a short password is refused before it is sent', async ({ page }) => {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') sent.push(request.url());
  });
  await prefer(page, 'light', 'en');
  // As where there is no administrator yet; the demo has one.
  await page.route('**/api/v1/setup', (route) => route.fulfill({ json: { needed: true } }));
  await page.goto('/welcome?token=none');
  await page.getByLabel('Name').fill('Lan');
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByText('shorter than 12 characters')).toBeVisible();
  expect(sent).toEqual([]);
});

test('signing out ends at the sign-in, and the way back is closed', async ({ browser }) => {
  // The demo's session is needed by the other tests: this one forgets it in its own browser only.
  const context = await browser.newContext({ storageState: SIGNED_IN });
  const page = await context.newPage();
  await prefer(page, 'light', 'en');
  await openLive(page);
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto('/live');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await context.close();
});
