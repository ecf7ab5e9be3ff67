// What each node has of memory and descriptors, once a second.

const INTERVAL_MS = 1000;
const MIB = 1024 * 1024;

export class Samples {
  #timer;
  #ofNode = new Map(); // rows of {s, rss, descriptors}

  constructor(fleet) {
    this.fleet = fleet;
    this.#timer = setInterval(() => this.#take(), INTERVAL_MS);
  }

  #take() {
    for (const node of this.fleet.living) {
      const usage = node.usage;
      if (!usage) continue;
      if (!this.#ofNode.has(node)) this.#ofNode.set(node, []);
      this.#ofNode.get(node).push({ s: performance.now() / 1000, ...usage });
    }
  }

  stop() {
    clearInterval(this.#timer);
  }

  // MiB an hour, by least squares over all but the first third, in which a node warms up.
  summaryOf(node) {
    const rows = this.#ofNode.get(node) ?? [];
    const warm = rows.slice(Math.floor(rows.length / 3));
    const most = (name) => rows.reduce((max, row) => Math.max(max, row[name]), 0);
    return {
      name: node.name,
      seconds: rows.length,
      rssMost: most('rss') / MIB,
      descriptorsMost: most('descriptors'),
      rssMean: mean(warm.map(({ rss }) => rss)) / MIB,
      slope: (slopeOf(warm.map(({ s, rss }) => [s, rss])) * 3600) / MIB,
    };
  }
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function slopeOf(points) {
  const x = mean(points.map(([at]) => at));
  const y = mean(points.map(([, value]) => value));
  const above = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0);
  const below = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
