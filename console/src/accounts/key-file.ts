/** What of a file of Google credentials its owner knows it by; never its key. */
export interface KeyFacts {
  readonly kind: 'service_account' | 'external_account' | 'other' | 'broken';
  readonly project?: string;
  readonly email?: string;
  readonly audience?: string;
}

/** Read here, and sent nowhere. Undefined where nothing was given yet. */
export function keyFacts(content: string): KeyFacts | undefined {
  if (content.trim() === '') return undefined;
  const fields = fieldsOf(content);
  if (fields === undefined) return { kind: 'broken' };
  const { type, project_id: project, client_email: email, audience } = fields;
  if (type === 'service_account') {
    const hasKey = typeof fields.private_key === 'string' && fields.private_key.includes('PRIVATE KEY');
    if (typeof project !== 'string' || typeof email !== 'string' || !hasKey) return { kind: 'other' };
    return { kind: type, project, email };
  }
  if (type === 'external_account') return { kind: type, ...(typeof audience === 'string' ? { audience } : {}) };
  return { kind: 'other' };
}

function fieldsOf(content: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(content);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}
