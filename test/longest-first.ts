import {BaseSequencer, type TestSpecification} from 'vitest/node';

/** What takes longest, in the order in which it is to begin. */
const longest = ['test/checks.', 'test/program/resume.', 'test/program/bad-input.', 'test/program/', 'test/cluster/'];

const rank = ({moduleId}: TestSpecification): number => {
	const index = longest.findIndex(part => moduleId.includes(part));
	return index === -1 ? longest.length : index;
};

/** Begins with what takes longest, so that no core is idle at the end. */
export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		return files.toSorted((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
	}
}
