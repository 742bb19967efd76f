import { spawn } from 'node:child_process';
import { freePort } from '../support/freePort';
import { until } from './target';

/** A process and two of its children, all with an inspector that answers. */
export interface Family {
  pid: number;
  port: number;
  /** The children end with it. */
  end(): void;
}

export async function startFamily(file: string, node: string): Promise<Family> {
  const ports = [await freePort(), await freePort(), await freePort()];
  const [port = 0, ...children] = ports;
  const parent = spawn(node, [`--inspect=127.0.0.1:${port}`, file, ...children.map(String)], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH },
  });
  const answers = async (one: number): Promise<boolean> =>
    fetch(`http://127.0.0.1:${one}/json/version`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until('they run', async () => (await Promise.all(ports.map(answers))).every(Boolean));
  return { pid: parent.pid ?? 0, port, end: () => parent.kill('SIGKILL') };
}
