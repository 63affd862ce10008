import type {Manager} from '../../ping/workload.js';

/** What it means that somebody else applies a workload's manifests. */
export const managerNotes = (manager: Manager, name: string): readonly string[] => {
	switch (manager.kind) {
		case 'nobody': {
			return [];
		}

		case 'helm': {
			return [
				`Helm release ${manager.release}${manager.chart === undefined ? '' : ` (chart ${manager.chart})`} owns ` +
					`${name}: do not apply these objects over it. Put the change into the release's values and run helm ` +
					'upgrade, or the next upgrade takes it back.',
			];
		}

		case 'gitops': {
			return [
				`${manager.tool === 'argocd' ? 'Argo CD' : 'Flux'} application ${manager.application} owns ${name}: ` +
					'commit these files to its repository and let it apply them; what is applied by hand it takes back.',
			];
		}
	}
};
