export type ServerName = 'redis' | 'mariadb' | 'rabbitmq';

/** Path of a server that is installed; null when it is not. */
export function serverBinary(name: ServerName): string | null;

/** Installs those that are missing where it can; prints why it cannot, how to get them, and what is skipped. */
export function ensureServers(): Promise<void>;
