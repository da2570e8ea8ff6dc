import { text } from '../text.ts';

export function DemoBar() {
  return (
    <aside className="demo-bar" aria-label={text.frame.demo}>
      <p>
        <strong>{text.frame.demo}</strong> — {text.frame.demoBar}
      </p>
    </aside>
  );
}
