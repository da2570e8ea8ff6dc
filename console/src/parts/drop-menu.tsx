import { type ReactNode, useEffect, useRef } from 'react';

interface DropMenuProps {
  readonly label: string;
  /** The single key that opens it. */
  readonly shortcut?: string;
  readonly onToggle?: () => void;
  readonly children: ReactNode;
}

/** A layer below a button. Escape and a click elsewhere close it. */
export function DropMenu({ label, shortcut, onToggle, children }: DropMenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape' || menu.current?.open !== true) return;
      menu.current.open = false;
      menu.current.querySelector('summary')?.focus();
    };
    const onPointer = ({ target }: PointerEvent) => {
      if (menu.current !== null && target instanceof Node && !menu.current.contains(target)) menu.current.open = false;
    };
    document.addEventListener('keydown', onKey);
    document.addEventListener('pointerdown', onPointer);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('pointerdown', onPointer);
    };
  }, []);
  return (
    <details className="menu" ref={menu} onToggle={onToggle}>
      <summary aria-keyshortcuts={shortcut}>{label}</summary>
      <div>{children}</div>
    </details>
  );
}
