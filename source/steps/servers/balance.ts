import type {Evidence} from '../../migration/step.js';
import type {ImportedFile} from '../outcomes.js';

/** What was exported is what was imported, rejected or skipped; a rejected entry is never waved through. */
export const balanceOf = ({backend, exported, imported, rejected, skipped}: ImportedFile): Evidence => ({
	label: `balance of ${backend}`,
	value: `exported ${exported} = imported ${imported} + rejected ${rejected} + skipped ${skipped}`,
	holds: exported === imported + rejected + skipped && rejected === 0,
});
