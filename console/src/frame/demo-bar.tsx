import { Link } from '@tanstack/react-router';
import { text } from '../text.ts';

export function DemoBar() {
  return (
    <aside className="demo-bar" aria-label={text.frame.demo}>
      <p>
        <strong>{text.frame.demo}</strong> — {text.frame.demoBar} <Link to="/accounts">{text.frame.demoEnd}</Link>
      </p>
    </aside>
  );
}
