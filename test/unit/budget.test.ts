import assert from 'node:assert/strict';
import { Budget } from '../../src/probe/budget';

const takeAll = (budget: Budget): number => {
  let taken = 0;
  while (budget.take()) taken++;
  return taken;
};

describe('A budget', () => {
  it('starts with one burst, and then allows what the time between two refills does', () => {
    const budget = new Budget(100, 1000, 5000);
    assert.equal(takeAll(budget), 1000);
    assert.equal(budget.isEmpty, true);
    budget.refill(5250);
    assert.equal(takeAll(budget), 25);
    budget.refill(5255);
    assert.equal(budget.isEmpty, true, 'half a step is none');
    budget.refill(5260);
    assert.equal(takeAll(budget), 1);
  });

  it('saves up one burst at the most', () => {
    const budget = new Budget(100, 1000, 0);
    budget.refill(60_000);
    assert.equal(takeAll(budget), 1000);
  });
});
