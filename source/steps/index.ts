import type {Step} from '../migration/step.js';
import {apply} from './apply.js';
import {catchUp} from './catch-up.js';
import {cleanUp} from './clean-up.js';
import {connect} from './connect.js';
import {copyOut} from './copy-out.js';
import {cutOver} from './cut-over/index.js';
import {exportData} from './export/index.js';
import {importData} from './import.js';
import {inventory} from './inventory.js';
import {preview} from './preview.js';
import {profile} from './profile/index.js';
import {prove} from './prove.js';
import {replicas} from './replicas/index.js';
import {restart} from './restart.js';
import {strategy} from './strategy.js';

/**
The checklist, in order. A new step is a file beside this one and a line here.
*/
export const checklist: readonly Step[] = [
	connect,
	inventory,
	strategy,
	profile,
	preview,
	apply,
	exportData,
	copyOut,
	restart,
	importData,
	prove,
	replicas,
	catchUp,
	cutOver,
	cleanUp,
];
