// One piece of paper as a canvas that grows: rows of dots, one bit each, the leftmost in the highest bit.

const ink = [32, 33, 38, 255];
/** Rows by which a canvas grows; resizing one is dear, clipping it is not. */
const step = 1024;

export class Strip {
    constructor(number, dots) {
        this.number = number;
        this.dots = dots;
        this.rows = 0;
        this.isFiled = false;
        this.element = Object.assign(document.createElement("div"), { className: "strip" });
        this.canvas = Object.assign(document.createElement("canvas"), { width: dots, height: step });
        this.element.append(this.canvas);
    }

    /** Fetches and paints the rows up to `rows` that are not here yet. */
    async fetchRows(rows) {
        if (this.rows >= rows) return;
        const response = await fetch(`/sheets/${this.number}/dots?from=${this.rows}`);
        if (!response.ok) throw new Error(`sheet ${this.number}: ${response.status}`);
        this.#paint(new Uint8Array(await response.arrayBuffer()));
    }

    /** Lets the first `rows` be seen. */
    show(rows) {
        const scale = this.canvas.clientWidth ? this.canvas.clientWidth / this.dots : 372 / 576;
        this.element.style.height = `${rows * scale}px`;
    }

    #paint(bits) {
        const bytesPerRow = Math.ceil(this.dots / 8);
        const count = Math.floor(bits.length / bytesPerRow);
        if (count === 0) return;
        this.#makeRoom(this.rows + count);
        const image = new ImageData(this.dots, count);
        for (let row = 0; row < count; row++) {
            for (let column = 0; column < this.dots; column++) {
                if (bits[row * bytesPerRow + (column >> 3)] & (0x80 >> (column & 7))) image.data.set(ink, (row * this.dots + column) * 4);
            }
        }
        this.canvas.getContext("2d").putImageData(image, 0, this.rows);
        this.rows += count;
    }

    #makeRoom(rows) {
        if (rows <= this.canvas.height) return;
        const grown = Object.assign(document.createElement("canvas"), { width: this.dots, height: Math.ceil(rows / step) * step });
        grown.getContext("2d").drawImage(this.canvas, 0, 0);
        this.canvas.replaceWith(grown);
        this.canvas = grown;
    }
}
