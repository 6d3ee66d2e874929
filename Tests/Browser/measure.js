// Measures what a citizen sees; run in the page by checks.py. Returns plain values, judges nothing but visibility.
() => {
    const root = document.getElementById("kiosk");
    const isPortrait = innerHeight > innerWidth;

    const box = (rect) => ({ left: rect.left, top: rect.top, right: rect.right, bottom: rect.bottom, width: rect.width, height: rect.height });
    const isVisible = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
    const nameOf = (node) => node.dataset.testid ?? `${node.tagName.toLowerCase()}${node.className ? "." + node.className : ""}`;
    // What a list has scrolled away is not on the screen; it is measured when it comes into view.
    const isScrolledAway = (node, rect) => {
        const list = node.closest(".choices");
        if (!list) return false;
        const shown = list.getBoundingClientRect();
        return rect.top < shown.top - 1 || rect.bottom > shown.bottom + 1;
    };

    // Colours as [red, green, blue, alpha], over whatever is painted below.
    const parse = (text) => {
        const numbers = text.match(/^rgba?\(([^)]+)\)$/)?.[1].split(/[,/ ]+/).filter((part) => part !== "").map(Number);
        if (!numbers || numbers.some(Number.isNaN)) throw new Error(`a colour that can't be read: ${text}`);
        return numbers.length === 4 ? numbers : [...numbers, 1];
    };
    const over = (front, back) => [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);
    const layers = (node) => {
        const found = [];
        for (let at = node; at; at = at.parentElement) {
            const style = getComputedStyle(at);
            if (style.backgroundImage !== "none" || style.mixBlendMode !== "normal" || style.filter !== "none") {
                throw new Error(`the background of ${nameOf(at)} is no plain colour, so contrast can't be computed`);
            }
            const colour = parse(style.backgroundColor);
            if (colour[3] > 0) found.push(colour);
            if (colour[3] === 1) break;
        }
        return found;
    };
    const background = (node) => layers(node).reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1]);
    const opacity = (node) => {
        let product = 1;
        for (let at = node; at; at = at.parentElement) product *= Number(getComputedStyle(at).opacity);
        return product;
    };
    // WCAG 2.2, relative luminance and contrast ratio.
    const luminance = (colour) => {
        const [red, green, blue] = colour.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (a, b) => {
        const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
        return (light + 0.05) / (dark + 0.05);
    };

    const isOnTop = (node, x, y) => {
        const top = document.elementFromPoint(x, y);
        return top !== null && top !== document.body && top !== document.documentElement && (top.contains(node) || node.contains(top));
    };

    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        const parent = node.parentElement;
        if (node.textContent.trim() === "" || !isVisible(parent)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const rect = range.getBoundingClientRect();
        if (rect.width === 0 || isScrolledAway(parent, rect)) continue;
        const behind = background(parent);
        const colour = parse(getComputedStyle(parent).color);
        const holder = parent.closest("button, dd, p, h1, li") ?? parent;
        const held = holder.getBoundingClientRect();
        texts.push({
            text: node.textContent.trim(),
            lang: parent.closest("[lang]").lang,
            size: parseFloat(getComputedStyle(parent).fontSize),
            contrast: contrast(over([...colour.slice(0, 3), colour[3] * opacity(parent)], behind), behind),
            box: box(rect),
            isCovered: [rect.top + 2, (rect.top + rect.bottom) / 2, rect.bottom - 2].some((y) => !isOnTop(parent, (rect.left + rect.right) / 2, y)),
            isCut: rect.left < held.left - 1 || rect.right > held.right + 1 || rect.top < held.top - 8 || rect.bottom > held.bottom + 8,
        });
    }

    const targets = [...document.querySelectorAll("button, a, input, select, [role=button]")].filter(isVisible).map((node) => {
        const rect = node.getBoundingClientRect();
        return {
            name: nameOf(node), box: box(rect), inList: node.closest(".choices") !== null, isScrolledAway: isScrolledAway(node, rect),
            label: (node.getAttribute("aria-label") ?? node.textContent).trim(),
        };
    });

    return {
        kind: root.dataset.screen,
        language: document.documentElement.lang,
        isPortrait, width: innerWidth, height: innerHeight,
        isSettled: !root.classList.contains("settling"),
        hasHeading: document.querySelectorAll("#kiosk h1").length === 1,
        overflows: [document.documentElement, document.body, root, ...document.querySelectorAll("main, .ask, .card, .summary, .choices")]
            .filter((node) => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== "contents").map(nameOf),
        texts, targets,
    };
}
