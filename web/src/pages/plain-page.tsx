/** Pages outside the frame: sign-in, welcome, not found. */
import { type ReactNode, useEffect } from 'react';
import { LanguageSwitch } from '../frame/language-switch.tsx';
import { SchemeSwitch } from '../frame/scheme-switch.tsx';
import classes from './plain-page.module.css';

export function PlainPage(props: { title: string; children: ReactNode }) {
  const { title } = props;
  useEffect(() => {
    document.title = `${title} – Throng`;
  }, [title]);
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <img src="/favicon.svg" alt="" width={32} height={32} />
        <span>Throng</span>
        <div className={classes.controls}>
          <LanguageSwitch />
          <SchemeSwitch />
        </div>
      </header>
      <main className={classes.box}>
        <h1>{title}</h1>
        {props.children}
      </main>
    </div>
  );
}
