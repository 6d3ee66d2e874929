// The page must come up by itself even when the kiosk dies while it loads: a module that did not
// arrive can't be asked for again within one page, so the whole page is loaded again.
"use strict";

const boot = () => import("./modules/main.js").then((main) => main.start());

boot().catch((error) => {
    console.error("The screen did not start and tries again in 2 s:", error);
    setTimeout(() => location.reload(), 2000);
});
