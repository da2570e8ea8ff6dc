import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** Files that hold them. */
  readonly keyFile: string;
  readonly certFile: string;
}

/** Certificates for this machine that vouch for themselves, in a folder that is gone when this is disposed of. */
export function makeCertificates(): Disposable & Record<'server' | 'friend' | 'stranger', Certificate> {
  const folder = mkdtempSync(join(tmpdir(), 'fleetgauge-prometheus-'));
  return {
    server: selfSigned(folder, 'server'),
    friend: selfSigned(folder, 'friend'),
    stranger: selfSigned(folder, 'stranger'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

function selfSigned(folder: string, name: string): Certificate {
  const [keyFile, certFile] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [...request, ...subject, '-keyout', keyFile, '-out', certFile], { stdio: 'pipe' });
  return { keyFile, certFile, key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
}
