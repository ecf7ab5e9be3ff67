// The reference's connection to Redis, by the URL that Cresset takes too:
//   redis://[user:password@]host:port[/db], rediss://, redis+sentinel://host:port,.../master-name,
//   redis+cluster://host:port,...
// It reconnects for ever, as the reference's helper does with maxRetry -1.

type Json = any;

const FOREVER = {
  lazyConnect: true,
  maxRetriesPerRequest: null,
  // The helper's own, for the connections that it does not make.
  retryStrategy: (attempt: number) => Math.max(Math.min(attempt * 2000, 5000), 1000),
};

function addressOf(text: string) {
  const [, host, port] = text.match(/^(.*):(\d+)$/)!;
  return { host, port: Number(port) };
}

async function tlsOf({ ca, cert, key }: Json) {
  const read = async (path?: string) => path && Bun.file(path).text();
  return { ca: await read(ca), cert: await read(cert), key: await read(key) };
}

export async function connectTo(url: string, tlsFiles: Json = {}): Promise<Json> {
  const { RedisClusterHelper, RedisHelper } = await import('@venizia/ignis-helpers');
  const { Redis } = await import('ioredis');
  const [, scheme, user = '', hosts, path = ''] =
    url.match(/^(redis(?:s|\+sentinel|\+cluster)?):\/\/(?:(.*)@)?([^/@]+)(?:\/(.*))?$/)!;
  const [username, password] = user.split(':').map(decodeURIComponent);
  const nodes = hosts.split(',').map(addressOf);
  const name = 'reference';
  switch (scheme) {
    case 'redis':
      if (!username) {
        const database = Number(path);
        return new RedisHelper({
          name, ...nodes[0], password: password ?? '', database, autoConnect: false, maxRetry: -1,
        });
      }
      return { getClient: () => new Redis({ ...nodes[0], username, password, ...FOREVER }) };
    case 'rediss': {
      const tls = await tlsOf(tlsFiles);
      return { getClient: () => new Redis({ ...nodes[0], username, password, tls, ...FOREVER }) };
    }
    case 'redis+sentinel':
      return { getClient: () => new Redis({ sentinels: nodes, name: path, ...FOREVER }) };
    default:
      return new RedisClusterHelper({ name, nodes, clusterOptions: { lazyConnect: true } });
  }
}
