// Numbers that look random and are the same in every run (xorshift32).

export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0 || 1;
  }

  // 0 to limit - 1
  below(limit) {
    this.#state ^= this.#state << 13;
    this.#state >>>= 0;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    this.#state >>>= 0;
    return this.#state % limit;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  bytes(size) {
    return Buffer.from(Array.from({ length: size }, () => this.below(256)));
  }

  // The same bytes with a few of them changed, left out or doubled.
  damage(bytes) {
    const damaged = [...Buffer.from(bytes)];
    for (let i = 0; i <= this.below(4); i += 1) {
      const at = this.below(damaged.length + 1);
      if (this.below(3) === 0) damaged.splice(at, 1);
      else damaged.splice(at, this.below(2), this.below(256));
    }
    return Buffer.from(damaged);
  }
}
