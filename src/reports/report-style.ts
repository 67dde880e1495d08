// The style of a report's HTML file, inside it because it stands alone. The reader's own fonts: nothing is fetched.
export const REPORT_STYLE = `:root { color-scheme: light dark; --ink: #1b1d21; --paper: #fbfaf6; --soft: #55585e; --line: #c9c5b8; --link: #1d4f91; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6df; --paper: #14161a; --soft: #b3b1a9; --line: #45474c; --link: #9cc1f0; } }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 46rem; background: var(--paper); color: var(--ink); font: 1.0625rem/1.55 "Source Serif 4", Georgia, serif; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 2.2rem 0 0.6rem; }
h3 { font-size: 1.08rem; line-height: 1.3; margin: 1.6rem 0 0.4rem; }
a { color: var(--link); }
a:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.head, caption, th, td, .notes, nav { font-family: "Source Sans 3", "Segoe UI", Arial, sans-serif; }
.head { color: var(--soft); font-size: 0.9rem; margin: 0.2rem 0; overflow-wrap: anywhere; }
.draft { border: 2px solid currentcolor; padding: 0.3rem 0.6rem; font-weight: bold; }
.summary { font-size: 1.15rem; }
.para { margin: 0.9rem 0; }
.no { color: inherit; text-decoration: none; margin-right: 0.3rem; }
.fig { font-variant-numeric: lining-nums; }
sup { line-height: 0; font-size: 0.72em; }
sup a { padding: 0.2em 0.15em; }
nav ul { padding-left: 1.2rem; }
.notes { font-size: 0.9rem; padding-left: 2rem; }
.notes li { margin: 0.5rem 0; overflow-wrap: anywhere; }
.notes a { margin-right: 0.4rem; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.86rem; line-height: 1.35; }
caption { text-align: left; font-weight: bold; padding: 0.4rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.5rem 0.3rem 0; border-bottom: 1px solid var(--line); font-weight: normal; overflow-wrap: anywhere; min-width: 4.5rem; }
thead th { font-weight: bold; }
.num { text-align: right; font-variant-numeric: tabular-nums lining-nums; }
pre { font-size: 0.78rem; overflow-x: auto; border: 1px solid var(--line); padding: 0.6rem; }
@page { size: A4; margin: 22mm 20mm; }
@media print {
  :root { --ink: #000; --paper: #fff; --soft: #333; --line: #999; --link: #000; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  h2, h3, caption { break-after: avoid; }
  tr, .notes li { break-inside: avoid; }
  thead { display: table-header-group; }
  nav { display: none; }
  .scroll { overflow: visible; }
  pre { white-space: pre-wrap; }
}
`;
