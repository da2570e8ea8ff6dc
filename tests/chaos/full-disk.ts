import { spawnSync } from 'node:child_process';
import type { Stats } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Cluster } from '../postgres/cluster.ts';

/** A PostgreSQL that finds no room for more records. */
export interface FullDisk {
  /** Makes room; without effect where there is some. */
  free(): Promise<void>;
  /** Leaves the cluster as it was found. */
  remove(): Promise<void>;
}

/** Puts the records on a disk of a few megabytes that is full. Undefined where nothing can be mounted. */
export async function fillSmallDisk({ url, folder }: Cluster): Promise<FullDisk | undefined> {
  const disk = await mkdtemp(join(folder, 'small-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0777', 'tmpfs', disk], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    process.stderr.write(`NOT TRIED  a full disk: nothing can be mounted here (${mounted.stderr.trim()})\n`);
    return undefined;
  }
  const { uid, gid } = await stat(folder);
  const space = join(disk, 'space');
  const ballast = join(disk, 'ballast');
  await mkdir(space);
  await chown(space, uid, gid);
  await chmod(space, 0o700);
  // What room its pages have left takes no more rows.
  await runSql(
    url,
    'VACUUM FULL resource_doc',
    'ALTER TABLE resource_doc SET (autovacuum_enabled = off, fillfactor = 10)',
    `CREATE TABLESPACE small LOCATION '${space}'`,
    'ALTER TABLE resource_doc SET TABLESPACE small',
    'CHECKPOINT',
  );
  // It ends where there is no more room.
  await writeFile(ballast, Buffer.alloc(8 * 1024 * 1024)).catch(() => {});
  return {
    free: () => rm(ballast, { force: true }),
    async remove() {
      await runSql(
        url,
        'ALTER TABLE resource_doc SET TABLESPACE pg_default',
        'ALTER TABLE resource_doc RESET (autovacuum_enabled, fillfactor)',
        'DROP TABLESPACE small',
      ).catch(() => {});
      spawnSync('umount', ['-l', disk]);
    },
  };
}

/** The log of PostgreSQL comes in files of this size, which it has to be able to write. */
const longestFileBytes = 16 * 1024 * 1024;

/** Lets no file of PostgreSQL grow further, as a quota would, where the records have filled one. Takes no rights but its own. */
export async function forbidGrowth({ url, folder }: Cluster): Promise<FullDisk> {
  const owner = await stat(folder);
  const [pid = ''] = (await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8')).split('\n');
  const limit = async (bytes: string) => {
    // Those that begin later have it from the first one.
    limitFiles(pid, bytes, owner);
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    for (const child of children.trim().split(' ')) limitFiles(child, bytes, owner);
  };
  // Rows that are taken back leave their pages behind, and each page takes no more than one of them.
  await runSql(
    url,
    'ALTER TABLE resource_doc SET (autovacuum_enabled = off, fillfactor = 10)',
    `BEGIN;
     SET LOCAL session_replication_role = replica;
     DO $$ BEGIN
       FOR n IN 1..2048 LOOP
         INSERT INTO resource_doc VALUES (-n, to_jsonb(repeat('x', 1500)));
         EXIT WHEN pg_relation_size('resource_doc') >= ${longestFileBytes};
       END LOOP;
     END $$;
     ROLLBACK`,
    'CHECKPOINT',
  );
  await limit(String(longestFileBytes));
  return {
    free: () => limit('unlimited'),
    remove: () => runSql(url, 'ALTER TABLE resource_doc RESET (autovacuum_enabled, fillfactor)', 'VACUUM resource_doc'),
  };
}

function limitFiles(pid: string, bytes: string, { uid, gid }: Stats): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', pid, `--fsize=${bytes}:`], { uid, gid, encoding: 'utf8' });
  // Some of its processes are gone by now.
  if (status !== 0) process.stderr.write(stderr);
}

async function runSql(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
