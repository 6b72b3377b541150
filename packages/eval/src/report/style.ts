import { Markup } from "./html.js";

/** The page's style: one column of calm sections, light or dark as the reader's system is. */
export const style = new Markup(`
:root { color-scheme: light dark; --ink: #1d2129; --dim: #5b6472; --line: #dfe3ea; --paper: #fbfbfa; --card: #fff; --bar: #2f6f8f; --bad: #b5562f; --good: #2e7d4f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaee; --dim: #a2abb9; --line: #333a45; --paper: #14171c; --card: #1b2027; --bar: #6fb3d2; --bad: #e39a76; --good: #7fc79b; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; margin: 3rem 0 1rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
p.dim, td.dim, figcaption .dim { color: var(--dim); }
code { font: .85em ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 1rem; margin: 1.5rem 0 0; padding: 0; list-style: none; }
.figures li { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem; }
.figures b { display: block; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 2rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
section > .scroll + .scroll, section > .scroll + .columns { margin-top: 2rem; }
caption { text-align: left; font-weight: 600; padding-bottom: .5rem; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
th { font-weight: 500; color: var(--dim); }
td.number, th.number { text-align: right; white-space: nowrap; }
th[scope="row"], th[scope="row"] code { white-space: nowrap; overflow-wrap: normal; }
@media (max-width: 40rem) { body { padding: 1.25rem .9rem 3rem; } th[scope="row"], th[scope="row"] code { white-space: normal; overflow-wrap: anywhere; min-width: 7rem; } }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .35em; border-radius: .2em; }
.key-ok { background: var(--good); } .key-permanent { background: var(--dim); } .key-policy { background: var(--bar); } .key-transient { background: var(--bad); }
td.number { padding-left: .75rem; }
td.bar { width: 40%; min-width: 4rem; padding-right: 0; }
meter-bar { display: block; height: .7rem; border-radius: .2rem; background: var(--bar); min-width: 1px; }
.class-ok meter-bar { background: var(--good); }
.class-transient meter-bar, .class-permanent meter-bar { background: var(--bad); }
figure.chart svg { display: block; width: 100%; padding: 1rem 1rem 0; }
.bar-ok { fill: var(--good); }
.bar-permanent { fill: var(--dim); }
.bar-policy { fill: var(--bar); }
.bar-transient { fill: var(--bad); }
.scroll { overflow-x: auto; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 1.25rem; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; overflow: hidden; }
figure img { display: block; width: 100%; height: 11rem; object-fit: contain; background: #8882; }
figcaption { padding: .7rem .9rem .9rem; font-size: .9rem; line-height: 1.4; }
figcaption p { margin: 0 0 .35rem; }
.es { font-weight: 600; }
`);
