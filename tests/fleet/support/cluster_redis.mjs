// A Cluster: three masters with a replica each.

import { eventually } from '../../integration/support/wait.mjs';
import { freePort } from '../../support/free_port.mjs';
import { startRedis } from './redis.mjs';

const SLOTS = 16384;
const MASTERS = 3;

export class ClusterRedis {
  static async start(t) {
    const servers = await Promise.all(
      Array.from({ length: 2 * MASTERS }, async () => {
        const busPort = await freePort();
        const server = await startRedis(t, (port) => [
          `port ${port}`,
          `cluster-port ${busPort}`,
          'cluster-enabled yes',
          'cluster-node-timeout 1500',
          'repl-diskless-sync-delay 0',
          'cluster-replica-validity-factor 0',
        ]);
        return Object.assign(server, { busPort, id: await server.cli('cluster', 'myid') });
      }),
    );
    const redis = new ClusterRedis(servers);
    await redis.#join();
    return redis;
  }

  constructor(servers) {
    this.servers = servers;
    this.url = `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  async #join() {
    const masters = this.servers.slice(0, MASTERS);
    const replicas = this.servers.slice(MASTERS);
    const begin = (i) => Math.floor((i * SLOTS) / MASTERS);
    await Promise.all(
      masters.map((server, i) =>
        server.cli('cluster', 'addslotsrange', begin(i), begin(i + 1) - 1),
      ),
    );
    await Promise.all(
      this.servers.map((server, i) => server.cli('cluster', 'set-config-epoch', i + 1)),
    );
    for (const { port, busPort } of this.servers.slice(1)) {
      await this.servers[0].cli('cluster', 'meet', '127.0.0.1', port, busPort);
    }
    await this.allSay('cluster_known_nodes:6', 'all nodes of the cluster know each other');
    await Promise.all(
      replicas.map((replica, i) =>
        eventually(
          () => replica.cli('cluster', 'replicate', masters[i].id).catch(() => false),
          'a replica',
        ),
      ),
    );
    await this.allSay('cluster_state:ok', 'the cluster is up');
    await Promise.all(
      masters.map((master) =>
        eventually(
          async () => /connected_slaves:1/.test(await master.cli('info', 'replication')),
          'a replica follows',
        ),
      ),
    );
  }

  allSay(line, what) {
    const says = new RegExp(`^${line}\\r?$`, 'm');
    return Promise.all(
      this.servers.map((server) =>
        eventually(async () => says.test(await server.cli('cluster', 'info')), what),
      ),
    );
  }

  async isMaster(server) {
    return /^role:master/m.test(await server.cli('info', 'replication').catch(() => ''));
  }

  async masters() {
    const are = await Promise.all(this.servers.map((server) => this.isMaster(server)));
    return this.servers.filter((_, i) => are[i]);
  }

  // When a replica has taken over the slots of a master that is gone.
  async takenOverFrom(dead) {
    await eventually(async () => {
      const alive = (await this.masters()).filter((server) => server !== dead);
      if (alive.length < MASTERS) return false;
      const infos = await Promise.all(alive.map((server) => server.cli('cluster', 'info')));
      return infos.every((info) => info.includes('cluster_state:ok'));
    }, 'a replica has taken over');
    return performance.now();
  }

  // When every master has its replica, so that the next one may fail.
  async isSettled() {
    await this.allSay('cluster_state:ok', 'the cluster is up');
    await eventually(async () => {
      const infos = await Promise.all(
        (await this.masters()).map((master) => master.cli('info', 'replication')),
      );
      return infos.length === MASTERS && infos.every((info) => info.includes('connected_slaves:1'));
    }, 'every master has a replica');
  }

  // The channels of SSUBSCRIBE that anybody has: [{channel, slot, owner}]
  async shardChannels() {
    const found = await Promise.all(
      (await this.masters()).map(async (owner) => {
        const names = (await owner.cli('pubsub', 'shardchannels')).split('\n').filter(Boolean);
        return Promise.all(
          names.map(async (channel) => ({
            channel,
            owner,
            slot: await owner.cli('cluster', 'keyslot', channel),
          })),
        );
      }),
    );
    return found.flat();
  }

  // As redis-cli --cluster reshard does it, for a slot that has no keys.
  async moveSlot(slot, from, to) {
    await to.cli('cluster', 'setslot', slot, 'importing', from.id);
    await from.cli('cluster', 'setslot', slot, 'migrating', to.id);
    for (const server of [
      to,
      from,
      ...(await this.masters()).filter((s) => s !== to && s !== from),
    ]) {
      await server.cli('cluster', 'setslot', slot, 'node', to.id);
    }
    return performance.now();
  }
}
