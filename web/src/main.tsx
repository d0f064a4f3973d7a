import './theme/mantine.css';
import './theme/global.css';
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { makeQueryClient } from './api/queries.ts';
import { browserLanguage, chosenLanguage, showLanguage } from './i18n/i18n.ts';
import { makeRouter } from './router.tsx';
import { colorSchemes, cssVariables, styleNonce, theme } from './theme/theme.ts';

// The side panel's scroll lock writes its own style tag and asks this package for the nonce.
setNonce(styleNonce());

const queries = makeQueryClient();
const router = makeRouter(queries);

await showLanguage(chosenLanguage() ?? browserLanguage());

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

// The page is fetched and the session asked for while the grey boxes of index.html still stand: no empty screen between.
await router.load();

// Not needed to show anything, so it does not make the first paint wait.
void import('./frame/keep-focus.ts').then(({ keepFocus }) => keepFocus(document));

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemes}
      getStyleNonce={styleNonce}
    >
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </I18nProvider>
    </MantineProvider>
  </StrictMode>,
);
