// The servers that the clients among the programs talk to: from Debian's packages, which are installed when they are missing.
import { existsSync } from 'node:fs';
import { aptInstall, whyNoPackages } from './debian.mjs';
import { say } from './packages.mjs';

const SERVERS = {
  redis: { packages: ['redis-server'], binary: '/usr/bin/redis-server' },
  mariadb: { packages: ['mariadb-server-core', 'mariadb-client-core'], binary: '/usr/sbin/mariadbd' },
  rabbitmq: { packages: ['rabbitmq-server'], binary: '/usr/lib/rabbitmq/bin/rabbitmq-server' },
};

export function serverBinary(name) {
  const { binary } = SERVERS[name];
  return existsSync(binary) ? binary : null;
}

const missing = () => Object.keys(SERVERS).filter((name) => serverBinary(name) === null);

async function install(packages) {
  say(`Servers: installing ${packages.join(', ')} with apt-get ...`);
  try {
    await aptInstall(...packages);
    return 'they are not in the packages';
  } catch (error) {
    return error.message.trim().split('\n').at(-1);
  }
}

export async function ensureServers() {
  const packages = missing().flatMap((name) => SERVERS[name].packages);
  if (packages.length === 0) return;
  const reason = whyNoPackages() ?? (await install(packages));
  for (const name of missing()) {
    say(`SKIPPED the tests with ${name}: ${reason}. On Debian: apt-get install ${SERVERS[name].packages.join(' ')}`);
  }
}
