import {Box, useApp, useInput, usePaste, useWindowSize} from 'ink';
import {useEffect, useState, useSyncExternalStore, type ReactNode} from 'react';
import {plainData} from '../failure/plain.js';
import type {Engine} from '../migration/engine/engine.js';
import type {Ending} from '../migration/engine/session.js';
import type {StepId} from '../migration/step.js';
import type {Waits} from '../migration/waits.js';
import {runName} from '../migration/words/run-name.js';
import {actOn, actOnPaste, type Act, type Situation} from './act.js';
import {beginningOf} from './beginning.js';
import {railLine, railLines} from './blocks/rail.js';
import {Frame} from './components/frame.js';
import {FreezeBanner, freezeRows} from './components/freeze.js';
import {allMoves, pageMoves, Pane} from './components/pane.js';
import {Row} from './components/row.js';
import {useEnding, useSeconds, useView, useWait} from './hooks.js';
import {layoutOf, type Layout} from './layout.js';
import {row} from './lines.js';
import {screenKey, screenOf} from './screen.js';
import {showScreen} from './screens/index.js';
import {decisionsScreen, evidenceScreen} from './screens/look-back.js';
import {helpScreen, logScreen, skipScreen, stopScreen} from './screens/over.js';
import type {Parts, Shown} from './screens/shown.js';
import {Spoken} from './spoken.js';
import type {Theme} from './theme.js';
import {createUiStore, uiOn, type Overlay} from './ui.js';

/** What the app is made of. */
export type AppProps = {
	readonly engine: Engine;
	/** The run, begun. */
	readonly running: Promise<Ending>;
	readonly theme: Theme;
	readonly expected: Readonly<Partial<Record<StepId, number>>>;
	readonly isSpoken: boolean;
	/** Who is waited for outside. */
	readonly waits: Waits;
	/** Milliseconds, for how long a step has been at work. */
	readonly now: () => number;
};

const overlays: Readonly<Record<Overlay, (parts: Parts) => Shown>> = {
	help: helpScreen,
	stop: stopScreen,
	skip: skipScreen,
	decisions: decisionsScreen,
	evidence: evidenceScreen,
};

/** Rows of the log pane; the step keeps the larger part. */
const logHeight = ({pane}: Layout): number => Math.max(0, Math.min(10, Math.floor(pane.height / 2) - 1));

/** The wizard: what the engine asks for on the right, the checklist on the left, the keys that work below. */
export const App = ({engine, running, theme, expected, isSpoken, waits, now}: AppProps): ReactNode => {
	const view = useView(engine);
	const {exit} = useApp();
	const {columns, rows} = useWindowSize();
	const ending = useEnding(running);
	const screen = screenOf(view);
	const key = screenKey(screen);
	const beginning = beginningOf(key, view);
	const [store] = useState(createUiStore);
	const ui = uiOn(useSyncExternalStore(store.subscribe, store.get), beginning);
	const seconds = useSeconds(key, screen.kind === 'working' && !isSpoken, now);

	const waiting = useWait(waits, ['opening', 'looking', 'working'].includes(screen.kind), Date.now);

	useEffect(() => {
		if (ending && screen.kind !== 'ended') {
			exit();
		}
	}, [ending, screen.kind, exit]);

	const follow = (act: Act): void => {
		if (act.change) {
			store.change(beginning, act.change);
		}

		if (act.send) {
			engine.send(act.send);
		}

		if (act.leave) {
			exit();
		}
	};

	const situation = (): Situation => ({
		screen,
		view,
		ui: uiOn(store.get(), beginning),
		decisions: engine.decisions(),
	});
	useInput((input, pressed) => {
		follow(actOn(input, pressed, situation()));
	});
	usePaste(text => {
		follow(actOnPaste(text, situation()));
	});

	const {state} = plainData(view);
	const banner = freezeRows(state, runName(engine.facts), {columns, rows, theme});
	const layout = layoutOf(columns, rows - banner.length, state.steps.length);
	const hasLog = ui.hasLog && !ui.overlay && layout.pane.height >= 6;
	const height = hasLog ? layout.pane.height - logHeight(layout) - 1 : layout.pane.height;
	const parts: Parts = {
		state,
		next: view.next,
		checklist: plainData(engine.checklist),
		facts: plainData(engine.facts),
		expected,
		theme,
		width: isSpoken ? Infinity : layout.pane.width,
		height,
		decisions: plainData(engine.decisions()),
		picked: ui.picked,
		chosen: ui.chosen,
		draft: ui.draft,
		seconds,
		isStopping: ui.isStopping,
		...(waiting && {waiting: plainData(waiting)}),
		isSpoken,
	};
	const shown = ui.overlay ? overlays[ui.overlay](parts) : showScreen(screen, parts);
	if (isSpoken) {
		return (
			<Spoken
				parts={parts}
				shown={{...shown, lines: [...banner, ...shown.lines]}}
				log={ui.hasLog ? logScreen(parts).lines : []}
			/>
		);
	}

	const area = {...layout.pane, height};
	return (
		<Box flexDirection="column">
			<FreezeBanner lines={banner} theme={theme} />
			<Frame
				layout={layout}
				theme={theme}
				title={[`namespace ${state.namespace}`, `context ${state.context}`].join(theme.symbols.dot)}
				badge={state.mode === 'rehearse' ? (state.sandbox ? 'rehearsal, sandbox' : 'rehearsal') : ''}
				rail={
					layout.rail === undefined ? [railLine(parts, columns)] : railLines(parts, layout.rail, layout.pane.height)
				}
				hints={shown.hints}
			>
				<Pane
					key={ui.overlay ?? key}
					area={area}
					theme={theme}
					isActive
					{...shown}
					{...(hasLog && {moves: (shown.moves ?? allMoves).filter(move => !pageMoves.includes(move))})}
				/>
				{hasLog && (
					<Box flexDirection="column">
						<Row line={row({text: theme.symbols.rule.repeat(layout.pane.width), tone: 'dim'})} theme={theme} />
						<Pane
							area={{...area, height: logHeight(layout)}}
							theme={theme}
							isActive
							moves={pageMoves}
							{...logScreen(parts)}
						/>
					</Box>
				)}
			</Frame>
		</Box>
	);
};
