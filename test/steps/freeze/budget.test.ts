import {expect, test} from 'vitest';
import {whyRefused} from '../../../source/migration/engine/answers.js';
import {budgetQuestion, recommendedBudget, secondsIn} from '../../../source/steps/freeze/budget.js';

test.each([
	['90', 90],
	['90s', 90],
	[' 5m ', 300],
	['1h', 3600],
	['24h', 86_400],
	['29', undefined],
	['25h', undefined],
	['-5m', undefined],
	['5 min', undefined],
	['', undefined],
])('«%s» is a budget of %s seconds', (text, seconds) => {
	expect(secondsIn(text)).toBe(seconds);
	expect(whyRefused(budgetQuestion(undefined), text) === undefined).toBe(seconds !== undefined);
});

test('what is recommended is an answer, and longer than what is foretold', () => {
	for (const forecast of [undefined, 0, 1, 12.5, 400, 9000, 50_000]) {
		const {recommended = ''} = budgetQuestion(forecast) as {readonly recommended?: string};
		expect(secondsIn(recommended)).toBe(recommendedBudget(forecast));
		expect(recommendedBudget(forecast)).toBeGreaterThan(forecast ?? 0);
	}
});

test('the question says what was measured, and what happens when the time is over', () => {
	expect(budgetQuestion(10).why).toContain('By the rounds so far it takes about 10 s.');
	expect(budgetQuestion(undefined).why).toContain('Nothing was measured yet');
	expect(budgetQuestion(10).why).toContain('writes are allowed again on every replica');
});
