import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type Cluster, startCluster } from '../postgres/cluster.ts';

/** A PostgreSQL as its image makes one: a user and a database of the same name, and nobody in without the password. */
export async function startPasswordCluster(name: string, password: string): Promise<Cluster> {
  const cluster = await startCluster({ password_encryption: 'scram-sha-256' });
  const client = new pg.Client(cluster.url);
  await client.connect();
  const [user, secret] = [client.escapeIdentifier(name), client.escapeLiteral(password)];
  await client.query(`ALTER ROLE ${user} PASSWORD ${secret}`);
  await client.query(`CREATE DATABASE ${user}`);
  await writeFile(join(cluster.folder, 'data/pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
  await client.query('SELECT pg_reload_conf()');
  await client.end();
  return cluster;
}
