// A program's page in a frame, laid out at the size it was made for and scaled to the place there is.

const greatestCommonDivisor = (one, other) => other === 0 ? one : greatestCommonDivisor(other, one % other);

export class Window {
    /**
     * @param panel the section with a `.view` and an `iframe` in it.
     * @param made `width` that the page is laid out at; `height` for a page of one shape, else as high as there is place;
     *     `shown`: how much of the width is shown; `narrow`: the width instead where the page would come out at less than half its size;
     *     `reloads`: fetch the page again when its program comes back.
     */
    constructor(panel, { width, height = null, shown = width, narrow = width, reloads = false }) {
        this.panel = panel;
        this.view = panel.querySelector(".view");
        this.frame = panel.querySelector("iframe");
        this.made = { width, height, shown, narrow };
        this.reloads = reloads;
        this.answers = false;
        this.isStale = false;
        // The frame cannot be looked into. What it loaded while its program was away is the browser's own complaint.
        this.frame.addEventListener("load", () => { if (!this.answers && this.frame.hasAttribute("src")) this.isStale = true; });
        new ResizeObserver(() => this.fit()).observe(this.view);
    }

    fit() {
        const { height, shown, narrow } = this.made;
        const place = { width: this.view.clientWidth, height: this.view.clientHeight };
        if (!place.width || !place.height) return;
        const isNarrow = narrow < shown && place.width < shown / 2;
        const width = isNarrow ? narrow : this.made.width;
        const scale = height ? this.wholePixels(place) : place.width / (isNarrow ? narrow : shown);
        const style = this.frame.style;
        style.width = `${width}px`;
        style.height = `${height ?? Math.ceil(place.height / scale)}px`;
        style.transform = `scale(${scale})`;
        style.left = height ? `${Math.round((place.width - width * scale) / 2)}px` : "0";
        style.top = height ? `${Math.round((place.height - height * scale) / 2)}px` : "0";
    }

    /** The largest scale at which a page of one shape fits and both its edges fall on whole pixels, where they are drawn sharply. */
    wholePixels(place) {
        const margin = 12;
        const { width, height } = this.made;
        const steps = greatestCommonDivisor(width, height);
        const most = Math.min((place.width - margin) / width, (place.height - margin) / height);
        return Math.max(1, Math.floor(most * steps)) / steps;
    }

    /** Loads the page as soon as its program answers, and again when what is shown cannot recover by itself. */
    show({ url, answers }) {
        const isBack = answers && !this.answers;
        this.answers = answers;
        if (!answers && this.reloads) this.isStale = true;
        if (!isBack) return;
        if (this.frame.hasAttribute("src") && !this.isStale) return;
        this.isStale = false;
        this.frame.src = url;
    }

    say(word, english, mood) {
        this.panel.dataset.mood = mood;
        this.panel.querySelector(".state b").textContent = word;
        this.panel.querySelector(".state [lang]").textContent = english;
    }
}
