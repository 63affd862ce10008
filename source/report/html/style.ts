/** How the page looks: light and dark, on a narrow and a wide screen, and on paper. */
export const style = `
:root{color-scheme:light;--paper:#fff;--card:#f6f7f9;--ink:#1c2430;--soft:#525d6b;--line:#d5dae1;--accent:#1d5fa8;
--good:#14683a;--bad:#b3261e;--warn:#8a5200;--work:#7d93ad}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--paper:#14181e;--card:#1e242c;--ink:#e4e8ee;
--soft:#a5b0be;--line:#39424e;--accent:#7db4f0;--good:#6fcf97;--bad:#ff8a80;--warn:#f0b45c;--work:#6b819b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:2rem 1.25rem 4rem;background:var(--paper);color:var(--ink);
font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif;overflow-wrap:anywhere}
header{border-left:.4rem solid var(--warn);padding-left:1rem;margin-bottom:1.5rem}
header.good{border-color:var(--good)}header.bad{border-color:var(--bad)}
h1{font-size:1.7rem;line-height:1.25;margin:0}
h2{font-size:1.25rem;line-height:1.3;margin:2.6rem 0 .8rem;padding-top:.7rem;border-top:1px solid var(--line)}
h3{font-size:1.02rem;margin:1.6rem 0 .5rem}h4{font-size:.9rem;margin:0;color:var(--soft);font-weight:600}
p{margin:.5rem 0}ul{margin:.5rem 0;padding-left:1.3rem}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.86em}
pre{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.7rem .9rem;white-space:pre-wrap;
overflow-wrap:anywhere}
.alarm{border:2px solid var(--bad);border-radius:.5rem;padding:.4rem 1rem;margin:1rem 0}
.alarm strong{color:var(--bad);font-size:1.1rem}
dl.values{display:grid;grid-template-columns:minmax(9rem,13rem) 1fr;gap:0;margin:1rem 0}
dl.values dt,dl.values dd{padding:.45rem 0;border-bottom:1px solid var(--line)}
dt{color:var(--soft)}dd{margin:0}
table{width:100%;border-collapse:collapse;margin:.8rem 0;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:600}td{min-width:6rem}td:first-child:empty,th:empty{min-width:0}
td.fails{color:var(--bad)}
.timeline{margin:1rem 0 1.4rem}
.lane{display:grid;grid-template-columns:8.5rem 1fr;align-items:center;margin:.35rem 0;font-size:.88rem;color:var(--soft)}
.lane svg{display:block;width:100%;height:1.15rem;background:var(--card);border-radius:.2rem}
.work rect{fill:var(--work)}.freeze rect{fill:var(--bad)}.person rect{fill:var(--accent)}.stop rect{fill:var(--warn)}
.lane.freeze span{color:var(--bad)}
figcaption{display:flex;justify-content:space-between;gap:1rem;margin-left:8.5rem;font-size:.82rem;color:var(--soft)}
.note{font-size:.82rem;color:var(--soft)}
ol.moments{list-style:none;margin:0;padding:0}
.moments li{display:grid;grid-template-columns:14rem 1fr;gap:.2rem 1rem;padding:.3rem 0 .3rem .9rem;
border-left:.2rem solid var(--line)}
.moments time{color:var(--soft);font-variant-numeric:tabular-nums;font-size:.9rem}
.moments .frozen{border-left-color:var(--bad)}.moments .freeze span{color:var(--bad);font-weight:600}
.moments .stop span{color:var(--warn)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:1rem;margin:.8rem 0}
.card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1.1rem;min-width:0}
.card h3{margin:0 0 .5rem}
.side dl{display:grid;grid-template-columns:auto 1fr;gap:.15rem .9rem;margin:0 0 .7rem;font-size:.92rem}
.servers{list-style:none;padding:.5rem 0 0;margin:0;border-top:1px solid var(--line)}
.servers li{padding:.15rem 0}.servers span{display:block;color:var(--soft);font-size:.86rem}
.here,.verdict{font-size:.8rem;font-weight:600;border:1px solid;border-radius:1rem;padding:.08rem .6rem;white-space:nowrap}
.here,.verdict.good{color:var(--good)}.verdict.bad{color:var(--bad)}.verdict.open{color:var(--warn)}
.count{font-size:1.5rem;line-height:1.3;margin:.2rem 0;font-variant-numeric:tabular-nums}.count span{font-size:.9rem;
color:var(--soft)}
.digest{font-size:.85rem;color:var(--soft);margin:0}
footer{margin-top:3rem;padding-top:.8rem;border-top:1px solid var(--line);color:var(--soft);font-size:.85rem}
@media (max-width:40rem){body{padding:1.2rem .9rem 3rem}
dl.values{display:block}dl.values dt{border:0;padding:.5rem 0 0}dl.values dd{padding:0 0 .5rem}
.lane{display:block}figcaption{margin-left:0}.moments li{display:block}.moments time{display:block}
table,tbody,tr,td{display:block}thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
tr{padding:.5rem 0;border-bottom:1px solid var(--line)}td{border:0;padding:.1rem 0}td:empty{display:none}
td[data-label]:not([data-label=""])::before{content:attr(data-label);display:block;color:var(--soft);font-size:.82rem}}
@media print{body{max-width:none;padding:0;font-size:10.5pt}
h2,h3{break-after:avoid}.card,.lane,tr,.moments li,.alarm{break-inside:avoid}
svg,rect,.card{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
