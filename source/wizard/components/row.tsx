import {Box, Text} from 'ink';
import type {ReactNode} from 'react';
import type {Line} from '../lines.js';
import {styleOf, type Theme} from '../theme.js';

/** One line. What would not fit is cut, never wrapped: the rows of a screen are counted before. */
export const Row = ({line, theme}: {readonly line: Line; readonly theme: Theme}): ReactNode => {
	const spans = line.spans.length === 0 ? [{text: ' '}] : line.spans;
	return (
		<Box
			aria-hidden={line.spoken === ''}
			{...(line.role && {'aria-role': line.role})}
			{...(line.isChecked !== undefined && {'aria-state': {checked: line.isChecked}})}
		>
			<Text wrap="truncate" {...(line.spoken && {'aria-label': line.spoken})}>
				{spans.map(({text, tone}, index) => (
					// Spans have no identity but their place.
					<Text key={index} {...styleOf(tone, theme)}>
						{text}
					</Text>
				))}
			</Text>
		</Box>
	);
};
