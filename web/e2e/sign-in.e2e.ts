import { SIGNED_IN } from '../playwright.config.ts';
import { connection, expect, occupancy, test } from './test.ts';

const link = process.env.THRONG_SIGN_IN_LINK as string;

test('without a session every page leads to the sign-in, and a wrong password is refused in words', async ({
  browser,
}) => {
  const page = await browser.newPage();
  await page.goto('/live?place=somewhere');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel('Name').fill('nobody');
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).not.toBeEmpty();
  await page.screenshot({ path: 'test-results/sign-in.png' });
  await page.close();
});

test('the sign-in link leads to a number within 5 seconds', async ({ page }) => {
  await page.goto(link);
  await expect(page).toHaveURL(/\/live/);
  await expect(occupancy(page)).toHaveText(/\d/, { timeout: 5_000 });
  await expect(connection(page)).toHaveText('Live');
  expect(page.url()).not.toContain('token');
  await page.context().storageState({ path: SIGNED_IN });
});
