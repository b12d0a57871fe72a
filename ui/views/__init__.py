"""The widgets of the window: layout, painting and signals.

Flow: a view gets the Session in its constructor, shows the session's models and settings, listens to its signals and
calls its methods. A view holds no protocol logic, opens no file and waits for nothing; what takes time is a method of the
session, which reports back through signals.

`main_window` puts the parts together: `activity_bar` and the docks `left_column` (nodes, local AE), `details`
(association, contexts, why) and `trace_card` (rows, tree, bytes) around the stacked panels `send_panel`,
`receive_panel`, `contexts_panel` and `verify_panel`. `controls` has the small parts they are all built from.

Imports `ui.session`, `ui.models`, `ui.actions`, `ui.theme` and plain values of `workbench`; never its network, services
or storage.
"""
