"""The desktop application: one window over the networking core of `workbench`.

Import direction: `app > screenshot > views > session > engine | jobs | models`. Only `session`, `engine` and `app` know
the networking packages; models hold rows and emit; views build, lay out and forward to the one `Session`.

Two loops run. Qt's own, on which the window lives (with qasync, so that closing can be awaited), and the engine's
plain asyncio loop in a background thread, on which every association lives. `ui.engine` is the only bridge between
them: calls go down as coroutines, what happened comes up as batches, 25 times a second.
"""
