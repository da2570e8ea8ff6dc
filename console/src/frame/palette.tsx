import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { foundServersQuery } from '../api.ts';
import { text } from '../text.ts';
import { matches, optionAfter, serverQueryOf } from './palette-matches.ts';
import { type Command, type CommandGroup, useCommands } from './use-commands.ts';

/** One field for all that can be gone to, done or found. The focus stays in it; the browser gives it back at the end. */
export function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const choose = (command: Command) => {
    // Closed first, so that what the command focuses keeps the focus.
    dialog.current?.close();
    command.run();
  };
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={text.palette.title}
      onClose={onClose}
      onPointerDown={({ target, currentTarget }) => target === currentTarget && currentTarget.close()}
    >
      <PaletteBox onChoose={choose} />
    </dialog>
  );
}

function PaletteBox({ onChoose }: { onChoose: (command: Command) => void }) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const { groups, without } = useOffered(typed);
  const commands = groups.flatMap((group) => group.commands);
  const at = Math.min(chosen, commands.length - 1);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const next = optionAfter(event.key, at, commands.length);
    const taken = commands[at];
    if (next !== undefined) setChosen(next);
    else if (event.key === 'Enter' && taken !== undefined) onChoose(taken);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        type="text"
        role="combobox"
        aria-label={text.palette.field}
        aria-expanded={commands.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={commands.length === 0 ? undefined : `${id}-${at}`}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        placeholder={text.palette.placeholder}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={`${id}-list`} ref={list} role="listbox" aria-label={text.palette.title} hidden={commands.length === 0}>
        {groups.map((group, position) => (
          <Options
            key={group.title}
            group={group}
            id={id}
            first={groups.slice(0, position).reduce((sum, each) => sum + each.commands.length, 0)}
            at={at}
            onChoose={onChoose}
          />
        ))}
      </div>
      <p className="palette-says" role="status">
        {commands.length === 0 ? without : text.palette.count(commands.length)}
      </p>
    </>
  );
}

interface OptionsProps {
  readonly group: CommandGroup;
  readonly id: string;
  /** Number of its first command among all. */
  readonly first: number;
  readonly at: number;
  readonly onChoose: (command: Command) => void;
}

function Options({ group: { title, commands }, id, first, at, onChoose }: OptionsProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: options of a listbox are grouped, not fields of a form
    <div role="group" aria-label={title}>
      <small aria-hidden="true">{title}</small>
      {commands.map((command, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the active option
        // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the field chooses the active option
        <div
          key={command.id}
          id={`${id}-${first + index}`}
          role="option"
          aria-selected={first + index === at}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(command)}
        >
          {command.label}
        </div>
      ))}
    </div>
  );
}

/** How long typing must rest before the server is asked, in milliseconds. */
const restMs = 150;

/** `without` stands where there is nothing to offer: that may not be known yet, or not at all. */
function useOffered(typed: string): { readonly groups: readonly CommandGroup[]; readonly without: string } {
  const known = useCommands().map(({ title, commands }) => ({ title, commands: matches(commands, typed) }));
  const navigate = useNavigate();
  const asked = useRested(serverQueryOf(typed));
  const found = useQuery({ ...foundServersQuery(asked ?? ''), enabled: asked !== undefined });
  const isStill = asked === serverQueryOf(typed);
  const servers: CommandGroup = {
    title: text.palette.servers,
    commands: (isStill ? (found.data?.data ?? []) : []).map(({ id, name, resource_id, account, region }) => ({
      id: `server ${id}`,
      label: text.palette.server(name || resource_id, account, region),
      run: () => void navigate({ to: '/servers/$id', params: { id: String(id) } }),
    })),
  };
  const groups = [...known, servers].filter(({ commands }) => commands.length > 0);
  if (!isStill || found.isLoading) return { groups, without: text.states.loading };
  return { groups, without: found.error === null ? text.palette.none : found.error.message };
}

function useRested(query: string | undefined): string | undefined {
  const [rested, setRested] = useState(query);
  useEffect(() => {
    const timer = setTimeout(() => setRested(query), restMs);
    return () => clearTimeout(timer);
  }, [query]);
  return rested;
}
