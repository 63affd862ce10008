/**
A whole number of ordinary digits that a number here can hold; undefined for anything else, an empty text above all,
which `Number` takes for 0.
*/
export const wholeNumber = (text: string | undefined): number | undefined =>
	text !== undefined && /^\d{1,15}$/v.test(text) ? Number(text) : undefined;
