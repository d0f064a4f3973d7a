import { describe, expect, it } from 'vitest';
import { ancestors, camerasWithin, defaultPlace, treeRows, within } from './places.ts';
import { camera, place } from './test/samples.ts';

const organisation = place({ id: 'sm', kind: 'organisation', name: 'Sao Mai' });
const tower = place({ id: 'tower', parentId: 'sm' });
const floor2 = place({ id: 'f2', kind: 'area', name: 'Floor 2', parentId: 'tower' });
const floor10 = place({ id: 'f10', kind: 'area', name: 'Floor 10', parentId: 'tower' });
const gate = place({ id: 'gate', kind: 'zone', name: 'Gate', parentId: 'f2' });
const all = [gate, floor10, tower, floor2, organisation];

describe('treeRows', () => {
  it('puts parents before children and brothers in the order people count', () => {
    expect(treeRows(all, 'en').map(({ place: { id }, depth }) => [id, depth])).toEqual([
      ['sm', 0],
      ['tower', 1],
      ['f2', 2],
      ['gate', 3],
      ['f10', 2],
    ]);
  });

  it('shows a place whose parent the reader may not see', () => {
    expect(treeRows([gate], 'en')).toEqual([{ place: gate, depth: 0 }]);
  });

  it('ends on a circle', () => {
    const a = place({ id: 'a', parentId: 'b' });
    const b = place({ id: 'b', parentId: 'a' });
    expect(treeRows([a, b], 'en')).toEqual([]);
    expect(ancestors([a, b], a).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(within([a, b], 'a')).toEqual(new Set(['a', 'b']));
  });
});

describe('defaultPlace', () => {
  it('is the building when there is one', () => {
    expect(defaultPlace(all)).toBe(tower);
  });

  it('is the organisation when there are several', () => {
    expect(defaultPlace([...all, place({ id: 'annex', parentId: 'sm' })])).toBe(organisation);
  });

  it('is nothing in an empty installation', () => {
    expect(defaultPlace([])).toBeNull();
  });
});

it('finds the cameras anywhere below a place', () => {
  const cameras = [camera({ id: 'c1', zoneId: 'gate' }), camera({ id: 'c2', zoneId: 'f10' })];
  expect(camerasWithin(all, cameras, 'tower').map(({ id }) => id)).toEqual(['c1', 'c2']);
  expect(camerasWithin(all, cameras, 'f2').map(({ id }) => id)).toEqual(['c1']);
});

it('names the way down to a place', () => {
  expect(ancestors(all, gate).map(({ name }) => name)).toEqual(['Sao Mai', 'Sao Mai Tower', 'Floor 2']);
});
