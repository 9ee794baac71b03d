/** The page's only style sheet; its hash stands in the content security policy. Colour pairs hold AA contrast. */
export const STYLES = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1f2328;--muted:#57606a;--line:#d1d9e0;--panel:#f6f8fa;--link:#0550ae;
--good:#116329;--good-bg:#dafbe1;--open:#7d4e00;--open-bg:#fff1cc;--bad:#a40e26;--bad-bg:#ffebe9;--calm:#424a53;--calm-bg:#e6eaef;
--k:#a40e26;--s:#0a3069;--c:#57606a;--n:#0550ae;--f:#6639ba}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--muted:#9aa4af;--line:#3d444d;--panel:#151b23;--link:#79c0ff;
--good:#7ee787;--good-bg:#12261e;--open:#f2cc60;--open-bg:#2b230f;--bad:#ffa198;--bad-bg:#301519;--calm:#c3ccd5;--calm-bg:#262c36;
--k:#ff9a92;--s:#a5d6ff;--c:#9aa4af;--n:#79c0ff;--f:#d2a8ff}}
*{box-sizing:border-box}[hidden]{display:none!important}
html{scroll-padding-top:3.5rem}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main,.verdict,nav,footer{max-width:1180px;margin:0 auto;padding:0 1.25rem}
a{color:var(--link)}
a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible,pre:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--link);outline-offset:2px}
h1{font-size:1.5rem;line-height:1.3;margin:.2rem 0 .6rem;font-weight:650;text-wrap:pretty}
h2{font-size:1.15rem;margin:2.2rem 0 .7rem;padding-bottom:.35rem;border-bottom:1px solid var(--line)}
h2 small{font-weight:400;color:var(--muted);margin-left:.5rem;font-size:.85rem}
h3{font-size:1rem;margin:1.2rem 0 .4rem}tr.more h3{font-size:.82rem;margin:1rem 0 .3rem;color:var(--muted)}
small{display:block;color:var(--muted);font-size:.85em}h2 small{display:inline}
code,pre,.place{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.86em;overflow-wrap:anywhere}
.wrap{overflow-wrap:anywhere}
.verdict{max-width:none;padding:1.3rem max(1.25rem,calc((100% - 1180px)/2 + 1.25rem)) .8rem;border-left:0;border-bottom:4px solid}
.verdict.good{background:var(--good-bg);border-color:var(--good)}.verdict.open{background:var(--open-bg);border-color:var(--open)}.verdict.bad{background:var(--bad-bg);border-color:var(--bad)}
.tool{margin:0;color:var(--fg);font-size:.9rem}.loud{font-weight:700;font-size:1.1rem}
nav{position:sticky;top:0;z-index:2;background:var(--bg);display:flex;gap:1.1rem;overflow-x:auto;padding-top:.6rem;padding-bottom:.6rem;border-bottom:1px solid var(--line)}
nav a{white-space:nowrap;text-decoration:none}nav a:hover{text-decoration:underline}
.tiles{display:flex;flex-wrap:wrap;gap:.7rem;margin:.6rem 0}
.tile{min-width:7rem;padding:.55rem .9rem;border:1px solid var(--line);border-radius:8px;background:var(--panel);display:flex;flex-direction:column-reverse}
.tile dt{color:var(--muted);font-size:.87rem}.tile dd{margin:0;font-size:1.6rem;font-weight:650;line-height:1.2}
.tile.manual dd,.tile.warning dd{color:var(--open)}.tile.rewrite dd{color:var(--good)}.tile.error dd{color:var(--bad)}
.bar{width:100%;height:10px;border-radius:5px;overflow:hidden;display:block}
rect.manual,rect.warning{fill:var(--open)}rect.rewrite{fill:var(--good)}rect.keep,rect.info{fill:var(--calm)}rect.error{fill:var(--bad)}
rect.folder{fill:var(--panel);stroke:var(--line)}rect.folder.worst-manual,rect.folder.worst-warning{fill:var(--open-bg)}rect.folder.worst-error{fill:var(--bad-bg)}rect.folder.worst-rewrite{fill:var(--good-bg)}svg text{fill:var(--fg);font-size:14px;font-family:inherit}svg .muted{fill:var(--muted)}
svg.tree,svg.provenance{width:100%;height:auto;display:block}
.provenance rect{fill:var(--panel);stroke:var(--line);stroke-width:1.5}.provenance .meets rect{stroke:var(--good)}.provenance .lonely rect{stroke:var(--bad);stroke-dasharray:5 4}
.provenance path.meets{fill:none;stroke:var(--good);stroke-width:2.5}.provenance text.lonely{fill:var(--bad)}
.legend{margin:.4rem 0;color:var(--muted);font-size:.87rem}.swatch{display:inline-block;width:.75rem;height:.75rem;border-radius:2px;margin:0 .35rem 0 .8rem;vertical-align:-1px}
.swatch:first-child{margin-left:0}.swatch.manual,.swatch.warning{background:var(--open)}.swatch.rewrite{background:var(--good)}.swatch.keep,.swatch.info{background:var(--calm)}.swatch.error{background:var(--bad)}
.checks{list-style:none;padding:0;margin:0}.checks li{display:grid;grid-template-columns:11.5rem 1fr;gap:.2rem 1rem;padding:.5rem 0;border-bottom:1px solid var(--line)}
.checks .met>b{color:var(--good)}.checks .not-met>b{color:var(--bad)}.checks .not-checkable>b{color:var(--muted)}
.filters{display:none;flex-wrap:wrap;gap:.6rem 1rem;align-items:end;margin:.6rem 0}.js .filters{display:flex}
.filters label{display:flex;flex-direction:column;font-size:.82rem;color:var(--muted)}.filters output{color:var(--muted);font-size:.87rem;padding:.35rem 0}
input,select,.all,th button{font:inherit;color:var(--fg);background:var(--bg);border:1px solid var(--muted);border-radius:6px;padding:.32rem .6rem;min-height:2.2rem}
select{max-width:min(16rem,80vw)}input[type=search]{width:min(24rem,80vw)}::placeholder{color:var(--muted);opacity:1}
.all{cursor:pointer;background:var(--panel)}
details.numbers{overflow-x:auto}td{overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:.93rem}th{text-align:left;font-weight:600}
th,td{padding:.45rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
.list{table-layout:fixed}.list th button{border:0;padding:0;background:none;font-weight:600;cursor:pointer}
.list th[aria-sort=ascending] button:after{content:" ▲";font-size:.7em}.list th[aria-sort=descending] button:after{content:" ▼";font-size:.7em}
.list th:nth-child(1){width:7.2rem}.list th:nth-child(2){width:25%}.list th:nth-child(4){width:20%}.list th:nth-child(5){width:7rem}
.list tbody.open>tr:first-child{background:var(--panel)}.list tbody>tr:first-child:hover{background:var(--panel)}
.js .list tbody:not(.open)>tr.more{display:none}.js .list tbody>tr:first-child{cursor:pointer}
.toggle{font:inherit;border:0;background:none;padding:.1rem 0;cursor:pointer;color:inherit}
.toggle:before{content:"▸";display:inline-block;width:1em;color:var(--muted)}.open .toggle:before{content:"▾"}
.tag{font-size:.84rem;padding:.08rem .5rem;border-radius:1rem}
.tag.manual,.tag.warning{color:var(--open);background:var(--open-bg)}.tag.rewrite{color:var(--good);background:var(--good-bg)}.tag.keep,.tag.info{color:var(--calm);background:var(--calm-bg)}.tag.error{color:var(--bad);background:var(--bad-bg)}
.arrow{color:var(--muted)}small.look{color:var(--open)}
tr.more td{padding:.2rem .9rem 1.1rem 1.6rem;background:var(--bg)}tr.more h3:first-child{margin-top:.5rem}
.advice{border-left:3px solid var(--open);padding:.3rem .8rem;margin:.6rem 0;background:var(--panel)}.facts{color:var(--muted);font-size:.9rem}
pre{margin:.3rem 0;padding:.5rem .7rem;background:var(--panel);border:1px solid var(--line);border-radius:6px;overflow-x:auto;overflow-wrap:normal;tab-size:2;line-height:1.45;color:var(--fg)}
pre b{font-weight:400;color:var(--muted)}pre i{font-style:normal}.k{color:var(--k)}.s{color:var(--s)}.c{color:var(--c)}.n{color:var(--n)}.f{color:var(--f)}code i{font-style:normal}
.diff span{display:inline-block;min-width:100%}.diff ins,.diff del{display:block;text-decoration:none}.diff ins{background:var(--good-bg)}.diff del{background:var(--bad-bg)}
.diff ins .c,.diff del .c{color:var(--fg)}
mark{background:var(--open-bg);color:var(--fg);border-bottom:2px solid var(--open)}.num{color:var(--muted)}
.hops{list-style:none;margin:.3rem 0;padding:0}.hops li{position:relative;padding:0 0 .7rem 1.5rem;overflow-wrap:anywhere}
.hops li:before{content:"";position:absolute;left:.3rem;top:.42rem;width:.6rem;height:.6rem;border-radius:50%;background:var(--bg);border:2px solid var(--link);z-index:1}
.hops li:not(:last-child):after{content:"";position:absolute;left:.64rem;top:.6rem;bottom:-.3rem;border-left:2px solid var(--line)}
.hops li.end:before{background:var(--link)}.hops pre{margin:.2rem 0 0;padding:.2rem .5rem;white-space:pre-wrap;overflow-wrap:anywhere}
.rivals,.candidates{margin:.3rem 0;padding-left:1.2rem}.rivals code{text-decoration:line-through;text-decoration-color:var(--muted)}
.source pre b{display:inline-block;min-width:3.2em;padding-right:.8em;text-align:right;user-select:none}.source .gap{color:var(--muted)}
.source span:target,.source span.here{display:inline-block;min-width:100%;background:var(--open-bg);outline:1px solid var(--open)}
summary,.checks div,p,h2,h3,li{overflow-wrap:anywhere}summary{cursor:pointer;padding:.25rem 0}details.source{border-bottom:1px solid var(--line)}
#back{position:fixed;right:1rem;bottom:1rem;padding:.5rem .9rem;border-radius:8px;background:var(--fg);color:var(--bg)}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
footer{color:var(--muted);font-size:.87rem;padding-top:2rem;padding-bottom:3rem}
@media (max-width:720px){.wide{display:none!important}.checks li{grid-template-columns:1fr}h1{font-size:1.25rem}
.list,.list tbody,.list tr,.list td{display:block;width:auto}.list thead{display:none}.list td{border:0;padding:.2rem .3rem}.list tbody{border-bottom:1px solid var(--line);padding:.4rem 0}
.list td:empty{display:none}.list td[data-label]:before{content:attr(data-label) " ";color:var(--muted);font-size:.85em}tr.more td{padding-left:.3rem;padding-right:.3rem}.tile{flex:1 1 40%}}
@media print{nav,.filters,.js .filters,#back{display:none}.js .list tbody:not(.open)>tr.more{display:table-row}body{font-size:11px}pre{white-space:pre-wrap}.list tbody{break-inside:avoid}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
`;
