// The launcher card of JupyterLab and Notebook 7. Written by hand: a container that hands out one plugin, so that
// installing needs no build. JupyterLab offers its own modules in the share scope given to `init`.
(() => {
  const COMMAND = "suno-lab:new-notebook";
  const LABEL = "Suno Lab";
  const CAPTION = "A notebook ready to ask for songs and compare them";
  const ICON =
    "data:image/svg+xml," +
    encodeURIComponent(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">' +
        '<path fill="#1976d2" d="M3 10h2v4H3zm4-4h2v12H7zm4 3h2v6h-2zm4-6h2v18h-2zm4 5h2v8h-2z"/></svg>',
    );
  let scope = {};

  /** The newest copy of a module that the front end offers; null where it has none. */
  async function shared(name) {
    const versions = scope[name] ?? {};
    const newest = Object.keys(versions).sort((a, b) => a.localeCompare(b, undefined, { numeric: true })).at(-1);
    return newest ? (await versions[newest].get())() : null;
  }

  const code = (...lines) => ({ cell_type: "code", metadata: {}, execution_count: null, outputs: [], source: lines.join("\n") });
  const prose = (...lines) => ({ cell_type: "markdown", metadata: {}, source: lines.join("\n") });

  /** The notebook that is opened: ask, hear, measure, compare. */
  function readyNotebook() {
    return {
      nbformat: 4,
      nbformat_minor: 4,
      metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } },
      cells: [
        prose(
          "# Suno Lab",
          "The folder keeps everything that is asked and answered. Without a key the embedded emulator answers:",
          "real music, made on this machine, and marked *emulated – not Suno*.",
        ),
        code("from suno_lab import SunoSession", "from suno_lab.widgets import composer, matrix", "", 'session = SunoSession("my_session")'),
        prose("Ask in a form …"),
        code("composer(session)"),
        prose("… or in code. `session.df` has one row a clip; `analyze` measures and never buys."),
        code('task = session.generate("calm relaxing piano", instrumental=True)', "task"),
        code("session.analyze()"),
        prose("Listen side by side: one clock, one loudness."),
        code("matrix(session)"),
      ],
    };
  }

  async function openReadyNotebook(app, folder) {
    const contents = app.serviceManager.contents;
    const made = await contents.newUntitled({ path: folder ?? "", type: "notebook" });
    await contents.save(made.path, { type: "notebook", format: "json", content: readyNotebook() });
    return app.commands.execute("docmanager:open", { path: made.path, factory: "Notebook", kernel: { name: "python3" } });
  }

  /** The plugin; nothing where notebooks are only shown, as in Voilà. */
  async function plugins() {
    const launching = await shared("@jupyterlab/launcher");
    if (!launching) return [];
    const { ILauncher } = launching;
    const { ICommandPalette } = await shared("@jupyterlab/apputils");
    return [{
      id: "suno-lab:launcher",
      description: CAPTION,
      autoStart: true,
      optional: [ILauncher, ICommandPalette],
      activate: (app, launcher, palette) => {
        app.commands.addCommand(COMMAND, {
          label: (given) => (given.isPalette ? `New ${LABEL} Notebook` : LABEL),
          caption: CAPTION,
          execute: (given) => openReadyNotebook(app, given.cwd),
        });
        launcher?.add({ command: COMMAND, category: "Notebook", rank: 10, kernelIconUrl: ICON });
        palette?.addItem({ command: COMMAND, category: LABEL, args: { isPalette: true } });
      },
    }];
  }

  (window._JUPYTERLAB ??= {})["suno-lab"] = {
    init: (offered) => {
      scope = offered;
    },
    get: async (name) => {
      if (name !== "./extension") throw new Error(`suno-lab has no ${name}`);
      const made = await plugins();
      return () => ({ __esModule: true, default: made });
    },
  };
})();
