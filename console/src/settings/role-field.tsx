import type { Role } from '../../../src/store/identity.ts';
import { text } from '../text.ts';

const roles = ['viewer', 'operator', 'admin'] as const satisfies readonly Role[];

export function RoleField({ chosen }: { chosen: Role }) {
  return (
    <label>
      <span className="filter-name">{text.settings.role}</span>
      <select name="role" defaultValue={chosen}>
        {roles.map((role) => (
          <option key={role} value={role}>
            {text.roles[role]} – {text.rolesMay[role]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What the field says; the weakest, should it say anything else. */
export function roleOf(value: string): Role {
  return roles.find((role) => role === value) ?? 'viewer';
}
