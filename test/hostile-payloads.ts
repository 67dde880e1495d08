// Markup that tries to run, for tests that put it in every place where somebody can write.

/** Breakouts of each context, times ways to run: written here, from the classes that such lists cover. */
export function payloads(): string[] {
  const breakouts = [
    "",
    '"',
    "'",
    '">',
    "'>",
    "</title>",
    "</textarea>",
    "</style>",
    "</script>",
    "-->",
    "]]>",
    "</svg>",
    "</p></div></main>",
    "\u0000",
    "&quot;>",
    "%22%3E",
    "\\x3c",
    "`>",
  ];
  const runs = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext></p><img src=x onerror=alert(1)>",
    "<body onload=alert(1)>",
    '<input autofocus onfocus="alert(1)">',
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<form><button formaction=javascript:alert(1)>x</button></form>",
    "<button popovertarget=x onclick=alert(1)>",
    "<link rel=stylesheet href=//evil.example/x.css>",
  ];
  return breakouts.flatMap((breakout) => runs.map((run) => `${breakout}${run}`));
}
