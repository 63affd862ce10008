import {productWith} from '../../../ping/catalogue/index.js';
import {readImage} from '../../../ping/image.js';
import {newPorts as imagePorts, oldPorts as defaultPorts, portVariables} from '../../../ping/ports.js';
import type {Workload} from '../../../ping/workload.js';
import {applyEdits, remove} from '../../objects/edit.js';
import {fileSafe, yamlText} from '../../objects/print.js';
import {at} from '../../objects/value.js';
import type {Decisions, ManifestFile} from '../../strategy.js';
import {isBefore, planHelm} from './index.js';

/**
The version of the ping-devops chart in a label such as `ping-devops-0.9.5`, as numbers; undefined where another chart
is named.
*/
const versionOf = (chart: string | undefined): readonly number[] | undefined => {
	const version = /^ping-devops-(?<version>\d+\.\d+\.\d+)/v.exec(chart ?? '')?.groups?.version;
	return version?.split('.').map(Number);
};

/** The key of the block that made a workload: some products have one for the console and one for the engine. */
const keyOf = ({product, name}: Workload): string | undefined => {
	const keys = productWith(product)?.chart.keys ?? [];
	return keys.find(key => name === key || name.endsWith(`-${key}`)) ?? (keys.length === 1 ? keys[0] : undefined);
};

/** Values as they would be written before the change: what of the workload is not the chart's own default. */
const before = ({oldPorts, fsGroup, strategy}: Decisions): object => {
	const own = portVariables.filter(
		variable => ![defaultPorts[variable], imagePorts[variable]].includes(oldPorts[variable]),
	);
	return {
		...(own.length > 0 && {envs: Object.fromEntries(own.map(variable => [variable, String(oldPorts[variable])]))}),
		...(strategy === 'fresh' &&
			fsGroup === undefined && {workload: {securityContext: {runAsUser: null, fsGroup: null}}}),
	};
};

/**
Values that make the change through the release that owns a workload, to be given after the release's own values.
Undefined where the workload is not of the ping-devops chart.

What a chart does not read is left out.
@see helm-charts, tag ping-devops-0.9.5, charts/ping-devops/values.yaml: container.securityContext
*/
export const valuesFile = (workload: Workload, decisions: Decisions): ManifestFile | undefined => {
	const {manager} = workload;
	const version = manager.kind === 'helm' ? versionOf(manager.chart) : undefined;
	const key = keyOf(workload);
	const {tag, sprint} = readImage(decisions.image);
	if (!version || tag === undefined || key === undefined || manager.kind !== 'helm') {
		return undefined;
	}

	const {strategy, identity, fsGroup, profile} = decisions;
	const values = {[key]: before(decisions)};
	const {edits} = planHelm(values, {
		strategy,
		tag,
		sprint: sprint ?? tag,
		identity,
		fsGroup,
		isMixed: false,
		chart: version,
		...(profile && {profile}),
	});
	const after = applyEdits(values, edits);
	const container = [key, 'container'];
	const unread =
		isBefore(version, [0, 9, 5]) && at(after, [...container, 'securityContext']) !== undefined
			? [
					remove(
						Object.keys(at(after, container) as object).length === 1 ? container : [...container, 'securityContext'],
					),
				]
			: [];
	return {
		name: `helm/values-${fileSafe(`${manager.release}-${workload.name}`)}.yaml`,
		text: yamlText(applyEdits(after, unread)),
	};
};

/**
Values that set the replicas of a workload through the release that owns it. Undefined where the chart is another one,
or one in which a zero of a product loses against the number the chart has in `global`.
@see helm-charts, tags ping-devops-0.8.4 (merge) and ping-devops-0.8.5 (mergeOverwrite),
  charts/ping-devops/templates/pinglib/_merge-util.tpl; templates/pinglib/_workload.tpl: replicas
*/
export const replicaValues = (workload: Workload, replicas: number): ManifestFile | undefined => {
	const {manager} = workload;
	const version = manager.kind === 'helm' ? versionOf(manager.chart) : undefined;
	const key = keyOf(workload);
	return manager.kind !== 'helm' || !version || key === undefined || (replicas === 0 && isBefore(version, [0, 8, 5]))
		? undefined
		: {
				name: `helm/values-${fileSafe(`${manager.release}-${workload.name}`)}-replicas.yaml`,
				text: yamlText({[key]: {container: {replicaCount: replicas}}}),
			};
};
