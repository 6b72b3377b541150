import { html, type Markup } from "./html.js";
import { style } from "./style.js";

/** A report as one HTML file that loads nothing from anywhere. */
export function page({ title, header, main }: { title: string; header: Markup; main: Markup }): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <header>${header}</header>
        <main>${main}</main>
      </body>
    </html> `.text;
}
