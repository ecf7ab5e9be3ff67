// Choices that a seed decides. Each who chooses has numbers of its own, so that one who is late
// changes nothing for the others.

import { Random } from '../../integration/support/random.mjs';

export class Chance extends Random {
  constructor(seed, stream) {
    super(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b));
    for (let i = 0; i < 8; i += 1) this.below(2); // seeds that are alike begin alike
  }

  between(low, high) {
    return low + this.below(high - low + 1);
  }

  // One time in so many.
  oneIn(count) {
    return this.below(count) === 0;
  }
}
