/**
What is measured in the page: how wide it is, and every text that is seen, with its size and its contrast against what
lies below it.
*/
export const measure = String.raw`(() => {
	const numbers = color => (color.match(/[\d.]+/g) ?? []).map(Number);
	const light = ([r, g, b]) => {
		const [x, y, z] = [r, g, b].map(c => {
			const s = c / 255;
			return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * x + 0.7152 * y + 0.0722 * z;
	};
	const below = element => {
		for (let at = element; at; at = at.parentElement) {
			const color = numbers(getComputedStyle(at).backgroundColor);
			if (color.length === 3 || color[3] > 0) {
				return color;
			}
		}
		return [255, 255, 255];
	};
	const texts = [];
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const node = walker.currentNode;
		const element = node.parentElement;
		if (node.data.trim() === '' || element.closest('svg, thead')) {
			continue;
		}
		const range = document.createRange();
		range.selectNodeContents(node);
		const box = range.getBoundingClientRect();
		const style = getComputedStyle(element);
		const [one, other] = [light(numbers(style.color)), light(below(element))].toSorted((a, b) => b - a);
		texts.push({
			text: node.data.trim().slice(0, 60),
			size: parseFloat(style.fontSize),
			contrast: (one + 0.05) / (other + 0.05),
			left: box.left,
			right: box.right,
			height: box.height,
		});
	}
	return {
		width: document.documentElement.clientWidth,
		scrollWidth: document.documentElement.scrollWidth,
		texts,
		bars: [...document.querySelectorAll('.freeze rect')].map(bar => bar.getBoundingClientRect().width),
		paper: getComputedStyle(document.body).backgroundColor,
	};
})()`;

/** What was measured. */
export type Measured = {
	readonly width: number;
	readonly scrollWidth: number;
	readonly texts: ReadonlyArray<{
		readonly text: string;
		readonly size: number;
		readonly contrast: number;
		readonly left: number;
		readonly right: number;
		readonly height: number;
	}>;
	/** How wide the bars of the freezes are drawn. */
	readonly bars: readonly number[];
	readonly paper: string;
};
