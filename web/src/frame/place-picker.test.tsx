import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { place } from '../test/samples.ts';
import { show } from '../test/show.tsx';
import { PlacePicker } from './place-picker.tsx';

const navigate = vi.hoisted(() => vi.fn());
vi.mock('@tanstack/react-router', () => ({ useNavigate: () => navigate, useSearch: () => ({}) }));
vi.mock('../api/client.ts', () => ({
  api: {
    places: async () => ({
      places: [
        place(),
        place({ id: 'level', kind: 'area', name: 'Level 1', parentId: 'tower' }),
        place({ id: 'door', kind: 'zone', name: 'North door', parentId: 'level' }),
      ],
    }),
  },
}));

describe('the box of places', () => {
  beforeEach(() => navigate.mockClear());
  afterEach(() => void vi.useRealTimers());

  const box = async () => {
    show(<PlacePicker />);
    return (await screen.findByRole('combobox', { name: 'Place' })) as HTMLInputElement;
  };
  // Without the focus it would be taken for a browser filling in a form.
  const type = (input: HTMLInputElement, value: string) => {
    input.focus();
    fireEvent.change(input, { target: { value } });
  };
  const selected = (input: HTMLInputElement) =>
    input.value.slice(input.selectionStart ?? 0, input.selectionEnd ?? 0);

  it('has its whole text selected on focus, so that typing replaces it', async () => {
    const input = await box();
    input.setSelectionRange(5, 5);
    fireEvent.focus(input);
    expect(selected(input)).toBe('Sao Mai Tower');
  });

  it('has it selected after the click that would set the cursor', async () => {
    const input = await box();
    input.setSelectionRange(5, 5);
    fireEvent.click(input);
    expect(selected(input)).toBe('Sao Mai Tower');
  });

  it('leaves the cursor of a search alone', async () => {
    const input = await box();
    type(input, 'North');
    input.setSelectionRange(2, 2);
    fireEvent.click(input);
    expect(selected(input)).toBe('');
  });

  it('takes the one place found with Enter alone', async () => {
    const input = await box();
    // The list settles in a timer after it was opened; a person types later than that.
    vi.useFakeTimers();
    fireEvent.click(input);
    act(() => void vi.runAllTimers());
    type(input, 'North');
    expect(screen.getAllByRole('option')).toHaveLength(1);
    fireEvent.keyDown(input, { key: 'Enter', code: 'Enter' });
    expect(navigate).toHaveBeenCalledWith({ to: '/live', search: { place: 'door' } });
  });
});
