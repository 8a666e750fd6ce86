import { describe, expect, it } from 'vitest';
import { observations, wrongIn } from '../support/observations.js';
import { usedBy } from '../support/reference-server/index.js';

describe('the second implementation of the model 1.8', () => {
  it('has all the observations to be held against', () => {
    expect(observations).toHaveLength(300);
  });

  it('is right in every observation', () => {
    const wrong = observations.flatMap((observation, index) => {
      const { file, environment, rows } = observation;
      return wrongIn(observation, usedBy({ model: '1.8', file, environment, rows })).map((one) => [
        index,
        ...one,
      ]);
    });
    expect(wrong).toEqual([]);
  });
});
