// One master, two replicas, three Sentinels.

import { eventually } from '../../integration/support/wait.mjs';
import { startRedis } from './redis.mjs';

const MASTER_NAME = 'fleet';

export class SentinelRedis {
  static async start(t) {
    const fast = ['repl-diskless-sync-delay 0', 'repl-ping-replica-period 1'];
    const master = await startRedis(t, fast);
    const replicaOf = [...fast, `replicaof 127.0.0.1 ${master.port}`];
    const replicas = await Promise.all([1, 2].map(() => startRedis(t, replicaOf)));
    // A Sentinel asks a master for its replicas at once, and then every 10 s.
    await eventually(
      async () => /connected_slaves:2/.test(await master.cli('info', 'replication')),
      'both replicas are there',
    );
    const sentinels = await Promise.all(
      [1, 2, 3].map(() =>
        startRedis(
          t,
          (port) => [
            `port ${port}`,
            `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${master.port} 2`,
            `sentinel down-after-milliseconds ${MASTER_NAME} 1000`,
            `sentinel failover-timeout ${MASTER_NAME} 5000`,
            `sentinel parallel-syncs ${MASTER_NAME} 2`,
          ],
          { sentinel: true },
        ),
      ),
    );
    const redis = new SentinelRedis([master, ...replicas], sentinels);
    await Promise.all(sentinels.map((sentinel) => redis.#knowsAll(sentinel)));
    return redis;
  }

  constructor(servers, sentinels) {
    this.servers = servers;
    this.sentinels = sentinels;
    const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
    this.url = `redis+sentinel://${hosts}/${MASTER_NAME}`;
  }

  #knowsAll(sentinel) {
    return eventually(async () => {
      const [about, replicas] = await Promise.all(
        ['master', 'replicas'].map((what) => sentinel.cli('sentinel', what, MASTER_NAME)),
      );
      return (
        /num-other-sentinels\n2\n/.test(about) && replicas.match(/^flags\nslave$/gm)?.length === 2
      );
    }, 'a Sentinel knows all others and the replicas');
  }

  // As the first Sentinel says.
  async master() {
    const address = await this.sentinels[0].cli('sentinel', 'get-master-addr-by-name', MASTER_NAME);
    return this.servers.find(({ port }) => port === Number(address.split('\n')[1]));
  }

  // When a server other than this one is the master, for Sentinels and in fact.
  async masterOtherThan(old) {
    await eventually(async () => {
      const now = await this.master();
      return now !== old && /^role:master/m.test(await now.cli('info', 'replication'));
    }, 'another server is the master');
    return performance.now();
  }

  // In good order.
  async failover() {
    const old = await this.master();
    await this.sentinels[0].cli('sentinel', 'failover', MASTER_NAME);
    return { old, at: await this.masterOtherThan(old) };
  }

  isReplica(server) {
    return eventually(
      async () => /^role:slave/m.test(await server.cli('info', 'replication')),
      'the server is a replica',
    );
  }

  // How many connections of others than Sentinels, replicas and redis-cli a server has.
  async guestsOf(server) {
    const lists = await Promise.all(
      ['normal', 'pubsub'].map((type) => server.cli('client', 'list', 'type', type)),
    );
    return lists
      .join('\n')
      .split('\n')
      .filter((line) => line && !/ name=sentinel-| cmd=client\|list/.test(line)).length;
  }
}
