import { i18n } from '@lingui/core';
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { messages } from '../../locales/vi/messages.po';
import { show } from '../../test/show.tsx';
import { FirstSteps } from './first-steps.tsx';

const steps = () => screen.getAllByRole('listitem').map((step) => step.textContent);

describe('the first steps', () => {
  it('need no restart: a camera is registered while the server runs', () => {
    show(<FirstSteps />);
    expect(steps()).toEqual([
      expect.stringMatching(/^Register a camera.*throng camera add north-door --zone lobby --time-zone /),
      expect.stringMatching(/^Give the key to the camera.*\/api\/v1\/events$/),
    ]);
  });

  it('are the same in Vietnamese', () => {
    i18n.loadAndActivate({ locale: 'vi', messages });
    show(<FirstSteps />);
    expect(steps()).toEqual([
      expect.stringMatching(/^Đăng ký camera.*throng camera add north-door/),
      expect.stringMatching(/\/api\/v1\/events$/),
    ]);
  });
});
