"""Words that run as script wherever one place forgets to escape them.

Each would set `window.__xss`. They are ways out of wherever a text may stand, times what runs
once it is out, and some that need no way out.
"""

RUNS = "window.__xss=1"
WAYS_OUT = [
    "",
    '">',
    "'>",
    '" ',
    "</textarea>",
    "</title>",
    "</li></ol>",
    "</script>",
    "</style>",
    "-->",
    "]]>",
    "</template>",
]
WHAT_RUNS = [
    f"<script>{RUNS}</script>",
    f"<ScRiPt/x>{RUNS}//",
    f"<img src=x onerror={RUNS}>",
    f"<svg/onload={RUNS}>",
    f"<svg><script>{RUNS}</script></svg>",
    f"<details open ontoggle={RUNS}>",
    f"<input autofocus onfocus={RUNS}>",
    f"<iframe srcdoc='<script>parent.{RUNS[7:]}</script>'>",
    f"<body onload={RUNS}><audio src onerror={RUNS}>",
    f"<a href=javascript:{RUNS} id=x>x</a>",
    f"autofocus onfocus={RUNS} x=",
]
WITHOUT_A_WAY_OUT = [
    f"javascript:{RUNS}",
    f"JaVaScRiPt:{RUNS}",
    f'https://a.example/"onmouseover="{RUNS}',
    f"https://a.example/'onfocus='{RUNS}",
    f"data:text/html,<script>{RUNS}</script>",
    "{{constructor.constructor('window.__xss=1')()}}",
    "${window.__xss=1}",
    "{% debug %}{{ settings.SECRET_KEY }}",
    f"<scr<script>ipt>{RUNS}</scr</script>ipt>",
    f"<<img src=x onerror={RUNS}//<",
    f"&lt;img src=x onerror={RUNS}&gt;",
    f"&#60;script&#62;{RUNS}&#60;/script&#62;",
    f"%3Cscript%3E{RUNS}%3C/script%3E",
    f"\\u003cscript\\u003e{RUNS}\\u003c/script\\u003e",
    f"*<b onclick={RUNS}>bold</b>* _<i>_ ~<s>~ ```<img src=x onerror={RUNS}>```",
    f"<div hx-get=/healthz hx-trigger=load hx-on::load={RUNS}>",
    f"<div hx-swap-oob='true' id='toasts' hx-on:click={RUNS}>x</div>",
    "<live-signal name=gone></live-signal>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUNS}>",
    f"<noscript><p title='</noscript><img src=x onerror={RUNS}>'>",
    f"\u202e<img src=x onerror={RUNS}>\u202c",
    f"<img\u2028src=x\u2029onerror={RUNS}>",
    f"\uff1cscript\uff1e{RUNS}\uff1c/script\uff1e",
]
CORPUS = [way + run for way in WAYS_OUT for run in WHAT_RUNS] + WITHOUT_A_WAY_OUT
