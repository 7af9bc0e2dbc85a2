"""How the page looks: light and dark as the reader's system says, light on paper."""

from __future__ import annotations

LIGHT = (
    "--ink:#1b1f24;--soft:#57606a;--line:#d5dae0;--faint:#f4f6f8;--ground:#fff;--link:#0b57b0;"
    "--good:#116329;--on-good:#e3f5e6;--bad:#a40e26;--on-bad:#ffe9eb;--doubtful:#7a4b00;"
    "--on-doubtful:#fff3d6;--new:#0b57b0;--on-new:#e4effd"
)
DARK = (
    "--ink:#e6e9ed;--soft:#9aa4af;--line:#363c44;--faint:#1d2126;--ground:#13161a;--link:#7cb4ff;"
    "--good:#6fd58a;--on-good:#12301b;--bad:#ff9aa5;--on-bad:#43161c;--doubtful:#f0c060;"
    "--on-doubtful:#3a2c0c;--new:#8fc0ff;--on-new:#14294a"
)
STYLE = (
    f":root{{color-scheme:light dark;{LIGHT}}}\n"
    f"@media screen and (prefers-color-scheme:dark){{:root{{{DARK}}}}}\n"
    """\
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.5rem 4rem;max-width:64rem;color:var(--ink);
background:var(--ground);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
header{border-bottom:1px solid var(--line);padding-bottom:1rem}
.over{margin:0;color:var(--soft);font-size:.85rem;letter-spacing:.04em}
h1{margin:.1rem 0 .5rem;font-size:2rem;line-height:1.2;overflow-wrap:anywhere}
h2{margin:2.4rem 0 .6rem;padding-top:.6rem;font-size:1.25rem;border-top:1px solid var(--line)}
h3{margin:1.4rem 0 .4rem;font-size:1rem}
main>section:first-child h2{border-top:0}
p{margin:.4rem 0;max-width:48rem;overflow-wrap:anywhere}
a{color:var(--link)}
a:focus-visible,.wide:focus-visible{outline:2px solid var(--link);outline-offset:2px}
nav ol{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:.8rem 0 0;padding:0;list-style:none}
.badges{display:flex;flex-wrap:wrap;gap:.4rem;margin:.4rem 0 1rem}
.badge{display:inline-block;padding:0 .5em;border:1px solid currentColor;border-radius:.3em;
font-size:.85em;font-weight:600;color:var(--soft);background:var(--faint)}
.good{color:var(--good);background:var(--on-good)}
.bad{color:var(--bad);background:var(--on-bad)}
.doubtful{color:var(--doubtful);background:var(--on-doubtful)}
.new{color:var(--new);background:var(--on-new)}
.none,.small,figcaption{color:var(--soft)}
.small,figcaption{max-width:none;font-size:.87em}
.facts{margin:0;display:grid;gap:.15rem 0}
.facts>div{display:grid;grid-template-columns:11rem 1fr;gap:1rem}
.facts dt{color:var(--soft)}
.facts dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto;margin:.4rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top;
border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:600;white-space:nowrap}
td{overflow-wrap:break-word;min-width:3rem;max-width:28rem}
td time{white-space:nowrap}
.number{text-align:right;padding-right:1.6rem}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.88em}
code,.badge{overflow-wrap:break-word}
.long{overflow-wrap:anywhere}
td .badge,h3 .badge{white-space:nowrap}
figure{margin:.6rem 0}
figcaption{margin-bottom:.15rem}
pre{margin:0;padding:.7rem .9rem;background:var(--faint);border:1px solid var(--line);
border-radius:.3rem;white-space:pre-wrap;overflow-wrap:anywhere}
ul{margin:.4rem 0;padding-left:1.2rem;max-width:48rem}
li{overflow-wrap:anywhere}
.line{margin:.6rem 0 0;padding:0;list-style:none}
.line li{display:grid;grid-template-columns:12.6rem 1fr;gap:1.4rem;position:relative}
.line li>div:last-child{padding:0 0 1rem 1.2rem;border-left:2px solid var(--line)}
.line li:last-child>div:last-child{border-left-color:transparent;padding-bottom:0}
.line li::before{content:"";position:absolute;left:calc(14rem - 4px);top:.45rem;width:10px;
height:10px;border-radius:50%;background:var(--link)}
.line p{margin:0}
.line .when{color:var(--soft);font-size:.92em;font-variant-numeric:tabular-nums}
svg{max-width:100%;height:auto}
svg text{fill:var(--ink)}
footer{margin-top:3rem;border-top:1px solid var(--line);color:var(--soft);font-size:.85rem}
@media (max-width:40rem){.facts>div,.line li{grid-template-columns:1fr;gap:0}
.facts dd{margin-bottom:.4rem}.line li::before{display:none}
.line li>div:last-child{border-left:0;padding-left:0}}
@page{margin:16mm 14mm}
@media print{body{max-width:none;padding:0;font-size:10pt}nav{display:none}
.wide{overflow:visible}h2,h3,figcaption{break-after:avoid}
tr,.line li,.facts>div{break-inside:avoid}
thead{display:table-header-group}
table{font-size:8pt}th,td{padding-right:.5rem;white-space:normal;min-width:0}
td{max-width:none}td time{white-space:normal}
.number{padding-right:.7rem}h2{margin-top:1.4rem}a{color:inherit;text-decoration:none}
.badge{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""
)
