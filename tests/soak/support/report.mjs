// What a run has to say: a line now and then, and a table at the end.

const MIB = 1024 * 1024;
const TOLD = 50; // of what is wrong; all of it is in the JSON

const count = (number) => Math.round(number).toLocaleString('en');
const mib = (number) => number.toFixed(1);
const sum = (values) => values.reduce((all, value) => all + value, 0);

export function progressLine({ startedAt, ledger, fleet, lanes }) {
  const { sent, heard, due } = ledger.counts;
  const s = (performance.now() - startedAt) / 1000;
  const memoryOf = ({ name, usage }) => `${name} ${mib((usage?.rss ?? 0) / MIB)} MiB`;
  return [
    `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, '0')}`,
    `${fleet.sessions.length} clients`,
    `${count(sent)} sent`,
    `${count(heard)} of ${count(due)} heard`,
    `${count(ledger.missing)} missing with a reason`,
    `${sum(lanes.map((lane) => lane.count))} faults`,
    ...fleet.living.map(memoryOf),
    ...(ledger.faults.length > 0 ? [`${ledger.faults.length} WRONG`] : []),
  ].join(', ');
}

function listOf(lines) {
  return lines.map((line) => `- ${line}`).join('\n');
}

// All figures, for the table and as JSON.
export function figuresOf({ startedAt, seed, size, ledger, fleet, lanes, samples }) {
  return {
    seed,
    clients: size,
    minutes: (performance.now() - startedAt) / 60_000,
    messages: { ...ledger.counts, missing: Object.fromEntries(ledger.explained) },
    faults: Object.fromEntries(lanes.flatMap((lane) => [...lane.counts])),
    history: lanes.flatMap((lane) => lane.history),
    nodes: fleet.nodes.map((node) => ({
      ...samples.summaryOf(node),
      idle: node.idle,
      rest: node.rest,
      outages: node.outages.length,
      outagesUnprovoked: node.outages.filter(({ isOurs }) => !isOurs).length,
      outageSeconds: sum(node.outages.map(({ from, to }) => to - from)) / 1000,
      stopped: node.stopped,
      leftRedis: node.leftRedis,
      seen: node.seen,
    })),
    wrong: ledger.faults,
  };
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function markdownOf(figures) {
  const { seed, clients, minutes, messages, faults, nodes, wrong } = figures;
  const { sent, due, heard, more, missing } = messages;
  const counted = (name) => count(sum(nodes.map(({ stopped }) => stopped?.[name] ?? 0)));
  const messageRows = [
    ['sent', count(sent)],
    ['due, one for each who has to hear one', count(due)],
    ['heard of these', count(heard)],
    ...Object.entries(missing).map(([reason, number]) => [`missing: ${reason}`, count(number)]),
    ['heard besides, while joining, leaving or going', count(more)],
    ['received by the nodes that wrote what they counted', counted('messages_received')],
    ['delivered by these', counted('messages_delivered')],
    ['dropped by these for slow clients', counted('dropped_slow_client')],
  ];
  const nodeRows = nodes.map((node) => [
    node.name,
    count(node.seconds),
    mib(node.idle.rss / MIB),
    mib(node.rssMost),
    node.rest ? mib(node.rest.rss / MIB) : '',
    node.seconds >= 60 ? node.slope.toFixed(2) : '',
    node.idle.descriptors,
    node.descriptorsMost,
    node.rest ? node.rest.descriptors : '',
    node.outages,
    node.outagesUnprovoked,
    Math.round(node.outageSeconds),
  ]);
  return [
    `## ${minutes.toFixed(1)} minutes, ${clients} clients, seed ${seed}`,
    table(['messages', ''], messageRows),
    table(['faults', ''], Object.entries(faults).map(([name, number]) => [name, count(number)])),
    table(
      ['node', 's', 'MiB new', 'most', 'at the end', 'MiB/h after warm-up', 'descriptors new',
        'most', 'at the end', 'times without Redis', 'of which we made none', 's excused for that'],
      nodeRows,
    ),
    wrong.length === 0
      ? 'Nothing is wrong.'
      : `**${wrong.length} wrong** (CRESSET_SEED=${seed}):\n\n${listOf(wrong.slice(0, TOLD))}`,
  ].join('\n\n');
}
