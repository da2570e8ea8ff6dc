import type { ChangeEvent } from 'react';
import type { Role } from '../../../src/store/identity.ts';
import { text } from '../text.ts';

const roles = ['viewer', 'operator', 'admin'] as const satisfies readonly Role[];

interface RoleFieldProps {
  readonly chosen: Role;
  /** Where the form does not keep it by itself. */
  readonly onChoose?: (role: Role) => void;
}

export function RoleField({ chosen, onChoose }: RoleFieldProps) {
  const kept =
    onChoose === undefined
      ? { defaultValue: chosen }
      : { value: chosen, onChange: ({ target }: ChangeEvent<HTMLSelectElement>) => onChoose(roleOf(target.value)) };
  return (
    <label>
      <span className="filter-name">{text.settings.role}</span>
      <select name="role" {...kept}>
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
