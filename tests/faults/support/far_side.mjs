// Another machine, as far as the kernel can tell: a network namespace joined to ours by a cable that
// can be pulled, so that whoever is there vanishes without a FIN. Servers stay on 127.0.0.1, as
// --auth none asks, so that address is routed over the cable too.
//
//   ours: 127.0.0.1 on lo, near ==== far: 127.0.0.2 in its namespace
//
// Both namespaces go with the processes in them.

import { execFileSync, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { atEnd } from '../../integration/support/at_end.mjs';
import { Program } from '../../support/program.mjs';

const NEAR = '127.0.0.1';
const FAR = '127.0.0.2';

// ARP is left out: it doesn't ask for loopback addresses.
const NEAR_MAC = '02:00:00:00:00:01';
const FAR_MAC = '02:00:00:00:00:02';

const sh = (script) => execFileSync('sh', ['-ec', script], { stdio: 'pipe' });

const CABLE = `
  ip link add near address ${NEAR_MAC} type veth peer name far address ${FAR_MAC}
  echo 1 > /proc/sys/net/ipv4/conf/near/route_localnet
  ip link set near up`;

// Why namespaces can't be had here, or false.
export function unavailable() {
  const tried = spawnSync('unshare', ['-Urn', 'sh', '-ec', CABLE], { encoding: 'utf8' });
  if (tried.status === 0) return false;
  return `no network namespaces here: ${tried.error?.message ?? tried.stderr.trim()}`;
}

// Runs the file once more in a namespace of its own. True there; false outside, when it has ended.
export function inOwnNamespace(file) {
  if (process.env.CRESSET_NETNS === readlinkSync('/proc/self/ns/net')) return true;
  const script = 'ip link set lo up; CRESSET_NETNS=$(readlink /proc/self/ns/net) exec "$@"';
  const { status } = spawnSync(
    'unshare', ['-Urn', 'sh', '-ec', script, 'namespace', process.execPath, fileURLToPath(file)],
    { stdio: 'inherit' },
  );
  process.exitCode = status;
  return false;
}

export class FarSide {
  #program;

  // With so many clients of the server at `port` in it, all in `room`.
  static async start(t, port, count, room) {
    const far = new FarSide();
    far.#program = new Program('unshare', ['-n', 'sh', '-ec', `
      echo ready; read -r cable
      ip link set far up; echo 1 > /proc/sys/net/ipv4/conf/far/route_localnet
      ip addr add ${FAR}/32 dev far
      ip route add ${NEAR}/32 dev far src ${FAR}
      ip neigh add ${NEAR} lladdr ${NEAR_MAC} dev far nud permanent
      exec "$@"`, 'far', process.execPath,
      fileURLToPath(new URL('far_clients.mjs', import.meta.url)), NEAR, `${port}`, `${count}`, room]);
    atEnd(t, () => far.#program.stop());
    await far.#program.line(/^ready/, 'a second namespace');
    sh(CABLE);
    atEnd(t, () => sh('ip link delete near'));
    sh(`ip link set far netns ${far.#program.child.pid}
      ip route add ${FAR}/32 dev near table local
      ip neigh add ${FAR} lladdr ${FAR_MAC} dev near nud permanent`);
    const joined = far.#program.line(/^joined/, 'the far clients have joined');
    far.#program.child.stdin.write('plugged\n');
    await joined;
    return far;
  }

  // At its end: at ours the route would go too, and our own kernel would answer for 127.0.0.2.
  pullTheCable() {
    sh(`nsenter -t ${this.#program.child.pid} -n ip link set far down`);
  }
}
