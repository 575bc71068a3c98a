/** The style sheet of every page of the simulator. */
export const styleSheet = `*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:#f3f4f6;color:#1b2330;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.notice{margin:0;padding:.5rem 1rem;background:#fff3c4;color:#5c3d00;font-weight:600;text-align:center}
.bar{margin:0;padding:1rem;color:#fff;font-size:1.25rem;font-weight:700}
.bar span{display:block;max-width:34rem;margin:0 auto}
.tint-0{background:#1f3a8a}.tint-1{background:#7c2d12}.tint-2{background:#14532d}.tint-3{background:#6b21a8}
.tint-4{background:#9f1239}.tint-5{background:#155e75}.tint-6{background:#3f3f46}.tint-7{background:#713f12}
main{max-width:34rem;margin:0 auto;padding:1rem}
h1{font-size:1.35rem;line-height:1.25;margin:.5rem 0 1rem}
h2{font-size:1.1rem;margin:1.75rem 0 .5rem}
.card{background:#fff;border:1px solid #d5dae1;border-radius:12px;padding:1rem;margin:0 0 1rem}
dl{margin:0 0 1rem;background:#fff;border:1px solid #d5dae1;border-radius:12px;padding:.25rem 1rem}
dl div{display:flex;flex-wrap:wrap;gap:.25rem 1rem;justify-content:space-between;padding:.6rem 0;border-bottom:1px solid #e7eaef}
dl div:last-child{border-bottom:0}
dt{color:#4b5565}
dd{margin:0;font-weight:600;overflow-wrap:anywhere;text-align:right}
label{display:block;font-weight:600;margin:.75rem 0 .25rem}
input[type=text],input[type=password],select{width:100%;min-height:48px;padding:.5rem .75rem;font:inherit;color:inherit;background:#fff;border:1px solid #6b7280;border-radius:8px}
fieldset{border:0;margin:0 0 1rem;padding:0}
legend{font-weight:700;padding:0;margin-bottom:.5rem}
.choice{display:flex;align-items:center;gap:.75rem;min-height:48px;margin:.5rem 0;padding:.5rem .75rem;font-weight:400;background:#fff;border:1px solid #6b7280;border-radius:8px}
.choice input{width:1.25rem;height:1.25rem;flex:none}
button{display:block;width:100%;min-height:48px;margin:.75rem 0 0;padding:.5rem 1rem;font:inherit;font-weight:700;color:#1b2330;background:#fff;border:1px solid #6b7280;border-radius:8px;cursor:pointer}
button.main{color:#fff;background:#14613a;border-color:#14613a}
button.small{display:inline-block;width:auto;margin:0;padding:.25rem .75rem;min-height:44px}
:focus-visible{outline:3px solid #1d4ed8;outline-offset:2px}
a{color:#1d4ed8}
table{width:100%;border-collapse:collapse;background:#fff}
th,td{padding:.5rem;text-align:left;border-bottom:1px solid #d5dae1;vertical-align:middle;overflow-wrap:anywhere}
.scroll{overflow-x:auto;border:1px solid #d5dae1;border-radius:12px}
.hint,footer{color:#4b5565;font-size:.9rem}
footer{max-width:34rem;margin:0 auto;padding:1rem}
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
`;

/** Sends the buyer on without a click; without JavaScript the button of the same form does it. */
export const continueScript = `document.getElementById("continue").submit();
`;
